"""Seats are counted once, held by offers, and never left empty while somebody waits."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from courses.models import Intake
from enrollment import admissions, invariants, seats
from enrollment.seats import Seats
from enrollment.transitions import APPLICATION
from enrollment.workflow import MoveRefused
from tests.factories import ApplicationFactory, EnrollmentFactory, IntakeFactory, StaffFactory

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def busy_intake(db):
    """Seven seats: one learner, one who has completed, one gone, two offers, three waiting."""
    intake = IntakeFactory(capacity=7)
    for status in ("active", "completed", "withdrawn"):
        EnrollmentFactory(application__intake=intake, status=status)
    for status in ("offered", "offered", "waitlisted", "waitlisted", "waitlisted", "in_review", "declined"):
        ApplicationFactory(intake=intake, status=status)
    return intake


def test_ledger_counts_who_takes_holds_and_waits(busy_intake):
    ledger = seats.ledger(busy_intake)
    assert ledger == Seats(capacity=7, enrolled=2, offered=2, waiting=3)
    assert (ledger.taken, ledger.free) == (4, 3)


def test_ledger_of_an_overfull_intake_has_no_free_seats_rather_than_negative_ones():
    assert Seats(capacity=1, enrolled=2, offered=1, waiting=0).free == 0


@pytest.mark.parametrize("number", [1, 3])
def test_ledgers_of_many_intakes_cost_one_query(busy_intake, number, django_assert_num_queries):
    others = [IntakeFactory(capacity=4) for _number in range(number - 1)]
    with django_assert_num_queries(1):
        found = seats.ledgers([busy_intake, *others])
    assert found == {busy_intake.pk: seats.ledger(busy_intake)} | {
        other.pk: Seats(4, 0, 0, 0) for other in others
    }


def test_pages_of_the_catalog_can_say_how_many_seats_are_left(busy_intake):
    page = Template(
        "{% load seats %}{% seats_of intake as one %}{{ one.free }}/{{ one.capacity }}"
        "{% seat_ledgers intakes as all %}{% with line=all|of_intake:intake %} {{ line.waiting }} wait{% endwith %}"
    )
    assert page.render(Context({"intake": busy_intake, "intakes": [busy_intake]})) == "3/7 3 wait"


@pytest.mark.parametrize(
    "fields, given_out",
    [
        ({"starts_on": None}, True),
        ({"starts_on": date(2026, 3, 3)}, True),
        ({"starts_on": date(2026, 3, 2)}, False),
        ({"starts_on": None, "status": Intake.Status.CLOSED}, True),
        ({"starts_on": None, "status": Intake.Status.CANCELLED}, False),
    ],
)
def test_free_seats_go_to_the_waiting_list_until_the_intake_begins(fields, given_out):
    assert seats.are_given_out(Intake(**fields), AT) is given_out


def test_the_day_an_intake_begins_is_that_of_its_own_clock():
    """At 17:00 in London on the 1st it is the 2nd in Kuala Lumpur."""
    intake = Intake(starts_on=date(2026, 3, 2), timezone="Asia/Kuala_Lumpur")
    assert seats.are_given_out(intake, datetime(2026, 3, 1, 15, 59, tzinfo=UTC)) is True
    assert seats.are_given_out(intake, datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) is False


# Whatever happens, in whatever order

ACTS = {
    "offer_place": lambda application, staff, at: admissions.offer_place(
        application=application, by=staff, note="Why.", at=at
    ),
    "waitlist": lambda application, staff, at: admissions.waitlist(
        application=application, by=staff, note="Why.", at=at
    ),
    "decline": lambda application, staff, at: admissions.decline(
        application=application, by=staff, note="Why.", at=at
    ),
    "rescind_offer": lambda application, staff, at: admissions.rescind_offer(
        application=application, by=staff, note="Why.", at=at
    ),
    "reopen": lambda application, staff, at: admissions.reopen(
        application=application, by=staff, note="Why.", at=at
    ),
    "accept_offer": lambda application, staff, at: admissions.accept_offer(
        application=application, by=application.applicant, at=at
    ),
    "decline_offer": lambda application, staff, at: admissions.decline_offer(
        application=application, by=application.applicant, at=at
    ),
    "withdraw": lambda application, staff, at: admissions.withdraw(
        application=application, by=application.applicant, at=at
    ),
    "leave": lambda application, staff, at: admissions.leave(
        application=application, by=application.applicant, note="Why.", at=at
    ),
    "expire_offers": lambda application, staff, at: admissions.expire_offers(at=at),
    "more_seats": lambda application, staff, at: change_seats(application, staff, at, +1),
    "fewer_seats": lambda application, staff, at: change_seats(application, staff, at, -1),
}


def somebody_for(act, people, whose):
    """Somebody with whom this act could be possible, as far as there is one; else anybody."""
    sources = APPLICATION[act].sources if act in APPLICATION else ()
    for person in people:
        person.refresh_from_db()
    fitting = [person for person in people if person.status in sources] or people
    return fitting[whose % len(fitting)]


def change_seats(application, staff, at, difference):
    intake = Intake.objects.get(pk=application.intake_id)
    admissions.change_capacity(intake=intake, capacity=max(intake.capacity + difference, 0), by=staff, at=at)


class TestAnyOrderOfActs(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        capacity=st.integers(1, 3),
        acts=st.lists(
            st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 4), st.integers(0, 5)), max_size=25
        ),
    )
    def test_seats_are_neither_overbooked_nor_left_empty_while_somebody_waits(self, capacity, acts):
        staff = StaffFactory(rights=["review_application", "decide_application", "change_intake"])
        intake = IntakeFactory(capacity=capacity)
        people = [ApplicationFactory(intake=intake, status="in_review") for _number in range(5)]
        at = AT
        for act, whose, days in acts:
            at += timedelta(days=days)
            try:
                ACTS[act](somebody_for(act, people, whose), staff, at)
            except MoveRefused as refused:
                assert str(refused)
            ledger = seats.ledger(intake)
            assert ledger.enrolled + ledger.offered <= ledger.capacity
            assert not (ledger.free and ledger.waiting)
        for invariant in (invariants.the_confirmed_hold_a_seat, invariants.every_step_has_its_letter):
            assert invariant().breaches == []
