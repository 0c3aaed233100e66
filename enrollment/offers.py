"""Seats are offered, accepted and given up, always with the intake locked first."""

from datetime import datetime, time, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Course, Intake

from . import notifications, seats
from . import permissions as who
from .models import Application, Enrollment, Event
from .transitions import APPLICATION, ENROLLMENT, PLACE, reminder_is_due
from .workflow import MoveRefused, lock, perform, record_birth, refusal

logger = structlog.get_logger(__name__)

NO_OFFER = {
    "offer_expires_at": None,
    "offer_fee_minor": None,
    "offer_deposit_minor": None,
    "offer_currency": "",
    "waited_for": None,
}


class OffersLeftOver(Exception):
    """So many offers should have run out and could not: the log says why."""


# Offering


@transaction.atomic
def offer_place(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """A seat is held until the answer-by date at the fee of now; MoveRefused when no seat is free.

    When the first choice is full and the second is not, the offer is for the second.
    """
    at = at or timezone.now()
    intake = seats.lock(application.intake_id)
    lock(application)
    choice = seats.choice_with_a_seat(application, at) or intake
    return _offer(application, choice, by=by, note=note, at=at)


@transaction.atomic
def waitlist(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """The applicant is last in the waiting list; MoveRefused while a seat of either choice is free."""
    at = at or timezone.now()
    seats.lock(application.intake_id)
    return move(application, "waitlist", by=by, note=note, at=at, waitlisted_at=at)


@transaction.atomic
def rescind_offer(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """The offer is void, the review open again, and the seat goes to the first in the waiting list."""
    at = at or timezone.now()
    intake = seats.lock(application.intake_id)
    move(application, "rescind_offer", by=by, note=note, at=at, **NO_OFFER)
    give_out_free_seats(intake.course, at)
    return application


# Answering


@transaction.atomic
def accept_offer(*, application: Application, by: Any, at: datetime | None = None) -> Enrollment:
    """The applicant is enrolled and the seat is theirs; MoveRefused when the offer has run out."""
    at = at or timezone.now()
    seats.lock(application.intake_id)
    event = perform(APPLICATION, application, "accept_offer", by=by, at=at)
    enrollment = enroll(application=application, by=by, at=at)
    tell(application, APPLICATION["accept_offer"].letter, event, enrollment=enrollment)
    return enrollment


@transaction.atomic
def enroll(*, application: Application, by: Any, at: datetime | None = None) -> Enrollment:
    """The person behind an accepted application takes a seat; safe to repeat."""
    at = at or timezone.now()
    if application.status != Application.Status.ENROLLED:
        raise MoveRefused(_("Only somebody who has accepted an offer can be enrolled."))
    enrollment, is_new = Enrollment.objects.get_or_create(
        application=application,
        defaults={"learner": application.applicant, "intake": application.intake, "enrolled_at": at},
    )
    if is_new:
        record_birth(enrollment, "enroll", by=by, at=at)
    return enrollment


@transaction.atomic
def decline_offer(
    *, application: Application, by: Any, note: str = "", at: datetime | None = None
) -> Application:
    """The applicant has said no, and the seat goes to the first in the waiting list."""
    at = at or timezone.now()
    intake = seats.lock(application.intake_id)
    move(application, "decline_offer", by=by, note=note, at=at)
    give_out_free_seats(intake.course, at)
    return application


@transaction.atomic
def keep_waiting(
    *, application: Application, by: Any, note: str = "", at: datetime | None = None
) -> Application:
    """The applicant has said no to the second choice and is in the first's waiting list where they were; the seat goes
    to the next in line. MoveRefused when they waited for nothing before, or may wait for it no more.
    """
    at = at or timezone.now()
    intake = seats.lock(application.intake_id)
    lock(application)
    _back_in_line(application, "keep_waiting", by=by, note=note, at=at)
    give_out_free_seats(intake.course, at)
    return application


def _back_in_line(application: Application, name: str, *, by: Any, note: str = "", at: datetime) -> None:
    """The person waits for the first choice where they were, is told so, and is not asked about the second again."""
    former = application.intake
    changes = {"intake": application.waited_for or former, "second_choice": None, "waited_for": None}
    try:
        with transaction.atomic():
            event = perform(APPLICATION, application, name, by=by, note=note, at=at, **changes)
    except IntegrityError as twin:
        raise MoveRefused(_("You have another application for that intake.")) from twin
    tell(application, APPLICATION[name].letter, event, former=notifications.dates(former))


def expire_offers(*, at: datetime) -> int:
    """Every offer whose time is up has run out and its seat has gone on; how many they were.

    One that meets a fault costs the others nothing: OffersLeftOver is raised when all of them have had their turn.
    """
    due = Application.objects.offers_run_out(at).order_by("offer_expires_at", "pk")
    outcomes = [_expire_alone(application, at) for application in due]
    if left_over := outcomes.count(None):
        raise OffersLeftOver(left_over)
    return sum(outcomes)


def _expire_alone(application: Application, at: datetime) -> bool | None:
    """Whether this offer has run out now; None when something broke."""
    try:
        return _expire(application, at)
    except Exception:
        logger.exception("offer_not_expired", application=application.pk)
        return None


@transaction.atomic
def _expire(application: Application, at: datetime) -> bool:
    """Whether this offer has run out now; False when it was answered in the meantime.

    As when the second choice is declined, who waited for the first before keeps their place in its line.
    """
    intake = seats.lock(application.intake_id)
    lock(application)
    try:
        if refusal(APPLICATION, application, "return_to_line", by=who.NIGHTLY, at=at) is None:
            _back_in_line(application, "return_to_line", by=who.NIGHTLY, at=at)
        else:
            move(application, "expire_offer", by=who.NIGHTLY, at=at)
    except MoveRefused:
        return False
    give_out_free_seats(intake.course, at)
    return True


@transaction.atomic
def withdraw(*, application: Application, by: Any, note: str = "", at: datetime | None = None) -> Application:
    """The applicant asks for nothing any more; a seat held for them goes to the first in the waiting list."""
    at = at or timezone.now()
    intake = seats.lock(application.intake_id)
    move(application, "withdraw", by=by, note=note, at=at)
    give_out_free_seats(intake.course, at)
    return application


@transaction.atomic
def leave(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """The enrollment has ended before completion, and the seat goes to the first in the waiting list."""
    at = at or timezone.now()
    intake = seats.lock(application.intake_id)
    move(application, "leave", by=by, note=note, at=at)
    perform(ENROLLMENT, application.enrollment, "withdraw", by=by, note=note, at=at)
    give_out_free_seats(intake.course, at)
    return application


# Reminding


def remind_of_offers(*, at: datetime) -> int:
    """Everybody whose open offer ends soon has been reminded, once for each of the intake's days; how many letters."""
    open_ones = Application.objects.offers_open(at).order_by("offer_expires_at", "pk")
    return sum(_remind(application, at) for application in open_ones.select_related("intake"))


@transaction.atomic
def _remind(application: Application, at: datetime) -> bool:
    """Whether a reminder was due and is written now."""
    if reminder_is_due(application, at):
        return False
    try:
        move(application, "remind_of_offer", by=who.NIGHTLY, at=at)
    except MoveRefused:
        return False
    return True


# How it is done


def answer_by(intake: Intake, at: datetime) -> datetime:
    """The last second of the last day on which an offer made now can be accepted, where the course is held."""
    last_day = at.astimezone(intake.zone).date() + timedelta(days=intake.offer_days)
    return datetime.combine(last_day, time(23, 59, 59), tzinfo=intake.zone)


def terms_of(application: Application, intake: Intake, at: datetime) -> dict[str, Any]:
    """What an offer made now freezes: the fee for where the person lives and when they applied, and the last moment."""
    sent_at = application.submitted_at or at
    terms = intake.terms(
        residence=application.residence_country, sent_on=sent_at.astimezone(intake.zone).date()
    )
    return {
        "offer_expires_at": answer_by(intake, at),
        "offer_fee_minor": terms.amount_minor if terms else None,
        "offer_deposit_minor": terms.deposit_minor if terms else None,
        "offer_currency": terms.currency if terms else "",
    }


def _offer(application: Application, intake: Intake, *, by: Any, note: str, at: datetime) -> Application:
    """The offer with its terms frozen; call it with the intakes locked."""
    former, changes = application.intake, terms_of(application, intake, at) | {"waited_for": None}
    if intake.pk == former.pk:
        return move(application, "offer_place", by=by, note=note, at=at, **changes)
    waits = application.status == Application.Status.WAITLISTED
    changes |= {"intake": intake, "second_choice": former, "waited_for": former if waits else None}
    event = perform(APPLICATION, application, "offer_place", by=by, note=note, at=at, **changes)
    tell(
        *(application, "place-offered", event),
        instead_of=notifications.dates(former),
    )
    return application


def give_out_free_seats(course: Course, at: datetime) -> None:
    """Free seats of the course's intakes are offered to those who are next in line; call it with them locked."""
    intakes = [intake for intake in course.intakes.order_by("pk") if seats.are_given_out(intake, at)]
    ledgers = seats.ledgers(intakes)
    for intake in intakes:
        intake.course = course
        for application in seats.in_line(intake, most=ledgers[intake.pk].free):
            _offer(application, intake, by=who.WAITING_LIST, note=_why(application, intake), at=at)


def _why(application: Application, intake: Intake) -> str:
    if application.intake_id != intake.pk:
        return _("A seat of the second choice became free, and nobody waited for it as a first choice.")
    return _("A seat became free, and this application was first in the waiting list.")


def move(
    application: Application,
    name: str,
    *,
    by: Any,
    note: str = "",
    at: datetime | None = None,
    **changes: Any,
) -> Application:
    """The move is made and its letter written, both or neither."""
    table = APPLICATION if name in APPLICATION else PLACE
    event = perform(table, application, name, by=by, note=note, at=at, **changes)
    tell(application, table[name].letter, event)
    return application


def tell(application: Application, letter: str, event: Event, **context: Any) -> None:
    notifications.queue(
        letter, event=event, recipient=application.applicant, application=application, **context
    )
