"""What is still missing, and how far each section is."""

from datetime import UTC, date, datetime

import pytest

from enrollment import completeness
from enrollment.completeness import DECLARATIONS, SECTIONS
from enrollment.models import Declaration
from enrollment.questionnaire import Questionnaire
from tests.enrollment.form_rows import ExtraQuestionFactory
from tests.factories import (
    ApplicationFactory,
    DocumentFactory,
    EvidenceRequirementFactory,
    ProfessionFactory,
)

pytestmark = pytest.mark.django_db
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def declare(application, *keys):
    for key in keys:
        Declaration.objects.create(application=application, key=key, text="Shown.", agreed_at=MARCH)


def missing(application, section):
    """What the office and the check before sending say of this section."""
    return completeness.missing_answers(application).get(section, [])


def statuses(application):
    """How far each section is, as the applicant's list of tasks shows it."""
    return {one.section: str(one.status) for one in completeness.standings(Questionnaire(application))}


def test_sections_in_their_order():
    assert list(SECTIONS) == [
        *("about", "profession", "license", "training"),
        *("course", "evidence", "declarations", "consents"),
    ]


def test_an_empty_draft_lacks_every_required_answer():
    found = completeness.missing_answers(ApplicationFactory(legal_name=""))
    privacy = DECLARATIONS["privacy"]
    assert found == {
        "about": [
            "full name as on your register or identity document",
            "date of birth",
            "nationality",
            "country of residence",
            "town or city",
            "telephone",
        ],
        "profession": ["profession", "primary qualification", "years in practice", "place of work"],
        "license": [
            "country of your register",
            "name of the register",
            "registration number",
            "practising certificate valid from",
            "practising certificate valid until",
            "suspension, restriction or open disciplinary case",
        ],
        "training": ["earlier training in aesthetic medicine"],
        "course": ["who pays the fee", "why this course"],
        "declarations": [text for text in DECLARATIONS.values() if text != privacy],
        "consents": [privacy],
    }


def test_a_complete_draft_lacks_nothing():
    application = ApplicationFactory(complete=True)
    declare(application, *DECLARATIONS)
    assert completeness.missing_answers(application) == {}


@pytest.mark.parametrize(
    ("on", "missing"),
    [
        (date(2026, 3, 1), {"about": ["a date of birth at least 18 years ago"]}),
        (date(2026, 3, 2), {}),
    ],
)
def test_an_applicant_is_of_age_on_the_day_of_submitting(on, missing):
    application = ApplicationFactory(complete=True, birth_date=date(2008, 3, 2))
    found = completeness.missing_answers(application, on=on)
    assert {section: found[section] for section in found if section == "about"} == missing


def test_no_years_in_practice_is_an_answer():
    application = ApplicationFactory(complete=True, years_in_practice=0)
    assert missing(application, "profession") == []


@pytest.mark.parametrize(
    ("section", "answer", "wanted"),
    [
        ("license", {"standing": "declared"}, ["what it is about"]),
        ("license", {"standing": "declared", "standing_details": "A fine."}, []),
        ("course", {"payer": "employer"}, ["who to write to about payment"]),
        ("course", {"payer": "self"}, []),
    ],
)
def test_an_answer_can_ask_for_another(section, answer, wanted):
    assert missing(ApplicationFactory(complete=True, **answer), section) == wanted


def test_a_required_added_question_is_missing_until_it_is_answered():
    application = ApplicationFactory(complete=True)
    question = ExtraQuestionFactory(section="training", label="Which device?", is_required=True)
    assert missing(application, "training") == ["Which device?"]
    application.extra_answers.create(question=question, asked_as=question.label, value="A pen.")
    assert missing(application, "training") == []


def test_evidence_is_missing_until_each_required_slot_has_a_usable_document():
    application = ApplicationFactory(profession=ProfessionFactory())
    course = application.intake.course
    for kind, required in (("photo-id", True), ("licence", True), ("photo", False)):
        EvidenceRequirementFactory(course=course, kind=kind, label=kind, is_required=required)
    assert missing(application, "evidence") == ["photo-id", "licence"]
    DocumentFactory(application=application, kind="photo-id")
    rejected = DocumentFactory(application=application, kind="licence", status="rejected", reason="Blurred.")
    assert missing(application, "evidence") == ["licence"]
    DocumentFactory(application=application, kind=rejected.kind)
    assert missing(application, "evidence") == []


# Status of a section


@pytest.mark.parametrize(
    "section, begin",
    [
        ("about", lambda application: setattr(application, "city", "Penang")),
        ("profession", lambda application: setattr(application, "qualification", "MD")),
        ("license", lambda application: setattr(application, "register_number", "1")),
        ("course", lambda application: setattr(application, "payer", "self")),
        ("evidence", lambda application: DocumentFactory(application=application, kind="photo-id")),
        ("declarations", lambda application: declare(application, "scope")),
        ("consents", lambda application: declare(application, "marketing")),
    ],
)
def test_a_section_is_not_started_then_in_progress(section, begin):
    application = ApplicationFactory(legal_name="")
    for kind in ("photo-id", "licence"):
        EvidenceRequirementFactory(course=application.intake.course, kind=kind)
    assert statuses(application)[section] == "not_started"
    begin(application)
    assert statuses(application)[section] == "in_progress"


def test_a_section_without_gaps_is_completed():
    application = ApplicationFactory(complete=True)
    undone = dict.fromkeys(("declarations", "consents"), "not_started")
    assert statuses(application) == dict.fromkeys(SECTIONS, "completed") | undone
