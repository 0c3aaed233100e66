"""Licences that end before a practical day: that day is held, the place is not, and people hear of it in time."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.models import TrainingDay

from . import notifications
from . import permissions as who
from .models import Application, Enrollment
from .study import lock, require_active
from .study_moves import ENROLLMENT
from .workflow import MoveRefused, perform

PRACTICAL = (TrainingDay.Kind.PRACTICE, TrainingDay.Kind.ASSESSMENT)
# How long before the first held day a letter goes out: time to renew, then a last word.
WARNED_BEFORE = (timedelta(days=60), timedelta(days=14))


def holds(until: date | None, day: TrainingDay, zone) -> bool:
    """Whether a licence that ends then is over on this day; one whose end nobody knows holds nothing."""
    return day.kind in PRACTICAL and until is not None and until < day.starts_at.astimezone(zone).date()


def held_days(enrollment: Enrollment, *, at: datetime) -> list[TrainingDay]:
    """Practical days to come on which this learner's licence, as known, will be over."""
    until, zone = enrollment.application.license_valid_until, enrollment.intake.zone
    coming = enrollment.intake.training_days.filter(ends_at__gt=at).order_by("starts_at")
    return [day for day in coming if holds(until, day, zone)]


def with_holds(
    enrollments: Iterable[Enrollment], days: Iterable[TrainingDay]
) -> list[tuple[TrainingDay, date | None]]:
    """Each day with the last day of the licence that holds it for this learner; None where nothing does."""
    licensed = {one.intake_id: one for one in enrollments if one.status == Enrollment.Status.ACTIVE}
    return [(day, _end_before(licensed.get(day.intake_id), day)) for day in days]


def _end_before(enrollment: Enrollment | None, day: TrainingDay) -> date | None:
    until = enrollment.application.license_valid_until if enrollment else None
    return until if enrollment and holds(until, day, enrollment.intake.zone) else None


def refuse_held(enrollment: Enrollment, day: TrainingDay) -> None:
    """Raises MoveRefused when the learner may not take part in this practical day."""
    until = enrollment.application.license_valid_until
    if holds(until, day, enrollment.intake.zone):
        raise MoveRefused(
            _("This day is held: the practising certificate on record ended on %(day)s.")
            % {"day": date_format(until, "j F Y")}
        )


@transaction.atomic
def record_license(
    *, enrollment: Enrollment, valid_until: date, by: Any, note: str, at: datetime | None = None
) -> Enrollment:
    """The licence is on record as valid until that day, days before it are held no longer, and the learner is told.

    The note says what was seen. Raises MoveRefused when the day lies before the present end.
    """
    at = at or timezone.now()
    enrollment = lock(enrollment)
    require_active(enrollment)
    former = enrollment.application.license_valid_until
    if former and valid_until < former:
        raise MoveRefused(_("The licence on record is valid for longer than that."))
    words = _("Valid until %(day)s. %(note)s") % {"day": date_format(valid_until, "j F Y"), "note": note}
    event = perform(ENROLLMENT, enrollment, "renew_license", by=by, note=words if note.strip() else "", at=at)
    Application.objects.filter(pk=enrollment.application_id).update(license_valid_until=valid_until)
    enrollment.application.license_valid_until = valid_until
    tell(enrollment, "license-renewed", event, held_days(enrollment, at=at))
    return enrollment


def warn_of_licenses(*, at: datetime) -> int:
    """Everybody whose licence ends before a practical day has been told, once for each warning; how many letters."""
    soon = at + max(WARNED_BEFORE)
    learners = Enrollment.objects.filter(
        status=Enrollment.Status.ACTIVE,
        application__license_valid_until__lt=soon.date(),
        intake__training_days__starts_at__range=(at, soon),
    )
    return sum(_warn(enrollment, at) for enrollment in learners.distinct().order_by("pk"))


@transaction.atomic
def _warn(enrollment: Enrollment, at: datetime) -> bool:
    """Whether a warning was due and is written now."""
    enrollment = lock(enrollment)
    held = held_days(enrollment, at=at)
    if not held or not (note := due_warning(enrollment, held[0], at)):
        return False
    try:
        event = perform(ENROLLMENT, enrollment, "warn_of_license", by=who.NIGHTLY, note=note, at=at)
    except MoveRefused:
        return False
    tell(enrollment, "license-lapses", event, held)
    return True


def due_warning(enrollment: Enrollment, first: TrainingDay, at: datetime) -> str:
    """Which warning is due now and has not been given, in the words that history keeps; empty when none is."""
    passed = [time for time in WARNED_BEFORE if first.starts_at - time <= at]
    if not passed:
        return ""
    note = _("Licence until %(until)s, practical day on %(day)s, %(days)s days before.") % {
        "until": enrollment.application.license_valid_until.isoformat(),
        "day": first.starts_at.astimezone(enrollment.intake.zone).date().isoformat(),
        "days": min(passed).days,
    }
    given = enrollment.history.filter(move="warn_of_license", note=note)
    return "" if given.exists() else note


def tell(enrollment: Enrollment, letter: str, event, held: Iterable[TrainingDay]) -> None:
    notifications.queue(
        letter,
        event=event,
        recipient=enrollment.learner,
        enrollment=enrollment,
        held=[notifications.moment(day.starts_at, enrollment.intake) for day in held],
    )
