"""What an award asks for, what it freezes, how it is taken back, and what anyone may learn of it."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from courses.models import Course, Intake
from enrollment import certification, numbers
from enrollment.certification import State
from enrollment.models import Application, Certificate, CompetencyCheck, Enrollment, Letter
from enrollment.workflow import MoveRefused
from tests.factories import CompetencyFactory, FacultyMemberFactory, LogbookEntryFactory, QuestionFactory

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
    return [(one.label, one.done, one.detail) for one in certification.requirements(enrollment)]


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
    assert certification.outstanding_requirements(enrollment) == []


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
    assert certification.outstanding_requirements(enrollment) == []
    judge(critical, "not_met", 1)
    assert [one.label for one in certification.outstanding_requirements(enrollment)] == [
        "Skill: Stops at the end-point"
    ]
    judge(critical, "met", 2)
    assert certification.outstanding_requirements(enrollment) == []


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


# The snapshot


@pytest.fixture
def certificate():
    enrollment = finished(cases=2, starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 1))
    Course.objects.update(
        title="Microneedling", code="MN", award="Certificate in Microneedling", hours_theory=Decimal("40.0")
    )
    enrollment.logbook.filter(pk=enrollment.logbook.first().pk).update(depth_mm=Decimal("0.50"))
    Application.objects.update(
        native_name="นูรุล", birth_date=date(1990, 5, 17), register_number="MMC-77", phone="+60123456789"
    )
    FacultyMemberFactory(name="Prof Dr Morthy", is_director=True)
    return issue(enrollment)


def test_snapshot_holds_what_was_true_on_the_day(certificate, settings):
    course = Course.objects.get()
    assert certificate.snapshot == {
        "version": 1,
        "number": certificate.number,
        "verify_url": f"{settings.SITE_URL}/verify/{certificate.number}/",
        "issuer": "International Institute of Wellness & Aesthetic Medicine",
        "holder": {
            "name": "Nurul Aisyah binti Rahman",
            "native_name": "นูรุล",
            "native_language": "th",
        },
        "award": "Certificate in Microneedling",
        "course": {
            "title": "Microneedling",
            "code": "MN",
            "syllabus_version": "1",
            "hours_theory": "40",
            "hours_practical": "",
        },
        "supervised_cases": 2,
        "depths_mm": {"from": "0.5", "to": "1.5"},
        "modules_passed": [{"number": 1, "title": course.modules.get().title}],
        "intake": {
            "code": Intake.objects.get().code,
            "starts_on": "2026-02-01",
            "ends_on": "2026-03-01",
        },
        "issued_on": "2026-03-02",
        "signatories": [
            {"name": "Prof Dr Morthy", "role": "Course Director"},
            {"name": "Grace Lim", "role": "Registrar"},
        ],
        "scope_notice": "This award is no licence to practise.",
        "no_licence": str(certification.NO_LICENCE),
        "is_sample": False,
    }
    assert certificate.number.startswith("IIWAM-MN-2026-")
    assert certificate.snapshot_sha256 == certification.fingerprint(certificate.snapshot)


def test_snapshot_holds_no_private_data(certificate):
    told = json.dumps(certificate.snapshot, ensure_ascii=False)
    application = certificate.enrollment.application
    private = [
        certificate.enrollment.learner.email,
        certificate.issued_by.email,
        "1990",
        application.register_number,
        str(application.phone),
    ]
    assert [value for value in private if value in told] == []


def test_later_edits_never_reach_the_snapshot(certificate):
    before = json.dumps(certificate.snapshot, sort_keys=True)
    Application.objects.update(legal_name="Somebody Else", native_name="x")
    Course.objects.update(title="Renamed", award="Renamed", code="ZZ", syllabus_version="9", hours_theory=1)
    Intake.objects.update(starts_on=None, ends_on=None, is_sample=True)
    certificate.issued_by.full_name = "New Name"
    certificate.issued_by.save()
    certificate.refresh_from_db()
    assert json.dumps(certificate.snapshot, sort_keys=True) == before
    found = certification.look_up(certificate.number)
    assert (found.name, found.award, found.is_sample) == (
        "Nurul Aisyah binti Rahman",
        "Certificate in Microneedling",
        False,
    )


def test_day_of_issue_is_the_day_where_the_course_is_held():
    certificate = issue(finished(), at=AT.replace(day=31, hour=20))
    assert certificate.snapshot["issued_on"] == "2026-04-01"


def test_sample_intake_makes_a_specimen():
    assert issue(finished(is_sample=True)).snapshot["is_sample"] is True


def test_unknown_award_is_not_invented():
    certificate = issue(finished())
    assert certificate.snapshot["award"] == ""
    assert certificate.title == certificate.enrollment.course.title


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


# Look up


def test_anyone_learns_name_award_and_day(certificate):
    found = certification.look_up(certificate.number.lower().replace("-", " "))
    assert (found.state, found.number, found.name, found.native_language, found.award, found.issued_on) == (
        State.VALID,
        certificate.number,
        "Nurul Aisyah binti Rahman",
        "th",
        "Certificate in Microneedling",
        date(2026, 3, 2),
    )


def test_revoked_certificate_is_found_with_date_and_class(certificate):
    revoke(certificate)
    found = certification.look_up(certificate.number)
    assert (found.state, found.revoked_at, str(found.reason)) == (State.REVOKED, AT, "Issued in error")


def test_unknown_number_tells_nothing(certificate):
    number = numbers.mint("MN", 2026)
    assert certification.look_up(number) == certification.Verification(State.UNKNOWN, number)


def test_slip_is_told_before_the_database_is_asked(certificate, django_assert_num_queries):
    wrong = certificate.number[:-1] + ("0" if certificate.number[-1] != "0" else "2")
    with django_assert_num_queries(0):
        assert certification.look_up(wrong).state == State.MALFORMED
    with django_assert_num_queries(1):
        certification.look_up(certificate.number)
