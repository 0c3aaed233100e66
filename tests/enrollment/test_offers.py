"""Seats offered, accepted, given up and passed on."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from courses.models import Intake
from enrollment import admissions, offers
from enrollment.models import Application, Enrollment, Letter
from enrollment.workflow import MoveRefused
from tests.factories import ApplicationFactory, IntakeFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def staff():
    return StaffFactory(rights=["review_application", "decide_application", "change_intake"])


@pytest.fixture
def intake():
    """One seat."""
    return IntakeFactory(capacity=1, fee_minor=680_000, currency="MYR", offer_days=7)


@pytest.fixture
def offered(intake, staff):
    application = ApplicationFactory(intake=intake, status="in_review")
    return admissions.offer_place(application=application, by=staff, note="Meets all criteria.", at=AT)


@pytest.fixture
def queue(offered, staff):
    """Three who wait, in this order, for the seat that is held by `offered`."""
    waiting = [ApplicationFactory(intake=offered.intake, status="in_review") for _number in range(3)]
    for minute, application in enumerate(waiting):
        at = AT + timedelta(minutes=minute)
        admissions.waitlist(application=application, by=staff, note="Full.", at=at)
    return waiting


def statuses(*applications) -> list[str]:
    return [Application.objects.get(pk=application.pk).status for application in applications]


# Offering


def test_offer_holds_a_seat_with_its_terms_frozen(offered, intake):
    Intake.objects.update(fee_minor=999_900, offer_days=1)
    offered.refresh_from_db()
    assert (offered.status, offered.offer_fee_minor, offered.offer_currency) == ("offered", 680_000, "MYR")
    assert offered.offer_expires_at == datetime(2026, 3, 9, 23, 59, 59, tzinfo=ZoneInfo("Asia/Kuala_Lumpur"))


def test_offer_runs_to_the_end_of_the_day_where_the_course_is_held():
    """20:00 in London is already tomorrow in Seoul; the day on which the clocks change has its end too."""
    evening = datetime(2026, 3, 2, 20, tzinfo=UTC)
    seoul = Intake(timezone="Asia/Seoul", offer_days=1)
    assert admissions.answer_by(seoul, evening) == datetime(2026, 3, 4, 14, 59, 59, tzinfo=UTC)
    london = Intake(timezone="Europe/London", offer_days=1)
    assert admissions.answer_by(london, datetime(2026, 3, 28, 9, tzinfo=UTC)) == datetime(
        2026, 3, 29, 22, 59, 59, tzinfo=UTC
    )


def test_the_last_seat_is_offered_once(offered, staff):
    late = ApplicationFactory(intake=offered.intake, status="in_review")
    with pytest.raises(MoveRefused, match="All seats of this intake are taken or offered"):
        admissions.offer_place(application=late, by=staff, note="Also good.", at=AT)
    assert statuses(late) == ["in_review"]


def test_offering_twice_says_what_stands(offered, staff):
    with pytest.raises(MoveRefused, match="This is “Place offered” now"):
        admissions.offer_place(application=offered, by=staff, note="Again.", at=AT)
    assert Letter.objects.filter(name="place-offered").count() == 1


# Answering


def test_accepting_enrolls(offered):
    enrollment = admissions.accept_offer(application=offered, by=offered.applicant, at=AT)
    assert (enrollment.learner, enrollment.intake, enrollment.status) == (
        offered.applicant,
        offered.intake,
        "active",
    )
    assert enrollment.enrolled_at == AT
    assert [event.move for event in enrollment.history.all()] == ["enroll"]
    assert statuses(offered) == ["enrolled"]


def test_accepting_twice_makes_one_enrollment(offered):
    admissions.accept_offer(application=offered, by=offered.applicant, at=AT)
    with pytest.raises(MoveRefused, match="This is “Enrolled” now"):
        admissions.accept_offer(application=offered, by=offered.applicant, at=AT)
    assert Enrollment.objects.count() == 1


def test_enrolling_is_safe_to_repeat_and_needs_an_accepted_offer(offered):
    with pytest.raises(MoveRefused, match="Only somebody who has accepted an offer"):
        admissions.enroll(application=offered, by=offered.applicant)
    enrollment = admissions.accept_offer(application=offered, by=offered.applicant, at=AT)
    assert admissions.enroll(application=offered, by=offered.applicant) == enrollment
    assert enrollment.history.count() == 1


def test_an_offer_can_be_accepted_in_its_last_second_only(offered):
    too_late = offered.offer_expires_at
    with pytest.raises(MoveRefused, match="This offer ran out"):
        admissions.accept_offer(application=offered, by=offered.applicant, at=too_late)
    assert admissions.accept_offer(
        application=offered, by=offered.applicant, at=too_late - timedelta(seconds=1)
    )


def test_nobody_accepts_for_another(offered):
    with pytest.raises(MoveRefused, match="You may not do this"):
        admissions.accept_offer(application=offered, by=UserFactory(), at=AT)
    assert not Enrollment.objects.exists()


# Giving up


@pytest.mark.parametrize("act", [admissions.decline_offer, admissions.withdraw])
def test_an_offer_turned_down_goes_to_the_first_in_line(offered, queue, act):
    act(application=offered, by=offered.applicant, at=AT)
    assert statuses(*queue) == ["offered", "waitlisted", "waitlisted"]


def test_an_offer_taken_back_goes_to_the_first_in_line(offered, queue, staff):
    admissions.rescind_offer(application=offered, by=staff, note="Sent by mistake.", at=AT)
    assert statuses(offered, *queue) == ["in_review", "offered", "waitlisted", "waitlisted"]
    offered.refresh_from_db()
    assert (offered.offer_expires_at, offered.offer_fee_minor, offered.offer_currency) == (None, None, "")


def test_a_place_given_up_goes_to_the_first_in_line(offered, queue):
    enrollment = admissions.accept_offer(application=offered, by=offered.applicant, at=AT)
    admissions.leave(application=offered, by=offered.applicant, note="I move abroad.", at=AT)
    enrollment.refresh_from_db()
    assert enrollment.status == "withdrawn"
    assert statuses(offered, *queue) == ["withdrawn", "offered", "waitlisted", "waitlisted"]


def test_an_offer_that_ran_out_goes_to_the_first_in_line(offered, queue):
    assert admissions.expire_offers(at=offered.offer_expires_at) == 1
    assert statuses(offered, *queue) == ["expired", "offered", "waitlisted", "waitlisted"]
    event = offered.history.last()
    assert (event.move, event.actor, event.actor_name) == ("expire_offer", None, "nightly run")


def test_the_waiting_list_acts_under_its_own_name_and_says_why(offered, queue):
    admissions.decline_offer(application=offered, by=offered.applicant, at=AT)
    event = queue[0].history.last()
    assert (event.actor, event.actor_name) == (None, "waiting list")
    assert event.note == "A seat became free, and this application was first in the waiting list."
    assert Application.objects.get(pk=queue[0].pk).offer_fee_minor == 680_000


def test_who_joined_first_is_first_whatever_the_order_of_applying(offered, queue, staff):
    Application.objects.filter(pk=queue[2].pk).update(waitlisted_at=AT - timedelta(days=1))
    admissions.decline_offer(application=offered, by=offered.applicant, at=AT)
    assert statuses(*queue) == ["waitlisted", "waitlisted", "offered"]


def test_a_seat_of_an_intake_that_has_begun_is_not_passed_on(offered, queue):
    Intake.objects.update(starts_on=date(2026, 3, 2))
    admissions.decline_offer(application=offered, by=offered.applicant, at=AT)
    assert statuses(*queue) == ["waitlisted", "waitlisted", "waitlisted"]


def test_leaving_the_waiting_list_gives_nobody_a_seat(offered, queue):
    admissions.withdraw(application=queue[0], by=queue[0].applicant, at=AT)
    assert statuses(offered, *queue) == ["offered", "withdrawn", "waitlisted", "waitlisted"]


# Running out


def test_offers_run_out_at_their_time_and_once(offered):
    deadline = offered.offer_expires_at
    assert admissions.expire_offers(at=deadline - timedelta(seconds=1)) == 0
    assert admissions.expire_offers(at=deadline) == 1
    assert admissions.expire_offers(at=deadline) == 0
    assert Letter.objects.filter(name="offer-expired").count() == 1


def test_an_offer_that_meets_a_fault_costs_the_others_nothing(offered, monkeypatch):
    later = ApplicationFactory(
        intake=offered.intake,
        status="offered",
        offer_expires_at=offered.offer_expires_at + timedelta(seconds=1),
    )
    tell = offers.tell

    def broken(application, *args, **kwargs):
        if application.pk == offered.pk:
            raise RuntimeError("A letter without words.")
        return tell(application, *args, **kwargs)

    monkeypatch.setattr(offers, "tell", broken)
    with pytest.raises(offers.OffersLeftOver, match="1"):
        admissions.expire_offers(at=later.offer_expires_at)
    assert statuses(offered, later) == ["offered", "expired"]


def test_an_offer_answered_in_the_meantime_is_left_alone(offered, monkeypatch):
    """Another machine read the list of offers before this answer came in."""
    due = Application.objects.filter(pk=offered.pk)
    list(due)
    admissions.accept_offer(application=offered, by=offered.applicant, at=AT)
    monkeypatch.setattr(
        "enrollment.models.application.ApplicationQuerySet.offers_run_out", lambda *_args: due
    )
    assert admissions.expire_offers(at=AT + timedelta(days=30)) == 0
    assert statuses(offered) == ["enrolled"]


# Number of seats


def test_new_seats_go_to_the_waiting_list(offered, queue, staff):
    admissions.change_capacity(intake=offered.intake, capacity=3, by=staff, at=AT)
    assert Intake.objects.get().capacity == 3
    assert statuses(*queue) == ["offered", "offered", "waitlisted"]


@pytest.mark.parametrize("capacity", [1, 0, -3])
def test_seats_are_not_taken_from_those_who_have_them(offered, staff, capacity):
    intake = offered.intake
    Intake.objects.update(capacity=3)
    ApplicationFactory(intake=intake, status="offered")
    with pytest.raises(MoveRefused, match=f"2 seats are taken or offered, so {capacity} would be too few."):
        admissions.change_capacity(intake=intake, capacity=capacity, by=staff, at=AT)
    assert Intake.objects.get().capacity == 3


def test_an_intake_keeps_at_least_one_seat(intake, staff):
    with pytest.raises(MoveRefused, match="would be too few"):
        admissions.change_capacity(intake=intake, capacity=0, by=staff)


def test_only_planners_change_the_number_of_seats(intake):
    reviewer = StaffFactory(rights=["review_application", "decide_application"])
    with pytest.raises(MoveRefused, match="You may not change the number of seats"):
        admissions.change_capacity(intake=intake, capacity=5, by=reviewer)
    assert Intake.objects.get().capacity == 1
