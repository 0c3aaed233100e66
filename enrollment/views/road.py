"""The road of an application in the applicant's words: what happened, where it stands, what comes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..models import Application, Event, EvidenceEvent
from ..payments import PlaceStanding

S = Application.Status

HAPPENED: Mapping[str, str | Promise] = {
    "start": _("You began the application"),
    "submit": _("You submitted the application"),
    "start_review": _("A reviewer began to read it"),
    "request_information": _("We asked you for more"),
    "send_information": _("You sent what we asked for"),
    "offer_place": _("We offered you a place"),
    "waitlist": _("You were put on the waiting list"),
    "decline": _("We declined the application"),
    "accept_offer": _("You accepted the place"),
    "decline_offer": _("You declined the place"),
    "keep_waiting": _("You declined the second choice and went on waiting for the first"),
    "return_to_line": _("The offer of your second choice ran out, and you went on waiting for the first"),
    "expire_offer": _("The offer ran out"),
    "rescind_offer": _("We took the offer back"),
    "reopen": _("We opened the review again"),
    "withdraw": _("You withdrew the application"),
    "leave": _("The place was given up"),
    "remind_of_offer": _("We reminded you of the offer"),
    "change_intake": _("We moved you to another intake"),
    "close_intake": _("The intake closed to applications"),
    "cancel": _("The intake was cancelled"),
    "record_payment": _("A payment was recorded"),
    "correct_payment": _("A payment was corrected"),
    "record_sponsor": _("A sponsor was recorded"),
}
OF_DOCUMENTS: Mapping[str, str | Promise] = {
    EvidenceEvent.Act.ACCEPTED: _("We accepted %(names)s"),
    EvidenceEvent.Act.REJECTED: _("We could not accept %(names)s"),
    EvidenceEvent.Act.INFECTED: _("We deleted %(names)s: it carried a virus"),
    EvidenceEvent.Act.PURGED: _("We deleted %(names)s: its time was up"),
}
NEXT: Mapping[str, tuple[str | Promise, ...]] = {
    S.SUBMITTED: (_("Review"), _("Decision"), _("Your answer"), _("Course begins")),
    S.IN_REVIEW: (_("Decision"), _("Your answer"), _("Course begins")),
    S.INFO_REQUESTED: (_("Review goes on"), _("Decision"), _("Your answer"), _("Course begins")),
    S.WAITLISTED: (_("Offer, if a seat becomes free"), _("Your answer"), _("Course begins")),
    S.OFFERED: (_("Course begins"),),
}
TONES: Mapping[str, str] = {
    S.DRAFT: "half",
    S.SUBMITTED: "info",
    S.IN_REVIEW: "info",
    S.INFO_REQUESTED: "wait",
    S.OFFERED: "wait",
    S.WAITLISTED: "info",
    S.ENROLLED: "ok",
    S.DECLINED: "stop",
    S.OFFER_DECLINED: "off",
    S.EXPIRED: "off",
    S.WITHDRAWN: "off",
    S.CANCELLED: "stop",
}

PLACE_TONES: Mapping[str, str] = {
    PlaceStanding.CONFIRMED: "ok",
    PlaceStanding.UNPAID: "wait",
    PlaceStanding.SPONSOR: "info",
    PlaceStanding.FEE_OPEN: "none",
}


@dataclass(frozen=True)
class Stop:
    """Something that happened."""

    title: str | Promise
    at: datetime


def happened(events: Iterable[Event], evidence: Iterable[EvidenceEvent] = ()) -> list[Stop]:
    """What is on record of the application, in words for the person who made it, oldest first."""
    steps = [Stop(HAPPENED.get(event.move, event.move), event.at) for event in events]
    return sorted([*steps, *became_of_documents(evidence)], key=lambda stop: stop.at)


def became_of_documents(evidence: Iterable[EvidenceEvent]) -> Iterator[Stop]:
    """One line for all documents to which the same happened on one day, not one for each page."""
    told = [event for event in evidence if event.act in OF_DOCUMENTS]
    for (act, _day), group in groupby(told, key=lambda event: (event.act, event.at.date())):
        group = list(group)
        labels = dict.fromkeys(event.label for event in group)
        names = ", ".join(f"“{label}”" for label in labels)
        yield Stop(OF_DOCUMENTS[act] % {"names": names}, group[-1].at)


def still_to_come(application: Application) -> tuple[str | Promise, ...]:
    return NEXT.get(application.status, ())
