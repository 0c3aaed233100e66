"""What an award asks for: rules as rows, what is outstanding, and what a registrar sets aside."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from enrollment import certification, completion, payments
from enrollment.models import AwardWaiver, CompletionRule, Enrollment
from enrollment.workflow import MoveRefused
from tests.factories import (
    CompetencyFactory,
    EnrollmentFactory,
    ProcedureFactory,
    StaffFactory,
    TrainingDayFactory,
)

from .learners import AT, assessor, countersigned_case, enrolled, finished, registrar

pytestmark = pytest.mark.django_db


def rule(course=None, **fields):
    made = CompletionRule(course=course, **fields)
    made.full_clean()
    made.save()
    return made


def owed(enrollment, at=AT):
    enrollment = Enrollment.objects.get(pk=enrollment.pk)
    return [(str(one.label), one.detail) for one in completion.outstanding(enrollment, at=at)]


# Rules


def test_what_nobody_wrote_is_asked_in_full():
    enrollment = finished(cases=1)
    assert owed(enrollment) == []
    day = TrainingDayFactory(intake=enrollment.intake, kind="theory")
    assert owed(enrollment) == [("Training days attended", "0 of 1")]
    enrollment.attendance.create(training_day=day, is_present=True, marked_by=assessor(), marked_at=AT)
    assert owed(enrollment) == []


def test_each_kind_of_rule_stands_under_its_heading():
    enrollment = finished(cases=1)
    CompetencyFactory(course=enrollment.course, is_critical=True, section="")
    rule(enrollment.course, kind="quota", least=1, role="observed")
    TrainingDayFactory(
        intake=enrollment.intake, kind="practice", starts_at=AT, ends_at=AT + timedelta(hours=8)
    )
    application = enrollment.application
    application.license_valid_until, application.offer_fee_minor = date(2027, 1, 1), 100
    application.offer_currency = "MYR"
    application.save()
    headings = {}
    for one in completion.requirements(enrollment, at=AT):
        headings.setdefault(str(one.section), []).append(one.key.split("-")[0])
    assert headings == {
        "Study": ["reading", "questions"],
        "Supervised cases": ["cases", "quota"],
        "Practical skills": ["skill"],
        "Training days, fee and licence": ["attendance", "fees", "license"],
    }


def test_share_of_days_is_rounded_up_for_the_reader():
    enrollment = finished()
    days = [TrainingDayFactory(intake=enrollment.intake, kind="theory") for _each in range(3)]
    rule(enrollment.course, kind="attendance", least=80)
    for number, day in enumerate(days):
        assert owed(enrollment) == [("Training days attended", f"{number} of 3")]
        enrollment.attendance.create(training_day=day, is_present=True, marked_by=assessor(), marked_at=AT)
    assert owed(enrollment) == []


def test_rule_of_the_course_comes_before_the_rule_for_every_course():
    enrollment, other = finished(), finished()
    for one in (enrollment, other):
        TrainingDayFactory(intake=one.intake, kind="theory")
    rule(kind="attendance", least=50)
    assert owed(other) == [("Training days attended", "0 of 1")]
    rule(enrollment.course, kind="attendance", least=50, is_asked=False)
    assert (owed(enrollment), len(owed(other))) == ([], 1)


def test_quota_counts_signed_cases_of_its_part_procedure_and_phototypes():
    enrollment = finished(cases=1)
    scars, pores = (ProcedureFactory(name=name) for name in ("Acne scars", "Enlarged pores"))
    for procedure in (scars, pores):
        procedure.courses.add(enrollment.course)
    rule(enrollment.course, kind="quota", least=2, procedure=scars, phototypes="V,VI")
    label = "Cases countersigned: Performed under supervision; Acne scars; phototypes V, VI"
    case = {"listed_as": scars, "procedure": "Acne scars", "phototype": "V"}
    assert owed(enrollment) == [(label, "0 of 2")]
    for other in ({"phototype": "III"}, {"listed_as": pores}, {"role": "alone"}):
        countersigned_case(enrollment, **case | other)
    assert owed(enrollment) == [(label, "0 of 2")]
    countersigned_case(enrollment, **case)
    countersigned_case(enrollment, **case | {"phototype": "VI"})
    assert owed(enrollment) == []


def test_quota_of_observed_cases_stands_beside_the_supervised_ones():
    enrollment = finished(cases=1)
    rule(enrollment.course, kind="quota", least=1, role="observed")
    assert owed(enrollment) == [("Cases countersigned: Observed", "0 of 1")]
    countersigned_case(enrollment, role="observed")
    assert owed(enrollment) == []


def test_fee_is_settled_by_what_came():
    enrollment = finished()
    application = enrollment.application
    application.offer_fee_minor, application.offer_currency = 680_000, "MYR"
    application.save()
    assert owed(enrollment) == [("Fee settled", "MYR\xa06,800 to pay")]
    payments.record_payment(
        application=application,
        by=StaffFactory(rights=["add_payment"]),
        amount_minor=680_000,
        received_on=date(2026, 3, 1),
        method="transfer",
        reference="T-1",
        at=AT,
    )
    assert owed(enrollment) == []


def test_licence_covers_practical_days_attended_and_to_come():
    enrollment = finished()
    rule(enrollment.course, kind="attendance", least=1, is_asked=False)
    application = enrollment.application
    application.license_valid_until = date(2026, 2, 20)
    application.save()
    past = TrainingDayFactory(
        intake=enrollment.intake, starts_at=AT - timedelta(days=5), ends_at=AT - timedelta(days=5, hours=-8)
    )
    # Not attended, and over: that day asks for nothing any more.
    assert owed(enrollment) == []
    TrainingDayFactory(
        intake=enrollment.intake, starts_at=AT + timedelta(days=5), ends_at=AT + timedelta(days=5, hours=8)
    )
    late = ("Licence valid on practical days", "Ends 20 February 2026, before a practical day")
    assert owed(enrollment) == [late]
    application.license_valid_until = date(2026, 12, 31)
    application.save()
    enrollment.attendance.create(training_day=past, is_present=True, marked_by=assessor(), marked_at=AT)
    assert owed(enrollment) == []


def test_rules_that_make_no_sense_are_not_saved():
    course = enrolled().course
    for fields in (
        {"kind": "attendance"},
        {"kind": "attendance", "least": 101},
        {"kind": "quota"},
        {"kind": "nonsense", "least": 1},
    ):
        with pytest.raises(ValidationError):
            rule(course, **fields)
    rule(course, kind="fees")
    with pytest.raises(ValidationError):
        rule(course, kind="fees")


@pytest.mark.parametrize("number", [1, 3])
def test_standings_cost_the_same_for_one_and_for_three(django_assert_num_queries, number):
    enrollments = [finished(cases=1) for _each in range(number)]
    again = list(Enrollment.objects.filter(pk__in=[one.pk for one in enrollments]))
    with django_assert_num_queries(22):
        standings = completion.standings(again, at=AT)
    assert {key: [one.done for one in asked] for key, asked in standings.items()} == {
        one.pk: [True] * 3 for one in enrollments
    }


# Waivers


def waive(enrollment, key, **given):
    given = {"by": registrar(), "note": "Ill on that day; made up for later.", "at": AT} | given
    return completion.waive(enrollment=enrollment, key=key, **given)


@pytest.fixture
def absent():
    enrollment = finished()
    TrainingDayFactory(intake=enrollment.intake, kind="theory")
    return enrollment


def test_waiver_says_who_and_why_and_lets_the_award_go(absent):
    by = registrar()
    waive(absent, "attendance", by=by)
    assert owed(absent) == []
    waiver = AwardWaiver.objects.get()
    assert (waiver.by, waiver.reason, waiver.says) == (
        by,
        "Ill on that day; made up for later.",
        "Training days attended (0 of 1)",
    )
    assert [(event.move, event.actor) for event in absent.history.all()] == [("waive", by)]
    assert certification.issue_certificate(enrollment=absent, by=by, at=AT).status == "issued"


def test_waiver_repeated_is_one_and_can_be_taken_back(absent):
    assert waive(absent, "attendance") == waive(absent, "attendance")
    completion.withdraw_waiver(waiver=AwardWaiver.objects.get(), by=registrar(), note="Was there.", at=AT)
    assert owed(absent) == [("Training days attended", "0 of 1")]
    assert [event.move for event in absent.history.order_by("pk")] == ["waive", "withdraw_waiver"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"note": " "}, "Give a reason"),
        ({"key": "reading"}, "Nothing of this kind"),
        ({"key": "nonsense"}, "Nothing of this kind"),
        ({"by": "assessor"}, "You may not do this"),
        ({"by": "learner"}, "You may not do this"),
    ],
)
def test_waiver_is_refused(absent, given, words):
    given = {"key": "attendance"} | given
    if "by" in given:
        given["by"] = {"assessor": assessor(), "learner": absent.learner}[given["by"]]
    with pytest.raises(MoveRefused, match=words):
        waive(absent, **given)
    assert not AwardWaiver.objects.exists()


def test_nobody_waives_a_critical_skill():
    enrollment = finished()
    skill = CompetencyFactory(course=enrollment.course, is_critical=True, title="Stops at the end-point")
    assert owed(enrollment) == [("Skill: Stops at the end-point", "Not seen yet")]
    with pytest.raises(MoveRefused, match="somebody must have seen it"):
        waive(enrollment, f"skill-{skill.pk}")


def test_empty_course_is_not_awarded_by_a_waiver():
    enrollment = EnrollmentFactory()
    with pytest.raises(MoveRefused, match="cannot be set aside"):
        waive(enrollment, "content")
