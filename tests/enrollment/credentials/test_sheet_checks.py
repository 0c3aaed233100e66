"""The sheet as programs of others see it: qpdf, poppler, zbar, and checkers of PDF/A and PDF/UA."""

import hashlib
import io
import json
import subprocess
from pathlib import Path

import page as checker
import pdfua
import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader

from enrollment.credentials import pdf, sheets
from enrollment.models import Certificate, Sheet

from ..learners import AT, registrar
from ..test_pdf import NATIVE, snapshot
from .judges import judge_proof, judge_token

REFERENCES = Path(__file__).parent / "pictures"
PAPERS = {"a4": (842, 595), "letter": (792, 612)}
RICH = snapshot(
    holder={
        "name": "Nguyễn Thị Ánh Tuyết Đặng",
        "native_name": NATIVE["km"][0],
        "native_language": "km",
    }
)


def run(*command, given=b""):
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


@pytest.fixture
def on_disk(tmp_path):
    def lay_down(content):
        path = tmp_path / f"{hashlib.sha256(content).hexdigest()}.pdf"
        path.write_bytes(content)
        return path

    return lay_down


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_sheet_passes_the_checkers_of_archive_and_access(paper, profile):
    content = pdf.draw(RICH, paper, ATTACHED)
    report = checker.validate_pdf_bytes(content, profile=profile)
    assert ([(one.rule_id, one.message) for one in report.failures], report.is_compliant) == ([], True)


@pytest.mark.parametrize("paper", PAPERS)
def test_sheet_passes_a_second_checker_of_access(paper, on_disk):
    report = pdfua.validate(str(on_disk(pdf.draw(RICH, paper, ATTACHED))))
    assert list(report.findings) == []


def test_checkers_find_what_is_wrong(on_disk):
    content = pdf.compile_sheet(pdf.lay_out(RICH), [])
    assert not checker.validate_pdf_bytes(content, profile="3a").is_compliant


@pytest.mark.tools
@pytest.mark.parametrize("paper", PAPERS)
def test_sheet_is_sound_for_qpdf(paper, on_disk):
    path = on_disk(pdf.draw(RICH, paper, ATTACHED))
    assert b"No syntax or stream encoding errors found" in run("qpdf", "--check", path)
    listed = run("qpdf", "--list-attachments", path).decode().splitlines()
    assert {line.split(" -> ")[0] for line in listed} == {"credential.json", "credential.jwt"}


@pytest.mark.tools
@pytest.mark.parametrize("paper", PAPERS)
def test_poppler_finds_one_tagged_page_with_all_fonts_inside(paper, on_disk):
    path = on_disk(pdf.draw(RICH, paper, ATTACHED))
    told = dict(line.split(":", 1) for line in run("pdfinfo", path).decode().splitlines() if ":" in line)
    facts = {name: told[name].strip().split(" (")[0] for name in ("Tagged", "Pages", "Page size")}
    width, height = PAPERS[paper]
    assert (facts["Tagged"], facts["Pages"]) == ("yes", "1")
    assert [round(float(side)) for side in facts["Page size"].split()[0:3:2]] == [width, height]
    fonts = run("pdffonts", path).decode().splitlines()[2:]
    assert fonts
    assert {line.split()[-5] for line in fonts} == {"yes"}


@pytest.mark.tools
@pytest.mark.parametrize("paper", PAPERS)
def test_zbar_reads_the_permanent_address_off_the_paper(paper, on_disk, tmp_path):
    path = on_disk(pdf.draw(RICH, paper))
    run("pdftoppm", "-r", "110", "-png", "-singlefile", path, tmp_path / "sheet")
    assert run("zbarimg", "-q", "--raw", tmp_path / "sheet.png").decode().strip() == RICH["verify_url"]


def compared(picture: Image.Image, reference: Image.Image) -> float:
    """How far two pictures are apart, 0 to 255 on average, after what a hair's breadth changes is blurred away."""
    small = (297, round(297 * reference.height / reference.width))
    one, other = (image.convert("L").resize(small, Image.Resampling.BOX) for image in (picture, reference))
    difference = ImageChops.difference(one, other)
    return sum(value * count for value, count in enumerate(difference.histogram())) / (small[0] * small[1])


@pytest.mark.tools
@pytest.mark.parametrize("paper", PAPERS)
def test_sheet_looks_as_it_did(paper, on_disk, tmp_path):
    path = on_disk(pdf.draw(RICH, paper))
    run("pdftoppm", "-r", "72", "-png", "-singlefile", path, tmp_path / "sheet")
    drawn = Image.open(tmp_path / "sheet.png")
    reference = Image.open(REFERENCES / f"{paper}.png")
    assert compared(drawn, reference) < 2
    # A name gone, or words moved, must not pass as a hair's breadth.
    nameless = pdf.draw({**RICH, "holder": RICH["holder"] | {"native_name": "", "name": "x"}}, paper)
    run("pdftoppm", "-r", "72", "-png", "-singlefile", on_disk(nameless), tmp_path / "other")
    assert compared(Image.open(tmp_path / "other.png"), reference) > 2


# With its credential


ATTACHED = [
    pdf.Attachment("credential.json", '{"a": "é"}', "application/ld+json", "data", "Signed credential"),
    pdf.Attachment("credential.jwt", "a.b.c", "application/jwt", "alternative", "The same as a token"),
]


def files(content):
    return {name: parts[0] for name, parts in PdfReader(io.BytesIO(content)).attachments.items()}


@pytest.mark.django_db
@pytest.mark.parametrize("paper", PAPERS)
def test_credential_inside_the_sheet_verifies(certificate, paper):
    content = pdf.render(certificate, paper)
    inside = files(content)
    assert inside == {
        "credential.json": certificate.seal.credential.encode(),
        "credential.jwt": certificate.seal.token.encode(),
    }
    judge_proof(inside["credential.json"].decode())
    judge_token(inside["credential.jwt"].decode())
    assert len(content) < 300_000


@pytest.mark.django_db
def test_same_bytes_come_again_and_their_fingerprint_is_kept_once(certificate):
    drawn = [sheets.hand_out(certificate, paper) for paper in ("a4", "letter", "a4", "letter")]
    assert (drawn[0], drawn[1]) == (drawn[2], drawn[3])
    kept = {sheet.sha256: (sheet.certificate, sheet.paper) for sheet in Sheet.objects.all()}
    assert kept == {
        hashlib.sha256(content).hexdigest(): (certificate, paper)
        for content, paper in zip(drawn, ("a4", "letter"), strict=False)
    }


@pytest.mark.django_db
def test_sheet_is_the_same_after_keys_have_changed(certificate):
    from enrollment.credentials import keys

    before = pdf.render(certificate)
    keys.rotate()
    assert pdf.render(Certificate.objects.get()) == before


@pytest.mark.django_db
def test_drawing_asks_nothing_but_snapshot_and_seal(certificate, django_assert_num_queries):
    record = Certificate.objects.get(pk=certificate.pk)
    with django_assert_num_queries(1):
        pdf.render(record)


# From the holder's desk


@pytest.mark.django_db
def test_holder_has_every_form(client, certificate):
    client.force_login(certificate.enrollment.learner)
    seal, number = certificate.seal, certificate.number
    forms = {
        f"{number}.json": ("application/ld+json", seal.credential.encode()),
        f"{number}.jwt": ("application/jwt", seal.token.encode()),
        f"{number}.pdf": ("application/pdf", pdf.render(certificate)),
    }
    for name, (kind, content) in forms.items():
        response = client.get(f"/certificates/{name}", secure=True)
        assert (response["Content-Type"].split(";")[0], response.content) == (kind, content)
        assert response["Cache-Control"] == "private, no-store"
        assert name in response["Content-Disposition"]


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "paper"), [("letter", "letter"), ("a4", "a4"), ("", "a4"), ("{}", "a4")])
def test_holder_chooses_the_paper(client, certificate, asked, paper):
    client.force_login(certificate.enrollment.learner)
    response = client.get(f"/certificates/{certificate.number}.pdf", {"paper": asked}, secure=True)
    assert response.content == pdf.render(certificate, paper)
    assert json.loads(files(response.content)["credential.json"])["id"] == certificate.snapshot["verify_url"]


@pytest.mark.django_db
def test_office_hands_out_sheets_that_are_on_record(client, certificate):
    person = registrar()
    person.user_permissions.add(*permission("view_certificate"))
    client.force_login(person)
    content = client.get(f"/admin/enrollment/certificate/{certificate.pk}/pdf/", secure=True).content
    assert Sheet.objects.get().sha256 == hashlib.sha256(content).hexdigest()
    assert Certificate.objects.get().issued_at == AT


def permission(name):
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(codename=name)
