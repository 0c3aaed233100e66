"""The acts of studying: topics are read, questions answered, practice logged and countersigned."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Competency, Module, Question, Topic, TrainingDay

from . import notifications
from . import permissions as who
from .models import Attempt, Attendance, CompetencyCheck, Enrollment, Event, LogbookEntry, TopicProgress
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


# Reading


@transaction.atomic
def record_progress(
    *, enrollment: Enrollment, topic: Topic, by: Any, at: datetime | None = None
) -> TopicProgress:
    """The learner has read the topic; the first time is the one that counts."""
    require_learner(enrollment, by)
    require_active(enrollment)
    require_of_course(enrollment, topic.module)
    progress, _is_new = enrollment.progress.get_or_create(
        topic=topic, defaults={"read_at": at or timezone.now()}
    )
    return progress


# Questions


@transaction.atomic
def start_attempt(
    *, enrollment: Enrollment, module: Module, by: Any, at: datetime | None = None, seed: int | None = None
) -> Attempt:
    """The learner has one open attempt at the module's questions, frozen as it will be shown."""
    enrollment = lock(enrollment)
    require_learner(enrollment, by)
    require_active(enrollment)
    require_of_course(enrollment, module)
    attempts = enrollment.attempts.filter(module=module)
    if open_attempt := attempts.filter(submitted_at__isnull=True).first():
        return open_attempt
    if attempts.filter(is_passed=True).exists():
        raise MoveRefused(_("You have passed the questions of this module."))
    # A seed makes a demonstration repeatable; everybody else gets the system's own chance.
    chance = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311
    questions = draw_questions(module, chance)
    if not questions:
        raise MoveRefused(_("This module has no questions yet."))
    return attempts.create(
        enrollment=enrollment,
        module=module,
        number=attempts.count() + 1,
        questions=questions,
        pass_mark=module.effective_pass_mark,
        started_at=at or timezone.now(),
    )


def deciding_questions():
    """What may decide about a pass: in use, with a right answer, and with a source that nobody contests."""
    return Question.objects.askable().filter(is_contested=False, options__is_correct=True).distinct()


def draw_questions(module: Module, chance: random.Random) -> list[dict]:
    """Questions for one attempt in random order; those that must be right are always among them."""
    bank = list(
        deciding_questions().filter(module=module).select_related("source").prefetch_related("options")
    )
    wanted = module.questions_per_attempt or len(bank)
    critical = [question for question in bank if question.is_critical]
    others = [question for question in bank if not question.is_critical]
    drawn = critical + chance.sample(others, min(len(others), max(0, wanted - len(critical))))
    chance.shuffle(drawn)
    return [frozen(question, chance) for question in drawn]


def frozen(question: Question, chance: random.Random) -> dict:
    """The question with its key, as it stays for this attempt whatever editors change later."""
    options = list(question.options.all())
    chance.shuffle(options)
    return {
        "id": question.pk,
        "stem": question.stem,
        "kind": question.kind,
        "is_critical": question.is_critical,
        "options": [{"id": option.pk, "text": option.text} for option in options],
        "right": sorted(option.pk for option in options if option.is_correct),
        "explanation": question.explanation,
        "source": {"citation": question.source.citation, "url": question.source.url},
    }


@transaction.atomic
def grade_attempt(
    *, attempt: Attempt, answers: Mapping[str, Sequence[int]], by: Any, at: datetime | None = None
) -> Attempt:
    """The attempt is submitted and marked; one that was submitted before stays as it was."""
    attempt = Attempt.objects.select_for_update(of=("self",)).select_related("enrollment").get(pk=attempt.pk)
    require_learner(attempt.enrollment, by)
    if attempt.submitted_at:
        return attempt
    require_active(attempt.enrollment)
    attempt.answers = {
        str(question["id"]): sorted(set(answers.get(str(question["id"]), ())))
        for question in attempt.questions
    }
    right = [question for question in attempt.questions if is_right(question, attempt.answers)]
    missed_critical = any(question["is_critical"] and question not in right for question in attempt.questions)
    attempt.correct = len(right)
    attempt.is_passed = not missed_critical and len(right) * 100 >= attempt.pass_mark * attempt.total
    attempt.submitted_at = at or timezone.now()
    attempt.save(update_fields=["answers", "correct", "is_passed", "submitted_at"])
    return attempt


def is_right(question: dict, answers: Mapping[str, Sequence[int]]) -> bool:
    """All right options chosen and no wrong one."""
    return answers.get(str(question["id"])) == question["right"]


# Supervised practice


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


@transaction.atomic
def mark_attendance(
    *,
    enrollment: Enrollment,
    training_day: TrainingDay,
    is_present: bool,
    by: Any,
    at: datetime | None = None,
) -> Attendance:
    """It is on record whether the learner was there; a later mark replaces an earlier one."""
    require_assessor(enrollment, by)
    require_active(lock(enrollment))
    if training_day.intake_id != enrollment.intake_id:
        raise MoveRefused(_("This training day belongs to another intake."))
    mark, _is_new = enrollment.attendance.update_or_create(
        training_day=training_day,
        defaults={"is_present": is_present, "marked_by": by, "marked_at": at or timezone.now()},
    )
    return mark


# What must hold first


def lock(enrollment: Enrollment) -> Enrollment:
    """The enrollment as it is now, kept still until this transaction ends."""
    return Enrollment.objects.select_for_update(of=("self",)).get(pk=enrollment.pk)


def require_learner(enrollment: Enrollment, by: Any) -> None:
    if not who.is_learner(by, enrollment):
        raise MoveRefused(_("Only the learner can do this."))


def require_assessor(enrollment: Enrollment, by: Any) -> None:
    if not who.may_assess(by, enrollment):
        raise MoveRefused(_("Only an assessor can do this, and never for their own record."))


def require_active(enrollment: Enrollment) -> None:
    if enrollment.status != Enrollment.Status.ACTIVE:
        raise MoveRefused(
            _("This enrollment is “%(status)s”: its record is closed.")
            % {"status": enrollment.get_status_display()}
        )


def require_of_course(enrollment: Enrollment, module: Module) -> None:
    if module.course_id != enrollment.intake.course_id:
        raise MoveRefused(_("This module belongs to another course."))


def require_past(day, enrollment: Enrollment, at: datetime) -> None:
    if day > at.astimezone(enrollment.intake.zone).date():
        raise MoveRefused(_("Enter the day of the procedure, not one that is still to come."))
