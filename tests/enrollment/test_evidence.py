import os
import random
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from enrollment import evidence
from enrollment.evidence import pdf
from tests.enrollment import files


def refusal(content, name="licence.pdf"):
    with pytest.raises(evidence.EvidenceRefused) as refused:
        evidence.check(files.upload(content, name))
    return str(refused.value)


def opened(checked):
    return Image.open(BytesIO(checked.content))


@pytest.mark.parametrize(
    ("content", "name", "becomes"),
    [
        (files.pdf(), "licence.pdf", ("licence.pdf", "application/pdf")),
        (files.pdf(50), "fifty.PDF", ("fifty.PDF", "application/pdf")),
        (files.picture(), "page.jpeg", ("page.jpeg", "image/jpeg")),
        (files.picture("PNG"), "scan.png", ("scan.png", "image/png")),
        (files.picture("PNG"), "scan.exe", ("scan.exe.png", "image/png")),
        (files.picture(), "page", ("page.jpg", "image/jpeg")),
    ],
)
def test_a_file_is_what_its_content_says(content, name, becomes):
    checked = evidence.check(files.upload(content, name, "text/html"))

    assert (checked.name, checked.content_type) == becomes
    assert checked.size == len(checked.content) > 0


def test_a_pdf_is_kept_as_it_came():
    content = files.pdf()
    assert evidence.check(files.upload(content)).content == content


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\0" * 100, "not a PDF, JPEG or PNG"),
        (b"<!doctype html><script>alert(1)</script>", "not a PDF, JPEG or PNG"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "not a PDF, JPEG or PNG"),
        (b"GIF89a" + b"\0" * 40, "not a PDF, JPEG or PNG"),
        (b" " + files.pdf(), "not a PDF, JPEG or PNG"),
        (files.archive(), "Word document or a ZIP"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "HEIC"),
        (files.encrypted_pdf(), "password"),
        (files.encrypted_pdf(""), "password"),
        (files.script_pdf(), "script, an attachment or an action"),
        (files.attachment_pdf(), "script, an attachment or an action"),
        (files.action_pdf("/Launch"), "script, an attachment or an action"),
        (files.action_pdf("/JavaScript"), "script, an attachment or an action"),
        (files.action_pdf("/SubmitForm", key="/A"), "script, an attachment or an action"),
        (files.action_pdf("/ImportData", refer=True), "script, an attachment or an action"),
        (files.pdf().replace(b"/Type /Catalog", b"/J#61vaScript 9 /Type /Catalog"), "script"),
        (files.pdf(51), "more than 50 pages"),
        (files.pdf(0), "no pages"),
        (files.pdf() + b"<html><script>alert(1)</script>", "hidden after its end"),
        (files.pdf() + files.archive(), "hidden"),
        (b"%PDF-1.7\n" + files.archive() + b"\n%%EOF", "hidden"),
        (b"%PDF-1.7\nnothing else\n%%EOF", "damaged"),
        (b"%PDF-1.7", "damaged"),
        (files.picture()[:300], "damaged"),
        (files.picture("PNG")[:60], "damaged"),
        (b"\xff\xd8\xff<script>alert(1)</script>", "damaged"),
        (files.giant_png(), "too large"),
        (files.giant_png(12_001, 2), "too large"),
        (files.giant_jpeg(), "too large"),
    ],
)
def test_a_wrong_file_is_refused_by_name_and_reason(content, words):
    sentence = refusal(content, "my licence.pdf")

    assert sentence.startswith("“my licence.pdf”: ")
    assert words in sentence


def test_a_file_above_the_limit_is_refused_without_being_read(settings):
    settings.EVIDENCE_MAX_BYTES = 1000
    upload = files.upload(b"%PDF-" + b"x" * 1000)

    with pytest.raises(evidence.EvidenceRefused, match="may have"):
        evidence.check(upload)

    assert upload.tell() == 0


def test_the_limit_is_ten_megabytes():
    assert "10.0" in refusal(b"%PDF-" + b"x" * 10 * 1024 * 1024)


def test_a_pdf_that_opens_at_a_page_is_taken():
    assert evidence.check(files.upload(files.opens_at_a_page_pdf())).content_type == "application/pdf"


def test_a_pdf_that_runs_in_circles_is_answered():
    assert "PDF" in refusal(files.endless_pdf())


def test_a_pdf_too_complicated_to_check_is_refused(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_PARTS", 3)
    assert "too complicated" in refusal(files.pdf())


def test_a_pdf_that_takes_too_long_to_check_is_refused(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_SECONDS", -1)
    assert "too complicated" in refusal(files.pdf())


def test_a_photograph_is_turned_upright_and_forgets_where_it_was_taken():
    photograph = files.phone_photograph()
    before = Image.open(BytesIO(photograph))
    assert before.size == (60, 40)
    assert before.getexif().get_ifd(files.GPS)

    checked = evidence.check(files.upload(photograph, "IMG_1.jpg"))

    after = opened(checked)
    assert after.size == (40, 60)
    assert dict(after.getexif()) == {}
    assert b"taken at home" not in checked.content
    assert b"Sample Applicant" not in checked.content


def test_what_was_appended_to_a_picture_is_gone():
    checked = evidence.check(files.upload(files.picture() + files.archive() + b"<?php evil();", "a.jpg"))

    assert b"PK\x03\x04" not in checked.content
    assert b"<?php" not in checked.content


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_a_png_of_any_kind_of_color_is_taken(mode):
    checked = evidence.check(files.upload(files.picture("PNG", mode=mode), "a.png"))
    assert opened(checked).getpixel((5, 5)) in (255, (255, 255, 255))


def test_a_picture_printed_in_four_colors_is_taken():
    content = files.picture(mode="CMYK")
    assert opened(evidence.check(files.upload(content, "a.jpg"))).mode == "RGB"


def test_a_see_through_picture_lies_on_white_paper():
    out = BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(evidence.check(files.upload(out.getvalue(), "a.png"))).getpixel((5, 5)) == (255, 255, 255)


def test_the_same_picture_twice_has_the_same_fingerprint():
    first, second = (
        evidence.check(files.upload(files.phone_photograph(), name)) for name in ("a.jpg", "b.jpg")
    )
    assert first.sha256 == second.sha256


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("licence.pdf", "licence.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\scan 1.png", "scan 1.png"),
        ("a\0b\r\nc.pdf", "abc.pdf"),
        ("ใบอนุญาต.pdf", "ใบอนุญาต.pdf"),
        ("rev\u202efdp.exe", "revfdp.exe"),
        ("", "file"),
        ("...", "file"),
        (None, "file"),
        ("x" * 500 + ".jpeg", "x" * 115 + ".jpeg"),
    ],
)
def test_a_name_is_one_honest_line(name, becomes):
    assert evidence.tidy_name(name) == becomes


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.sampled_from([files.pdf(2), files.picture(), files.picture("PNG")]), st.integers(0, 2**32))
def test_a_file_with_broken_bytes_is_taken_or_refused_in_a_sentence(content, seed):
    dice, broken = random.Random(seed), bytearray(content)
    for _hit in range(12):
        broken[dice.randrange(8, len(broken))] = dice.randrange(256)
    try:
        assert evidence.check(files.upload(bytes(broken), "broken.pdf")).size > 0
    except evidence.EvidenceRefused as refused:
        assert str(refused).startswith("“broken.pdf”: ")


@pytest.mark.parametrize("head", [b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"])
def test_noise_behind_a_good_beginning_is_refused(head):
    assert refusal(head + os.urandom(5000))
