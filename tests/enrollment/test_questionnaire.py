"""What is asked of whom follows from rows that the office edits: course x profession x country."""

from datetime import date

import pytest
from django.core.management import call_command

from enrollment.models import FormRule, Register, Statement
from enrollment.questionnaire import CONTENT, SECTIONS, Questionnaire, fingerprint
from tests.enrollment.form_rows import ExtraQuestionFactory, StatementFactory
from tests.factories import (
    ApplicationFactory,
    CourseFactory,
    EvidenceRequirementFactory,
    ProfessionFactory,
)

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 1)


@pytest.fixture
def application():
    """A doctor who lives in Malaysia and is registered in Thailand."""
    return ApplicationFactory(complete=True, residence_country="MY", register_country="TH")


def rule(subject, asked, **scope):
    return FormRule.objects.create(subject=subject, asked=asked, **scope)


def asked_of(application):
    return Questionnaire(application, on=ON)


def test_without_rules_every_section_is_asked(application):
    assert asked_of(application).sections == list(SECTIONS)


def test_a_profession_without_a_register_is_not_asked_for_one(application):
    application.profession.is_registered = False
    assert set(SECTIONS) - set(asked_of(application).sections) == {"license"}
    rule("section:license", "required", profession=application.profession)
    assert asked_of(application).sections == list(SECTIONS)


def test_a_section_can_be_left_out_for_a_course(application):
    rule("section:training", "not_asked", course=application.intake.course)
    assert set(SECTIONS) - set(asked_of(application).sections) == {"training"}
    assert asked_of(ApplicationFactory()).sections == list(SECTIONS)


def test_what_nobody_can_decide_without_is_always_asked(application):
    for subject in ("legal_name", "profession", "section:about", "section:consents"):
        rule(subject, "not_asked")
    asked = asked_of(application)
    assert asked.sections == list(SECTIONS)
    assert "legal_name" in asked.required("about") and "profession" in asked.required("profession")


@pytest.mark.parametrize(
    ("where", "needed", "asked"),
    [("TH", True, True), ("MY", False, True), ("KR", False, False)],
)
def test_a_question_follows_the_country_of_the_register(application, where, needed, asked):
    """Not asked at all but in Malaysia and Thailand, and needed in Thailand alone."""
    rule("indemnity_insurer", "not_asked")
    rule("indemnity_insurer", "optional", country="MY")
    rule("indemnity_insurer", "required", country="TH")
    application.register_country = where
    found = asked_of(application)
    assert ("indemnity_insurer" in found.fields("license")) is asked
    assert ("indemnity_insurer" in found.required("license")) is needed


def test_the_closest_rule_decides_and_among_equals_the_stricter(application):
    course, profession = application.intake.course, application.profession
    rule("address", "required", course=course, profession=profession)
    rule("address", "not_asked", course=course)
    rule("city", "not_asked", course=course)
    rule("city", "required", profession=profession)
    assert {"address", "city"} <= set(asked_of(application).required("about"))


def test_rules_of_others_do_not_concern_me(application):
    for scope in ({"course": CourseFactory()}, {"profession": ProfessionFactory()}, {"country": "KR"}):
        rule("address", "required", **scope)
    assert "address" not in asked_of(application).required("about")


def test_added_questions_follow_course_profession_and_country(application):
    mine = ExtraQuestionFactory(section="about", course=application.intake.course, country="TH")
    for scope in (
        {"country": "MY"},
        {"profession": ProfessionFactory()},
        {"is_retired": True},
        {"section": "course"},
    ):
        ExtraQuestionFactory(**{"section": "about", **scope})
    assert asked_of(application).extras("about") == [mine]


def test_the_newest_text_in_force_is_asked(application):
    for version, begins in ((2, date(2026, 2, 1)), (3, date(2026, 4, 1)), (4, None)):
        StatementFactory(key="scope", version=version, in_force_from=begins, text=f"Version {version}")
    StatementFactory(key="patients", version=2, is_retired=True)
    asked = {one.key: one.text for one in asked_of(application).texts("declarations")}
    assert set(asked) == {"accurate", "scope"}
    assert asked["scope"] == "Version 2"


def test_a_text_can_be_for_one_country(application):
    StatementFactory(key="local", country="TH")
    StatementFactory(key="elsewhere", country="KR")
    assert {one.key for one in asked_of(application).texts("declarations")} >= {"local", "accurate"}
    assert "elsewhere" not in {one.key for one in asked_of(application).statements}


# Evidence


@pytest.fixture
def slots():
    """A course that asks everyone for identity, nurses for a letter, Koreans for a translation."""
    doctor, nurse = ProfessionFactory(), ProfessionFactory()
    application = ApplicationFactory(intake__course__professions=[doctor, nurse])
    for kind, label, position, scope in (
        ("licence", "Licence", 2, {}),
        ("photo-id", "Identity", 1, {}),
        ("licence", "Annual certificate", 2, {"profession": doctor}),
        ("letter", "Employer's letter", 3, {"profession": nurse}),
        ("licence", "Licence from Korea", 2, {"country": "KR"}),
        ("translation", "Certified translation", 4, {"country": "KR", "profession": nurse}),
    ):
        EvidenceRequirementFactory(
            course=application.intake.course, kind=kind, label=label, position=position, **scope
        )
    return application, doctor, nurse


@pytest.mark.parametrize(
    ("who", "country", "labels"),
    [
        (None, "", ["Identity", "Licence"]),
        ("doctor", "TH", ["Identity", "Annual certificate"]),
        ("nurse", "TH", ["Identity", "Licence", "Employer's letter"]),
        ("nurse", "KR", ["Identity", "Licence from Korea", "Employer's letter", "Certified translation"]),
    ],
)
def test_evidence_follows_course_profession_and_country(slots, who, country, labels):
    application, doctor, nurse = slots
    application.profession = {"doctor": doctor, "nurse": nurse, None: None}[who]
    application.residence_country = country
    assert [slot.label for slot in asked_of(application).slots] == labels


# What it begins with


def test_loading_the_form_adds_what_is_missing_and_touches_nothing():
    call_command("load_form")
    assert Register.objects.count() == len(CONTENT["register"])
    assert set(Statement.objects.values_list("key", flat=True)) == {
        row["key"] for row in CONTENT["statement"]
    }
    Statement.objects.filter(key="scope").update(text="Our words.", is_retired=True)
    Register.objects.filter(name="Myanmar Medical Council").update(website="https://example.org", position=7)
    before = [list(model.objects.values()) for model in (Register, Statement)]
    call_command("load_form")
    assert [list(model.objects.values()) for model in (Register, Statement)] == before


def test_the_fingerprint_of_a_section_changes_with_its_answers_alone(application):
    before = {section: fingerprint(application, section) for section in SECTIONS}
    application.city = "Penang"
    after = {section: fingerprint(application, section) for section in SECTIONS}
    assert {section for section in SECTIONS if before[section] != after[section]} == {"about"}
