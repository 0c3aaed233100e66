"""The races happen when nothing is locked, and can't when it is: shown with the same two threads."""

import threading
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from courses.models import Intake
from enrollment import admissions, invariants, seats, workflow
from enrollment.models import Application, Enrollment
from enrollment.workflow import MoveRefused
from tests.factories import ApplicationFactory, CourseFactory, IntakeFactory, StaffFactory

from .crowd import at_once

PATIENCE = 1


@pytest.fixture
def unlocked(monkeypatch):
    """The house as it would be if nobody had thought of locks."""
    monkeypatch.setattr(seats, "lock", lambda pk: Intake.objects.select_related("course").get(pk=pk))
    monkeypatch.setattr(workflow, "lock", lambda record: record.refresh_from_db())


@pytest.fixture
def meet(monkeypatch):
    """Two threads that have both looked before either writes, where nothing keeps them apart."""

    def meet(module, name):
        look, meeting = getattr(module, name), threading.Barrier(2)

        def look_and_wait(*args, **kwargs):
            found = look(*args, **kwargs)
            with suppress(threading.BrokenBarrierError):
                meeting.wait(PATIENCE)
            return found

        monkeypatch.setattr(module, name, look_and_wait)

    return meet


def offer_the_last_seat_twice() -> list:
    intake, staff = (
        IntakeFactory(capacity=1),
        StaffFactory(rights=["review_application", "decide_application"]),
    )
    pair = [ApplicationFactory(intake=intake, status="in_review") for _number in range(2)]

    offers = [
        partial(admissions.offer_place, application=application, by=staff, note="Good.")
        for application in pair
    ]
    return at_once(offers)


def accept_and_decline() -> tuple[Application, list]:
    offered = ApplicationFactory(status="offered", intake=IntakeFactory(capacity=1))

    pair = [
        partial(verb, application=Application.objects.get(pk=offered.pk), by=offered.applicant)
        for verb in (admissions.accept_offer, admissions.decline_offer)
    ]
    return offered, at_once(pair)


def refusals(results) -> list[str]:
    return [str(result) for result in results if isinstance(result, MoveRefused)]


def test_without_a_lock_the_last_seat_is_given_twice(unlocked, meet):
    meet(seats, "ledger")
    results = offer_the_last_seat_twice()
    assert refusals(results) == []
    assert invariants.seats_given_never_exceed_capacity().breaches != []


def test_with_the_lock_the_last_seat_is_given_once(meet):
    meet(seats, "ledger")
    results = offer_the_last_seat_twice()
    assert refusals(results) == ["All seats of this intake are taken or offered. Use the waiting list."]
    assert Application.objects.filter(status="offered").count() == 1
    assert invariants.seats_given_never_exceed_capacity().breaches == []


def test_without_a_lock_an_offer_is_accepted_and_declined(unlocked, meet):
    meet(workflow, "refusal")
    offered, results = accept_and_decline()
    assert refusals(results) == []
    assert set(offered.history.values_list("move", flat=True)) == {"accept_offer", "decline_offer"}


def test_with_the_lock_an_offer_has_one_answer(meet):
    meet(workflow, "refusal")
    offered, results = accept_and_decline()
    assert len(refusals(results)) == 1
    [event] = offered.history.all()
    offered.refresh_from_db()
    assert offered.status == event.to_status
    assert Enrollment.objects.exists() == (event.move == "accept_offer")
    assert invariants.the_confirmed_hold_a_seat().breaches == []


def second_choice_offered(**fields):
    """Somebody who waited for the first intake and is offered a seat of the second."""
    course = CourseFactory()
    first, second = (IntakeFactory(course=course, capacity=1) for _number in range(2))
    ApplicationFactory(intake=first, status="offered")
    return ApplicationFactory(
        intake=second, waited_for=first, waitlisted_at=timezone.now(), status="offered", **fields
    )


def test_keeping_waiting_and_accepting_at_once_have_one_answer():
    person = second_choice_offered()
    first, second = person.waited_for, person.intake
    pair = [
        partial(verb, application=Application.objects.get(pk=person.pk), by=person.applicant)
        for verb in (admissions.accept_offer, admissions.keep_waiting)
    ]
    outcomes = at_once(pair)
    person.refresh_from_db()
    assert len(refusals(outcomes)) == 1
    assert (person.status, person.intake) in [("enrolled", second), ("waitlisted", first)]


def test_a_second_choice_that_lapses_while_it_is_declined_has_one_answer():
    ended = timezone.now() - timedelta(minutes=1)
    person = second_choice_offered(offer_expires_at=ended)
    first = person.waited_for
    decline = partial(
        admissions.decline_offer, application=Application.objects.get(pk=person.pk), by=person.applicant
    )
    nights = [partial(admissions.expire_offers, at=timezone.now())] * 3
    at_once([*nights, decline])
    person.refresh_from_db()
    [event] = person.history.all()
    assert (event.move, person.status, person.intake) in [
        ("return_to_line", "waitlisted", first),
        ("decline_offer", "offer_declined", person.intake),
    ]
    assert person.letters.count() == 1
    assert seats.ledger(first).taken == 1
    assert invariants.every_step_has_its_letter().breaches == []
