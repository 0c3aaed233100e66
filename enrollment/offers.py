"""Seats are offered, accepted and given up, always with the intake locked first."""

from datetime import datetime, time, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Intake

from . import notifications, seats
from . import permissions as who
from .models import Application, Enrollment, Event
from .transitions import APPLICATION, ENROLLMENT
from .workflow import MoveRefused, perform, record_birth

logger = structlog.get_logger(__name__)

NO_OFFER = {"offer_expires_at": None, "offer_fee_minor": None, "offer_currency": ""}


class OffersLeftOver(Exception):
    """So many offers should have run out and could not: the log says why."""


# Offering


@transaction.atomic
def offer_place(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """A seat is held until the answer-by date at today's fee; MoveRefused when no seat is free."""
    intake = seats.lock(application.intake_id)
    return _offer(application, intake, by=by, note=note, at=at or timezone.now())


@transaction.atomic
def waitlist(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """The applicant is last in the waiting list; MoveRefused while a seat is free."""
    at = at or timezone.now()
    seats.lock(application.intake_id)
    return move(application, "waitlist", by=by, note=note, at=at, waitlisted_at=at)


@transaction.atomic
def rescind_offer(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """The offer is void, the review open again, and the seat goes to the first in the waiting list."""
    at = at or timezone.now()
    intake = seats.lock(application.intake_id)
    move(application, "rescind_offer", by=by, note=note, at=at, **NO_OFFER)
    give_out_free_seats(intake, at)
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
    give_out_free_seats(intake, at)
    return application


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
    """Whether this offer has run out now; False when it was answered in the meantime."""
    intake = seats.lock(application.intake_id)
    try:
        move(application, "expire_offer", by=who.NIGHTLY, at=at)
    except MoveRefused:
        return False
    give_out_free_seats(intake, at)
    return True


@transaction.atomic
def withdraw(*, application: Application, by: Any, note: str = "", at: datetime | None = None) -> Application:
    """The applicant asks for nothing any more; a seat held for them goes to the first in the waiting list."""
    at = at or timezone.now()
    intake = seats.lock(application.intake_id)
    move(application, "withdraw", by=by, note=note, at=at)
    give_out_free_seats(intake, at)
    return application


@transaction.atomic
def leave(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """The enrollment has ended before completion, and the seat goes to the first in the waiting list."""
    at = at or timezone.now()
    intake = seats.lock(application.intake_id)
    move(application, "leave", by=by, note=note, at=at)
    perform(ENROLLMENT, application.enrollment, "withdraw", by=by, note=note, at=at)
    give_out_free_seats(intake, at)
    return application


# Counting


@transaction.atomic
def change_capacity(*, intake: Intake, capacity: int, by: Any, at: datetime | None = None) -> Intake:
    """The intake has this many seats, and new ones have gone to the waiting list; refused below what is taken."""
    if not who.may_run_intakes(by):
        raise MoveRefused(_("You may not change the number of seats."))
    locked = seats.lock(intake.pk)
    taken = seats.ledger(locked).taken
    if capacity < max(taken, 1):
        raise MoveRefused(
            _("%(taken)s seats are taken or offered, so %(capacity)s would be too few.")
            % {"taken": taken, "capacity": capacity}
        )
    locked.capacity = intake.capacity = capacity
    locked.save(update_fields=["capacity"])
    give_out_free_seats(locked, at or timezone.now())
    return intake


# How it is done


def answer_by(intake: Intake, at: datetime) -> datetime:
    """The last second of the last day on which an offer made now can be accepted, where the course is held."""
    last_day = at.astimezone(intake.zone).date() + timedelta(days=intake.offer_days)
    return datetime.combine(last_day, time(23, 59, 59), tzinfo=intake.zone)


def _offer(application: Application, intake: Intake, *, by: Any, note: str, at: datetime) -> Application:
    """The offer with its terms frozen; call it with the intake locked."""
    return move(
        application,
        "offer_place",
        by=by,
        note=note,
        at=at,
        offer_expires_at=answer_by(intake, at),
        offer_fee_minor=intake.fee_minor,
        offer_currency=intake.currency,
    )


def give_out_free_seats(intake: Intake, at: datetime) -> None:
    """Free seats are offered to those who have waited longest; call it with the intake locked."""
    if not seats.are_given_out(intake, at):
        return
    free = seats.ledger(intake).free
    waiting = Application.objects.filter(intake=intake).waiting_for_a_seat()
    for application in waiting[:free]:
        _offer(
            application,
            intake,
            by=who.WAITING_LIST,
            note=_("A seat became free, and this application was first in the waiting list."),
            at=at,
        )


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
    event = perform(APPLICATION, application, name, by=by, note=note, at=at, **changes)
    tell(application, APPLICATION[name].letter, event)
    return application


def tell(application: Application, letter: str, event: Event, **context: Any) -> None:
    notifications.queue(
        letter, event=event, recipient=application.applicant, application=application, **context
    )
