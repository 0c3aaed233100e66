"""Acts on an intake as a whole: each is refused in a sentence, or done wholly with letters and a row of history."""

from datetime import UTC, datetime

import pytest

from courses.models import Intake
from enrollment import admissions, seats
from enrollment.models import Application, Enrollment, IntakeChange, Letter
from enrollment.workflow import MoveRefused
from tests.factories import (
    ApplicationFactory,
    CourseFactory,
    EnrollmentFactory,
    IntakeFactory,
    StaffFactory,
    TrainingDayFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
STATES = ("draft", "submitted", "in_review", "info_requested", "offered", "waitlisted", "enrolled")


@pytest.fixture
def planner():
    return StaffFactory(full_name="Grace Lim", rights=["change_intake", "view_enrollment"])


@pytest.fixture
def intake():
    return IntakeFactory(course=CourseFactory(), capacity=2)


@pytest.fixture
def other(intake):
    return IntakeFactory(course=intake.course, capacity=2)


@pytest.fixture
def everybody(intake):
    """One person in each live state."""
    return {state: ApplicationFactory(intake=intake, status=state) for state in STATES}


def letters(name) -> set[int]:
    return set(Letter.objects.filter(name=name).values_list("application", flat=True))


def changes() -> list[tuple]:
    return list(IntakeChange.objects.values_list("what", "before", "after", "actor_name", "note"))


def move(planner, target, *applications):
    return admissions.change_intake(
        applications=applications, intake=target, by=planner, note="The room is closed.", at=AT
    )


# Seats


def test_a_change_of_seats_is_on_record_and_only_when_it_is_one(intake, planner):
    for capacity in (3, 3):
        admissions.change_capacity(
            intake=intake, capacity=capacity, by=planner, note=" A larger room. ", at=AT
        )
    assert changes() == [("seats", "2", "3", str(planner), "A larger room.")]


def test_a_refused_change_of_seats_leaves_no_row(intake, planner):
    ApplicationFactory(intake=intake, status="offered")
    ApplicationFactory(intake=intake, status="offered")
    with pytest.raises(MoveRefused, match="2 seats are taken or offered, so 1 would be too few"):
        admissions.change_capacity(intake=intake, capacity=1, by=planner, at=AT)
    assert changes() == []


def test_history_of_an_intake_is_only_ever_added_to(intake, planner):
    admissions.change_capacity(intake=intake, capacity=3, by=planner, at=AT)
    with pytest.raises(TypeError):
        IntakeChange.objects.update(after="9")
    with pytest.raises(TypeError):
        IntakeChange.objects.all().delete()


# Closing


def test_closing_tells_whoever_has_a_draft_and_leaves_all_others_alone(intake, planner, everybody):
    admissions.change_status(intake=intake, status="closed", by=planner, note="Full.", at=AT)
    assert letters("intake-closed") == {everybody["draft"].pk}
    assert changes() == [("status", "confirmed", "closed", str(planner), "Full.")]
    assert {state: Application.objects.get(pk=one.pk).status for state, one in everybody.items()} == {
        state: state for state in STATES
    }


def test_an_intake_with_people_is_not_cancelled_in_passing(intake, planner, everybody):
    with pytest.raises(MoveRefused, match="7 people have applications for this intake"):
        admissions.change_status(intake=intake, status="cancelled", by=planner, at=AT)
    assert Intake.objects.get(pk=intake.pk).status == "confirmed"


def test_an_intake_without_people_is_cancelled_and_comes_back(intake, planner):
    for status in ("cancelled", "confirmed"):
        admissions.change_status(intake=intake, status=status, by=planner, at=AT)
        assert Intake.objects.get(pk=intake.pk).status == intake.status == status


# Cancelling


def test_cancelling_ends_every_application_with_a_letter(intake, planner, everybody):
    gone = ApplicationFactory(intake=intake, status="withdrawn")
    assert admissions.cancel_intake(intake=intake, by=planner, note="The trainer is ill.", at=AT) == 7
    assert set(Application.objects.exclude(pk=gone.pk).values_list("status", flat=True)) == {"cancelled"}
    assert letters("intake-cancelled") == {one.pk for one in everybody.values()}
    assert Letter.objects.filter(body_text__contains="The trainer is ill.").count() == 7
    assert Enrollment.objects.get().status == "withdrawn"
    assert seats.ledger(intake).taken == 0
    assert changes() == [("status", "confirmed", "cancelled", str(planner), "The trainer is ill.")]


def test_cancelling_is_all_or_nobody(intake, planner, everybody):
    done = EnrollmentFactory(application__intake=intake, status="completed").application
    with pytest.raises(MoveRefused, match=f"{done.reference}: The course has been completed on this place"):
        admissions.cancel_intake(intake=intake, by=planner, note="Why.", at=AT)
    assert not Letter.objects.exists() and changes() == []
    assert not Application.objects.filter(status="cancelled").exists()


def test_cancelling_frees_those_who_had_it_as_a_second_choice(intake, other, planner):
    waiting = ApplicationFactory(intake=other, second_choice=intake, status="in_review")
    admissions.cancel_intake(intake=intake, by=planner, note="Why.", at=AT)
    assert Application.objects.get(pk=waiting.pk).second_choice is None
    with pytest.raises(MoveRefused, match="cancelled already"):
        admissions.cancel_intake(intake=intake, by=planner, note="Why.", at=AT)


# Moving people


def test_people_move_with_seat_offer_and_terms(intake, other, planner, everybody):
    Application.objects.filter(pk=everybody["offered"].pk).update(
        offer_fee_minor=680_000, offer_currency="MYR"
    )
    moved = move(planner, other, everybody["enrolled"], everybody["offered"])
    assert {one.intake for one in moved} == {other}
    assert Enrollment.objects.get().intake == other
    offered = Application.objects.get(pk=everybody["offered"].pk)
    assert (offered.offer_fee_minor, offered.status) == (680_000, "offered")
    assert letters("intake-changed") == {one.pk for one in moved}
    assert seats.ledger(other).in_words == "2 seats = 1 enrolled + 1 offered + 0 free; 0 waiting"


def test_seats_left_behind_go_to_the_waiting_list(intake, other, planner, everybody):
    move(planner, other, everybody["offered"])
    assert Application.objects.get(pk=everybody["waitlisted"].pk).status == "offered"


def test_whoever_waits_and_moves_to_a_free_seat_is_offered_it(intake, other, planner, everybody):
    move(planner, other, everybody["waitlisted"])
    waiting = Application.objects.get(pk=everybody["waitlisted"].pk)
    assert (waiting.status, waiting.intake) == ("offered", other)


def test_more_seats_than_are_free_move_nobody(intake, other, planner, everybody):
    ApplicationFactory(intake=other, status="offered")
    with pytest.raises(MoveRefused, match="2 of them bring a seat along, and that intake has 1 free"):
        move(planner, other, everybody["enrolled"], everybody["offered"])
    assert not Letter.objects.exists()
    assert set(Application.objects.filter(intake=other).values_list("status", flat=True)) == {"offered"}


def test_a_place_with_attendance_stays(intake, other, planner):
    enrollment = EnrollmentFactory(application__intake=intake)
    day = TrainingDayFactory(intake=intake)
    enrollment.attendance.create(training_day=day, is_present=True, marked_by=planner, marked_at=AT)
    with pytest.raises(MoveRefused, match="attendance is on record"):
        move(planner, other, enrollment.application)
    assert Enrollment.objects.get().intake == intake


def test_nobody_has_two_applications_for_one_intake_by_moving(intake, other, planner, everybody):
    person = everybody["in_review"]
    ApplicationFactory(intake=other, applicant=person.applicant)
    with pytest.raises(MoveRefused, match="another application for that intake"):
        move(planner, other, person)


@pytest.mark.parametrize("target", ["same", "other course", "cancelled"])
def test_people_move_within_their_course_to_an_intake_that_runs(intake, planner, everybody, target):
    where = {
        "same": lambda: intake,
        "other course": IntakeFactory,
        "cancelled": lambda: IntakeFactory(course=intake.course, status="cancelled"),
    }[target]()
    with pytest.raises(MoveRefused, match="another intake of the same course|is cancelled"):
        move(planner, where, everybody["in_review"])


@pytest.mark.parametrize("rights", [[], ["change_intake"], ["view_enrollment"]])
def test_only_planners_who_know_the_people_move_or_end_them(intake, other, everybody, rights):
    person = StaffFactory(rights=rights)
    with pytest.raises(MoveRefused, match="You may not"):
        move(person, other, everybody["in_review"])
    with pytest.raises(MoveRefused, match="You may not"):
        admissions.cancel_intake(intake=intake, by=person, note="Why.", at=AT)
    assert not Letter.objects.exists()


def test_nobody_moves_themselves(intake, other, planner):
    mine = ApplicationFactory(intake=intake, applicant=planner, status="waitlisted")
    with pytest.raises(MoveRefused, match="You may not do this"):
        move(planner, other, mine)
