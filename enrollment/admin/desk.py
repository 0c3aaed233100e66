"""What a reviewer needs to see of one application, gathered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise

from enrollment import admissions, permissions, seats
from enrollment.completeness import SECTIONS, evidence_slots, missing_from
from enrollment.eligibility import concerns
from enrollment.forms.countries import names as countries
from enrollment.models import Application, Document

from .forms import ReviewForm
from .history import Step, steps
from .letters import LETTER_TONES
from .queue import TONES

DOCUMENT_TONES = {
    Document.Status.UPLOADED: "wait",
    Document.Status.ACCEPTED: "ok",
    Document.Status.REJECTED: "stop",
}


@dataclass(frozen=True)
class Answers:
    """One section of the application as it was filled in."""

    title: str | Promise
    rows: list[tuple[str, str]]
    missing: list[str]


@dataclass(frozen=True)
class Slot:
    """A document that was asked for, and what came."""

    label: str
    is_required: bool
    documents: list[Document]


def desk(application: Application, by: Any) -> dict[str, Any]:
    return {
        "application": application,
        "tone": TONES[application.status],
        "sections": list(sections(application)),
        "slots": list(slots(application)),
        "document_tones": DOCUMENT_TONES,
        "declarations": application.declarations.standing(),
        "concerns": concerns(application),
        "may_waive": permissions.may_decide(by, application),
        "reviews": application.reviews.select_related("reviewer"),
        "may_give_opinion": permissions.may_review(by, application)
        and application.status in admissions.REVIEWABLE,
        "review_form": ReviewForm(instance=application.reviews.filter(reviewer=by).first()),
        "is_mine": application.reviewer_id == by.pk,
        "steps": timeline(application),
        "letters": [(letter, LETTER_TONES[letter.status]) for letter in application.letters.all()],
        "seats": seats.ledger(application.intake),
        "others": Application.objects.filter(applicant=application.applicant_id)
        .exclude(pk=application.pk)
        .exclude(status=Application.Status.DRAFT)
        .select_related("intake"),
    }


def timeline(application: Application) -> list[Step]:
    """Moves of the application and its place, and what became of its documents, newest first."""
    moves = steps(application, getattr(application, "enrollment", None))
    evidence = (
        Step(f"{event.get_act_display()}: {event.label}", event, "", "")
        for event in application.evidence_history.changes()
    )
    return sorted([*moves, *evidence], key=lambda step: (step.event.at, step.event.pk), reverse=True)


def sections(application: Application) -> Iterable[Answers]:
    for name, section in SECTIONS.items():
        if section.fields:
            rows = [(label_of(field), answer(application, field)) for field in section.fields]
            yield Answers(section.label, rows, missing_from(application, name))


def label_of(field: str) -> str:
    label = str(Application._meta.get_field(field).verbose_name)
    return label[:1].upper() + label[1:]


def answer(application: Application, field: str) -> Any:
    value = getattr(application, field)
    if isinstance(value, date):
        return date_format(value, "j F Y")
    return countries().get(value, value) if field.endswith("country") else value


def slots(application: Application) -> Iterable[Slot]:
    """Each document asked for with what came, then whatever came that nobody asks for any more."""
    came: dict[str, list[Document]] = {}
    for document in application.documents.with_times_seen():
        document.tone = DOCUMENT_TONES[document.status]
        came.setdefault(document.kind, []).append(document)
    for asked in evidence_slots(application):
        yield Slot(asked.label, asked.is_required, came.pop(asked.kind, []))
    for documents in came.values():
        yield Slot(documents[0].label, False, documents)
