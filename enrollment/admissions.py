"""The acts of admission: an application is begun, sent, reviewed and decided, and a seat given or given up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.models import Intake

from . import seats
from .answers import StaleAnswers, Turn, agree, save_section
from .completeness import SECTIONS
from .custody import assess_document, attach_document, remove_document, view_application, view_document
from .eligibility import waive
from .intakes import cancel_intake, change_capacity, change_intake, change_status
from .models import Application
from .offers import (
    NO_OFFER,
    accept_offer,
    answer_by,
    decline_offer,
    enroll,
    expire_offers,
    keep_waiting,
    leave,
    move,
    offer_place,
    remind_of_offers,
    rescind_offer,
    tell,
    waitlist,
    withdraw,
)
from .opinions import still_asked
from .reviewing import (
    answered,
    assign_reviewer,
    record_license_check,
    record_review,
    remind_of_requests,
    request_information,
    resume_review,
    start_review,
    write_note,
)
from .transitions import APPLICATION, BIRTHS
from .workflow import MoveRefused, lock, record_birth, refusal

__all__ = [
    "IncompleteApplication",
    "StaleAnswers",
    "Turn",
    "accept_offer",
    "agree",
    "answer_by",
    "assess_document",
    "assign_reviewer",
    "attach_document",
    "cancel_intake",
    "change_capacity",
    "change_intake",
    "change_status",
    "decline",
    "decline_offer",
    "enroll",
    "expire_offers",
    "keep_waiting",
    "leave",
    "offer_place",
    "record_license_check",
    "record_review",
    "remind_of_requests",
    "remind_of_offers",
    "remove_document",
    "reopen",
    "request_information",
    "rescind_offer",
    "resume_review",
    "save_section",
    "send_information",
    "start_application",
    "start_review",
    "submit_application",
    "view_application",
    "view_document",
    "waitlist",
    "waive",
    "withdraw",
    "write_note",
]

# Asked anew each time: they are about this very course, or must be true today.
ASKED_ANEW = frozenset({"intake", "second_choice", "motivation", "standing", "standing_details"})
CARRIED_OVER = tuple(
    name for section in SECTIONS.values() for name in section.fields if name not in ASKED_ANEW
)


class IncompleteApplication(MoveRefused):
    """Something is missing; `missing` says what, by section."""

    def __init__(self, missing: Mapping[str, list[str]]):
        labels = ", ".join(str(SECTIONS[section].label) for section in missing)
        super().__init__(_("Some answers are still missing. Complete these sections: %s.") % labels)
        self.missing = missing


# Applying


@transaction.atomic
def start_application(
    *,
    applicant: Any,
    intake: Intake,
    answers: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Application:
    """The person has one live application for this intake, begun now or before; MoveRefused when it takes none.

    It holds what they told us before and what they answer now; `answers` fill gaps and overwrite nothing.
    """
    at = at or timezone.now()
    mine = Application.objects.of(applicant)
    if present := mine.live().filter(intake=intake).first():
        return _fill_gaps(present, answers or {})
    if not intake.accepts_applications(at):
        raise MoveRefused(why_closed(intake, at))
    latest = mine.order_by("-created_at", "-pk").first()
    try:
        with transaction.atomic():
            known = _known_about(applicant, latest) | dict(answers or {})
            application = mine.create(applicant=applicant, intake=intake, **known)
    except IntegrityError:
        return mine.live().get(intake=intake)
    _copy_extra_answers(latest, application)
    event = record_birth(application, "start", by=applicant, at=at)
    tell(application, BIRTHS["start"], event)
    return application


@transaction.atomic
def submit_application(*, application: Application, by: Any, at: datetime | None = None) -> Application:
    """The application is with the institute; IncompleteApplication says what is missing."""
    at = at or timezone.now()
    _require_complete(application, "submit", by, at)
    return move(application, "submit", by=by, at=at, submitted_at=at)


@transaction.atomic
def send_information(*, application: Application, by: Any, at: datetime | None = None) -> Application:
    """The review goes on with what the applicant added; IncompleteApplication says what is missing."""
    at = at or timezone.now()
    _require_complete(application, "send_information", by, at)
    return move(application, "send_information", by=by, at=at, **answered(application, at))


# Deciding


@transaction.atomic
def decline(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """The institute has said no, and the applicant reads why."""
    seats.lock(application.intake_id)
    return move(application, "decline", by=by, note=note, at=at)


@transaction.atomic
def reopen(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """The review is open again; MoveRefused when the person has meanwhile begun another application."""
    try:
        with transaction.atomic():
            return move(application, "reopen", by=by, note=note, at=at, **NO_OFFER)
    except IntegrityError as twin:
        raise MoveRefused(_("This person has another application for this intake now.")) from twin


# How it is done


def _require_complete(application: Application, name: str, by: Any, at: datetime) -> None:
    """What is missing is told only to somebody who could otherwise make the move."""
    lock(application)
    if sentence := refusal(APPLICATION, application, name, by=by, at=at):
        raise MoveRefused(sentence)
    if missing := still_asked(application, on=timezone.localdate(at)):
        raise IncompleteApplication(missing)


def _known_about(applicant: Any, latest: Application | None) -> dict[str, Any]:
    """Answers that the person gave before, so that nobody types them twice."""
    if latest is None:
        return {"legal_name": applicant.full_name}
    return {name: getattr(latest, name) for name in CARRIED_OVER}


def _copy_extra_answers(source: Application | None, target: Application) -> None:
    for known in source.extra_answers.all() if source else ():
        known.pk, known.application = None, target
        known.save(force_insert=True)


def _fill_gaps(application: Application, answers: Mapping[str, Any]) -> Application:
    gaps = {name: value for name, value in answers.items() if getattr(application, name) in (None, "")}
    if not gaps or not application.is_editable:
        return application
    return save_section(application=application, by=application.applicant, section="about", values=gaps)


def why_closed(intake: Intake, at: datetime) -> str:
    """Why this intake takes no applications at this moment, as a sentence."""
    opens, closes = intake.applications_open_at, intake.applications_close_at
    if opens and opens > at:
        return _("Applications for this intake open on %(day)s.") % {"day": _day(opens, intake)}
    if closes <= at:
        return _("Applications for this intake closed on %(day)s.") % {"day": _day(closes, intake)}
    return _("This intake takes no applications now. Choose another intake of the course.")


def _day(moment: datetime, intake: Intake) -> str:
    return date_format(moment.astimezone(intake.zone), "j F Y")
