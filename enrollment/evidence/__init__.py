"""What a file of evidence really is. Its name and the type the browser claims are never believed."""

import hashlib
import re
import threading
import unicodedata
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from ..models import Document
from . import pages
from .pdf import DAMAGED, PdfRefused, inspect_pdf
from .scanning import scan

MAX_SIDE = 12_000
MAX_PIXELS = 50_000_000
NAME_LENGTH = 120
SUFFIXES = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
}
HEIC_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"heif")

# A picture of 50 million points takes 150 MB while it is turned upright: one at a time.
decoding = threading.Lock()


class EvidenceRefused(Exception):
    """A file that can't be taken; its text is a sentence that names the file and says what to do."""


class Unusable(Exception):
    """Why a content can't be taken, as a sentence about “this file”."""

    def __init__(self, reason: str | Promise):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class CheckedFile:
    """A file that was looked into: safe to keep and to show."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
    pages: int = 1
    scan: str = Document.Scan.NONE

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def check(upload: UploadedFile) -> CheckedFile:
    """The file as it may be stored: pictures upright and without hidden data, scanned where a scanner answers.

    Raises EvidenceRefused with a sentence that names the file and the reason.
    """
    name = tidy_name(upload.name)
    try:
        content_type, content, count = take(upload)
        outcome = scanned(content)
    except (Unusable, PdfRefused) as refused:
        raise EvidenceRefused(
            _("“%(name)s”: %(reason)s") % {"name": name, "reason": refused.reason}
        ) from refused
    return CheckedFile(with_suffix(name, content_type), content_type, content, count, outcome)


def scanned(content: bytes) -> str:
    """How the virus scan ended; what is infected is refused, what could not be scanned waits."""
    outcome, found = scan(content)
    if outcome == Document.Scan.INFECTED:
        raise Unusable(
            _("the virus scanner found “%(name)s” in this file. Send a clean copy from another device.")
            % {"name": found}
        )
    return outcome


def take(upload: UploadedFile) -> tuple[str, bytes, int]:
    """Type, content and number of pages. Raises Unusable or PdfRefused."""
    limit = settings.EVIDENCE_MAX_BYTES
    if not upload.size:
        raise Unusable(_("this file is empty. Check it on your device and choose it again."))
    if upload.size > limit:
        raise Unusable(
            _("this file has %(size)s and may have %(limit)s. Scan it at a lower resolution or in parts.")
            % {"size": filesizeformat(upload.size), "limit": filesizeformat(limit)}
        )
    content = upload.read()
    content_type = recognise(content)
    if content_type == "application/pdf":
        return content_type, content, checked_pdf(content)
    return content_type, redrawn(content, content_type), 1


# What it is


def recognise(content: bytes) -> str:
    """The type by the first bytes; anything but a PDF, a JPEG or a PNG is refused with what to do instead."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    raise Unusable(advice(content))


def advice(content: bytes) -> str:
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return _("this is a HEIC picture. Set your phone’s camera to JPEG, or send a screenshot of it.")
    if content.startswith(b"PK\x03\x04"):
        return _("this is a Word document or a ZIP file. Save it as PDF and choose the PDF.")
    return _(
        "this is not a PDF, JPEG or PNG file, whatever its name says. Save it as PDF or photograph the page."
    )


# PDF


def checked_pdf(content: bytes) -> int:
    """The number of pages, the first of which can be drawn."""
    if zipfile.is_zipfile(BytesIO(content)):
        raise Unusable(_("this PDF has another file hidden in it. Print it to a new PDF and choose that."))
    count = inspect_pdf(content)
    try:
        pages.draw(content, "application/pdf", size="small")
    except pages.NotDrawn as failure:
        raise PdfRefused(DAMAGED) from failure
    except pages.TooBusy as failure:
        raise Unusable(_("the site is busy. Send this file again in a minute.")) from failure
    return count


# Pictures


def redrawn(content: bytes, content_type: str) -> bytes:
    """The picture drawn anew, so that place, camera, comments and anything appended to it stay behind."""
    kind = {"image/jpeg": "JPEG", "image/png": "PNG"}[content_type]
    try:
        with decoding, Image.open(BytesIO(content), formats=[kind]) as picture:
            refuse_giant(*picture.size)
            return encoded(upright(picture), kind)
    except Unusable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise Unusable(too_many_points()) from bomb
    # A hostile file makes the decoder fail in any way it likes; each means that nobody could read it.
    except Exception as damage:
        raise Unusable(
            _("this picture is damaged or incomplete. Take it again, or choose the original.")
        ) from damage


def refuse_giant(width: int, height: int) -> None:
    """Measured from the header, before a single point is decoded."""
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise Unusable(too_many_points())


def too_many_points() -> str:
    return _(
        "this picture is too large: up to %(side)s points a side and %(million)s million in all. "
        "Scan it at a lower resolution."
    ) % {"side": f"{MAX_SIDE:,}", "million": MAX_PIXELS // 1_000_000}


def upright(picture: Image.Image) -> Image.Image:
    turned = ImageOps.exif_transpose(picture)
    if turned.has_transparency_data:
        ground = Image.new("RGBA", turned.size, "white")
        turned = Image.alpha_composite(ground, turned.convert("RGBA"))
    clean = turned.convert("L" if turned.mode in ("1", "L") else "RGB")
    clean.info = {}
    return clean


def encoded(picture: Image.Image, kind: str) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return out.getvalue()


# Names


def tidy_name(name: str | None) -> str:
    """What people may call the file: one line, no path, nothing that hides or reverses letters, of sane length."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name or ""))[-1]
    visible = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip(" .")
    path = PurePath(visible or _("file"))
    return path.stem[: NAME_LENGTH - len(path.suffix[:10])] + path.suffix[:10]


def with_suffix(name: str, content_type: str) -> str:
    """The name ends as the content does, so that no device opens it as something else."""
    allowed = SUFFIXES[content_type]
    return name if name.lower().endswith(allowed) else f"{name}{allowed[0]}"
