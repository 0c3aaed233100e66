"""Papers that somebody sent with an earlier application, offered again and copied into this one."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .answers import editable
from .completeness import evidence_slots
from .custody import attach_document, require_open, view_document
from .evidence import CheckedFile
from .evidence.slots import MOST_FILES
from .models import Application, Document
from .workflow import MoveRefused

Spoiled = set[tuple[str, str]]


def offered(application: Application, kinds: Collection[str], *, on: date) -> dict[str, list[Document]]:
    """For each of these kinds what its owner could use again: what came last with one earlier application.

    Nothing for a slot in which something new lies already: whoever sent a new licence does not mean the old one.
    """
    every = Document.objects.filter(application__applicant=application.applicant_id, kind__in=kinds)
    every = list(every.select_related("application").order_by("-uploaded_at", "-pk"))
    found = {kind: [one for one in every if one.kind == kind] for kind in kinds}
    return {kind: _offered(application, papers, spoiled_among(papers, on)) for kind, papers in found.items()}


def _offered(application: Application, papers: list[Document], spoiled: Spoiled) -> list[Document]:
    here = {one.sha256 for one in papers if one.application_id == application.pk and one.purged_at is None}
    before = [one for one in papers if one.application_id != application.pk and one.may_be_opened]
    if here - {one.sha256 for one in before}:
        return []
    good = [one for one in before if (one.kind, one.sha256) not in spoiled]
    latest = [one for one in good if one.application_id == good[0].application_id]
    return [one for one in reversed(latest) if one.sha256 not in here]


def spoiled_among(papers: Iterable[Document], on: date) -> Spoiled:
    """Files that were turned down or have run out, whichever application they came with."""
    return {
        (one.kind, one.sha256)
        for one in papers
        if one.status == Document.Status.REJECTED or one.has_run_out(on)
    }


@transaction.atomic
def use_again(*, application: Application, by: Any, source: Document, at: datetime | None = None) -> Document:
    """A copy of this paper lies in the same slot of the application, under a name of its own and judged by nobody yet.

    It keeps the last day that is printed on it. Safe to repeat. Raises MoveRefused when the slot is closed, full or not
    asked for, and for a paper that is somebody else's, gone, not scanned yet, turned down, run out or damaged.
    """
    at = at or timezone.now()
    application = editable(application, by)
    require_open(application, source.kind)
    source = _present(source, by)
    present = application.documents.kept().filter(kind=source.kind)
    if source.purged_at is None and (twin := present.filter(sha256=source.sha256).first()):
        return twin
    label = _label(application, source.kind)
    if present.count() >= MOST_FILES:
        raise MoveRefused(_("A slot holds up to %(most)s files. Remove one first.") % {"most": MOST_FILES})
    view_document(document=source, by=by, note=_("Used again in %s") % application.reference, at=at)
    _require_good(source, timezone.localdate(at))
    copy = attach_document(
        application=application,
        by=by,
        kind=source.kind,
        label=label,
        file=_content(source),
        note=_("Used again from %s") % source.application.reference,
    )
    if source.valid_until:
        copy.valid_until = source.valid_until
        copy.save(update_fields=["valid_until"])
    return copy


def _present(source: Document, by: Any) -> Document:
    """The paper as it is now, kept still until this transaction ends."""
    records = Document.objects.select_for_update(of=("self",)).select_related("application")
    found = records.filter(pk=source.pk, application__applicant=by.pk).first()
    if found is None:
        raise MoveRefused(_("You may not see this document."))
    return found


def _label(application: Application, kind: str) -> str:
    for slot in evidence_slots(application):
        if slot.kind == kind:
            return slot.label
    raise MoveRefused(_("This course does not ask you for that document."))


def _require_good(source: Document, on: date) -> None:
    """A file that was turned down or has run out in any of its owner's applications is not sent once more."""
    copies = Document.objects.filter(
        application__applicant=source.application.applicant_id, kind=source.kind, sha256=source.sha256
    )
    for one in copies:
        if one.has_run_out(on):
            words = _("“%(name)s” was valid until %(day)s. Send the one that is valid now.")
            day = date_format(one.valid_until, "j F Y")
            raise MoveRefused(words % {"name": source.original_name, "day": day})
        if one.status == Document.Status.REJECTED:
            words = _("“%(name)s” was not accepted before: %(reason)s Send another file.")
            raise MoveRefused(words % {"name": source.original_name, "reason": one.reason})


def _content(source: Document) -> CheckedFile:
    """The file as it was checked when it came; refused when it is no longer what its fingerprint says."""
    try:
        with source.file.open("rb") as stored:
            content = stored.read()
    except FileNotFoundError:
        content = b""
    file = CheckedFile(source.original_name, source.content_type, content, source.pages, source.scan)
    if file.sha256 != source.sha256:
        raise MoveRefused(_("We cannot read “%s” any more. Send the file again.") % source.original_name)
    return file
