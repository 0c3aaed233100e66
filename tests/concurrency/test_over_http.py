"""Sixty people want the last five seats; a button is pressed five times; each over HTTP, twenty times."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from courses.models import Intake
from enrollment import admissions, invariants
from enrollment.completeness import DECLARATIONS
from enrollment.models import Application, Declaration, Enrollment, Letter
from tests.factories import ApplicationFactory, CourseFactory, IntakeFactory, UserFactory

from .crowd import at_once, persons, thought_over

ROUNDS = 20
SEATS = 5
WANTED = 60
FULL = "All seats of this intake are taken or offered. Use the waiting list."
PROMISES = (
    invariants.seats_given_never_exceed_capacity,
    invariants.nobody_waits_while_a_seat_is_free,
    invariants.one_live_application_per_person_and_intake,
    invariants.the_confirmed_hold_a_seat,
)


@pytest.fixture
def course():
    return CourseFactory()


@pytest.fixture
def reviewers():
    rights = Permission.objects.filter(
        codename__in=[
            *("view_application", "review_application", "decide_application"),
            "review_every_intake",
        ]
    )
    people = persons(4, "reviewer", is_staff=True)
    for reviewer in people:
        reviewer.user_permissions.set(rights)
    return people


def broken_promises() -> list[str]:
    return [breach for promise in PROMISES for breach in promise().breaches]


def move_url(application: Application, move: str) -> str:
    return reverse("admin:enrollment_application_move", args=[application.pk, move])


def in_review(intake: Intake, people) -> list[Application]:
    return thought_over(
        Application.objects.bulk_create(
            Application(applicant=person, intake=intake, status="in_review", submitted_at=timezone.now())
            for person in people
        )
    )


def test_sixty_offers_for_five_seats_then_every_answer_at_once(caller, course, reviewers):
    people = persons(WANTED, "person")
    desks = [caller(reviewer) for reviewer in reviewers]
    browsers = {person.pk: caller(person) for person in people}
    for number in range(ROUNDS):
        intake = IntakeFactory(course=course, capacity=SEATS)
        wanted = in_review(intake, people)
        offered = five_are_held(intake, wanted, desks)
        if number == 0:
            the_refused_read_why(intake, desks[0])
        some_wait(intake, reviewers[0])
        each_ends_in_one_state(offered, browsers)
        assert broken_promises() == []
        assert seats_in_use(intake) == SEATS


def five_are_held(intake, wanted, desks) -> list[Application]:
    """All offers at once: five succeed, all others are refused in a sentence, and nobody sees an error."""
    presses = [
        partial(desk.post, move_url(application, "offer_place"), note="Meets all criteria.")
        for desk, application in zip(cycle(desks), wanted, strict=False)
    ]
    answers = at_once(presses)
    assert {answer.status for answer in answers} == {302}
    refused = [answer.sentences for answer in answers if answer.sentences == (FULL,)]
    assert len(refused) == WANTED - SEATS
    held = list(Application.objects.filter(intake=intake, status="offered"))
    assert len(held) == SEATS
    assert Letter.objects.filter(application__in=wanted, name="place-offered").count() == SEATS
    return held


def the_refused_read_why(intake, desk) -> None:
    refused = Application.objects.filter(intake=intake, status="in_review").first()
    desk_page = reverse("admin:enrollment_application_change", args=[refused.pk])
    answer = desk.post(move_url(refused, "offer_place"), note="Once more.")
    assert urlsplit(answer.location).path == desk_page
    assert FULL in desk.get(desk_page).body


def some_wait(intake, reviewer) -> None:
    for application in Application.objects.filter(intake=intake, status="in_review")[: SEATS + 1]:
        admissions.waitlist(application=application, by=reviewer, note="Full.")


def each_ends_in_one_state(offered, browsers) -> None:
    """Each offer is accepted, declined and run out at the same instant, with two nightly runs beside."""
    after = max(application.offer_expires_at for application in offered) + timedelta(seconds=1)
    presses = [
        partial(
            browsers[application.applicant_id].post,
            reverse(f"enrollment:{name}", args=[application.reference]),
        )
        for application in offered
        for name in ("accept_offer", "decline_offer")
    ]
    nights = [partial(admissions.expire_offers, at=after)] * 2
    *answers, _first, _second = at_once([*presses, *nights])
    assert {answer.status for answer in answers} == {302}
    for application in offered:
        application.refresh_from_db()
        assert application.status in {"enrolled", "offer_declined", "expired"}
        [_offer, ending] = application.history.all()
        assert ending.to_status == application.status
        seated = Enrollment.objects.filter(application=application, status="active").exists()
        assert seated == (application.status == "enrolled")
        assert application.letters.count() == 2


def seats_in_use(intake) -> int:
    offered = Application.objects.filter(intake=intake, status="offered").count()
    return offered + Enrollment.objects.filter(intake=intake, status="active").count()


# One form, pressed five times


def five_times(act) -> set:
    """Five presses at the same instant, all answered with a way on."""
    answers = at_once([act] * 5)
    assert {answer.status for answer in answers} == {302}
    return {answer.location for answer in answers}


def test_five_presses_begin_one_application(caller, course):
    for _round in range(ROUNDS):
        person, intake = UserFactory(), IntakeFactory(course=course)
        browser = caller(person)
        places = five_times(partial(browser.post, reverse("enrollment:start", args=[intake.code])))
        [application] = Application.objects.filter(applicant=person)
        assert places == {application.get_absolute_url()}
        assert application.history.count() == application.letters.count() == 1


def test_five_presses_submit_once(caller, course):
    for _round in range(ROUNDS):
        application = ApplicationFactory(complete=True, intake__course=course)
        Declaration.objects.bulk_create(
            Declaration(
                application=application, key=key, text=str(text), agreed_at=datetime(2026, 3, 1, tzinfo=UTC)
            )
            for key, text in DECLARATIONS.items()
        )
        browser = caller(application.applicant)
        places = five_times(partial(browser.post, reverse("enrollment:check", args=[application.reference])))
        assert places == {application.get_absolute_url()}
        assert [event.move for event in application.history.all()] == ["submit"]
        assert application.letters.count() == 1


def test_five_presses_save_a_section_once(caller, course):
    for _round in range(ROUNDS):
        application = ApplicationFactory(intake__course=course)
        browser = caller(application.applicant)
        page = reverse("enrollment:section", args=[application.reference, "profession"])
        [seen] = re.findall(r'name="seen" value="([^"]+)"', browser.get(page).body)
        answers = {"seen": seen, "workplace": "A clinic", "qualification": "MD"}
        assert len(five_times(partial(browser.post, page, **answers))) == 1
        application.refresh_from_db()
        assert (application.workplace, application.version) == ("A clinic", 2)


def test_five_presses_decide_once(caller, course, reviewers):
    desk = caller(reviewers[0])
    for _round in range(ROUNDS):
        application = ApplicationFactory(
            status="in_review", intake__course=course, submitted_at=timezone.now()
        )
        places = five_times(partial(desk.post, move_url(application, "decline"), note="Not registered."))
        assert places == {reverse("admin:enrollment_application_change", args=[application.pk])}
        assert [event.move for event in application.history.all()] == ["decline"]
        assert application.letters.count() == 1
