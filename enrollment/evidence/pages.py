"""Evidence as pictures of its pages, so that it can be read beside the answers and nothing in it can run."""

import subprocess
import sys
import threading
from io import BytesIO
from pathlib import Path

from PIL import Image

# The longer side, in points: for a list, and for reading small print.
SIZES = {"small": 320, "large": 1_800}
PROGRAM = Path(__file__).with_name("draw_page.py")
MOST_SECONDS = 12
WAIT_SECONDS = 20
AT_ONCE = 2

# Each page that is being drawn takes a processor and some memory, whoever asks for it.
drawing = threading.BoundedSemaphore(AT_ONCE)


class NotDrawn(Exception):
    """No picture came of this page: it is broken, not there, or takes too much."""


class TooBusy(Exception):
    """Other pages are being drawn; this one can be asked for again in a few seconds."""


def draw(content: bytes, content_type: str, *, number: int = 1, size: str = "large") -> bytes:
    """A page, counted from 1, as a WebP picture. Raises NotDrawn, or TooBusy when others are in front."""
    if not drawing.acquire(timeout=WAIT_SECONDS):
        raise TooBusy
    try:
        if content_type == "application/pdf":
            return page_of_pdf(content, number, SIZES[size])
        return reduced(content, number, SIZES[size])
    finally:
        drawing.release()


def page_of_pdf(content: bytes, number: int, longest: int) -> bytes:
    order = [sys.executable, "-I", str(PROGRAM), str(number), str(longest)]
    try:
        # Our own program, told two numbers; the file reaches it as bytes, never as an argument.
        done = subprocess.run(  # noqa: S603
            order, input=content, capture_output=True, timeout=MOST_SECONDS, env={}, check=True
        )
    except (subprocess.SubprocessError, OSError) as failure:
        raise NotDrawn from failure
    return done.stdout


def reduced(content: bytes, number: int, longest: int) -> bytes:
    """A photograph has one page; it was drawn anew when it came, so it is safe to open here."""
    if number != 1:
        raise NotDrawn
    out = BytesIO()
    with Image.open(BytesIO(content)) as picture:
        picture.draft("RGB", (longest, longest))
        picture.thumbnail((longest, longest))
        picture.convert("RGB").save(out, "WEBP", quality=82)
    return out.getvalue()
