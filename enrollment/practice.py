"""Supervised practice: logged by the learner, countersigned or returned by an assessor; skills judged in person."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Competency

from . import notifications
from .models import CompetencyCheck, Enrollment, Event, LogbookEntry
from .study import lock, require_active, require_assessor, require_learner
from .transitions import LOGBOOK
from .workflow import MoveRefused, perform, record_birth

ENTRY_FIELDS = (
    "performed_on",
    "patient_code",
    "procedure",
    "area",
    "phototype",
    "device",
    "cartridge_lot",
    "depth_mm",
    "passes",
    "anesthetic",
    "role",
    "outcome",
    "reflection",
)


@transaction.atomic
def log_practice(
    *, enrollment: Enrollment, by: Any, at: datetime | None = None, **fields: Any
) -> LogbookEntry:
    """A draft entry stands in the learner's logbook; the same form sent twice makes one entry."""
    at = at or timezone.now()
    enrollment = lock(enrollment)
    require_learner(enrollment, by)
    require_active(enrollment)
    require_past(fields["performed_on"], enrollment, at)
    fields = {name: fields[name] for name in ENTRY_FIELDS if name in fields}
    if twin := enrollment.logbook.filter(**fields).first():
        return twin
    entry = enrollment.logbook.create(**fields)
    record_birth(entry, "log", by=by, at=at)
    return entry


@transaction.atomic
def update_entry(*, entry: LogbookEntry, by: Any, at: datetime | None = None, **fields: Any) -> LogbookEntry:
    """The entry says what the learner says now; refused once it is on its way to an assessor."""
    entry = LogbookEntry.objects.select_for_update(of=("self",)).select_related("enrollment").get(pk=entry.pk)
    require_learner(entry.enrollment, by)
    require_active(entry.enrollment)
    if not entry.is_editable:
        raise MoveRefused(
            _("This entry is “%(status)s” and cannot be changed.") % {"status": entry.get_status_display()}
        )
    require_past(fields.get("performed_on", entry.performed_on), entry.enrollment, at or timezone.now())
    changed = [name for name in ENTRY_FIELDS if name in fields]
    for name in changed:
        setattr(entry, name, fields[name])
    entry.save(update_fields=changed)
    return entry


@transaction.atomic
def submit_entry(*, entry: LogbookEntry, by: Any, at: datetime | None = None) -> LogbookEntry:
    """The entry waits for an assessor; sending it twice is sending it once."""
    at = at or timezone.now()
    require_learner(entry.enrollment, by)
    require_active(lock(entry.enrollment))
    entry.refresh_from_db(fields=["status"])
    if entry.status != LogbookEntry.Status.AWAITING:
        perform(LOGBOOK, entry, "submit", by=by, at=at, submitted_at=at)
    return entry


@transaction.atomic
def countersign(*, entry: LogbookEntry, by: Any, at: datetime | None = None) -> LogbookEntry:
    """The assessor vouches for the entry and it never changes again; the learner is told."""
    at = at or timezone.now()
    require_active(lock(entry.enrollment))
    event = perform(LOGBOOK, entry, "countersign", by=by, at=at, assessor=by, countersigned_at=at)
    tell_learner(entry, event)
    return entry


@transaction.atomic
def return_entry(*, entry: LogbookEntry, by: Any, note: str, at: datetime | None = None) -> LogbookEntry:
    """The learner has the entry back with the assessor's reason, and is told."""
    require_active(lock(entry.enrollment))
    event = perform(LOGBOOK, entry, "return", by=by, note=note, at=at)
    tell_learner(entry, event)
    return entry


def tell_learner(entry: LogbookEntry, event: Event) -> None:
    notifications.queue(
        LOGBOOK[event.move].letter,
        event=event,
        recipient=entry.enrollment.learner,
        enrollment=entry.enrollment,
        entry=entry,
    )


# Assessment in person


@transaction.atomic
def check_competency(
    *,
    enrollment: Enrollment,
    competency: Competency,
    result: str,
    by: Any,
    note: str = "",
    at: datetime | None = None,
) -> CompetencyCheck:
    """An assessor's judgement of this skill is on record beside earlier ones; the newest counts."""
    require_assessor(enrollment, by)
    require_active(lock(enrollment))
    if competency.course_id != enrollment.intake.course_id:
        raise MoveRefused(_("This skill belongs to another course."))
    if result not in CompetencyCheck.Result:
        raise MoveRefused(_("Choose “met” or “not yet met”."))
    return enrollment.competency_checks.create(
        competency=competency, result=result, note=note.strip(), assessor=by, checked_at=at or timezone.now()
    )


def require_past(day, enrollment: Enrollment, at: datetime) -> None:
    if day > at.astimezone(enrollment.intake.zone).date():
        raise MoveRefused(_("Enter the day of the procedure, not one that is still to come."))
