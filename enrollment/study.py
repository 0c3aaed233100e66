"""The acts of studying: topics are read and questions answered. Practice is in `practice`, training days in `attendance`."""

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Module, Question, Topic

from . import permissions as who
from .models import Attempt, Enrollment, ExtraAttempt, ItemResponse, TopicProgress
from .workflow import MoveRefused

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


@dataclass(frozen=True)
class Turn:
    """Whether a learner may begin another attempt at a module, and if not, why."""

    used: int
    allowed: int | None
    opens_at: datetime | None
    is_passed: bool = False

    @property
    def left(self) -> int | None:
        """How many attempts remain; None where there is no limit."""
        return None if self.allowed is None else max(0, self.allowed - self.used)

    @property
    def is_spent(self) -> bool:
        return self.left == 0 and not self.is_passed

    def waits(self, at: datetime) -> bool:
        return self.opens_at is not None and at < self.opens_at

    def may_begin(self, at: datetime) -> bool:
        return not (self.is_passed or self.is_spent or self.waits(at))


def turn_of(enrollment: Enrollment, module: Module) -> Turn:
    attempts = enrollment.attempts.filter(module=module).values_list("submitted_at", "is_passed")
    return turn(module, list(attempts), enrollment.extra_attempts.filter(module=module).count())


def turn(module: Module, attempts: Sequence[tuple[datetime | None, bool]], extra: int) -> Turn:
    """Allowed are the module's attempts and those given on top; the wait begins with the last submission.

    Each attempt is told by when it was submitted, if it was, and whether it passed.
    """
    last = max((at for at, _passed in attempts if at), default=None)
    return Turn(
        used=len(attempts),
        allowed=None if module.attempts_allowed is None else module.attempts_allowed + extra,
        opens_at=last and last + timedelta(hours=module.cool_off_hours),
        is_passed=any(passed for _at, passed in attempts),
    )


def require_turn(turn: Turn, module: Module, at: datetime) -> None:
    if turn.is_passed:
        raise MoveRefused(_("You have passed the questions of this module."))
    if turn.is_spent:
        raise MoveRefused(_("You have used every attempt at this module. Ask the office for another."))
    if turn.waits(at):
        raise MoveRefused(
            _("You can try again %(hours)s hours after your last attempt.") % {"hours": module.cool_off_hours}
        )


@transaction.atomic
def start_attempt(
    *, enrollment: Enrollment, module: Module, by: Any, at: datetime | None = None, seed: int | None = None
) -> Attempt:
    """The learner has one open attempt at the module's questions, frozen as it will be shown.

    Raises MoveRefused when the module is passed, its attempts are used up, or the wait is not over.
    """
    at = at or timezone.now()
    enrollment = lock(enrollment)
    require_learner(enrollment, by)
    require_active(enrollment)
    require_of_course(enrollment, module)
    attempts = enrollment.attempts.filter(module=module)
    if open_attempt := attempts.filter(submitted_at__isnull=True).first():
        return open_attempt
    turn = turn_of(enrollment, module)
    require_turn(turn, module, at)
    # A seed makes a demonstration repeatable; everybody else gets the system's own chance.
    chance = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311
    questions = draw_questions(module, chance)
    if not questions:
        raise MoveRefused(_("This module has no questions yet."))
    return attempts.create(
        enrollment=enrollment,
        module=module,
        number=turn.used + 1,
        questions=questions,
        pass_mark=module.effective_pass_mark,
        started_at=at,
    )


@transaction.atomic
def allow_attempt(
    *, enrollment: Enrollment, module: Module, by: Any, note: str, at: datetime | None = None
) -> ExtraAttempt:
    """The learner may try the module's questions once more than it allows; who gave leave and why is on record.

    Raises MoveRefused when there is still an attempt to use, so that a form sent twice gives one.
    """
    enrollment = lock(enrollment)
    if not who.may_issue(by, enrollment):
        raise MoveRefused(_("Only a registrar allows another attempt, and never their own."))
    require_active(enrollment)
    require_of_course(enrollment, module)
    require_reason(note)
    if not turn_of(enrollment, module).is_spent:
        raise MoveRefused(_("This learner still has an attempt to use."))
    if enrollment.attempts.filter(module=module, submitted_at__isnull=True).exists():
        raise MoveRefused(_("An attempt of this learner is still open."))
    return enrollment.extra_attempts.create(
        module=module, given_by=by, note=note.strip(), given_at=at or timezone.now()
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


# Answering

Answers = Mapping[str, Sequence[int]]


@transaction.atomic
def save_answers(*, attempt: Attempt, answers: Answers, by: Any) -> Attempt:
    """These answers stand in the open attempt, and those of its other questions stay as they were.

    Raises MoveRefused when the attempt was submitted; what is no question or option of it is left out.
    """
    attempt = locked_attempt(attempt)
    require_learner(attempt.enrollment, by)
    require_active(attempt.enrollment)
    if attempt.submitted_at:
        raise MoveRefused(_("This attempt was submitted. Nothing in it changes any more."))
    merged = {**attempt.answers, **fitting(attempt, answers)}
    if merged != attempt.answers:
        attempt.answers, attempt.revision = merged, attempt.revision + 1
        attempt.save(update_fields=["answers", "revision"])
    return attempt


def fitting(attempt: Attempt, answers: Answers) -> dict[str, list[int]]:
    """Answers to questions of this attempt, each made of options that were shown with it."""
    shown = {str(question["id"]): question for question in attempt.questions}
    return {
        key: sorted({option["id"] for option in shown[key]["options"]} & set(chosen))
        for key, chosen in answers.items()
        if key in shown
    }


@transaction.atomic
def grade_attempt(*, attempt: Attempt, answers: Answers, by: Any, at: datetime | None = None) -> Attempt:
    """The attempt is submitted and marked, a question without an answer as wrong; one submitted before stays as it was."""
    attempt = locked_attempt(attempt)
    require_learner(attempt.enrollment, by)
    if attempt.submitted_at:
        return attempt
    require_active(attempt.enrollment)
    given = {str(question["id"]): [] for question in attempt.questions}
    attempt.answers = {**given, **fitting(attempt, answers)}
    right = [question for question in attempt.questions if is_right(question, attempt.answers)]
    missed_critical = any(question["is_critical"] and question not in right for question in attempt.questions)
    attempt.correct = len(right)
    attempt.is_passed = not missed_critical and len(right) * 100 >= attempt.pass_mark * attempt.total
    attempt.submitted_at = at or timezone.now()
    attempt.save(update_fields=["answers", "correct", "is_passed", "submitted_at"])
    ItemResponse.objects.bulk_create(responses(attempt))
    return attempt


def responses(attempt: Attempt) -> Iterator[ItemResponse]:
    """A row for each question that still stands in the bank."""
    kept = set(
        Question.objects.filter(pk__in=[one["id"] for one in attempt.questions]).values_list("pk", flat=True)
    )
    for question in attempt.questions:
        if question["id"] in kept:
            right = is_right(question, attempt.answers)
            others = attempt.total - 1
            yield ItemResponse(
                attempt=attempt,
                question_id=question["id"],
                wording=wording(question),
                is_first=attempt.number == 1,
                is_right=right,
                rest=(attempt.correct - right) / others if others else None,
            )


def wording(question: dict) -> str:
    """The same for a question in whatever order it was shown; another once its stem, options or key changed."""
    key = [[option["text"], option["id"] in question["right"]] for option in question["options"]]
    said = json.dumps([question["stem"], question["kind"], sorted(key)], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def is_right(question: dict, answers: Answers) -> bool:
    """All right options chosen and no wrong one."""
    return answers.get(str(question["id"])) == question["right"]


def locked_attempt(attempt: Attempt) -> Attempt:
    """The attempt as it is now, kept still until this transaction ends."""
    found = Attempt.objects.select_for_update(of=("self",)).select_related("enrollment")
    return found.get(pk=attempt.pk)


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


def require_reason(note: str) -> None:
    if not note.strip():
        raise MoveRefused(_("Write the reason."))
