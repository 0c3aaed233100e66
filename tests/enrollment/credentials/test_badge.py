"""Badges: pictures that carry the credential, found there by others, and that look right."""

import io
from xml.etree import ElementTree

import pytest
from openbadgeslib.ob3 import OB3Verifier
from PIL import Image

from enrollment.credentials import badge

from ..test_pdf import snapshot
from .judges import judge_token

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.django_db
def test_token_in_the_png_is_found_and_verifies(certificate):
    baked = OB3Verifier.extract_token_from_png(badge.png(certificate))
    assert baked == certificate.seal.token
    judge_token(baked, check_status=True)


@pytest.mark.django_db
def test_token_in_the_svg_is_found_and_verifies(certificate):
    baked = OB3Verifier.extract_token_from_svg(badge.svg(certificate))
    assert baked == certificate.seal.token
    judge_token(baked, check_status=True)


@pytest.mark.django_db
def test_png_is_small_square_and_clear_around_the_seal(certificate):
    content = badge.png(certificate)
    picture = Image.open(io.BytesIO(content)).convert("RGBA")
    assert picture.size == (600, 600)
    assert len(content) < 200_000
    assert picture.getpixel((2, 2))[3] == 0
    assert picture.getpixel((300, 560))[3] > 250


@pytest.mark.django_db
def test_svg_stands_alone_and_has_a_title(certificate):
    content = badge.svg(certificate)
    root = ElementTree.fromstring(content)
    assert root.find(f"{SVG}title").text == (
        "Certificate in Microneedling, International Institute of Wellness & Aesthetic Medicine"
    )
    assert root[0].tag == "{https://purl.imsglobal.org/ob/v3p0}credential"
    assert [word for word in (b"<script", b"<style", b"<image", b'href="http') if word in content] == []
    assert len(content) < 200_000


@pytest.mark.django_db
def test_badge_is_the_same_to_the_byte(certificate):
    assert badge.png(certificate) == badge.png(certificate)
    assert badge.svg(certificate) == badge.svg(certificate)


def drawn(**told) -> Image.Image:
    sheet = badge.lay_out(snapshot(**told), badge.art.medal())
    return Image.open(io.BytesIO(badge.TEMPLATE.png(sheet, ppi=badge.DENSITY))).convert("L")


@pytest.mark.parametrize(
    "award", ["X" * 150, "Professional Diploma in Aesthetic Medicine " * 4, "A", '"); #panic("no")', ""]
)
def test_any_award_stays_within_the_ring(award):
    """Left and right of the words the paper is as white as without them."""
    picture = drawn(award=award)
    margin = picture.crop((119, 285, 124, 345))
    assert margin.getextrema()[0] > 240


def test_sample_is_marked():
    assert badge.lay_out(snapshot(is_sample=True))["below"] == "SPECIMEN"
    assert drawn(is_sample=True).tobytes() != drawn().tobytes()
