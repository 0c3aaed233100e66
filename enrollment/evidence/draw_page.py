"""Run alone, as a program: one page of the PDF on standard input becomes a picture on standard output.

PDFium is a large reader of a hostile format, so it works in a process of its own that knows no setting, no key and no
database, and that the system ends when it takes too much. Forms are not loaded, so nothing in the file can run.
"""

import resource
import sys
from io import BytesIO

import pypdfium2

MOST_MEMORY = 1024**3
MOST_SECONDS = 10
MOST_OPEN_FILES = 64


def confine() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_OPEN_FILES, MOST_OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def picture(content: bytes, number: int, longest: int) -> bytes:
    """The page with this number, from 1, as WebP whose longer side has so many points."""
    page = pypdfium2.PdfDocument(content)[number - 1]
    drawn = page.render(scale=longest / max(page.get_size()), rev_byteorder=True).to_pil().convert("RGB")
    out = BytesIO()
    drawn.save(out, "WEBP", quality=82)
    return out.getvalue()


if __name__ == "__main__":
    confine()
    sys.stdout.buffer.write(picture(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2])))
