"""The acts of admission: an application is begun, sent, reviewed and decided, and a seat given or given up."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.models import Intake

from . import notifications, seats
from . import permissions as who
from .answers import (
    StaleAnswers,
    agree,
    assess_document,
    attach_document,
    remove_document,
    save_section,
    view_document,
)
from .completeness import SECTIONS, missing_answers
from .models import Application, Enrollment, Event, Review
from .transitions import APPLICATION, BIRTHS, ENROLLMENT
from .workflow import MoveRefused, perform, record_birth, refusal

__all__ = [
    "IncompleteApplication",
    "StaleAnswers",
    "accept_offer",
    "agree",
    "assess_document",
    "assign_reviewer",
    "attach_document",
    "change_capacity",
    "decline",
    "decline_offer",
    "enroll",
    "expire_offers",
    "leave",
    "offer_place",
    "record_review",
    "remove_document",
    "reopen",
    "request_information",
    "rescind_offer",
    "save_section",
    "send_information",
    "start_application",
    "start_review",
    "submit_application",
    "view_document",
    "waitlist",
    "withdraw",
]

# Why somebody wants this very course is not copied from an application for another one.
CARRIED_OVER = tuple(name for section in SECTIONS.values() for name in section.fields if name != "motivation")
NO_OFFER = {"offer_expires_at": None, "offer_fee_minor": None, "offer_currency": ""}
REVIEWABLE = frozenset(
    {Application.Status.IN_REVIEW, Application.Status.INFO_REQUESTED, Application.Status.WAITLISTED}
)


class IncompleteApplication(MoveRefused):
    """Something is missing; `missing` says what, by section."""

    def __init__(self, missing: Mapping[str, list[str]]):
        labels = ", ".join(str(SECTIONS[section].label) for section in missing)
        super().__init__(_("Some answers are still missing. Complete these sections: %s.") % labels)
        self.missing = missing


# Applying


@transaction.atomic
def start_application(*, applicant: Any, intake: Intake, at: datetime | None = None) -> Application:
    """The person has one live application for this intake, begun now or before; MoveRefused when it takes none."""
    at = at or timezone.now()
    mine = Application.objects.of(applicant)
    if present := mine.live().filter(intake=intake).first():
        return present
    if not intake.accepts_applications(at):
        raise MoveRefused(_why_closed(intake, at))
    try:
        with transaction.atomic():
            application = mine.create(applicant=applicant, intake=intake, **_known_about(applicant))
    except IntegrityError:
        return mine.live().get(intake=intake)
    event = record_birth(application, "start", by=applicant, at=at)
    _tell(application, BIRTHS["start"], event)
    return application


@transaction.atomic
def submit_application(*, application: Application, by: Any, at: datetime | None = None) -> Application:
    """The application is with the institute; IncompleteApplication says what is missing."""
    at = at or timezone.now()
    _require_complete(application, "submit", by, at)
    return _move(application, "submit", by=by, at=at, submitted_at=at)


@transaction.atomic
def send_information(*, application: Application, by: Any, at: datetime | None = None) -> Application:
    """The review goes on with what the applicant added; IncompleteApplication says what is missing."""
    at = at or timezone.now()
    _require_complete(application, "send_information", by, at)
    return _move(application, "send_information", by=by, at=at)


@transaction.atomic
def withdraw(*, application: Application, by: Any, note: str = "", at: datetime | None = None) -> Application:
    """The applicant asks for nothing any more; a seat held for them goes to the first in the waiting list."""
    at = at or timezone.now()
    intake = seats.lock(application.intake_id)
    _move(application, "withdraw", by=by, note=note, at=at)
    _give_out_free_seats(intake, at)
    return application


# Reviewing


@transaction.atomic
def assign_reviewer(*, application: Application, by: Any, reviewer: Any) -> Application:
    """This reviewer answers for the application; nobody does when `reviewer` is None."""
    application.refresh_from_db(
        from_queryset=Application.objects.select_for_update(no_key=True, of=("self",))
    )
    if not who.may_review(by, application):
        raise MoveRefused(_("Only a reviewer can assign applications, and never their own."))
    if reviewer is not None and not who.may_review(reviewer, application):
        raise MoveRefused(_("%(name)s may not review this application.") % {"name": reviewer})
    application.reviewer = reviewer
    application.save(update_fields=["reviewer", "updated_at"])
    return application


@transaction.atomic
def start_review(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """The application is in review, by this person unless another was assigned."""
    _move(application, "start_review", by=by, note=note, at=at)
    if application.reviewer_id is None:
        application.reviewer = by
        application.save(update_fields=["reviewer"])
    return application


@transaction.atomic
def record_review(*, application: Application, by: Any, recommendation: str, note: str) -> Review:
    """This reviewer's opinion is on record, replacing an earlier one of theirs."""
    application.refresh_from_db(
        from_queryset=Application.objects.select_for_update(no_key=True, of=("self",))
    )
    if not who.may_review(by, application):
        raise MoveRefused(_("Only a reviewer can give an opinion, and never on their own application."))
    if application.status not in REVIEWABLE:
        raise MoveRefused(
            _("This application is “%(status)s” now, so it is not being reviewed.")
            % {"status": application.get_status_display()}
        )
    if recommendation not in Review.Recommendation or not note.strip():
        raise MoveRefused(_("Choose a recommendation and say why."))
    review, _is_new = application.reviews.update_or_create(
        reviewer=by, defaults={"recommendation": recommendation, "note": note.strip()}
    )
    return review


@transaction.atomic
def request_information(
    *, application: Application, by: Any, note: str, at: datetime | None = None
) -> Application:
    """The applicant may change answers again and has been told, in the words of the note, what is needed."""
    return _move(application, "request_information", by=by, note=note, at=at)


# Deciding


@transaction.atomic
def offer_place(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """A seat is held until the answer-by date at today's fee; MoveRefused when no seat is free."""
    intake = seats.lock(application.intake_id)
    return _offer(application, intake, by=by, note=note, at=at or timezone.now())


@transaction.atomic
def waitlist(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """The applicant is last in the waiting list; MoveRefused while a seat is free."""
    at = at or timezone.now()
    seats.lock(application.intake_id)
    return _move(application, "waitlist", by=by, note=note, at=at, waitlisted_at=at)


@transaction.atomic
def decline(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """The institute has said no, and the applicant reads why."""
    seats.lock(application.intake_id)
    return _move(application, "decline", by=by, note=note, at=at)


@transaction.atomic
def rescind_offer(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """The offer is void, the review open again, and the seat goes to the first in the waiting list."""
    at = at or timezone.now()
    intake = seats.lock(application.intake_id)
    _move(application, "rescind_offer", by=by, note=note, at=at, **NO_OFFER)
    _give_out_free_seats(intake, at)
    return application


@transaction.atomic
def reopen(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """The review is open again; MoveRefused when the person has meanwhile begun another application."""
    try:
        with transaction.atomic():
            return _move(application, "reopen", by=by, note=note, at=at, **NO_OFFER)
    except IntegrityError as twin:
        raise MoveRefused(_("This person has another application for this intake now.")) from twin


# Answering


@transaction.atomic
def accept_offer(*, application: Application, by: Any, at: datetime | None = None) -> Enrollment:
    """The applicant is enrolled and the seat is theirs; MoveRefused when the offer has run out."""
    at = at or timezone.now()
    seats.lock(application.intake_id)
    event = perform(APPLICATION, application, "accept_offer", by=by, at=at)
    enrollment = enroll(application=application, by=by, at=at)
    _tell(application, APPLICATION["accept_offer"].letter, event, enrollment=enrollment)
    return enrollment


@transaction.atomic
def enroll(*, application: Application, by: Any, at: datetime | None = None) -> Enrollment:
    """The person behind an accepted application takes a seat; safe to repeat."""
    at = at or timezone.now()
    if application.status != Application.Status.ENROLLED:
        raise MoveRefused(_("Only somebody who has accepted an offer can be enrolled."))
    enrollment, is_new = Enrollment.objects.get_or_create(
        application=application,
        defaults={"learner": application.applicant, "intake": application.intake, "enrolled_at": at},
    )
    if is_new:
        record_birth(enrollment, "enroll", by=by, at=at)
    return enrollment


@transaction.atomic
def decline_offer(
    *, application: Application, by: Any, note: str = "", at: datetime | None = None
) -> Application:
    """The applicant has said no, and the seat goes to the first in the waiting list."""
    at = at or timezone.now()
    intake = seats.lock(application.intake_id)
    _move(application, "decline_offer", by=by, note=note, at=at)
    _give_out_free_seats(intake, at)
    return application


def expire_offers(*, at: datetime) -> int:
    """Every offer whose time is up has run out and its seat has gone on; how many they were."""
    due = Application.objects.offers_run_out(at).order_by("offer_expires_at", "pk")
    return sum(_expire(application, at) for application in due)


@transaction.atomic
def leave(*, application: Application, by: Any, note: str, at: datetime | None = None) -> Application:
    """The enrollment has ended before completion, and the seat goes to the first in the waiting list."""
    at = at or timezone.now()
    intake = seats.lock(application.intake_id)
    _move(application, "leave", by=by, note=note, at=at)
    perform(ENROLLMENT, application.enrollment, "withdraw", by=by, note=note, at=at)
    _give_out_free_seats(intake, at)
    return application


@transaction.atomic
def change_capacity(*, intake: Intake, capacity: int, by: Any, at: datetime | None = None) -> Intake:
    """The intake has this many seats, and new ones have gone to the waiting list; refused below what is taken."""
    if not who.may_run_intakes(by):
        raise MoveRefused(_("You may not change the number of seats."))
    locked = seats.lock(intake.pk)
    taken = seats.ledger(locked).taken
    if capacity < max(taken, 1):
        raise MoveRefused(
            _("%(taken)s seats are taken or offered, so %(capacity)s would be too few.")
            % {"taken": taken, "capacity": capacity}
        )
    locked.capacity = intake.capacity = capacity
    locked.save(update_fields=["capacity"])
    _give_out_free_seats(locked, at or timezone.now())
    return intake


# How it is done


def _move(
    application: Application,
    name: str,
    *,
    by: Any,
    note: str = "",
    at: datetime | None = None,
    **changes: Any,
) -> Application:
    """The move is made and its letter written, both or neither."""
    event = perform(APPLICATION, application, name, by=by, note=note, at=at, **changes)
    _tell(application, APPLICATION[name].letter, event)
    return application


def _tell(application: Application, letter: str, event: Event, **context: Any) -> None:
    notifications.queue(
        letter, event=event, recipient=application.applicant, application=application, **context
    )


def _require_complete(application: Application, move: str, by: Any, at: datetime) -> None:
    """What is missing is told only to somebody who could otherwise make the move."""
    application.refresh_from_db(
        from_queryset=Application.objects.select_for_update(no_key=True, of=("self",))
    )
    if sentence := refusal(APPLICATION, application, move, by=by, at=at):
        raise MoveRefused(sentence)
    if missing := missing_answers(application):
        raise IncompleteApplication(missing)


def _known_about(applicant: Any) -> dict[str, Any]:
    """Answers that the person gave before, so that nobody types them twice."""
    latest = Application.objects.of(applicant).order_by("-created_at", "-pk").first()
    if latest is None:
        return {"legal_name": applicant.full_name}
    return {name: getattr(latest, name) for name in CARRIED_OVER}


def _why_closed(intake: Intake, at: datetime) -> str:
    opens, closes = intake.applications_open_at, intake.applications_close_at
    if opens and opens > at:
        return _("Applications for this intake open on %(day)s.") % {"day": _day(opens, intake)}
    if closes <= at:
        return _("Applications for this intake closed on %(day)s.") % {"day": _day(closes, intake)}
    return _("This intake takes no applications now. Choose another intake of the course.")


def _day(moment: datetime, intake: Intake) -> str:
    return date_format(moment.astimezone(intake.zone), "j F Y")


def _offer(application: Application, intake: Intake, *, by: Any, note: str, at: datetime) -> Application:
    """The offer with its terms frozen; call it with the intake locked."""
    return _move(
        application,
        "offer_place",
        by=by,
        note=note,
        at=at,
        offer_expires_at=answer_by(intake, at),
        offer_fee_minor=intake.fee_minor,
        offer_currency=intake.currency,
    )


def answer_by(intake: Intake, at: datetime) -> datetime:
    """The last second of the last day on which an offer made now can be accepted, where the course is held."""
    last_day = at.astimezone(intake.zone).date() + timedelta(days=intake.offer_days)
    return datetime.combine(last_day, time(23, 59, 59), tzinfo=intake.zone)


@transaction.atomic
def _expire(application: Application, at: datetime) -> bool:
    """Whether this offer has run out now; False when it was answered in the meantime."""
    intake = seats.lock(application.intake_id)
    try:
        _move(application, "expire_offer", by=who.NIGHTLY, at=at)
    except MoveRefused:
        return False
    _give_out_free_seats(intake, at)
    return True


def _give_out_free_seats(intake: Intake, at: datetime) -> None:
    """Free seats are offered to those who have waited longest; call it with the intake locked."""
    if not seats.are_given_out(intake, at):
        return
    free = seats.ledger(intake).free
    waiting = Application.objects.filter(intake=intake).waiting_for_a_seat()
    for application in waiting[:free]:
        _offer(
            application,
            intake,
            by=who.WAITING_LIST,
            note=_("A seat became free, and this application was first in the waiting list."),
            at=at,
        )
