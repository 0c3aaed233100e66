"""Five hundred wait: seats freed in every way at the same instant go to the first in line; offers by many hands add up."""

import statistics
import time
from datetime import timedelta
from functools import partial
from itertools import cycle

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from enrollment import admissions, invariants, seats
from enrollment.models import Application, Letter
from tests.factories import IntakeFactory

from .crowd import at_once, persons, thought_over

WAITING, FREED = 500, 20
WANTED, SEATS = 200, 20
FULL = "All seats of this intake are taken or offered. Use the waiting list."
PROMISES = (
    invariants.seats_given_never_exceed_capacity,
    invariants.nobody_waits_while_a_seat_is_free,
    invariants.one_live_application_per_person_and_intake,
)


def staff(number: int, *rights: str) -> list:
    people = persons(number, "staff", is_staff=True)
    for person in people:
        person.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return people


def applications(intake, people, status, **fields) -> list[Application]:
    return Application.objects.bulk_create(
        Application(applicant=person, intake=intake, status=status, **fields) for person in people
    )


def in_line(intake) -> list[Application]:
    """Five hundred who joined the list a second after each other."""
    since = timezone.now() - timedelta(days=1)
    waiting = applications(intake, persons(WAITING, "waiting"), "waitlisted", waitlisted_at=since)
    for second, application in enumerate(waiting):
        application.waitlisted_at = since + timedelta(seconds=second)
    Application.objects.bulk_update(waiting, ["waitlisted_at"])
    return waiting


def broken_promises() -> list[str]:
    return [breach for promise in PROMISES for breach in promise().breaches]


def press(browser, path, application, **fields):
    return partial(browser.post, reverse(f"enrollment:{path}", args=[application.reference]), **fields)


def test_twenty_seats_freed_in_four_ways_go_to_the_first_twenty(caller):
    intake = IntakeFactory(capacity=15)
    later, before = timezone.now() + timedelta(days=3), timezone.now() - timedelta(minutes=1)
    held = applications(intake, persons(10, "holder"), "offered", offer_expires_at=later)
    applications(intake, persons(5, "silent"), "offered", offer_expires_at=before)
    waiting = in_line(intake)
    [planner] = staff(1, "view_intake", "change_intake")
    browsers = {application.pk: caller(application.applicant) for application in held}
    more_seats = partial(
        caller(planner).post,
        reverse("admin:courses_intake_seats_act", args=[intake.pk, "capacity"]),
        capacity=20,
        note="A larger room.",
    )
    acts = [
        *(press(browsers[one.pk], "decline_offer", one) for one in held[:5]),
        *(press(browsers[one.pk], "withdraw", one) for one in held[5:]),
        more_seats,
        *[partial(admissions.expire_offers, at=timezone.now())] * 2,
    ]
    began = time.perf_counter()
    *answers, one_night, other_night = at_once(acts)
    print(f"20 seats freed among 500 waiting: {time.perf_counter() - began:.2f} s")
    assert {answer.status for answer in answers} == {302}
    assert one_night + other_night == 5
    offered = Application.objects.filter(pk__in=[one.pk for one in waiting], status="offered")
    assert set(offered.values_list("pk", flat=True)) == {one.pk for one in waiting[:FREED]}
    assert Letter.objects.filter(name="place-offered").count() == FREED
    assert broken_promises() == []
    assert seats.ledger(intake).in_words == "20 seats = 0 enrolled + 20 offered + 0 free; 480 waiting"


@pytest.fixture
def reviewers():
    return staff(4, "view_application", "review_application", "decide_application", "review_every_intake")


def test_two_hundred_offers_for_twenty_seats(caller, reviewers):
    intake = IntakeFactory(capacity=SEATS)
    people = persons(WANTED, "person")
    wanted = thought_over(applications(intake, people, "in_review", submitted_at=timezone.now()))
    took = []

    def offer(desk, application):
        began = time.perf_counter()
        address = reverse("admin:enrollment_application_move", args=[application.pk, "offer_place"])
        answer = desk.post(address, note="Meets all criteria.")
        took.append(time.perf_counter() - began)
        return answer

    desks = cycle([caller(reviewer) for reviewer in reviewers])
    answers = at_once(
        [partial(offer, desk, application) for desk, application in zip(desks, wanted, strict=False)]
    )
    p99 = statistics.quantiles(took, n=100)[98]
    print(f"200 offers at once: median {statistics.median(took):.2f} s, p99 {p99:.2f} s")
    assert {answer.status for answer in answers} == {302}
    refused = [answer for answer in answers if answer.sentences == (FULL,)]
    assert len(refused) == WANTED - SEATS
    assert Application.objects.filter(intake=intake, status="offered").count() == SEATS
    assert Letter.objects.filter(name="place-offered").count() == SEATS
    assert broken_promises() == []
