"""Where each document that was asked for stands, in the applicant's words."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from django.conf import settings
from django.db import models
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import EvidenceRequirement

from ..models import Document, InformationRequest
from .pdf import MAX_PAGES

MOST_FILES = 10


class SlotStatus(models.TextChoices):
    MISSING = "missing", gettext_lazy("Missing")
    OPTIONAL = "optional", gettext_lazy("Not sent")
    UPLOADED = "uploaded", gettext_lazy("Uploaded")
    ACCEPTED = "accepted", gettext_lazy("Accepted")
    REJECTED = "rejected", gettext_lazy("Rejected")
    EXPIRED = "expired", gettext_lazy("Expired")


TONES = {
    SlotStatus.MISSING: "wait",
    SlotStatus.OPTIONAL: "none",
    SlotStatus.UPLOADED: "half",
    SlotStatus.ACCEPTED: "ok",
    SlotStatus.REJECTED: "stop",
    SlotStatus.EXPIRED: "stop",
}


@dataclass(frozen=True)
class Slot:
    """A document that was asked for, with the files that came for it."""

    kind: str
    label: str
    help_text: str = ""
    is_required: bool = True
    documents: list[Document] = field(default_factory=list)
    status: SlotStatus = SlotStatus.MISSING
    is_open: bool = True
    # What came for it with an earlier application and can be used again.
    earlier: list[Document] = field(default_factory=list)

    @property
    def tone(self) -> str:
        return TONES[self.status]

    @property
    def kept(self) -> list[Document]:
        return [document for document in self.documents if document.purged_at is None]


def slots(
    asked: Iterable[EvidenceRequirement],
    documents: Iterable[Document],
    *,
    on: date,
    request: InformationRequest | None = None,
) -> tuple[list[Slot], list[Slot]]:
    """Each document asked for with what came for it, and what came that nobody asks for any more.

    While a `request` stands, the slots that it does not name are closed.
    """
    came: dict[str, list[Document]] = {}
    for document in documents:
        document.is_out_of_date = document.has_run_out(on)
        came.setdefault(document.kind, []).append(document)
    wanted = [_slot(requirement, came.pop(requirement.kind, []), on) for requirement in asked]
    others = [
        Slot(kind, files[0].label, is_required=False, documents=files, status=status_of(files, on=on))
        for kind, files in came.items()
    ]
    return [_opened(slot, request) for slot in wanted], [_opened(slot, request) for slot in others]


def _opened(slot: Slot, request: InformationRequest | None) -> Slot:
    return replace(slot, is_open=request is None or request.opens_document(slot.kind))


def _slot(asked: EvidenceRequirement, documents: list[Document], on: date) -> Slot:
    status = status_of(documents, on=on, is_required=asked.is_required)
    return Slot(asked.kind, asked.label, asked.help_text, asked.is_required, documents, status)


def status_of(documents: list[Document], *, on: date, is_required: bool = True) -> SlotStatus:
    """What is good in a slot decides; only when nothing is, what went wrong last."""
    holding = [
        document
        for document in documents
        if document.status != Document.Status.REJECTED and not document.has_run_out(on)
    ]
    if holding:
        waits = any(document.status == Document.Status.UPLOADED for document in holding)
        return SlotStatus.UPLOADED if waits else SlotStatus.ACCEPTED
    if documents:
        last = max(documents, key=lambda document: document.uploaded_at)
        return SlotStatus.EXPIRED if last.has_run_out(on) else SlotStatus.REJECTED
    return SlotStatus.MISSING if is_required else SlotStatus.OPTIONAL


def rule() -> str:
    """What a slot takes, told before anybody chooses a file."""
    return _("PDF, JPEG or PNG. Up to %(size)s a file, %(files)s files, %(pages)s pages a PDF.") % {
        "size": filesizeformat(settings.EVIDENCE_MAX_BYTES),
        "files": MOST_FILES,
        "pages": MAX_PAGES,
    }
