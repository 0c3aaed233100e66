"""The catalog as text files, and how it reaches the database without undoing an editor's work."""

from iiwam.pages import content_changed

from .checks import check
from .files import CONTENT, ContentError, read_catalog
from .writing import Report, write

__all__ = ["CONTENT", "ContentError", "Report", "check", "load", "read_catalog"]


def load(folder=CONTENT, *, overwrite=(), prune=False, at=None) -> Report:
    """The database says what the files in this folder say, but for what an editor has changed; ContentError names
    every fault of the files, and then nothing is written."""
    entries = read_catalog(folder)
    check(entries)
    report = write(entries, overwrite=overwrite, prune=prune, at=at)
    content_changed()
    return report
