"""Who was there on a training day: ticked once, safely by several people at once, corrected by named moves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import TrainingDay

from . import licenses, notifications
from .models import Attendance, Enrollment
from .study import lock, require_active, require_assessor
from .study_moves import ENROLLMENT
from .workflow import MoveRefused, perform


@dataclass
class Saved:
    """What became of a ticked list: marks that are new, and a sentence for each that could not be made."""

    marked: int = 0
    refused: list[str] = field(default_factory=list)


def attending(day: TrainingDay):
    """Those who have a place on the intake now, by name."""
    enrollments = Enrollment.objects.filter(intake=day.intake_id, status=Enrollment.Status.ACTIVE)
    return enrollments.select_related("learner", "application", "intake").order_by(
        "application__legal_name", "pk"
    )


@transaction.atomic
def mark_attendance(
    *,
    enrollment: Enrollment,
    training_day: TrainingDay,
    is_present: bool,
    by: Any,
    at: datetime | None = None,
) -> Attendance:
    """It is on record whether the learner was there; the same mark again changes nothing.

    Raises MoveRefused for another mark than the one on record, before the day has come, and for a held day.
    """
    at = at or timezone.now()
    require_assessor(enrollment, by)
    enrollment = lock(enrollment)
    require_active(enrollment)
    require_day(enrollment, training_day, at)
    if mark := enrollment.attendance.filter(training_day=training_day).first():
        if mark.is_present != is_present:
            raise MoveRefused(
                _("Marked “%(mark)s” already: correct it with a reason.") % {"mark": said(mark)}
            )
        return mark
    if is_present:
        licenses.refuse_held(enrollment, training_day)
    return enrollment.attendance.create(
        training_day=training_day, is_present=is_present, marked_by=by, marked_at=at
    )


def save_list(
    *, day: TrainingDay, present: Iterable[int], closes: bool, by: Any, at: datetime | None = None
) -> Saved:
    """Whoever is ticked is marked as there; when the list is closed, everybody else without a mark as not there.

    Marks that stand are left alone, so that a second press, or a colleague's list, takes nothing away.
    """
    present, saved = set(present), Saved()
    marked = set(Attendance.objects.filter(training_day=day).values_list("enrollment", flat=True))
    for enrollment in attending(day):
        if enrollment.pk in marked or not (enrollment.pk in present or closes):
            continue
        try:
            mark_attendance(
                enrollment=enrollment, training_day=day, is_present=enrollment.pk in present, by=by, at=at
            )
        except MoveRefused as refused:
            saved.refused.append(f"{name_of(enrollment)}: {refused}")
        else:
            saved.marked += 1
    return saved


@transaction.atomic
def correct_attendance(
    *, mark: Attendance, is_present: bool, by: Any, note: str, at: datetime | None = None
) -> Attendance:
    """The mark is the other one, history says who corrected it and why, and the learner is told.

    Raises MoveRefused without a reason, when the mark reads so already, and for a held day.
    """
    at = at or timezone.now()
    enrollment = lock(mark.enrollment)
    mark.refresh_from_db()
    if mark.is_present == is_present:
        raise MoveRefused(_("It says “%(mark)s” already.") % {"mark": said(mark)})
    if is_present:
        licenses.refuse_held(enrollment, mark.training_day)
    move = "mark_present" if is_present else "mark_absent"
    event = perform(ENROLLMENT, enrollment, move, by=by, note=in_words(mark, is_present, note), at=at)
    mark.is_present, mark.marked_by, mark.marked_at = is_present, by, at
    mark.save(update_fields=["is_present", "marked_by", "marked_at"])
    notifications.queue(
        ENROLLMENT[move].letter, event=event, recipient=enrollment.learner, enrollment=enrollment
    )
    return mark


def in_words(mark: Attendance, is_present: bool, note: str) -> str:
    """The line of history: which day, from what to what, and why; empty without a why, which is refused."""
    if not note.strip():
        return ""
    day, intake = mark.training_day, mark.enrollment.intake
    return _("%(day)s, %(date)s: %(was)s, corrected to %(now)s. %(note)s") % {
        "day": day,
        "date": notifications.day(day.starts_at, intake),
        "was": said(mark),
        "now": _("there") if is_present else _("not there"),
        "note": note.strip(),
    }


def said(mark: Attendance) -> str:
    return _("there") if mark.is_present else _("not there")


def name_of(enrollment: Enrollment) -> str:
    return enrollment.application.legal_name or str(enrollment.learner)


def has_come(day: TrainingDay, zone, at: datetime) -> bool:
    """Whether it is that day, or later, where the course is held."""
    return day.starts_at.astimezone(zone).date() <= at.astimezone(zone).date()


def require_day(enrollment: Enrollment, day: TrainingDay, at: datetime) -> None:
    if day.intake_id != enrollment.intake_id:
        raise MoveRefused(_("This training day belongs to another intake."))
    if not has_come(day, enrollment.intake.zone, at):
        raise MoveRefused(_("This training day is still to come."))
