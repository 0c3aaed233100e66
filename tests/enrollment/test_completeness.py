"""What is asked of whom, and what is still missing."""

from datetime import UTC, date, datetime

import pytest

from enrollment import completeness
from enrollment.completeness import DECLARATIONS, REGISTER_FIELDS, SECTIONS
from enrollment.models import Declaration
from tests.factories import (
    ApplicationFactory,
    DocumentFactory,
    EvidenceRequirementFactory,
    ProfessionFactory,
)

pytestmark = pytest.mark.django_db


def test_sections_in_their_order():
    assert list(SECTIONS) == ["about", "profession", "experience", "evidence", "declarations"]


def test_an_empty_draft_lacks_every_required_answer():
    missing = completeness.missing_answers(ApplicationFactory(legal_name=""))
    assert missing == {
        "about": [
            "full name as on your register or identity document",
            "date of birth",
            "country of residence",
            "town or city",
            "telephone",
        ],
        "profession": [
            "profession",
            "primary qualification",
            "country of your register",
            "name of the register",
            "registration number",
            "practising certificate valid until",
        ],
        "experience": ["years in practice", "place of work", "why this course"],
        "declarations": [str(text) for text in DECLARATIONS.values()],
    }


def test_a_complete_draft_lacks_nothing():
    application = ApplicationFactory(complete=True)
    for key in DECLARATIONS:
        Declaration.objects.create(
            application=application, key=key, text="Shown.", agreed_at=datetime(2026, 3, 1, tzinfo=UTC)
        )
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
    assert completeness.missing_fields(application, "experience") == []


def test_professions_without_a_register_are_not_asked_for_one():
    application = ApplicationFactory(complete=True)
    for name in REGISTER_FIELDS:
        setattr(application, name, None if name == "license_valid_until" else "")
    assert completeness.missing_fields(application, "profession") == list(REGISTER_FIELDS)
    application.profession.is_registered = False
    assert completeness.missing_fields(application, "profession") == []


def test_a_profession_that_the_course_does_not_admit_is_missing_the_right_one():
    application = ApplicationFactory(complete=True, profession=ProfessionFactory())
    missing = completeness.missing_from(application, "profession")
    assert missing == ["a profession that this course admits"]


# Evidence


@pytest.fixture
def asked():
    """A course that asks everyone for identity, nurses for a letter, and words the licence anew for doctors."""
    doctor, nurse = ProfessionFactory(), ProfessionFactory()
    application = ApplicationFactory(intake__course__professions=[doctor, nurse])
    course = application.intake.course
    EvidenceRequirementFactory(course=course, kind="licence", label="Licence", position=2)
    EvidenceRequirementFactory(course=course, kind="photo-id", label="Identity", position=1)
    EvidenceRequirementFactory(course=course, kind="photo", label="Portrait", position=9, is_required=False)
    EvidenceRequirementFactory(
        course=course, kind="licence", label="Annual certificate", position=2, profession=doctor
    )
    EvidenceRequirementFactory(
        course=course, kind="letter", label="Employer's letter", position=3, profession=nurse
    )
    return application, doctor, nurse


def labels(application, profession):
    application.profession = profession
    return [slot.label for slot in completeness.evidence_slots(application)]


def test_evidence_depends_on_course_and_profession(asked):
    application, doctor, nurse = asked
    assert labels(application, None) == ["Identity", "Licence", "Portrait"]
    assert labels(application, doctor) == ["Identity", "Annual certificate", "Portrait"]
    assert labels(application, nurse) == ["Identity", "Licence", "Employer's letter", "Portrait"]


def test_evidence_is_missing_until_each_required_slot_has_a_usable_document(asked):
    application, doctor, _nurse = asked
    application.profession = doctor
    assert completeness.missing_from(application, "evidence") == ["Identity", "Annual certificate"]
    DocumentFactory(application=application, kind="photo-id")
    rejected = DocumentFactory(application=application, kind="licence", status="rejected", reason="Blurred.")
    assert completeness.missing_from(application, "evidence") == ["Annual certificate"]
    DocumentFactory(application=application, kind=rejected.kind)
    assert completeness.missing_from(application, "evidence") == []


# Status of a section


@pytest.mark.parametrize(
    "section, begin",
    [
        ("about", lambda application: setattr(application, "city", "Penang")),
        ("profession", lambda application: setattr(application, "qualification", "MD")),
        ("experience", lambda application: setattr(application, "prior_training", "None.")),
        ("evidence", lambda application: DocumentFactory(application=application, kind="photo-id")),
        (
            "declarations",
            lambda application: Declaration.objects.create(
                application=application,
                key="scope",
                text="Shown.",
                agreed_at=datetime(2026, 3, 1, tzinfo=UTC),
            ),
        ),
    ],
)
def test_a_section_is_not_started_then_in_progress(asked, section, begin):
    application = asked[0]
    application.legal_name = ""
    assert completeness.section_status(application, section) == "not_started"
    begin(application)
    assert completeness.section_status(application, section) == "in_progress"


def test_a_section_without_gaps_is_completed():
    application = ApplicationFactory(complete=True)
    found = {section: str(completeness.section_status(application, section)) for section in SECTIONS}
    assert found == {
        "about": "completed",
        "profession": "completed",
        "experience": "completed",
        "evidence": "completed",
        "declarations": "not_started",
    }
