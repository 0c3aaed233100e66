"""What an award asks for, what it freezes, and how it is taken back."""

from datetime import timedelta

import pytest

from courses.models import Course
from enrollment import certification, completion
from enrollment.models import Application, Certificate, CompetencyCheck, Enrollment, Letter
from enrollment.workflow import MoveRefused
from tests.factories import CompetencyFactory, LogbookEntryFactory, QuestionFactory

from .learners import (
    AT,
    assessor,
    countersigned_case,
    enrolled,
    finished,
    module_of,
    pass_questions,
    read_everything,
    registrar,
)

pytestmark = pytest.mark.django_db


def issue(enrollment, by=None, at=AT):
    return certification.issue_certificate(enrollment=enrollment, by=by or registrar(), at=at)


def revoke(certificate, **given):
    given = {"reason_class": "issued_in_error", "note": "Wrong person.", "by": registrar(), "at": AT} | given
    return certification.revoke(certificate=certificate, **given)


def asked(enrollment):
    return [(one.label, one.done, one.detail) for one in completion.requirements(enrollment)]


# What is outstanding


def test_requirements_follow_the_learner():
    enrollment = enrolled(cases=2)
    questions = f"Questions of module 1, {module_of(enrollment).title}"
    assert asked(enrollment) == [
        ("Topics read", False, "0 of 2"),
        (questions, False, "Not yet passed"),
        ("Supervised cases countersigned", False, "0 of 2"),
    ]
    read_everything(enrollment)
    pass_questions(enrollment)
    countersigned_case(enrollment)
    assert asked(enrollment) == [
        ("Topics read", True, "2 of 2"),
        (questions, True, "Passed"),
        ("Supervised cases countersigned", False, "1 of 2"),
    ]
    countersigned_case(enrollment)
    assert completion.outstanding(enrollment) == []


@pytest.mark.parametrize("fields", [{"role": "observed"}, {"role": "assisted"}])
def test_only_supervised_cases_count(fields):
    enrollment = enrolled(cases=1)
    countersigned_case(enrollment, **fields)
    LogbookEntryFactory(enrollment=enrollment, status="awaiting")
    assert ("Supervised cases countersigned", False, "0 of 1") in asked(enrollment)


def test_module_whose_questions_nobody_may_ask_needs_no_pass():
    enrollment = enrolled(questions=0)
    QuestionFactory(module=module_of(enrollment), is_contested=True)
    assert [label for label, _done, _detail in asked(enrollment)] == ["Topics read"]


def test_critical_skill_not_met_holds_the_award_until_it_is_met():
    enrollment = finished()
    critical = CompetencyFactory(course=enrollment.course, title="Stops at the end-point", is_critical=True)
    minor = CompetencyFactory(course=enrollment.course)

    def judge(competency, result, minutes):
        CompetencyCheck.objects.create(
            enrollment=enrollment,
            competency=competency,
            result=result,
            assessor=assessor(),
            checked_at=AT + timedelta(minutes=minutes),
        )

    judge(minor, "not_met", 0)
    assert [one.detail for one in completion.outstanding(enrollment)] == ["Not seen yet"]
    judge(critical, "not_met", 1)
    assert [one.label for one in completion.outstanding(enrollment)] == ["Skill: Stops at the end-point"]
    judge(critical, "met", 2)
    assert completion.outstanding(enrollment) == []


def test_course_that_asks_for_nothing_awards_nobody():
    enrollment = enrolled(topics=0, questions=0)
    with pytest.raises(MoveRefused, match="no topics, questions or cases yet"):
        issue(enrollment)


# Issue


def test_issuing_completes_the_enrollment_and_tells_the_holder():
    enrollment, by = finished(), registrar()
    certificate = issue(enrollment, by)
    enrollment.refresh_from_db()
    assert (enrollment.status, certificate.status, certificate.issued_by) == ("completed", "issued", by)
    assert [event.move for event in enrollment.history.all()] == ["complete"]
    assert [(event.move, event.actor) for event in certificate.history.all()] == [("issue", by)]
    letter = Letter.objects.get(name="certificate-issued")
    assert (letter.recipient, letter.certificate) == (enrollment.learner, certificate)
    assert certificate.number in letter.body_text


def test_issuing_twice_gives_the_same_certificate():
    enrollment = finished()
    assert issue(enrollment) == issue(enrollment, at=AT + timedelta(days=9))
    assert Letter.objects.filter(name="certificate-issued").count() == 1
    assert enrollment.history.count() == 1


def test_issuing_is_refused_with_what_is_outstanding():
    enrollment = enrolled(cases=3)
    with pytest.raises(
        MoveRefused, match=r"Topics read \(0 of 2\).*Supervised cases countersigned \(0 of 3\)"
    ):
        issue(enrollment)
    enrollment.refresh_from_db()
    assert (enrollment.status, Certificate.objects.count(), Letter.objects.count()) == ("active", 0, 0)


def test_issuing_needs_a_registrar_and_never_the_holder():
    enrollment = finished()
    holder = enrollment.learner
    holder.is_staff = holder.is_superuser = True
    holder.save()
    for by in (holder, assessor()):
        with pytest.raises(MoveRefused, match="Only a registrar"):
            issue(enrollment, by)


def test_withdrawn_learner_gets_no_certificate():
    enrollment = finished()
    Enrollment.objects.update(status="withdrawn")
    with pytest.raises(MoveRefused, match="Withdrawn"):
        issue(enrollment)


def test_application_without_a_name_gets_no_certificate():
    enrollment = finished()
    Application.objects.update(legal_name="  ")
    with pytest.raises(MoveRefused, match="no name"):
        issue(enrollment)


@pytest.fixture
def certificate():
    enrollment = finished(cases=2)
    Course.objects.update(award="Certificate in Microneedling")
    Application.objects.update(native_name="นูรุล")
    return issue(enrollment)


# Revoke


def test_revoking_keeps_date_class_and_reason_and_tells_the_holder(certificate):
    by = registrar()
    revoke(certificate, by=by, reason_class="misconduct", note="Cases were made up.")
    certificate.refresh_from_db()
    assert (certificate.status, certificate.revoked_at, certificate.reason_class) == (
        "revoked",
        AT,
        "misconduct",
    )
    assert certificate.history.last().note == "Cases were made up."
    assert (
        Letter.objects.filter(name="certificate-revoked", recipient=certificate.enrollment.learner).count()
        == 1
    )
    assert Enrollment.objects.get().status == "completed"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"reason_class": "whim"}, "class of reason"),
        ({"note": " "}, "Give a reason"),
        ({"by": None}, "may not do this"),
    ],
)
def test_revoking_is_refused_without_class_reason_or_right(certificate, given, sentence):
    if "by" in given:
        given = {"by": assessor()}
    with pytest.raises(MoveRefused, match=sentence):
        revoke(certificate, **given)
    certificate.refresh_from_db()
    assert (certificate.status, certificate.history.count()) == ("issued", 1)


def test_revoking_twice_is_answered_with_the_present_state(certificate):
    revoke(certificate)
    with pytest.raises(MoveRefused, match="Revoked"):
        revoke(certificate, reason_class="misconduct")
    certificate.refresh_from_db()
    assert certificate.reason_class == "issued_in_error"


def test_revoked_certificate_is_not_issued_again(certificate):
    revoke(certificate)
    again = issue(certificate.enrollment)
    assert (again, again.status) == (certificate, "revoked")
