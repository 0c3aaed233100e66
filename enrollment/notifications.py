"""Letters: written and queued in the transaction of the act that they tell of, sent by the worker."""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Intake
from courses.templatetags.money import money
from courses.zones import city_of, same_clock, zone_of
from iiwam.accounts.names import on_one_line

from . import declining, seats, wordings
from . import permissions as who
from .completeness import evidence_slots, missing_answers
from .models import (
    Application,
    Certificate,
    Enrollment,
    Event,
    InformationRequest,
    Letter,
    LetterWording,
    LogbookEntry,
)
from .opinions import open_request
from .questionnaire import SECTIONS
from .tasks import deliver_letter
from .wordings import OFFERS, REQUESTS, WAITING, Words
from .workflow import MoveRefused

FOLDER = "enrollment/letters"


@dataclass(frozen=True)
class Subject:
    """What a letter is about; every part that is known leads to the ones behind it."""

    application: Application | None
    enrollment: Enrollment | None
    entry: LogbookEntry | None
    certificate: Certificate | None
    intake: Intake


def application_page(subject: Subject) -> str:
    return reverse("enrollment:application", args=[subject.application.reference])


def course_page(subject: Subject) -> str:
    return subject.intake.course.get_absolute_url()


def learning_page(subject: Subject) -> str:
    return subject.enrollment.get_absolute_url()


def entry_page(subject: Subject) -> str:
    return reverse("enrollment:logbook_entry", args=[subject.enrollment.pk, subject.entry.pk])


def certificate_page(subject: Subject) -> str:
    return reverse("enrollment:certificate", args=[subject.enrollment.pk])


def verification_page(subject: Subject) -> str:
    return subject.certificate.get_absolute_url()


# The one thing to do next, by letter: what the button says and where it leads.
ACTIONS: Mapping[str, tuple[str | Promise, Callable[[Subject], str]]] = {
    "application-started": (gettext_lazy("Continue your application"), application_page),
    "application-received": (gettext_lazy("See your application"), application_page),
    "review-started": (gettext_lazy("See your application"), application_page),
    "information-requested": (gettext_lazy("Add what is missing"), application_page),
    "information-reminder": (gettext_lazy("Add what is missing"), application_page),
    "review-resumed": (gettext_lazy("See your application"), application_page),
    "information-received": (gettext_lazy("See your application"), application_page),
    "place-offered": (gettext_lazy("Accept or decline the place"), application_page),
    "waitlisted": (gettext_lazy("See your application"), application_page),
    "application-declined": (gettext_lazy("See your application"), application_page),
    "place-confirmed": (gettext_lazy("Go to your course"), learning_page),
    "offer-declined": (gettext_lazy("See the course and its dates"), course_page),
    "offer-expired": (gettext_lazy("See your application"), application_page),
    "second-choice-expired": (gettext_lazy("See your application"), application_page),
    "offer-rescinded": (gettext_lazy("See your application"), application_page),
    "review-reopened": (gettext_lazy("See your application"), application_page),
    "application-withdrawn": (gettext_lazy("See the course and its dates"), course_page),
    "place-given-up": (gettext_lazy("See the course and its dates"), course_page),
    "offer-reminder": (gettext_lazy("Accept or decline the place"), application_page),
    "intake-changed": (gettext_lazy("See your application"), application_page),
    "intake-closed": (gettext_lazy("See the course and its dates"), course_page),
    "intake-cancelled": (gettext_lazy("See the course and its dates"), course_page),
    "payment-recorded": (gettext_lazy("See your application"), application_page),
    "payment-corrected": (gettext_lazy("See your application"), application_page),
    "sponsor-recorded": (gettext_lazy("See your application"), application_page),
    "entry-countersigned": (gettext_lazy("See the entry"), entry_page),
    "entry-returned": (gettext_lazy("Correct the entry"), entry_page),
    "entry-countered": (gettext_lazy("See the counter-entry"), entry_page),
    "attendance-corrected": (gettext_lazy("See your training days"), learning_page),
    "license-lapses": (gettext_lazy("See your training days"), learning_page),
    "license-renewed": (gettext_lazy("See your training days"), learning_page),
    "certificate-issued": (gettext_lazy("See your certificate"), verification_page),
    "certificate-revoked": (gettext_lazy("See what the public sees"), verification_page),
    "certificate-suspended": (gettext_lazy("See what the public sees"), verification_page),
    "certificate-reinstated": (gettext_lazy("See your certificate"), certificate_page),
    "certificate-superseded": (gettext_lazy("See your new certificate"), certificate_page),
    "certificate-renewed": (gettext_lazy("See your new certificate"), certificate_page),
    "certificate-expires": (gettext_lazy("See what renews it"), certificate_page),
    "certificate-expired": (gettext_lazy("See what renews it"), certificate_page),
}


@transaction.atomic
def queue(name: str, *, event: Event, recipient: Any, **context: Any) -> Letter:
    """The letter that this event causes is written down and waits to be sent; both or neither, and only once."""
    if letter := Letter.objects.filter(event=event).first():
        return letter
    subject = _subject(event, context)
    words = _context(name, subject, event, recipient, context.get("request")) | context
    letter = Letter.objects.create(
        event=event,
        name=name,
        recipient=recipient,
        application=subject.application,
        enrollment=subject.enrollment,
        certificate=subject.certificate,
        to_email=recipient.email,
        message_id=f"<{uuid.uuid4()}@{urlsplit(settings.SITE_URL).hostname}>",
        written_at=event.at,
        **_rendered(name, words),
    )
    deliver_letter.enqueue(letter.pk)
    return letter


@transaction.atomic
def send_again(*, letter: Letter, by: Any) -> Letter:
    """A letter that could not be sent waits to be sent once more; MoveRefused when it did not fail."""
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if not who.may(by, "change_letter"):
        raise MoveRefused(_("You may not send letters again."))
    if letter.status != Letter.Status.FAILED:
        raise MoveRefused(_("“%(letter)s” has not failed.") % {"letter": letter.subject})
    letter.status, letter.attempts, letter.handed_over_at = Letter.Status.QUEUED, 0, None
    letter.save(update_fields=["status", "attempts", "handed_over_at"])
    deliver_letter.enqueue(letter.pk)
    return letter


def preview(
    name: str, *, event: Event, recipient: Any, wording: LetterWording | None = None, **context: Any
) -> dict[str, str]:
    """Subject and body as the letter would read because of this event, which nobody has stored; nothing is sent."""
    subject = _subject(event, context)
    words = _context(name, subject, event, recipient, context.get("request")) | context
    return _rendered(name, words, wording)


def sample(wording: LetterWording) -> dict[str, str]:
    """Subject and body of this wording about a person who does not exist."""
    label, _page = ACTIONS[wording.name]
    given = {one.name: str(one.sample) for one in wordings.VARIABLES}
    facts = [
        (_("Reference"), given["reference"]),
        (_("Course"), given["course"]),
        (_("Intake"), given["dates"]),
    ]
    words = {"action_label": label, "action_url": given["link"], "facts": facts, "is_sample_letter": True}
    return _rendered(wording.name, words, wording)


def _subject(event: Event, context: Mapping[str, Any]) -> Subject:
    certificate = context.get("certificate") or event.certificate
    entry = context.get("entry") or event.entry
    source = certificate or entry
    enrollment = context.get("enrollment") or event.enrollment or (source.enrollment if source else None)
    application = context.get("application") or event.application or enrollment.application
    return Subject(application, enrollment, entry, certificate, application.intake)


def _context(
    name: str, subject: Subject, event: Event, recipient: Any, request: InformationRequest | None
) -> dict[str, Any]:
    """What the words of every letter can draw on."""
    label, page = ACTIONS[name]
    return {
        "reader": on_one_line(subject.application.legal_name) or recipient.get_full_name(),
        "application": subject.application,
        "course": subject.intake.course,
        "intake": subject.intake,
        "entry": subject.entry,
        "certificate": subject.certificate,
        "actor": event.actor_name,
        "note": event.note,
        "dates": dates(subject.intake),
        "missing": missing(name, subject),
        "closes": moment(subject.intake.applications_close_at, subject.intake),
        "answer_by": answer_by(subject),
        "answer_day": day(subject.application.offer_expires_at, subject.intake),
        "fee": fee(subject.application),
        "deposit": money(subject.application.offer_deposit_minor, subject.application.offer_currency),
        "valid_until": day(subject.certificate.valid_until, subject.intake) if subject.certificate else "",
        "position": place_in_line(name, subject),
        "decline_url": decline_url(name, subject),
        "keeps_waiting": subject.application.waited_for_id is not None,
        "action_label": label,
        "action_url": f"{settings.SITE_URL}{page(subject)}",
        "facts": facts(name, subject),
    } | asked(name, subject, request)


def asked(name: str, subject: Subject, request: InformationRequest | None) -> dict[str, Any]:
    """What a request for information opens and until when, in words; `request` where nobody has stored it yet."""
    application = subject.application
    if name not in REQUESTS or not (request := request or open_request(application)):
        return {}
    deadline = both_clocks(request.answer_by, subject)
    rows = [*facts(name, subject), (_("Answer by"), deadline)]
    return {"asked_for": asked_for(application, request), "request_deadline": deadline, "facts": rows}


def asked_for(application: Application, request: InformationRequest) -> str:
    """The sections and documents of a request, by their names."""
    if len(request.sections) == len(SECTIONS):
        return _("your whole application")
    labels = {slot.kind: slot.label for slot in evidence_slots(application)}
    sections = [str(SECTIONS[name].label) for name in request.sections if name in SECTIONS]
    return "; ".join([*sections, *(labels.get(kind, kind) for kind in request.documents)])


def missing(name: str, subject: Subject) -> list[str]:
    """What an application that has just begun still lacks: each section, and how much of it."""
    if name != "application-started":
        return []
    lacking = missing_answers(subject.application)
    return [f"{SECTIONS[section].label} ({len(wanted)})" for section, wanted in lacking.items()]


def facts(name: str, subject: Subject) -> list[tuple[str, str]]:
    """The reference table at the foot of a letter."""
    rows = [
        (_("Reference"), subject.application.reference),
        (_("Course"), subject.intake.course.title),
        (_("Intake"), dates(subject.intake)),
    ]
    if name == "application-started":
        rows.append((_("Submit by"), moment(subject.intake.applications_close_at, subject.intake)))
    if name in OFFERS:
        application = subject.application
        rows.append((_("Fee"), fee(application) or _("to be confirmed")))
        if application.offer_deposit_minor is not None:
            rows.append((_("Deposit"), money(application.offer_deposit_minor, application.offer_currency)))
        rows.append((_("Answer by"), answer_by(subject)))
    if subject.certificate:
        rows.append((_("Certificate"), subject.certificate.number))
    return rows


def answer_by(subject: Subject) -> str:
    """Until when the offer is held, in words."""
    return both_clocks(subject.application.offer_expires_at, subject)


def both_clocks(ends: datetime | None, subject: Subject) -> str:
    """A moment by the clock of the course and, where it shows another time, of the reader."""
    intake = subject.intake
    zone = zone_of(subject.application.residence_country)
    if ends is None or not zone or same_clock(ends, intake.timezone, zone):
        return moment(ends, intake)
    clock = date_format(ends.astimezone(ZoneInfo(zone)), "l j F Y, H:i")
    return _("%(moment)s, which is %(clock)s %(city)s time") % {
        "moment": moment(ends, intake),
        "clock": clock,
        "city": city_of(zone),
    }


def place_in_line(name: str, subject: Subject) -> int:
    """The place in the waiting list that the letter tells of, also before anybody stands there."""
    if name not in WAITING:
        return 0
    return seats.position(subject.application) or seats.ledger(subject.intake).waiting + 1


def decline_url(name: str, subject: Subject) -> str:
    """The page that declines an open offer without signing in."""
    if name not in OFFERS or subject.application.offer_expires_at is None or subject.application.pk is None:
        return ""
    return f"{settings.SITE_URL}{declining.path_for(subject.application)}"


def dates(intake: Intake) -> str:
    """When the intake runs, in words."""
    if intake.starts_on is None:
        return _("dates to be confirmed")
    begins = date_format(intake.starts_on, "j F Y")
    if intake.ends_on is None or intake.ends_on == intake.starts_on:
        return begins
    return _("%(first)s to %(last)s") % {"first": begins, "last": date_format(intake.ends_on, "j F Y")}


def fee(application: Application) -> str:
    """The fee that was offered, in words; empty while it is to be confirmed."""
    return money(application.offer_fee_minor, application.offer_currency)


def day(at: datetime | None, intake: Intake) -> str:
    """The day of a moment where the course is held."""
    return date_format(at.astimezone(intake.zone), "j F Y") if at else ""


def moment(at: datetime | None, intake: Intake) -> str:
    """A moment as the clock shows it where the course is held, with the place whose clock it is."""
    if at is None:
        return ""
    # Whoever reads the letter may live in any of eight countries.
    place = intake.timezone.rsplit("/", 1)[-1].replace("_", " ")
    clock = date_format(at.astimezone(intake.zone), "l j F Y, H:i")
    return _("%(clock)s (%(place)s time)") % {"clock": clock, "place": place}


def _rendered(name: str, words: dict[str, Any], wording: LetterWording | None = None) -> dict[str, str]:
    """Subject and body; one text serves both forms, so that nobody reads other words than somebody else."""
    wording = wording or wordings.in_use(name)
    title = Words(name, wording.subject) if wording else f"{FOLDER}/{name}.subject.txt"
    text = Words(name, wording.body) if wording else f"{FOLDER}/{name}.txt"
    subject = render_to_string(f"{FOLDER}/subject.txt", words | {"template": title})
    subject = " ".join(subject.split())[:200]
    words = words | {"subject": subject, "template": text}
    return {
        "subject": subject,
        "body_text": re.sub(r"\n{3,}", "\n\n", render_to_string(f"{FOLDER}/letter.txt", words).strip())
        + "\n",
        "body_html": render_to_string([f"{FOLDER}/{name}.html", f"{FOLDER}/letter.html"], words),
    }
