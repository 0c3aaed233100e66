"""Any order of moves over the intakes of a course: nothing is overbooked, and nobody waits while a seat is free."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from courses.models import Intake
from enrollment import admissions, invariants, seats
from enrollment.models import Application, IntakeChange
from enrollment.workflow import MoveRefused
from tests.factories import ApplicationFactory, CourseFactory, IntakeFactory, StaffFactory

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE, INTAKES = 7, 3
PROMISES = (
    invariants.seats_given_never_exceed_capacity,
    invariants.the_confirmed_hold_a_seat,
    invariants.every_step_has_its_letter,
)
whose = st.integers(0, PEOPLE - 1)
which = st.integers(0, INTAKES - 1)


class SeatsOfACourse(RuleBasedStateMachine):
    """Seven people, some with a second choice, three intakes of a few seats, and everything that can happen to them."""

    def __init__(self):
        super().__init__()
        self.outcome = transaction.atomic()
        self.outcome.__enter__()
        self.at = AT

    def teardown(self):
        transaction.set_rollback(True)
        self.outcome.__exit__(None, None, None)

    @initialize(capacities=st.lists(st.integers(1, 2), min_size=INTAKES, max_size=INTAKES))
    def begin(self, capacities):
        self.staff = StaffFactory(
            rights=["review_application", "decide_application", "change_intake", "view_enrollment"]
        )
        course = CourseFactory()
        self.intakes = [IntakeFactory(course=course, capacity=capacity) for capacity in capacities]
        self.people = [
            ApplicationFactory(
                intake=self.intakes[number % 2],
                second_choice=self.intakes[number % 2 + 1] if number % 3 else None,
                status="in_review",
            )
            for number in range(PEOPLE)
        ]

    def attempt(self, verb, **given):
        """Done, or refused in a sentence."""
        try:
            verb(**given, at=self.at)
        except MoveRefused as refused:
            assert str(refused)

    def person(self, number) -> Application:
        self.people[number].refresh_from_db()
        return self.people[number]

    @rule(
        verb=st.sampled_from(["offer_place", "waitlist", "decline", "rescind_offer", "reopen"]), whose=whose
    )
    def staff_decide(self, verb, whose):
        act = getattr(admissions, verb)
        self.attempt(act, application=self.person(whose), by=self.staff, note="Why.")

    @rule(verb=st.sampled_from(["offer_place", "waitlist"]), whose=whose)
    def staff_decide_more_often(self, verb, whose):
        self.staff_decide(verb, whose)

    @rule(verb=st.sampled_from(["accept_offer", "decline_offer", "keep_waiting", "withdraw"]), whose=whose)
    def applicant_answers(self, verb, whose):
        person = self.person(whose)
        self.attempt(getattr(admissions, verb), application=person, by=person.applicant)

    @rule(whose=whose)
    def learner_leaves(self, whose):
        person = self.person(whose)
        if hasattr(Application.objects.get(pk=person.pk), "enrollment"):
            self.attempt(admissions.leave, application=person, by=person.applicant, note="Why.")

    @rule(days=st.integers(1, 9))
    def time_passes(self, days):
        self.at += timedelta(days=days)
        admissions.remind_of_offers(at=self.at)
        admissions.expire_offers(at=self.at)

    @rule(which=which, capacity=st.integers(0, 4))
    def seats_change(self, which, capacity):
        intake = self.intakes[which]
        self.attempt(admissions.change_capacity, intake=intake, capacity=capacity, by=self.staff)

    @rule(who=st.sets(whose, min_size=1, max_size=3), which=which)
    def people_move(self, who, which):
        chosen = [self.person(number) for number in sorted(who)]
        self.attempt(
            admissions.change_intake,
            applications=chosen,
            intake=self.intakes[which],
            by=self.staff,
            note="Why.",
        )

    @rule(which=which, status=st.sampled_from(["confirmed", "closed", "cancelled"]))
    def status_changes(self, which, status):
        self.attempt(admissions.change_status, intake=self.intakes[which], status=status, by=self.staff)

    @rule(sure=st.integers(0, 5))
    def the_last_intake_is_cancelled(self, sure):
        if sure == 0:
            self.attempt(admissions.cancel_intake, intake=self.intakes[-1], by=self.staff, note="Why.")

    @invariant()
    def held_and_taken_are_no_more_than_there_are(self):
        for line in seats.ledgers(getattr(self, "intakes", [])).values():
            assert line.enrolled + line.offered <= line.capacity

    @invariant()
    def nobody_waits_while_a_seat_is_free(self):
        for intake in Intake.objects.filter(pk__in=[one.pk for one in getattr(self, "intakes", [])]):
            if seats.are_given_out(intake, self.at) and seats.ledger(intake).free:
                assert seats.in_line(intake) == []

    @invariant()
    def every_promise_is_kept(self):
        assert [breach for promise in PROMISES for breach in promise().breaches] == []

    @invariant()
    def every_change_of_seats_is_on_record(self):
        for intake in Intake.objects.filter(pk__in=[one.pk for one in getattr(self, "intakes", [])]):
            last = IntakeChange.objects.filter(intake=intake, what="seats").last()
            assert last is None or last.after == str(intake.capacity)


@pytest.mark.django_db
def test_any_order_of_moves_keeps_the_ledger():
    run_state_machine_as_test(
        SeatsOfACourse,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
