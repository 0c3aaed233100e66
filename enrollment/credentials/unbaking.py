"""The credential inside a file that a stranger handed in: a badge picture, or the attachments of a PDF.

Nothing is drawn, fetched or run, and nothing is unpacked beyond LONGEST: files are walked over by their outermost
structure alone. Where a file could be read in two ways, it is not read at all.
"""

import re
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from .badge import KEYWORD, NAMESPACE
from .checking import LONGEST

PNG = b"\x89PNG\r\n\x1a\n"
PDF = b"%PDF-"
SVG_ROOT = "http://www.w3.org/2000/svg svg"
BAKED = f"{NAMESPACE} credential"
# Ours are three elements deep; drawings by others stay far below this.
DEEPEST = 64
# A sheet of ours has two, and a table that names them.
MOST_ATTACHMENTS = 12
MOST_BYTES = 4 * LONGEST
STREAM, FARTHEST = re.compile(rb">>\s{0,4}stream\r?\n"), 1_200


class Hostile(Exception):
    """This is no file that a baker of badges writes."""


def is_picture(content: bytes) -> bool:
    """Whether a badge could look like this; whether it is one is seen by reading it."""
    return content.startswith(PNG) or content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def in_picture(content: bytes) -> str:
    """The credential of a baked PNG or SVG (Open Badges 3.0, section 5.3); empty where there is none, or not just one."""
    try:
        found = list(in_png(content) if content.startswith(PNG) else in_svg(content))
    except (Hostile, expat.ExpatError, UnicodeDecodeError):
        return ""
    return found[0].strip() if len(found) == 1 and len(found[0]) <= LONGEST else ""


# PNG


def in_png(content: bytes) -> Iterator[str]:
    for kind, data in chunks(content):
        keyword, _zero, rest = data.partition(b"\0")
        if kind == b"iTXt" and keyword == KEYWORD.encode():
            # Compression is not allowed here by the standard, so nothing has to be unpacked.
            if rest[:2] != b"\0\0" or rest.count(b"\0", 2) < 2:
                raise Hostile
            yield rest[2:].split(b"\0", 2)[2].decode()


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk with a whole length and a right checksum, to the end of the picture."""
    place = len(PNG)
    while place + 12 <= len(content):
        length = int.from_bytes(content[place : place + 4])
        end = place + 8 + length
        kind, data, check = content[place + 4 : place + 8], content[place + 8 : end], content[end : end + 4]
        if len(check) < 4 or zlib.crc32(kind + data) != int.from_bytes(check):
            raise Hostile
        yield kind, data
        if kind == b"IEND":
            return
        place = end + 4
    raise Hostile


# SVG


class Reader:
    """What is inside the baked elements of a drawing, without building the drawing."""

    def __init__(self):
        self.depth, self.length, self.inside = 0, 0, False
        self.found: list[list[str]] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if (self.depth == 0 and name != SVG_ROOT) or self.depth > DEEPEST:
            raise Hostile
        self.depth += 1
        if name == BAKED:
            self.found.append([attributes.get("verify", "")])
            self.inside = "verify" not in attributes

    def end(self, name: str) -> None:
        self.depth -= 1
        self.inside = self.inside and name != BAKED

    def write(self, words: str) -> None:
        if self.inside:
            self.length += len(words)
            self.found[-1].append(words)
        if self.length > LONGEST:
            raise Hostile

    def declare(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if (encoding or "utf-8").lower() != "utf-8":
            raise Hostile

    def refuse(self, *_whatever) -> None:
        raise Hostile


def in_svg(content: bytes) -> list[str]:
    reader, parser = Reader(), expat.ParserCreate("UTF-8", namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.begin, reader.end
    parser.CharacterDataHandler, parser.XmlDeclHandler = reader.write, reader.declare
    # Without declarations of its own a document has no entities to blow up and nothing to fetch.
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = reader.refuse
    parser.Parse(content, True)
    return ["".join(parts) for parts in reader.found]


# PDF


def in_pdf(content: bytes) -> list[str]:
    """Attachments that might be credentials, as text, without reading the pages."""
    return [text for text in map(unpacked, attached(content)) if text]


def attached(content: bytes) -> Iterator[bytes]:
    """Where each attachment begins. Streams of a PDF always lie open, whoever saved it, unless it is encrypted."""
    place = 0
    for _look in range(MOST_ATTACHMENTS):
        if (place := content.find(b"/EmbeddedFile", place)) < 0:
            return
        place += len(b"/EmbeddedFile")
        begins = STREAM.search(content, place, place + FARTHEST)
        if begins and not content[place : place + 1].isalpha():
            yield content[begins.end() : begins.end() + MOST_BYTES]


def unpacked(rest: bytes) -> str:
    """The text of the stream that begins here; empty when it is longer than any credential, damaged or no text."""
    try:
        data = zlib.decompressobj().decompress(rest, MOST_BYTES)
    except zlib.error:
        data = rest.partition(b"endstream")[0]
    try:
        text = data.decode().strip()
    except UnicodeDecodeError:
        return ""
    return text if len(text) <= LONGEST else ""
