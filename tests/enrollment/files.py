"""Files that tests make themselves: good ones, broken ones and hostile ones."""

import struct
import zipfile
import zlib
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

ORIENTATION, MODEL, GPS = 0x0112, 0x0110, 0x8825


def upload(content: bytes, name="licence.pdf", content_type="application/octet-stream"):
    return SimpleUploadedFile(name, content, content_type)


def written(writer: PdfWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def pages(count=1) -> PdfWriter:
    writer = PdfWriter()
    for _page in range(count):
        writer.add_blank_page(width=200, height=200)
    return writer


def pdf(count=1) -> bytes:
    return written(pages(count))


def encrypted_pdf(password="secret") -> bytes:
    writer = pages()
    writer.encrypt(password, algorithm="RC4-128")
    return written(writer)


def script_pdf() -> bytes:
    """Runs a script under a name, as the document-wide scripts of forms do."""
    writer = pages()
    action = DictionaryObject({NameObject("/JS"): TextStringObject("app.alert('hello');")})
    names = ArrayObject([TextStringObject("first"), writer._add_object(action)])
    writer._root_object[NameObject("/Names")] = DictionaryObject({NameObject("/Scripts"): names})
    return written(writer)


def attachment_pdf() -> bytes:
    writer = pages()
    writer.add_attachment("note.txt", b"carried along")
    return written(writer)


def action_pdf(kind="/Launch", key="/OpenAction", refer=False) -> bytes:
    """A PDF that acts when it is opened; `refer` hides the kind of the act behind a reference."""
    writer = pages()
    name = writer._add_object(NameObject(kind)) if refer else NameObject(kind)
    action = DictionaryObject({NameObject("/S"): name, NameObject("/F"): TextStringObject("cmd.exe")})
    writer._root_object[NameObject(key)] = writer._add_object(action)
    return written(writer)


def opens_at_a_page_pdf() -> bytes:
    """As many scanners write it: opens at the first page, fitted."""
    writer = pages()
    where = [writer.pages[0].indirect_reference, NameObject("/FitH"), NumberObject(0)]
    writer._root_object[NameObject("/OpenAction")] = ArrayObject(where)
    return written(writer)


def endless_pdf() -> bytes:
    """Its pages are their own parent and child."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Parent 2 0 R/Count 1>>endobj\n"
        b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF"
    )


def archive() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as folder:
        folder.writestr("word/document.xml", "<document/>")
    return out.getvalue()


def picture(kind="JPEG", size=(60, 40), exif=None, mode="RGB", **options) -> bytes:
    out = BytesIO()
    Image.new(mode, size, "white").save(out, kind, **({"exif": exif} if exif else {}), **options)
    return out.getvalue()


def phone_photograph() -> bytes:
    """Lies on its side and knows where it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[MODEL] = "Phone of Sample Applicant"
    exif.get_ifd(GPS).update({1: "N", 2: (3.0, 8.0, 0.0), 3: "E", 4: (101.0, 41.0, 0.0)})
    return picture(exif=exif, comment=b"taken at home")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def giant_png(width=60_000, height=60_000) -> bytes:
    """A few bytes that ask for gigabytes."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def giant_jpeg(width=20_000, height=20_000) -> bytes:
    small = picture(size=(8, 8))
    where = small.index(b"\xff\xc0") + 5
    return small[:where] + struct.pack(">HH", height, width) + small[where + 4 :]
