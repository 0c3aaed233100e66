"""Policy as tables: what may move, from where, to where, by whom. Buttons, refusals and tests all read these."""

from datetime import datetime, time, timedelta

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import permissions as who
from . import seats
from .award_moves import CERTIFICATE as CERTIFICATE
from .eligibility import unmet
from .models import Application, Enrollment
from .opinions import all_of, reminder_of_request_is_due, reviews_are_given
from .study_moves import ENROLLMENT as ENROLLMENT
from .study_moves import LOGBOOK as LOGBOOK
from .workflow import Move, Table

CANCELLED = _("This intake is cancelled. Offer another intake instead.")
MORNING = time(8)
A = Application.Status
E = Enrollment.Status
HAS_OR_HAD_AN_OFFER = frozenset(
    {A.OFFERED, A.ENROLLED, A.OFFER_DECLINED, A.EXPIRED, A.WITHDRAWN, A.CANCELLED}
)


def intake_accepts_applications(application: Application, at: datetime):
    if not application.intake.accepts_applications(at):
        return _(
            "This intake takes no applications any more. What you wrote stays here and fills in most of the next one."
        )
    return None


def a_seat_is_free(application: Application, at: datetime):
    if application.intake.status == application.intake.Status.CANCELLED:
        return CANCELLED
    if seats.choice_with_a_seat(application, at) is None:
        return _("All seats of this intake are taken or offered. Use the waiting list.")
    return None


def no_seat_is_free(application: Application, at: datetime):
    if application.intake.status == application.intake.Status.CANCELLED:
        return CANCELLED
    choice = seats.choice_with_a_seat(application, at)
    if choice and seats.are_given_out(choice, at):
        return _("A seat is free, so nobody needs to wait. Offer it, or decline.")
    return None


def what_is_expected_is_met(application: Application, at: datetime):
    """Who waits for a seat has been admitted; for others everything must be met, or waived with a reason."""
    if application.status == A.WAITLISTED:
        return None
    if open_ones := unmet(application, on=timezone.localdate(at)):
        return _("Not met and not waived: %s") % " ".join(one.says for one in open_ones)
    return None


def may_be_offered(application: Application, at: datetime):
    return a_seat_is_free(application, at) or what_is_expected_is_met(application, at)


def may_wait(application: Application, at: datetime):
    return no_seat_is_free(application, at) or what_is_expected_is_met(application, at)


def has_no_other_application(application: Application, at: datetime):
    others = Application.objects.live().filter(
        applicant=application.applicant_id, intake=application.intake_id
    )
    if others.exclude(pk=application.pk).exists():
        return _("This person has another application for this intake now.")
    return None


def has_not_completed(application: Application, at: datetime):
    if application.enrollment.status == E.COMPLETED:
        return _("The course has been completed on this place, so it cannot be given up.")
    return None


def place_is_not_completed(application: Application, at: datetime):
    return has_not_completed(application, at) if application.status == A.ENROLLED else None


def reminder_is_due(application: Application, at: datetime):
    """A reminder is due once for each of the intake's days, in the morning where the course is held."""
    moments = [moment for moment in reminders_of(application) if moment <= at < application.offer_expires_at]
    told = application.history.filter(move__in=["offer_place", "remind_of_offer"]).aggregate(at=Max("at"))[
        "at"
    ]
    if not moments or (told and told >= max(moments)):
        return _("No reminder of this offer is due.")
    return None


def reminders_of(application: Application) -> list[datetime]:
    zone = application.intake.zone
    last_day = application.offer_expires_at.astimezone(zone).date()
    return [
        datetime.combine(last_day - timedelta(days=days), MORNING, tzinfo=zone)
        for days in application.intake.reminder_days
    ]


def offer_still_open(application: Application, at: datetime):
    if application.intake.status == application.intake.Status.CANCELLED:
        return _(
            "This intake is cancelled, so its offers cannot be accepted. Write to us about another intake."
        )
    if application.offer_expires_at and application.offer_expires_at <= at:
        return _(
            "This offer ran out and the place has gone to the next in line. Write to us if you still want one."
        )
    return None


def waited_for_another_choice(application: Application, at: datetime):
    """Who was offered the second choice may go back to the first's list, as long as that one still gives seats."""
    first = application.waited_for
    if first is None or first.pk == application.intake_id or not seats.are_given_out(first, at):
        return _("There is no waiting list that you could go back to.")
    twins = Application.objects.live().filter(applicant=application.applicant_id, intake=first)
    if twins.exists():
        return _("You have another application for that intake.")
    return None


def offer_has_run_out(application: Application, at: datetime):
    if application.offer_expires_at and application.offer_expires_at > at:
        return _("This offer is still open.")
    return None


APPLICATION: Table = {
    "submit": Move(
        label=_("Submit"),
        sources=frozenset({A.DRAFT}),
        target=A.SUBMITTED,
        who=who.is_applicant,
        guard=intake_accepts_applications,
        letter="application-received",
    ),
    "start_review": Move(
        label=_("Start review"),
        sources=frozenset({A.SUBMITTED}),
        target=A.IN_REVIEW,
        who=who.may_review,
        needs_note=True,
        letter="review-started",
    ),
    "request_information": Move(
        label=_("Request information"),
        sources=frozenset({A.IN_REVIEW}),
        target=A.INFO_REQUESTED,
        who=who.may_review,
        needs_note=True,
        note_is_shown=True,
        letter="information-requested",
    ),
    "send_information": Move(
        label=_("Send the information"),
        sources=frozenset({A.INFO_REQUESTED}),
        target=A.IN_REVIEW,
        who=who.is_applicant,
        letter="information-received",
    ),
    "resume_review": Move(
        label=_("Go on without an answer"),
        sources=frozenset({A.INFO_REQUESTED}),
        target=A.IN_REVIEW,
        who=who.may_review,
        needs_note=True,
        letter="review-resumed",
    ),
    "offer_place": Move(
        label=_("Offer a place"),
        sources=frozenset({A.IN_REVIEW, A.WAITLISTED}),
        target=A.OFFERED,
        who=who.may_decide_or_is_waiting_list,
        guard=all_of(reviews_are_given, may_be_offered),
        needs_note=True,
        letter="place-offered",
    ),
    "waitlist": Move(
        label=_("Put on the waiting list"),
        sources=frozenset({A.IN_REVIEW}),
        target=A.WAITLISTED,
        who=who.may_decide,
        guard=all_of(reviews_are_given, may_wait),
        needs_note=True,
        letter="waitlisted",
    ),
    "decline": Move(
        label=_("Decline"),
        sources=frozenset({A.IN_REVIEW, A.WAITLISTED}),
        target=A.DECLINED,
        who=who.may_decide,
        guard=reviews_are_given,
        needs_note=True,
        note_is_shown=True,
        letter="application-declined",
    ),
    "accept_offer": Move(
        label=_("Accept the place"),
        sources=frozenset({A.OFFERED}),
        target=A.ENROLLED,
        who=who.is_applicant,
        guard=offer_still_open,
        letter="place-confirmed",
    ),
    "decline_offer": Move(
        label=_("Decline the place"),
        sources=frozenset({A.OFFERED}),
        target=A.OFFER_DECLINED,
        who=who.is_applicant,
        letter="offer-declined",
    ),
    "keep_waiting": Move(
        label=_("Decline the place and keep waiting"),
        sources=frozenset({A.OFFERED}),
        target=A.WAITLISTED,
        who=who.is_applicant,
        guard=waited_for_another_choice,
        letter="waitlisted",
    ),
    "return_to_line": Move(
        label=_("Let the second choice run out and keep waiting"),
        sources=frozenset({A.OFFERED}),
        target=A.WAITLISTED,
        who=lambda by, application: by == who.NIGHTLY,
        guard=all_of(offer_has_run_out, waited_for_another_choice),
        letter="second-choice-expired",
    ),
    "expire_offer": Move(
        label=_("Let the offer run out"),
        sources=frozenset({A.OFFERED}),
        target=A.EXPIRED,
        who=lambda by, application: by == who.NIGHTLY,
        guard=offer_has_run_out,
        letter="offer-expired",
    ),
    "rescind_offer": Move(
        label=_("Take the offer back"),
        sources=frozenset({A.OFFERED}),
        target=A.IN_REVIEW,
        who=who.may_decide,
        needs_note=True,
        note_is_shown=True,
        letter="offer-rescinded",
    ),
    "reopen": Move(
        label=_("Reopen the review"),
        sources=frozenset({A.DECLINED, A.EXPIRED, A.OFFER_DECLINED}),
        target=A.IN_REVIEW,
        who=who.may_decide,
        guard=has_no_other_application,
        needs_note=True,
        letter="review-reopened",
    ),
    "withdraw": Move(
        label=_("Withdraw the application"),
        sources=frozenset({A.DRAFT, A.SUBMITTED, A.IN_REVIEW, A.INFO_REQUESTED, A.WAITLISTED, A.OFFERED}),
        target=A.WITHDRAWN,
        who=who.is_applicant,
        letter="application-withdrawn",
    ),
    "leave": Move(
        label=_("Give up the place"),
        sources=frozenset({A.ENROLLED}),
        target=A.WITHDRAWN,
        who=lambda by, application: who.may_end_enrollment(by, application.enrollment),
        guard=has_not_completed,
        needs_note=True,
        note_is_shown=True,
        letter="place-given-up",
    ),
    "cancel": Move(
        label=_("End with the intake"),
        sources=frozenset(Application.LIVE),
        target=A.CANCELLED,
        who=who.may_rearrange,
        guard=place_is_not_completed,
        needs_note=True,
        note_is_shown=True,
        letter="intake-cancelled",
    ),
}

# What happens to an application or its place without changing where its application stands.
PLACE: Table = {
    "remind_of_request": Move(
        label=_("Remind of the request for information"),
        sources=frozenset({A.INFO_REQUESTED}),
        target="",
        who=lambda by, application: by == who.NIGHTLY,
        guard=reminder_of_request_is_due,
        letter="information-reminder",
    ),
    "remind_of_offer": Move(
        label=_("Remind of the offer"),
        sources=frozenset({A.OFFERED}),
        target="",
        who=lambda by, application: by == who.NIGHTLY,
        guard=reminder_is_due,
        letter="offer-reminder",
    ),
    "change_intake": Move(
        label=_("Move to another intake"),
        sources=frozenset(Application.LIVE),
        target="",
        who=who.may_rearrange,
        guard=place_is_not_completed,
        needs_note=True,
        note_is_shown=True,
        letter="intake-changed",
    ),
    "close_intake": Move(
        label=_("Hear that the intake takes no applications"),
        sources=frozenset({A.DRAFT}),
        target="",
        who=lambda by, application: who.may_run_intakes(by),
        letter="intake-closed",
    ),
    "record_payment": Move(
        label=_("Record a payment"),
        sources=HAS_OR_HAD_AN_OFFER,
        target="",
        who=who.may_keep_accounts,
        letter="payment-recorded",
    ),
    "correct_payment": Move(
        label=_("Correct a payment"),
        sources=HAS_OR_HAD_AN_OFFER,
        target="",
        who=who.may_keep_accounts,
        needs_note=True,
        letter="payment-corrected",
    ),
    "record_sponsor": Move(
        label=_("Record a sponsor"),
        sources=frozenset({A.OFFERED, A.ENROLLED}),
        target="",
        who=who.may_keep_accounts,
        needs_note=True,
        letter="sponsor-recorded",
    ),
}

# First rows of history, and the letter that each birth brings.
BIRTHS: dict[str, str] = {
    "start": "application-started",
    "enroll": "",
    "log": "",
    "issue": "certificate-issued",
    "follow": "",
}
