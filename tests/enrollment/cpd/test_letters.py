"""Letters around points: the office hears of its dates once each, learners are asked once a course."""

from datetime import UTC, datetime

import pytest

from enrollment.cpd import identity, letters, returns
from enrollment.models import Letter
from tests.factories import CpdSchemeFactory, StaffFactory

from .made import AFTER, IC, approved, awarded, learner, planned, registrar

pytestmark = pytest.mark.django_db


def at(day: int, month: int) -> datetime:
    return datetime(2026, month, day, 4, tzinfo=UTC)


def test_office_is_reminded_twice_of_a_submission_and_not_after_its_day():
    colleague = registrar()
    planned(by=colleague)
    StaffFactory(rights=["view_cpdsubmission"])
    sent = [
        letters.remind_office(at=at(*day)) for day in ((18, 7), (19, 7), (20, 7), (30, 7), (31, 7), (3, 8))
    ]
    assert sent == [0, 1, 0, 1, 0, 0]
    one = Letter.objects.first()
    assert (one.recipient, one.name) == (colleague, "cpd-submission-due")
    assert "until 2 August 2026" in one.subject
    assert "/admin/enrollment/cpdsubmission/" in one.body_text


def test_late_reminder_is_written_alone():
    planned(by=registrar())
    assert letters.remind_office(at=at(1, 8)) == 1
    assert letters.remind_office(at=at(1, 8)) == 0


def test_office_is_reminded_of_attendance_that_nobody_reported():
    approved()
    assert letters.remind_office(at=at(2, 9)) == 0
    # The one who planned and approved is the one colleague with the right.
    assert letters.remind_office(at=at(3, 9)) == 1
    assert Letter.objects.get().name == "cpd-return-due"
    assert letters.remind_office(at=at(13, 9)) == 1
    assert letters.remind_office(at=at(17, 9)) == 0


def test_learner_is_asked_for_the_number_once_a_course():
    submission = approved(scheme=CpdSchemeFactory(by_ic=True))
    asked, given = learner(submission.intake), learner(submission.intake)
    learner(approved(reference="EV-2").intake)
    identity.give(person=given.learner, number=IC, consent="Yes.")
    assert [letters.ask_for_numbers(at=AFTER) for _time in range(2)] == [1, 0]
    one = Letter.objects.get()
    assert (one.recipient, one.enrollment, one.name) == (asked.learner, asked, "cpd-identity-asked")
    assert "/learn/cpd/ic-number/" in one.body_text and "90 days after" in one.body_text
    assert "Never send it by email" in one.body_text


def test_nobody_is_asked_who_was_reported():
    submission = approved(scheme=CpdSchemeFactory(by_ic=True))
    entry = awarded(submission)
    identity.give(person=entry.learner, number=IC, consent="Yes.")
    returns.take(submission=submission, by=registrar())
    identity.remove(person=entry.learner)
    assert letters.ask_for_numbers(at=AFTER) == 0
