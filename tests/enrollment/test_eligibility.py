"""What speaks against a course is told while the form is filled; a person decides, and a waiver has a reason."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from enrollment import admissions
from enrollment.eligibility import concerns, unmet
from enrollment.models import EntryRule
from enrollment.workflow import MoveRefused
from tests.factories import (
    ApplicationFactory,
    CourseFactory,
    EnrollmentFactory,
    ProfessionFactory,
    ScopeRuleFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 1)
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
Kind = EntryRule.Kind


@pytest.fixture
def application():
    return ApplicationFactory(complete=True, years_in_practice=1, license_valid_from=date(2025, 3, 2))


@pytest.fixture
def decider():
    return StaffFactory(rights=["review_application", "decide_application"])


def says(application, on=ON):
    return [concern.says for concern in concerns(application, on=on)]


def expect(application, kind, **what):
    return EntryRule.objects.create(course=application.intake.course, kind=kind, **what)


def test_nothing_speaks_against_an_applicant_whom_the_course_is_for(application):
    assert says(application) == []


def test_what_is_not_answered_counts_for_nothing():
    empty = ApplicationFactory(legal_name="")
    for kind in (Kind.PRACTICE, Kind.LICENSE_AGE):
        expect(empty, kind, years=5)
    expect(empty, Kind.LICENSE_COVERS)
    assert says(empty) == []


def test_a_profession_that_is_not_admitted_is_told_who_is(application):
    admitted = application.profession.name_plural
    application.profession = ProfessionFactory(name="Astrologer")
    assert says(application) == [f"This course is for {admitted}. You chose “Astrologer”."]


@pytest.mark.parametrize(
    ("kind", "what", "met", "unmet_words"),
    [
        (Kind.PRACTICE, {"years": 2}, {"years_in_practice": 2}, "expects 2 years in practice; you wrote 1."),
        (
            Kind.LICENSE_AGE,
            {"years": 1},
            {"license_valid_from": date(2025, 3, 1)},
            "held for 1 year; yours is valid from 2 March 2025.",
        ),
    ],
)
def test_years_are_expected_to_the_day(application, kind, what, met, unmet_words):
    expect(application, kind, **what)
    [said] = says(application)
    assert said.endswith(unmet_words)
    for name, value in met.items():
        setattr(application, name, value)
    assert says(application) == []


def test_a_certificate_must_last_as_long_as_the_intake(application):
    expect(application, Kind.LICENSE_COVERS)
    intake = application.intake
    intake.starts_on, intake.ends_on = date(2026, 5, 1), date(2026, 5, 7)
    application.license_valid_until = date(2026, 5, 7)
    assert says(application) == []
    application.license_valid_until = date(2026, 5, 6)
    assert says(application) == [
        "Your practising certificate ends on 6 May 2026, before the intake does on 7 May 2026."
    ]


def test_a_certificate_that_ran_out_and_an_open_case_are_told(application):
    application.license_valid_until, application.standing = date(2026, 2, 28), "declared"
    assert says(application) == [
        "Your practising certificate was valid until 28 February 2026.",
        "You declared a suspension, a restriction or an open disciplinary case.",
    ]
    application.profession.is_registered = False
    assert says(application) == []


def test_a_course_can_build_on_another(application):
    basics = CourseFactory(title="Basics")
    expect(application, Kind.PREREQUISITE, prerequisite=basics)
    assert says(application) == ["This course builds on “Basics”, which you have not completed with us."]
    EnrollmentFactory(
        application__applicant=application.applicant, application__intake__course=basics, status="completed"
    )
    assert says(application) == []


def test_expectations_of_other_courses_and_countries_do_not_concern_me(application):
    EntryRule.objects.create(course=CourseFactory(), kind=Kind.PRACTICE, years=30)
    expect(application, Kind.PRACTICE, years=30, country="KR")
    expect(application, Kind.PRACTICE, years=30, profession=ProfessionFactory())
    assert says(application) == []


@pytest.mark.parametrize(("standing", "needs_waiver"), [("not_eligible", True), ("train_only", False)])
def test_the_law_of_the_country_is_told_with_its_rule(application, standing, needs_waiver):
    ScopeRuleFactory(
        profession=application.profession, country="TH", standing=standing, rule="Reserved by law."
    )
    [concern] = concerns(application, on=ON)
    assert (concern.explains, concern.is_unmet) == ("Reserved by law.", needs_waiver)
    application.register_country = "KR"
    assert says(application) == []


def test_a_rule_that_says_too_little_is_refused(application):
    for kind in (Kind.PRACTICE, Kind.LICENSE_AGE, Kind.PREREQUISITE):
        with pytest.raises(IntegrityError), transaction.atomic():
            expect(application, kind)


# Waivers


@pytest.fixture
def short(application):
    """An application in review of somebody with too few years, and the concern about it."""
    expect(application, Kind.PRACTICE, years=2)
    application.status = "in_review"
    application.save()
    [concern] = unmet(application)
    return application, concern


def waive(short, by, reason="Twenty supervised cases.", key=None):
    application, concern = short
    return admissions.waive(application=application, by=by, key=key or concern.key, reason=reason, at=AT)


def test_a_waiver_keeps_who_what_why_and_when(short, decider):
    waiver = waive(short, decider)
    application, concern = short
    assert (waiver.says, waiver.reason, waiver.by, waiver.at) == (
        concern.says,
        "Twenty supervised cases.",
        decider,
        AT,
    )
    assert unmet(application) == []
    assert [one.waiver for one in concerns(application)] == [waiver]


def test_a_waiver_needs_a_reason_a_right_and_something_to_waive(short, decider):
    for by, reason, key, words in (
        (decider, "  ", None, "Give a reason"),
        (StaffFactory(rights=["review_application"]), "Because.", None, "Only who may decide"),
        (short[0].applicant, "Because.", None, "Only who may decide"),
        (decider, "Because.", "practice-0-0", "nothing to waive"),
    ):
        with pytest.raises(MoveRefused, match=words):
            waive(short, by, reason, key)
    assert not short[0].waivers.exists()


def test_another_answer_needs_another_waiver(short, decider):
    waive(short, decider)
    application, _concern = short
    application.years_in_practice = 0
    assert len(unmet(application)) == 1


def test_a_place_is_offered_only_when_all_is_met_or_waived(short, decider):
    application, _concern = short
    application.reviews.create(reviewer=decider, recommendation="offer", note="Evidence is in order.")
    with pytest.raises(MoveRefused, match="expects 2 years in practice"):
        admissions.offer_place(application=application, by=decider, note="Good.", at=AT)
    waive(short, decider)
    admissions.offer_place(application=application, by=decider, note="Good.", at=AT)
    assert application.status == "offered"


def test_the_desk_shows_concerns_and_takes_a_waiver_with_its_reason(client, short, decider):
    application, concern = short
    client.force_login(decider)
    desk = reverse("admin:enrollment_application_change", args=[application.pk])
    assert concern.says in client.get(desk).content.decode()
    way = reverse("admin:enrollment_application_waive", args=[application.pk])
    client.post(way, {"key": concern.key, "reason": ""})
    assert not application.waivers.exists()
    client.post(way, {"key": concern.key, "reason": "Twenty supervised cases."})
    assert "Twenty supervised cases." in client.get(desk).content.decode()
