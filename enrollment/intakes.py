"""Acts on an intake as a whole: its number of seats, whether it takes applications or runs, and who comes to another."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import Intake
from courses.search import followed

from . import permissions as who
from . import seats
from .models import Application, Enrollment
from .offers import give_out_free_seats, move
from .transitions import ENROLLMENT
from .workflow import MoveRefused, lock, perform

S = Application.Status
KEEPS_A_SEAT = frozenset({S.OFFERED, S.ENROLLED})


@transaction.atomic
def change_capacity(
    *, intake: Intake, capacity: int, by: Any, note: str = "", at: datetime | None = None
) -> Intake:
    """The intake has this many seats, and new ones have gone to the waiting list; refused below what is taken."""
    at = at or timezone.now()
    _require_planner(by)
    locked = seats.lock(intake.pk)
    taken = seats.ledger(locked).taken
    if capacity < max(taken, 1):
        raise MoveRefused(
            _("%(taken)s seats are taken or offered, so %(capacity)s would be too few.")
            % {"taken": taken, "capacity": capacity}
        )
    if capacity != locked.capacity:
        _note(locked, "seats", locked.capacity, capacity, by=by, note=note, at=at)
    locked.capacity = intake.capacity = capacity
    locked.save(update_fields=["capacity", "changed_at"])
    give_out_free_seats(locked.course, at)
    return intake


@transaction.atomic
def change_status(
    *, intake: Intake, status: str, by: Any, note: str = "", at: datetime | None = None
) -> Intake:
    """The intake has this status; who had begun an application for one that closes has a letter.

    Cancelling is refused while somebody has an application for it: `cancel_intake` tells them all.
    """
    at = at or timezone.now()
    _require_planner(by)
    locked = seats.lock(intake.pk)
    if status == Intake.Status.CANCELLED and (live := _live(locked).count()):
        raise MoveRefused(people_remain(live))
    if status != locked.status:
        _set_status(locked, status, by=by, note=note, at=at)
        if status == Intake.Status.CLOSED:
            _tell_whoever_began(locked, by, at)
    give_out_free_seats(locked.course, at)
    intake.refresh_from_db(fields=["status"])
    return intake


@transaction.atomic
def cancel_intake(*, intake: Intake, by: Any, note: str, at: datetime | None = None) -> int:
    """The intake does not run: every application for it has ended and each person has a letter; how many they were.

    All or nobody: refused when one of them may not be ended, such as a place on which the course was completed.
    """
    at = at or timezone.now()
    _require_planner(by)
    locked = seats.lock(intake.pk)
    if locked.status == Intake.Status.CANCELLED:
        raise MoveRefused(_("This intake is cancelled already."))
    ended = [_end(application, by, note, at) for application in _live(locked).order_by("pk")]
    Application.objects.live().filter(second_choice=locked).update(second_choice=None)
    _set_status(locked, Intake.Status.CANCELLED, by=by, note=note, at=at)
    intake.refresh_from_db(fields=["status"])
    return len(ended)


@transaction.atomic
def change_intake(
    *, applications: Iterable[Application], intake: Intake, by: Any, note: str, at: datetime | None = None
) -> list[Application]:
    """These people are on the other intake with seat, offer or place in line as before, and each has a letter.

    All or nobody. The terms of an offer stay as they were frozen; seats left behind have gone to the waiting list.
    """
    at = at or timezone.now()
    applications = sorted(applications, key=lambda application: application.pk)
    target = seats.lock(intake.pk)
    _require_room(applications, target)
    try:
        with transaction.atomic():
            moved = [_bring(application, target, by, note, at) for application in applications]
    except IntegrityError as twin:
        raise MoveRefused(_("One of them has another application for that intake.")) from twin
    _require_nobody_too_many(target)
    give_out_free_seats(target.course, at)
    return moved


def people_remain(number: int) -> str:
    return ngettext(
        "%(number)s person has an application for this intake. Cancel it on the page of its seats: there it is told.",
        "%(number)s people have applications for this intake. Cancel it on the page of its seats: there they are told.",
        number,
    ) % {"number": number}


# How it is done


def _require_planner(by: Any) -> None:
    if not who.may_run_intakes(by):
        raise MoveRefused(_("You may not change the number of seats."))


def _require_room(applications: list[Application], target: Intake) -> None:
    if not applications:
        raise MoveRefused(_("Choose who moves."))
    if target.status == Intake.Status.CANCELLED:
        raise MoveRefused(_("That intake is cancelled."))
    for application in applications:
        lock(application)
        if application.intake_id == target.pk or application.intake.course_id != target.course_id:
            raise MoveRefused(
                _("%(reference)s: choose another intake of the same course.")
                % {"reference": application.reference}
            )
    needed = sum(application.status in KEEPS_A_SEAT for application in applications)
    if needed > (free := seats.ledger(target).free):
        raise MoveRefused(
            _("%(needed)s of them bring a seat along, and that intake has %(free)s free.")
            % {"needed": needed, "free": free}
        )


def _require_nobody_too_many(target: Intake) -> None:
    ledger = seats.ledger(target)
    if ledger.taken > ledger.capacity:
        raise MoveRefused(_("All seats of that intake are taken or offered."))


def _bring(application: Application, target: Intake, by: Any, note: str, at: datetime) -> Application:
    changes: dict[str, Any] = {"intake": target}
    if application.second_choice_id == target.pk:
        changes["second_choice"] = None
    _take_place_along(application, target)
    return move(application, "change_intake", by=by, note=note, at=at, **changes)


def _take_place_along(application: Application, target: Intake) -> None:
    """The enrollment follows; who has sat in a training day belongs where that day is on record."""
    enrollment = Enrollment.objects.filter(application=application).first()
    if enrollment is None or application.status != S.ENROLLED:
        return
    if enrollment.attendance.exists():
        raise MoveRefused(
            _("%(reference)s: attendance is on record on this intake, so the place stays here.")
            % {"reference": application.reference}
        )
    enrollment.intake = target
    enrollment.save(update_fields=["intake", "updated_at"])


def _end(application: Application, by: Any, note: str, at: datetime) -> None:
    try:
        move(application, "cancel", by=by, note=note, at=at)
    except MoveRefused as refused:
        raise MoveRefused(f"{application.reference}: {refused}") from refused
    enrollment = Enrollment.objects.filter(application=application).first()
    if enrollment and enrollment.status == Enrollment.Status.ACTIVE:
        perform(ENROLLMENT, enrollment, "cancel", by=by, note=note, at=at)


def _live(intake: Intake):
    return Application.objects.live().filter(intake=intake)


def _tell_whoever_began(intake: Intake, by: Any, at: datetime) -> None:
    for draft in _live(intake).filter(status=S.DRAFT).order_by("pk"):
        move(draft, "close_intake", by=by, at=at)


def _set_status(intake: Intake, status: str, *, by: Any, note: str, at: datetime) -> None:
    _note(intake, "status", intake.status, status, by=by, note=note, at=at)
    with followed(intake):
        Intake.objects.filter(pk=intake.pk).update(status=status, changed_at=at)


def _note(intake: Intake, what: str, before: Any, after: Any, *, by: Any, note: str, at: datetime) -> None:
    intake.changes.create(
        what=what,
        before=str(before),
        after=str(after),
        note=note.strip(),
        actor=by,
        actor_name=str(by)[:200],
        at=at,
    )
