"""A look into a PDF: it may be read and printed, and do nothing else."""

import re
import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pypdf import PageObject, PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

MAX_PAGES = 50
# The largest page that Acrobat shows, in points (ISO 32000-1, annex C.2); a smaller one is no document.
MAX_SIDE, MIN_SIDE = 14_400, 3
MAX_PARTS = 200_000
MAX_SECONDS = 6
ACTIVE_KEYS = {"/JS", "/JavaScript", "/XFA", "/RichMediaContent", "/EmbeddedFiles"}
ACTIVE_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToE",
    "/Rendition",
    "/RichMediaExecute",
    "/Movie",
    "/Sound",
}
ACTIVE_SUBTYPES = {"/FileAttachment", "/RichMedia", "/Movie", "/Screen", "/Sound", "/3D"}
# Also where a reader that repairs broken files might find them. "#" writes a letter of a name by its number.
RAW_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia)\b")
RAW_NUMBER = re.compile(rb"#([0-9A-Fa-f]{2})")

ENCRYPTED = _("this PDF is protected by a password. Save it without one and choose it again.")
ACTIVE = _("this PDF has a script, an attachment or an action in it. Print it to a new PDF and choose that.")
DAMAGED = _("this PDF is damaged. Print it to a new PDF, or photograph the pages.")
TRAILING = _("this PDF has something hidden after its end. Print it to a new PDF and choose that.")
TOO_LONG = _("this PDF has more than 50 pages. Send only the pages that we ask for.")
ODD_PAGE = _("this PDF has a page of impossible size. Print it to a new PDF on A4, or photograph the pages.")
NO_PAGES = _("this PDF has no pages. Print it to a new PDF, or photograph the pages.")
TOO_COMPLEX = _("this PDF is too complicated to be checked. Print it to a new PDF, or photograph the pages.")


class PdfRefused(Exception):
    """Why a PDF can't be taken, as a sentence about “this PDF”."""

    def __init__(self, reason: str | Promise):
        super().__init__(reason)
        self.reason = reason


def inspect_pdf(content: bytes) -> int:
    """How many pages this plain PDF has, 50 at most. Raises PdfRefused with the reason why it can't be taken."""
    if content[content.rfind(b"%%EOF") + 5 :].strip(b"\0 \t\r\n\f"):
        raise PdfRefused(TRAILING if b"%%EOF" in content else DAMAGED)
    try:
        return inspect(content)
    except PdfRefused:
        raise
    # A hostile file makes the parser fail in any way it likes; each means that nobody could read it.
    except Exception as damage:
        raise PdfRefused(DAMAGED) from damage


def inspect(content: bytes) -> int:
    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted:
        raise PdfRefused(ENCRYPTED)
    if RAW_ACTIVE.search(plain_names(content)) or any(map(is_active, parts(reader))):
        raise PdfRefused(ACTIVE)
    pages = len(reader.pages)
    if not pages:
        raise PdfRefused(NO_PAGES)
    if pages > MAX_PAGES:
        raise PdfRefused(TOO_LONG)
    if not all(has_sane_size(page) for page in reader.pages):
        raise PdfRefused(ODD_PAGE)
    return pages


def has_sane_size(page: PageObject) -> bool:
    sides = page.mediabox.width * page.user_unit, page.mediabox.height * page.user_unit
    return all(MIN_SIDE <= abs(side) <= MAX_SIDE for side in sides)


def plain_names(content: bytes) -> bytes:
    return RAW_NUMBER.sub(lambda found: bytes([int(found[1], 16)]), content)


def parts(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary that can be reached from the trailer, once, within a bound of number and time."""
    until, waiting, seen = time.monotonic() + MAX_SECONDS, [reader.trailer], set()
    for _number in range(MAX_PARTS):
        if not waiting:
            return
        if time.monotonic() > until:
            break
        part = resolved(waiting.pop(), seen)
        if isinstance(part, DictionaryObject):
            yield part
            waiting.extend(part.raw_get(key) for key in part)
        elif isinstance(part, ArrayObject):
            waiting.extend(list.__iter__(part))
    raise PdfRefused(TOO_COMPLEX)


def resolved(part: Any, seen: set) -> Any:
    if not isinstance(part, IndirectObject):
        return part
    name = (part.idnum, part.generation)
    if name in seen:
        return None
    seen.add(name)
    return part.get_object()


def is_active(part: DictionaryObject) -> bool:
    """It runs, starts, sends or carries something. To open at a certain page or to link to a site is fine."""
    return (
        not ACTIVE_KEYS.isdisjoint(part)
        or named(part, "/S") in ACTIVE_ACTIONS
        or named(part, "/Subtype") in ACTIVE_SUBTYPES
        or named(part, "/Type") in ("/EmbeddedFile", "/Filespec")
    )


def named(part: DictionaryObject, key: str) -> str:
    """The name under this key, also when it is written elsewhere and only referred to."""
    try:
        value = part[key]
    except KeyError:
        return ""
    return value if isinstance(value, str) else ""
