"""What circumstances forbid, whoever asks: no seat, no intake, no time left."""

from datetime import date

import pytest

from courses.models import Intake
from enrollment.transitions import APPLICATION
from enrollment.workflow import refusal
from tests.enrollment.moves import NOW, people
from tests.factories import ApplicationFactory, EnrollmentFactory, IntakeFactory

pytestmark = pytest.mark.django_db


def why_not(application, move, role="D"):
    by = people(application.applicant)[role]
    return refusal(APPLICATION, application, move, by=by, at=NOW)


def test_no_place_is_offered_when_every_seat_is_gone():
    application = ApplicationFactory(status="in_review", intake=IntakeFactory(capacity=1))
    ApplicationFactory(status="offered", intake=application.intake)
    assert why_not(application, "offer_place") == (
        "All seats of this intake are taken or offered. Use the waiting list."
    )


def test_nobody_is_put_on_the_waiting_list_while_a_seat_is_free():
    application = ApplicationFactory(status="in_review", intake=IntakeFactory(capacity=1))
    assert (
        why_not(application, "waitlist") == "A seat is free, so nobody needs to wait. Offer it, or decline."
    )


@pytest.mark.parametrize("state, move", [("in_review", "offer_place"), ("in_review", "waitlist")])
def test_a_cancelled_intake_gives_no_seats(state, move):
    intake = IntakeFactory(status=Intake.Status.CANCELLED)
    assert why_not(ApplicationFactory(status=state, intake=intake), move) == (
        "This intake is cancelled. Offer another intake instead."
    )


def test_an_offer_of_a_cancelled_intake_is_not_accepted():
    application = ApplicationFactory(status="offered", intake=IntakeFactory(status=Intake.Status.CANCELLED))
    assert why_not(application, "accept_offer", "A").startswith("This intake is cancelled")


def test_a_draft_is_not_sent_after_applications_closed():
    application = ApplicationFactory(intake__applications_close_at=NOW)
    assert why_not(application, "submit", "A").startswith("This intake takes no applications any more.")


def test_staff_may_offer_after_applications_closed():
    application = ApplicationFactory(status="in_review", intake__applications_close_at=NOW)
    assert why_not(application, "offer_place") is None


def test_people_may_wait_for_an_intake_that_has_begun_although_seats_are_free():
    application = ApplicationFactory(status="in_review", intake__starts_on=date(2026, 6, 1))
    assert why_not(application, "waitlist") is None


def test_a_review_is_not_reopened_beside_a_newer_application():
    old = ApplicationFactory(status="declined")
    assert why_not(old, "reopen") is None
    ApplicationFactory(applicant=old.applicant, intake=old.intake)
    assert why_not(old, "reopen") == "This person has another application for this intake now."


def test_a_place_on_which_the_course_was_completed_stays():
    application = EnrollmentFactory(status="completed").application
    assert why_not(application, "leave", "A").startswith("The course has been completed on this place")
