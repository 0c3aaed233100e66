"""What a file of a stranger carries is found, and nothing that a stranger sends makes it slow or loud."""

import io
import re
import struct
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader, PdfWriter

from enrollment import verification
from enrollment.credentials import badge, sheets, unbaking
from enrollment.credentials.checking import LONGEST, Finding

from ..learners import AT

OPEN = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:o='https://purl.imsglobal.org/ob/v3p0'>"
MEGABYTE = 1_000_000


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def baked(*texts: str, **itxt) -> bytes:
    carried = PngInfo()
    for text in texts:
        carried.add_itxt(badge.KEYWORD, text, **itxt)
    picture = io.BytesIO()
    Image.new("L", (2, 2)).save(picture, "PNG", pnginfo=carried)
    return picture.getvalue()


def drawn(inside: str, head: str = "") -> bytes:
    return f"{head}{OPEN}{inside}</svg>".encode()


def test_pictures_tell_what_was_baked_into_them():
    declared = "<?xml version='1.0' encoding='UTF-8'?>"
    found = [
        baked("a.b.c"),
        drawn("<o:credential verify='a.b.c'/>", declared),
        drawn("<o:credential verify='a.b.c'/>"),
        drawn("<g><o:credential verify=' a.b.c '><![CDATA[ ignored ]]></o:credential></g>"),
        drawn("<o:credential><![CDATA[a.b.c]]></o:credential>"),
        b"\xef\xbb\xbf\n" + drawn("<o:credential verify='a.b.c'/>"),
    ]
    assert [unbaking.in_picture(one) for one in found] == ["a.b.c"] * len(found)
    assert all(unbaking.is_picture(one) for one in found)


HOSTILE = {
    "two in a png": baked("a.b.c", "d.e.f"),
    "packed": baked("a.b.c" * 100, zip=True),
    "cut short": baked("a.b.c")[:-9],
    "wrong checksum": baked("a.b.c").replace(b"a.b.c", b"a.b.d"),
    "length beyond the end": unbaking.PNG + b"\xff\xff\xff\xffiTXt" + b"x" * 50,
    "no text in it": unbaking.PNG + chunk(b"iTXt", badge.KEYWORD.encode() + b"\0") + chunk(b"IEND", b""),
    "not utf-8": unbaking.PNG
    + chunk(b"iTXt", badge.KEYWORD.encode() + b"\0\0\0\0\0\xff\xfe")
    + chunk(b"IEND", b""),
    "too long": unbaking.PNG
    + chunk(b"iTXt", badge.KEYWORD.encode() + b"\0\0\0\0\0" + b"x" * (LONGEST + 1))
    + chunk(b"IEND", b""),
    "many empty chunks": unbaking.PNG + chunk(b"tEXt", b"") * (MEGABYTE // 12),
    "two in a drawing": drawn("<o:credential verify='a.b.c'/><o:credential verify='d.e.f'/>"),
    "one in another": drawn("<o:credential><o:credential verify='d.e.f'/>a.b.c</o:credential>"),
    "another root": b"<html xmlns:o='https://purl.imsglobal.org/ob/v3p0'><o:credential verify='a'/></html>",
    "another namespace": drawn("<credential verify='a.b.c'/>"),
    "entities": drawn(
        "<o:credential>&b;</o:credential>",
        "<!DOCTYPE svg [<!ENTITY a 'xxxxxxxxxx'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>",
    ),
    "file of the server": drawn(
        "<o:credential>&a;</o:credential>", "<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
    ),
    "declaration alone": drawn("<o:credential verify='a.b.c'/>", "<!DOCTYPE svg>"),
    "deep": drawn("<g>" * 200_000 + "<o:credential verify='a'/>"),
    "many words": drawn("<o:credential>" + "x&amp;" * 150_000 + "</o:credential>"),
    "many elements": drawn("<g/>" * 200_000),
    "unclosed": OPEN.encode() + b"<o:credential verify='a.b.c'/>",
    "unknown letters": b"<?xml version='1.0' encoding='nonsense'?>" + drawn("<o:credential verify='a'/>"),
    "other letters": (
        "<?xml version='1.0' encoding='utf-7'?>" + OPEN + "<o:credential verify='a'/></svg>"
    ).encode(),
    "no letters": b"<" + b"\0" * 1000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_picture_that_no_baker_writes_carries_nothing_and_costs_nothing(name):
    begun = time.process_time()
    assert unbaking.in_picture(HOSTILE[name]) == ""
    assert time.process_time() - begun < 2


@given(st.binary(max_size=200), st.sampled_from([b"", unbaking.PNG, OPEN.encode(), unbaking.PDF]))
def test_any_bytes_at_all_are_read_without_a_fault(content, head):
    assert isinstance(unbaking.in_picture(head + content), str)
    assert isinstance(unbaking.in_pdf(head + b"/EmbeddedFile>>stream\n" + content), list)


def bomb() -> bytes:
    """Ten megabytes in ten thousand bytes."""
    return unbaking.PDF + b"<</EmbeddedFile>>stream\n" + zlib.compress(b"x" * 10 * MEGABYTE)


@pytest.mark.parametrize(
    "content",
    [
        bomb(),
        unbaking.PDF + b"/EmbeddedFile " * 70_000,
        unbaking.PDF + b"/EmbeddedFiles>>stream\n{}",
        unbaking.PDF + b"/EmbeddedFile>>" + b" " * MEGABYTE + b"stream\n{}",
        unbaking.PDF + b"<</EmbeddedFile>>stream\n\xff\xfe",
        unbaking.PDF,
    ],
)
def test_pdf_without_a_text_that_could_be_a_credential_costs_nothing(content):
    begun = time.process_time()
    assert unbaking.in_pdf(content) == []
    assert time.process_time() - begun < 2


def saved_anew(content: bytes) -> bytes:
    """As a program of others writes it: another order, other numbers, the same attachments."""
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(content))), io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.django_db
def test_attachments_are_found_in_our_sheet_and_in_one_saved_anew(certificate):
    sheet, seal = sheets.hand_out(certificate), certificate.seal
    for content in (sheet, saved_anew(sheet)):
        assert sorted(unbaking.in_pdf(content)) == sorted([seal.credential.strip(), seal.token])
    answer = verification.check_file(saved_anew(sheet), at=AT)
    assert (answer.finding, answer.inside) == (Finding.CHANGED_FILE, "changed_pdf")
    assert answer.result.number == certificate.number


@pytest.mark.django_db
def test_pdf_with_a_changed_credential_tells_nothing_of_any_certificate(certificate):
    token = certificate.seal.token
    forged = re.sub(r"[^.]+$", lambda signature: signature[0][::-1], token)
    content = unbaking.PDF + b"<</Type/EmbeddedFile>>stream\n" + forged.encode() + b"\nendstream"
    assert unbaking.in_pdf(content) == [forged]
    assert verification.check_file(content, at=AT) == verification.Answer(Finding.CHANGED_FILE)
