"""Finding things: one question, two engines. What a word is, is decided in `words`, the same for both databases."""

from .changes import Change, followed
from .hits import Hit, hits_of
from .index import rebuild, refresh
from .spelling import Words, understand

__all__ = [
    "Change",
    "Hit",
    "Words",
    "followed",
    "hits_of",
    "rebuild",
    "refresh",
    "understand",
]
