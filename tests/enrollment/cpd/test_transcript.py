"""A learner's transcript: as a page with its picture, as PDF, as a signed credential; behind one guard."""

import io
import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import jwt
import page as checker
import pdfua
import pytest
import time_machine
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from courses.models import Accreditation
from enrollment.cpd import awarding, credential, sheet, transcript
from enrollment.models import CpdEntry
from tests.enrollment.credentials.judges import SITE, judge_proof, judge_token
from tests.enrollment.credentials.test_openbadge import valid
from tests.factories import CpdSchemeFactory, UserFactory
from tests.test_architecture import ROOT

from .made import AFTER, approved, awarded, registrar

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 10, 4, tzinfo=UTC)


@pytest.fixture
def entry():
    return awarded()


def page_of(person, path="/learn/cpd/"):
    client = Client()
    client.force_login(person)
    with time_machine.travel(NOW, tick=False):
        return client.get(path)


def words(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# The account


def test_account_sums_the_present_cycle_and_keeps_the_earlier_ones(entry):
    (found,) = transcript.accounts(entry.learner, on=date(2028, 5, 4))
    assert (found.present.sum.counted, found.present.sum.missing, found.present.lines) == (0, 20, [])
    assert [(year.sum.counted, year.lines) for year in found.earlier] == [(8, [entry])]
    assert found.days_left == 58


def test_taken_back_points_are_shown_and_count_nothing(entry):
    counter = awarding.take_back(entry=entry, by=registrar(), note="Left at noon.")
    (found,) = transcript.accounts(entry.learner, on=NOW.date())
    assert (found.present.sum.counted, found.present.lines) == (0, [entry, counter])


# The guard


@pytest.mark.parametrize(
    "gone",
    [
        {"reference": ""},
        {"cpd_points": None},
        {"valid_to": date(2026, 9, 1)},
        {"valid_from": date(2026, 9, 3)},
        {"ended_on": date(2026, 9, 2)},
    ],
)
def test_points_of_an_approval_that_no_longer_stands_are_shown_nowhere(entry, gone):
    assert "8 points of 20" in words(page_of(entry.learner))
    assert "8 points" in words(page_of(entry.learner, "/learn/"))
    Accreditation.objects.update(**gone)
    assert transcript.accounts(entry.learner, on=NOW.date()) == []
    assert "Nothing on record yet" in words(page_of(entry.learner))
    assert "8 points" not in words(page_of(entry.learner, "/learn/"))
    assert page_of(entry.learner, "/learn/cpd/transcript.json").status_code == 404
    assert sheet.lay_out(entry.learner, NOW)["accounts"] == []


def test_points_of_approvals_are_read_behind_the_guard_alone():
    """Who reads `cpd_points` asks `grants_points` first; another place is a hole, or belongs in this list."""
    readers = {
        str(path.relative_to(ROOT))
        for folder in ("courses", "enrollment", "iiwam", "templates")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".typ", ".txt"} and "migrations" not in path.parts
        if re.search(r"\.cpd_points\b|cpd_points=", path.read_text())
    }
    assert readers == {
        "courses/models/accreditation.py",  # the guard itself
        "courses/outward/prospectus.py",  # facts["cpd"] went through it
        "courses/outward/structured_data.py",  # so did these approvals
        "templates/courses/parts/key_facts.html",  # and these
        "enrollment/snapshot.py",  # granting_points
        "enrollment/cpd/awarding.py",  # why_not asks it
        "enrollment/cpd/submissions.py",  # writes them
        "templates/admin/enrollment/cpdsubmission/page.html",  # the office, which sees whether they are told
    }


# The page


def test_page_shows_the_picture_with_its_words(entry):
    page = page_of(entry.learner).content.decode()
    title, desc = (
        re.search(r"<title id=\"cpd[^>]*>(.*?)</title>", page),
        re.search(r"<desc [^>]*>(.*?)</desc>", page),
    )
    assert (title[1], desc[1]) == (
        "8 points of 20",
        "12 points still to earn. 294 days left, until 30 June 2027.",
    )
    assert re.search(r'<svg [^>]*role="img" aria-labelledby="(\S+) (\S+)"', page)
    filled = re.search(r'class="earned" x="1" y="10" width="([0-9.]+)"', page)
    assert float(filled[1]) == pytest.approx(318 * 8 / 20, abs=0.01)
    assert "style=" not in page[page.index("<figure") : page.index("</figure>")]


def test_scheme_that_asks_for_no_number_shows_time_alone():
    entry = awarded(approved(scheme=CpdSchemeFactory(unit="hours", required=None), points="7.5"))
    page = page_of(entry.learner)
    assert "7.5 hours" in words(page) and 'class="earned"' not in page.content.decode()


def test_tag_for_other_pages_shows_each_scheme_and_the_way_to_the_transcript(entry):
    with time_machine.travel(NOW, tick=False):
        drawn = Template("{% load cpd %}{% cpd_panel person %}").render(Context({"person": entry.learner}))
        empty = Template("{% load cpd %}{% cpd_panel person %}").render(Context({"person": UserFactory()}))
    assert "8 points of 20" in drawn and 'href="/learn/cpd/"' in drawn
    assert "appear here when" in empty


def test_what_others_earned_is_not_mine(entry):
    assert "Nothing on record yet" in words(page_of(UserFactory()))


def test_page_asks_the_same_number_of_questions_for_one_and_three_entries(entry):
    with CaptureQueriesContext(connection) as one:
        page_of(entry.learner)
    values = {f.name: getattr(entry, f.name) for f in entry._meta.concrete_fields if f.name != "id"}
    for number in (2, 3):
        CpdEntry.objects.create(**values | {"round": number})
    with CaptureQueriesContext(connection) as three:
        page_of(entry.learner)
    assert len(three) == len(one)


# On paper


def test_sheet_is_tagged_and_says_what_the_page_says(entry, tmp_path):
    content = sheet.render(entry.learner, at=NOW)
    text = " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    for told in (
        "CPD transcript",
        "Nurul Aisyah binti Rahman",
        "8 points of 20",
        "2 Sep 2026",
        "EV-77",
        "10 September 2026",
    ):
        assert told in text
    assert b"pdfuaid:part>1<" in content
    assert sheet.render(entry.learner, at=NOW) == content
    path = tmp_path / "transcript.pdf"
    path.write_bytes(content)
    assert list(pdfua.validate(str(path)).findings) == []
    report = checker.validate_pdf_bytes(content, profile="ua1")
    assert [(one.rule_id, one.message) for one in report.failures] == []


@pytest.mark.parametrize("name", ["နူရူး", "김 하늘", "ᚠᚢᚦ", "<script>", '#import "x"'])
def test_sheet_prints_any_name(entry, name):
    type(entry.enrollment.application).objects.update(legal_name=name)
    assert sheet.render(entry.learner, at=NOW).startswith(b"%PDF")


def test_sheet_of_nobody_says_that_nothing_is_on_record():
    content = sheet.render(UserFactory(), at=NOW)
    assert "No points or hours are on record" in PdfReader(io.BytesIO(content)).pages[0].extract_text()


# As a credential


@pytest.fixture
def public_site(settings, tmp_path):
    settings.SITE_URL = SITE
    settings.ALLOWED_HOSTS = ["*"]
    settings.ISSUER_KEYS_DIR = tmp_path / "issuer-keys"


def test_both_forms_are_valid_and_verifiers_of_others_accept_them(entry, public_site):
    now = timezone.now()
    signed, token = credential.signed(entry.learner, at=now), credential.token(entry.learner, at=now)
    payload = jwt.decode(token, options={"verify_signature": False})
    assert (valid(json.loads(signed)), valid(payload)) == ([], [])
    judge_proof(signed)
    judge_token(token)


def test_credential_tells_sums_and_entries_and_nothing_private(entry):
    awarding.take_back(entry=entry, by=registrar(), note="Left at noon.")
    awarding.award(enrollment=entry.enrollment, approval=entry.approval, by=registrar(), at=AFTER)
    told = credential.claims(entry.learner, at=NOW)
    names = [one["name"] for one in told["credentialSubject"]["achievement"]["resultDescription"]]
    values = [one["value"] for one in told["credentialSubject"]["result"]]
    assert values == ["8", "8", "-8", "8"]
    assert names[0] == f"{entry.scheme.body}, points counted, 2026-07-01 to 2027-06-30"
    assert names[2].startswith("Taken back: Microneedling, 2026-09-02, code EV-77")
    assert (told["validFrom"], told["validUntil"]) == ("2026-09-10T04:00:00Z", "2026-12-09T04:00:00Z")
    written = json.dumps(told)
    assert [word for word in (entry.learner.email, "Left at noon") if word in written] == []
    assert entry.amount == Decimal(8)


def test_credential_is_handed_to_its_owner_as_a_file(entry, public_site):
    client = Client()
    client.force_login(entry.learner)
    for suffix, kind in (("json", "application/ld+json"), ("jwt", "application/jwt")):
        answer = client.get(f"/learn/cpd/transcript.{suffix}", secure=True)
        assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
            200,
            kind,
            "private, no-store",
        )
