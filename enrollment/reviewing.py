"""The acts of review: an application is given to somebody, looked into, talked about, asked about and judged."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import permissions as who
from .completeness import SECTIONS, evidence_slots
from .evidence import CheckedFile
from .models import Application, Criterion, InformationRequest, LicenseCheck, Note, Review, Score
from .offers import move
from .opinions import open_request, plan_of, reminder_of_request_is_due
from .transcript import frozen
from .transitions import APPLICATION
from .workflow import MoveRefused, lock, refusal

REVIEWABLE = frozenset(
    {Application.Status.IN_REVIEW, Application.Status.INFO_REQUESTED, Application.Status.WAITLISTED}
)
MOST_DAYS_TO_ANSWER = 90
LONGEST_NOTE = 2_000

# Who answers for it


@transaction.atomic
def assign_reviewer(*, application: Application, by: Any, reviewer: Any) -> Application:
    """This reviewer answers for the application; nobody does when `reviewer` is None."""
    lock(application)
    _require_reviewer(application, by)
    if reviewer is not None and not who.may_review(reviewer, application):
        raise MoveRefused(_("%(name)s may not review this application.") % {"name": reviewer})
    application.reviewer = reviewer
    application.save(update_fields=["reviewer", "updated_at"])
    return application


@transaction.atomic
def start_review(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """The application is in review, by this person unless another was assigned."""
    move(application, "start_review", by=by, note=note, at=at)
    if application.reviewer_id is None:
        application.reviewer = by
        application.save(update_fields=["reviewer"])
    return application


# What they found and think


@transaction.atomic
def record_review(
    *,
    application: Application,
    by: Any,
    recommendation: str,
    note: str,
    scores: Mapping[int, int] | None = None,
) -> Review:
    """This reviewer's opinion is on record, replacing an earlier one of theirs; `scores` are points by criterion.

    Raises MoveRefused when the application is not in review, or a criterion of the course has no score within its
    points.
    """
    lock(application)
    _require_reviewer(application, by)
    if application.status not in REVIEWABLE:
        raise MoveRefused(
            _("This application is “%(status)s” now, so it is not being reviewed.")
            % {"status": application.get_status_display()}
        )
    if recommendation not in Review.Recommendation or not note.strip():
        raise MoveRefused(_("Choose a recommendation and say why."))
    points = _checked_scores(application, scores or {})
    review, _is_new = application.reviews.update_or_create(
        reviewer=by, defaults={"recommendation": recommendation, "note": note.strip()}
    )
    review.scores.exclude(criterion__in=points).filter(criterion__is_retired=False).delete()
    for criterion, number in points.items():
        Score.objects.update_or_create(review=review, criterion=criterion, defaults={"points": number})
    return review


def criteria_of(application: Application) -> list[Criterion]:
    """The rows of the rubric by which applications for this course are scored now."""
    return list(
        Criterion.objects.filter(plan__course=application.intake.course_id, is_retired=False).order_by(
            "position", "pk"
        )
    )


def _checked_scores(application: Application, scores: Mapping[int, int]) -> dict[Criterion, int]:
    asked = criteria_of(application)
    if unscored := [str(one) for one in asked if scores.get(one.pk) not in range(one.most + 1)]:
        raise MoveRefused(
            _("Give points, each within its range: %(criteria)s.") % {"criteria": ", ".join(unscored)}
        )
    return {one: scores[one.pk] for one in asked}


@transaction.atomic
def write_note(*, application: Application, by: Any, text: str, at: datetime | None = None) -> Note:
    """Colleagues read this remark on the application; its applicant never does."""
    lock(application)
    _require_reviewer(application, by)
    text = text.strip()
    if not 0 < len(text) <= LONGEST_NOTE:
        raise MoveRefused(_("Write a note of up to %(number)s characters.") % {"number": LONGEST_NOTE})
    return application.notes.create(author=by, text=text, at=at or timezone.now())


@transaction.atomic
def record_license_check(
    *,
    application: Application,
    by: Any,
    register: str,
    number: str,
    result: str,
    note: str = "",
    address: str = "",
    valid_until: date | None = None,
    screenshot: CheckedFile | None = None,
    at: datetime | None = None,
) -> LicenseCheck:
    """It is on record what this public register said of the applicant, when and to whom; nothing of it is changed later.

    Raises MoveRefused when neither a note nor a picture keeps what the register said.
    """
    lock(application)
    _require_reviewer(application, by)
    if not register.strip() or not number.strip() or result not in LicenseCheck.Result:
        raise MoveRefused(_("Say which register you asked, for which number, and what it said."))
    if not note.strip() and screenshot is None:
        raise MoveRefused(_("Keep what the register said: write it down, or add a picture of its page."))
    check = LicenseCheck(
        application=application,
        register=register.strip(),
        address=address,
        number=number.strip(),
        result=result,
        valid_until=valid_until,
        note=note.strip(),
        by=by,
        at=at or timezone.now(),
    )
    if screenshot is not None:
        check.screenshot = ContentFile(screenshot.content, name=screenshot.name)
        check.screenshot_type = screenshot.content_type
    check.save()
    return check


# Asking the applicant


@transaction.atomic
def request_information(
    *,
    application: Application,
    by: Any,
    note: str,
    sections: Collection[str] | None = None,
    documents: Collection[str] = (),
    answer_by: date | None = None,
    at: datetime | None = None,
) -> Application:
    """The applicant may change these sections and documents until they answer, and has been told what and by when.

    Without `sections` and `documents` the whole application is open. `answer_by` is the last day, where the course is
    held; by default the course's plan says how many days there are. Reminders follow the plan.
    """
    at = at or timezone.now()
    lock(application)
    if sentence := refusal(APPLICATION, application, "request_information", by=by, at=at):
        raise MoveRefused(sentence)
    opened, kinds = _checked_parts(application, sections, documents)
    plan = plan_of(application)
    application.information_requests.open().update(closed_at=at)
    application.information_requests.create(
        asked_by=by,
        asked_at=at,
        sections=opened,
        documents=kinds,
        answer_by=_deadline(application, answer_by, plan.days_to_answer, at),
        reminder_days=plan.reminders,
        former=frozen(application),
    )
    return move(application, "request_information", by=by, note=note, at=at)


def _checked_parts(
    application: Application, sections: Collection[str] | None, documents: Collection[str]
) -> tuple[list[str], list[str]]:
    if sections is None and not documents:
        return list(SECTIONS), []
    kinds = [slot.kind for slot in evidence_slots(application)]
    kinds += [kind for kind in application.documents.values_list("kind", flat=True) if kind not in kinds]
    opened = [name for name in SECTIONS if name in (sections or ())]
    asked = [kind for kind in dict.fromkeys(kinds) if kind in documents]
    if len(opened) != len(set(sections or ())) or len(asked) != len(set(documents)):
        raise MoveRefused(_("This application has no such section or document."))
    if not opened and not asked:
        raise MoveRefused(_("Name at least one section or document that the applicant can change."))
    return opened, asked


def _deadline(application: Application, last_day: date | None, days: int, at: datetime) -> datetime:
    zone = application.intake.zone
    today = at.astimezone(zone).date()
    last_day = last_day or today + timedelta(days=days)
    if not today <= last_day <= today + timedelta(days=MOST_DAYS_TO_ANSWER):
        raise MoveRefused(
            _("The applicant has until a day from today to %(days)s days on.") % {"days": MOST_DAYS_TO_ANSWER}
        )
    return datetime.combine(last_day, time(23, 59, 59), tzinfo=zone)


def answered(application: Application, at: datetime) -> dict[str, Any]:
    """The open request is answered; what changes with it: the application goes back to whoever asked."""
    if (request := open_request(application)) is None:
        return {}
    request.answered_at = at
    request.save(update_fields=["answered_at"])
    asker, present = request.asked_by, application.reviewer
    if who.may_review(asker, application):
        return {"reviewer": asker}
    return {"reviewer": present if present and who.may_review(present, application) else None}


@transaction.atomic
def resume_review(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """The review goes on without the answer, and the applicant can change nothing any more."""
    at = at or timezone.now()
    move(application, "resume_review", by=by, note=note, at=at)
    application.information_requests.open().update(closed_at=at)
    return application


def remind_of_requests(*, at: datetime) -> int:
    """Whoever has not answered a request whose deadline is near has been reminded, once for each of its days."""
    asked = Application.objects.filter(
        status=Application.Status.INFO_REQUESTED,
        information_requests__in=InformationRequest.objects.open().filter(answer_by__gt=at),
    )
    return sum(_remind(application, at) for application in asked.select_related("intake").order_by("pk"))


@transaction.atomic
def _remind(application: Application, at: datetime) -> bool:
    """Whether a reminder was due and is written now."""
    if reminder_of_request_is_due(application, at):
        return False
    try:
        move(application, "remind_of_request", by=who.NIGHTLY, at=at)
    except MoveRefused:
        return False
    return True


def _require_reviewer(application: Application, by: Any) -> None:
    if not who.may_review(by, application):
        raise MoveRefused(
            _("Only a reviewer of this intake can do that, and never on their own application.")
        )
