"""Pieces of public pages that tell everybody the same, drawn once and kept at hand by this process.

Whole pages are kept for visitors whom the site does not know (`pages`). Pieces serve the others: people who are signed
in, and addresses that nobody has asked for since the content changed. A template says what a piece is, between
`{% piece %}` and `{% endpiece %}`; what is inside sees what is told of the thing, and neither visitor nor address.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from iiwam import stamp as stamps
from iiwam.pages import good_until

# Letters of all pieces together that one process keeps at hand, some 20 MB; beyond it begins anew.
MOST_LETTERS = 10_000_000


@dataclass
class Drawn:
    """The pieces of one thing as they were drawn, and the facts that its pages need besides them."""

    stamp: str
    until: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    html: dict[str, SafeString] = field(default_factory=dict)

    @property
    def letters(self) -> int:
        return sum(map(len, self.html.values()))


class Store:
    def __init__(self):
        self.drawn: dict[tuple, Drawn] = {}
        self.letters = 0

    def put(self, key: tuple, drawn: Drawn) -> None:
        if before := self.drawn.pop(key, None):
            self.letters -= before.letters
        if self.letters + drawn.letters > MOST_LETTERS:
            self.clear()
        self.drawn[key] = drawn
        self.letters += drawn.letters

    def clear(self) -> None:
        self.drawn.clear()
        self.letters = 0


at_hand = Store()


def content_stamp(request: HttpRequest) -> str | None:
    """The stamp that pieces are kept under now; None while nothing is kept."""
    if not settings.PAGES_KEPT_SECONDS:
        return None
    # A page that is about to be kept whole has asked for it already.
    return getattr(request, "content_stamp", None) or stamps.current()


class Pieces:
    """The pieces of one thing, such as a course: those at hand, or an empty lot that a template is about to draw."""

    def __init__(self, *key: Any, stamp: str | None, at: datetime, seen: Iterable[str] = ()):
        self.key, self.stamp, self.at = (get_language(), *key), stamp, at
        drawn = at_hand.drawn.get(self.key)
        self.are_at_hand = drawn is not None and drawn.stamp == stamp and at < drawn.until
        self.drawn = drawn if self.are_at_hand else Drawn(stamp or "", at)
        # Names that a template may use inside these pieces.
        self.seen = {"pieces", *seen}

    @property
    def html(self) -> dict[str, SafeString]:
        return self.drawn.html

    @property
    def until(self) -> datetime:
        return self.drawn.until

    def told(self, tell: Callable[[], dict[str, Any]], *, besides: Iterable[str]) -> dict[str, Any]:
        """All that a page tells, or, with its pieces at hand, only those facts that it needs besides them."""
        if self.are_at_hand:
            return self.drawn.facts
        everything = tell()
        self.seen |= everything.keys()
        self.drawn.facts = {name: everything[name] for name in besides}
        return everything

    def keep(self, moments: Iterable[datetime | None]) -> None:
        """What has been drawn is kept at hand until the first of these moments that is still to come."""
        if self.are_at_hand:
            return
        self.drawn.until = good_until(self.at, moments)
        if self.stamp:
            at_hand.put(self.key, self.drawn)
