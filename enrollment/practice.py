"""Supervised practice: logged by the learner, signed into a chain, returned or countered by an assessor; skills judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Competency, Procedure

from . import anonymity, chain, notifications
from . import permissions as who
from .models import CompetencyCheck, Enrollment, Event, LogbookEntry, Signature
from .study import lock, require_active, require_assessor, require_learner
from .transitions import LOGBOOK
from .workflow import MoveRefused, perform, record_birth

logger = structlog.get_logger(__name__)

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
COPIED = (*ENTRY_FIELDS, "listed_as")


@dataclass(frozen=True)
class Confirmation:
    """How an assessor showed at this moment that it is they who sign; `salt` is that of the challenge they answered."""

    method: str
    salt: str = field(default_factory=chain.new_salt)
    evidence: Mapping[str, str] = field(default_factory=dict)


# The learner's side


@transaction.atomic
def log_practice(
    *, enrollment: Enrollment, by: Any, at: datetime | None = None, **fields: Any
) -> LogbookEntry:
    """A draft entry stands in the learner's logbook; the same form sent twice makes one entry.

    Raises MoveRefused for a day to come, and for words by which the patient could be known.
    """
    at = at or timezone.now()
    enrollment = lock(enrollment)
    require_learner(enrollment, by)
    require_active(enrollment)
    fields = {name: fields[name] for name in ENTRY_FIELDS if name in fields}
    require_past(fields["performed_on"], enrollment, at)
    require_anonymous(fields, enrollment, at)
    if twin := enrollment.logbook.filter(**fields, counters__isnull=True).first():
        return twin
    entry = enrollment.logbook.create(**fields, listed_as=listed(enrollment, fields["procedure"]))
    record_birth(entry, "log", by=by, at=at)
    return entry


@transaction.atomic
def update_entry(*, entry: LogbookEntry, by: Any, at: datetime | None = None, **fields: Any) -> LogbookEntry:
    """The entry says what the learner says now; refused once it is on its way to an assessor."""
    at = at or timezone.now()
    entry = LogbookEntry.objects.select_for_update(of=("self",)).select_related("enrollment").get(pk=entry.pk)
    require_learner(entry.enrollment, by)
    require_active(entry.enrollment)
    if not entry.is_editable:
        raise MoveRefused(
            _("This entry is “%(status)s” and cannot be changed.") % {"status": entry.get_status_display()}
        )
    changed = {name: fields[name] for name in ENTRY_FIELDS if name in fields}
    require_past(changed.get("performed_on", entry.performed_on), entry.enrollment, at)
    require_anonymous(changed, entry.enrollment, at)
    for name, value in changed.items():
        setattr(entry, name, value)
    entry.listed_as = listed(entry.enrollment, entry.procedure)
    entry.save(update_fields=[*changed, "listed_as"])
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


# The assessor's side


@transaction.atomic
def countersign(
    *, entry: LogbookEntry, by: Any, confirmed: Confirmation, at: datetime | None = None
) -> LogbookEntry:
    """The assessor vouches for the entry, it is the last link of the chain and never changes; the learner is told."""
    at = at or timezone.now()
    require_active(lock(entry.enrollment))
    event = perform(LOGBOOK, entry, "countersign", by=by, at=at, assessor=by, countersigned_at=at)
    seal(entry, confirmed, at)
    tell_learner(entry, event)
    return entry


@transaction.atomic
def counter(
    *, entry: LogbookEntry, by: Any, confirmed: Confirmation, note: str, at: datetime | None = None
) -> LogbookEntry:
    """A signed counter-entry takes the signed entry back, so that it counts no more; both stay. Returns the new one.

    Raises MoveRefused unless the entry is signed, stands, and is not itself a counter-entry.
    """
    at = at or timezone.now()
    enrollment = lock(entry.enrollment)
    require_active(enrollment)
    entry.refresh_from_db()
    require_counterable(entry, by)
    require_words_without_patient(note, enrollment, at)
    copy = {name: getattr(entry, name) for name in COPIED}
    answer = enrollment.logbook.create(
        **copy, status=LogbookEntry.Status.AWAITING, counters=entry, submitted_at=at
    )
    record_birth(answer, "log", by=by, at=at)
    event = perform(LOGBOOK, answer, "counter", by=by, note=note, at=at, assessor=by, countersigned_at=at)
    seal(answer, confirmed, at)
    tell_learner(answer, event)
    return answer


@transaction.atomic
def return_entry(*, entry: LogbookEntry, by: Any, note: str, at: datetime | None = None) -> LogbookEntry:
    """The learner has the entry back with the assessor's reason, and is told."""
    require_active(lock(entry.enrollment))
    event = perform(LOGBOOK, entry, "return", by=by, note=note, at=at)
    tell_learner(entry, event)
    return entry


def seal(entry: LogbookEntry, confirmed: Confirmation, at: datetime) -> Signature:
    link = chain.add(
        entry=entry,
        salt=confirmed.salt,
        method=confirmed.method,
        evidence=dict(confirmed.evidence),
        at=at,
    )
    if confirmed.method != Signature.Method.SAMPLE:
        # A copy of the end of the chain outside the database, to hold against it: docs/logbook.md.
        logger.info("logbook_signed", link=link.number, digest=link.digest)
    return link


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


@transaction.atomic
def check_competencies(
    *,
    enrollment: Enrollment,
    judged: Mapping[Competency, tuple[str, str]],
    by: Any,
    at: datetime | None = None,
) -> int:
    """The rows of a checklist that say something new are on record, each a result and a note; how many they are."""
    lock(enrollment)
    newest = newest_checks(enrollment)
    changed = 0
    for competency, (result, note) in judged.items():
        before = newest.get(competency.pk)
        if before and (before.result, before.note) == (result, note.strip()):
            continue
        check_competency(enrollment=enrollment, competency=competency, result=result, note=note, by=by, at=at)
        changed += 1
    return changed


def newest_checks(enrollment: Enrollment) -> dict[int, CompetencyCheck]:
    """The judgement that counts, by skill."""
    checks = enrollment.competency_checks.select_related("assessor").order_by("checked_at", "pk")
    return {check.competency_id: check for check in checks}


# What must hold first


def listed(enrollment: Enrollment, name: str) -> Procedure | None:
    """The procedure of the course's list that these words name, so that a quota finds it under a later name too."""
    taught = Procedure.objects.filter(courses=enrollment.intake.course_id)
    return next((one for one in taught if one.name.casefold() == name.strip().casefold()), None)


def require_past(day, enrollment: Enrollment, at: datetime) -> None:
    if day > at.astimezone(enrollment.intake.zone).date():
        raise MoveRefused(_("Enter the day of the procedure, not one that is still to come."))


def require_anonymous(fields: Mapping[str, Any], enrollment: Enrollment, at: datetime) -> None:
    """Whatever way the words came, none of them lets a patient be known."""
    for sentence in signs_of_identity(fields, enrollment, at).values():
        raise MoveRefused(sentence)


def signs_of_identity(fields: Mapping[str, Any], enrollment: Enrollment, at: datetime) -> dict[str, str]:
    """By field, the sentence that says what in it would let a patient be known."""
    on = at.astimezone(enrollment.intake.zone).date()
    taught = {name.casefold() for name in enrollment.intake.course.procedures.values_list("name", flat=True)}
    found = {}
    for name in (*anonymity.PROSE, *anonymity.LABELS):
        text = fields.get(name) or ""
        if text.casefold() not in taught and (said := anonymity.sign_of_identity(text, on=on, field=name)):
            found[name] = said
    if said := anonymity.sign_in_code(fields.get("patient_code") or ""):
        found["patient_code"] = said
    return found


def require_words_without_patient(note: str, enrollment: Enrollment, at: datetime) -> None:
    if said := anonymity.sign_of_identity(note, on=at.astimezone(enrollment.intake.zone).date()):
        raise MoveRefused(said)


def require_counterable(entry: LogbookEntry, by: Any) -> None:
    if not who.may_countersign(by, entry):
        raise MoveRefused(_("Only an assessor can do this, and never for their own record."))
    if not entry.is_signed:
        raise MoveRefused(_("Only a signed entry is taken back by a counter-entry. Return this one instead."))
    if entry.counters_id:
        raise MoveRefused(_("This is itself a counter-entry. Log the case anew instead."))
    if entry.is_taken_back:
        raise MoveRefused(_("A counter-entry follows this entry already."))
