"""What a decision waits for: the opinions that a course asks for, and the answers that a reviewer asked for."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .completeness import missing_answers, unfilled_slots
from .models import Application, InformationRequest, Review, ReviewPlan

MORNING = time(8)


def plan_of(application: Application) -> ReviewPlan:
    """How applications for this course are reviewed; the defaults where nobody has planned it."""
    course = application.intake.course
    return ReviewPlan.objects.filter(course=course).first() or ReviewPlan(course=course)


def reviews_missing(application: Application) -> int:
    """How many more people must give a clear opinion before anybody can decide."""
    clear = application.reviews.exclude(recommendation=Review.Recommendation.UNSURE).count()
    return max(plan_of(application).reviews_needed - clear, 0)


def reviews_are_given(application: Application, at: datetime) -> str | None:
    """A guard of decisions that come out of a review; who waits for a seat has been reviewed before."""
    if application.status != Application.Status.IN_REVIEW or not (missing := reviews_missing(application)):
        return None
    return ngettext(
        "One more opinion is needed before a decision. Record yours under “Reviews”.",
        "%(number)s more opinions are needed before a decision, each by another person.",
        missing,
    ) % {"number": missing}


def all_of(*guards: Callable) -> Callable:
    """The first sentence of these guards, or none."""
    return lambda record, at: next(filter(None, (guard(record, at) for guard in guards)), None)


def open_request(application: Application) -> InformationRequest | None:
    """What the applicant is asked for now."""
    if application.status != Application.Status.INFO_REQUESTED:
        return None
    return application.information_requests.open().first()


def may_change(application: Application, section: str) -> bool:
    """Whether this section is open: all are in a draft, those that a request names after that."""
    if not application.is_editable:
        return False
    request = open_request(application)
    return request is None or request.opens(section)


def may_send(application: Application, kind: str) -> bool:
    """Whether a document of this kind may come or go now."""
    if not application.is_editable:
        return False
    request = open_request(application)
    return request is None or request.opens_document(kind)


def still_asked(application: Application, *, on: date) -> dict[str, list[str]]:
    """What must be added before the application can be sent, in words by section: of what is open to its applicant."""
    missing = missing_answers(application, on=on)
    if (request := open_request(application)) is None:
        return missing
    found = {section: words for section, words in missing.items() if section in request.sections}
    labels = [slot.label for slot in unfilled_slots(application) if slot.kind in request.documents]
    return found | ({"evidence": labels} if labels else {})


def reminder_of_request_is_due(application: Application, at: datetime) -> str | None:
    """A guard: a reminder is due once for each of the request's days, in the morning where the course is held."""
    request = open_request(application)
    if request is None or at >= request.answer_by:
        return _("No reminder of this request is due.")
    moments = [moment for moment in reminders_of(request, application) if request.asked_at < moment <= at]
    told = application.history.filter(move="remind_of_request").aggregate(at=Max("at"))["at"]
    if not moments or (told and told >= max(moments)):
        return _("No reminder of this request is due.")
    return None


def reminders_of(request: InformationRequest, application: Application) -> list[datetime]:
    zone = application.intake.zone
    last_day = request.answer_by.astimezone(zone).date()
    return [
        datetime.combine(last_day - timedelta(days=days), MORNING, tzinfo=zone)
        for days in request.reminder_days
    ]
