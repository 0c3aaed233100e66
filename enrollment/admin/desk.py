"""What a reviewer needs to see of one application, gathered."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise

from enrollment import permissions, reviewing, seats
from enrollment.completeness import SECTIONS, evidence_slots, missing_answers
from enrollment.eligibility import concerns
from enrollment.models import Application, Document, InformationRequest, LicenseCheck
from enrollment.notifications import asked_for
from enrollment.opinions import plan_of
from enrollment.transcript import Change, changes, transcript

from .history import Step, steps
from .letters import LETTER_TONES
from .queue import TONES
from .review_forms import AssignForm, LicenseCheckForm, NoteForm, ReviewForm

DOCUMENT_TONES = {
    Document.Status.UPLOADED: "wait",
    Document.Status.ACCEPTED: "ok",
    Document.Status.REJECTED: "stop",
}
CHECK_TONES = {
    LicenseCheck.Result.GOOD: "ok",
    LicenseCheck.Result.RESTRICTED: "wait",
    LicenseCheck.Result.CLOSED: "none",
}


@dataclass(frozen=True)
class Row:
    """An answer, and what stood there before the applicant was asked to change it."""

    label: str
    value: str
    change: Change | None


@dataclass(frozen=True)
class Answers:
    """One section of the application as it was filled in."""

    title: str | Promise
    rows: list[Row]
    missing: list[str]


@dataclass(frozen=True)
class Slot:
    """A document that was asked for, and what came."""

    label: str
    is_required: bool
    documents: list[Document]


def desk(application: Application, by: Any) -> dict[str, Any]:
    asked = list(application.information_requests.select_related("asked_by"))
    found = changed_since(asked, application)
    return {
        "application": application,
        "tone": TONES[application.status],
        "sections": list(sections(application, found)),
        "changes": found,
        "slots": list(slots(application)),
        "declarations": application.declarations.all(),
        "requests": [told(request, application) for request in asked],
        "is_mine": application.reviewer_id == by.pk,
        "concerns": concerns(application),
        "may_waive": permissions.may_decide(by, application),
        "steps": timeline(application),
        "letters": [(letter, LETTER_TONES[letter.status]) for letter in application.letters.all()],
        "seats": seats.ledger(application.intake),
        "others": permissions.reviewable(by)
        .filter(applicant=application.applicant_id)
        .exclude(pk=application.pk)
        .select_related("intake"),
        **opinions(application, by),
        **talk(application),
    }


def timeline(application: Application) -> list[Step]:
    """Moves of the application and its place, and what became of its documents, newest first."""
    moves = steps(application, getattr(application, "enrollment", None))
    evidence = (
        Step(f"{event.get_act_display()}: {event.label}", event, "", "")
        for event in application.evidence_history.changes()
    )
    return sorted([*moves, *evidence], key=lambda step: (step.event.at, step.event.pk), reverse=True)


def opinions(application: Application, by: Any) -> dict[str, Any]:
    """What colleagues think, how many more must, and the form for one's own."""
    reviews = list(application.reviews.select_related("reviewer").prefetch_related("scores__criterion"))
    mine = next((review for review in reviews if review.reviewer_id == by.pk), None)
    return {
        "reviews": reviews,
        "reviews_needed": plan_of(application).reviews_needed,
        "may_give_opinion": application.status in reviewing.REVIEWABLE,
        "review_form": ReviewForm(instance=mine, application=application),
    }


def talk(application: Application) -> dict[str, Any]:
    """Notes and looks into registers, with the forms for more of them."""
    checks = list(application.license_checks.select_related("by"))
    return {
        "notes": application.notes.select_related("author"),
        "note_form": NoteForm(),
        "checks": [(check, CHECK_TONES.get(check.result, "stop")) for check in checks],
        "license_form": LicenseCheckForm(
            initial={
                "register": application.register_body,
                "number": application.register_number or application.license_number,
            }
        ),
        "assign_form": AssignForm(
            intakes=[application.intake_id], initial={"reviewer": application.reviewer_id}
        ),
    }


def changed_since(asked: list[InformationRequest], application: Application) -> list[Change]:
    """What is not what it was when the applicant was last asked for something."""
    return changes(asked[0].former, application) if asked else []


def told(request: InformationRequest, application: Application) -> dict[str, Any]:
    return {
        "request": request,
        "asked_for": asked_for(application, request),
        "is_overdue": request.is_overdue(timezone.now()),
    }


def sections(application: Application, found: list[Change]) -> Iterable[Answers]:
    by_place = {(change.section, change.name): change for change in found}
    missing = missing_answers(application)
    for name, lines in transcript(application).items():
        if lines:
            rows = [Row(line.label, line.value, by_place.get((name, line.name))) for line in lines]
            yield Answers(SECTIONS[name].label, rows, missing.get(name, []))


def slots(application: Application) -> Iterable[Slot]:
    """Each document asked for with what came, then whatever came that nobody asks for any more."""
    came: dict[str, list[Document]] = {}
    for document in application.documents.select_related("assessed_by").with_times_seen():
        document.tone = DOCUMENT_TONES[document.status]
        document.application = application
        came.setdefault(document.kind, []).append(document)
    for asked in evidence_slots(application):
        yield Slot(asked.label, asked.is_required, came.pop(asked.kind, []))
    for documents in came.values():
        yield Slot(documents[0].label, False, documents)
