"""Evidence in our hands: it comes, is replaced or taken back, judged and looked at, and each of it is on record."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import permissions as who
from .answers import editable
from .completeness import evidence_slots
from .evidence import CheckedFile
from .evidence.scanning import scan, scanner
from .models import Application, Document, EvidenceEvent, LicenseCheck
from .opinions import may_send
from .workflow import MoveRefused

Act = EvidenceEvent.Act
MOST_DOCUMENTS = 30
ANSWERS = gettext_lazy("The whole application")
NOT_SCANNED = gettext_lazy(
    "This file waits for the virus scanner. It opens by itself as soon as it has been scanned."
)


def note_event(
    document: Document,
    act: str,
    *,
    by: Any,
    note: str = "",
    page: int | None = None,
    at: datetime | None = None,
) -> EvidenceEvent:
    """The act is on the record of the document and of its application."""
    more = {"document": document, "page": page, "note": note}
    return note_act(document.application_id, document.label, act, by=by, at=at, **more)


def note_act(
    application_id: int,
    label: str,
    act: str,
    *,
    by: Any,
    document: Document | None = None,
    page: int | None = None,
    note: str = "",
    at: datetime | None = None,
) -> EvidenceEvent:
    """The act is on the record of the application; `label` names what was looked at where no document is."""
    return EvidenceEvent.objects.create(
        application_id=application_id,
        document=document,
        label=label[:120],
        page=page,
        act=act,
        actor=None if by.pk is None else by,
        actor_name=str(by)[:200],
        note=note[:300],
        at=at or timezone.now(),
    )


# What the applicant does


def attach_document(
    *,
    application: Application,
    by: Any,
    kind: str,
    label: str,
    file: CheckedFile,
    replaces: Document | None = None,
    note: str = "",
) -> Document:
    """The checked file lies in this slot, once, however often it is sent, in place of another where one is named.

    Record and file, or neither. Raises MoveRefused when the slot is not asked for, is full, or may not be changed.
    """
    document = Document(
        application=application,
        kind=kind,
        label=label,
        file=ContentFile(file.content, name=file.name),
        original_name=file.name,
        content_type=file.content_type,
        size=file.size,
        pages=file.pages,
        sha256=file.sha256,
        scan=file.scan,
    )
    try:
        with transaction.atomic():
            return _attached(document, by, replaces, note)
    except BaseException:
        # No record would ever name this file again, so nobody could find it to delete it.
        if document.file._committed:
            document.file.storage.delete(document.file.name)
        raise


def _attached(document: Document, by: Any, replaces: Document | None, note: str) -> Document:
    application = editable(document.application, by)
    require_open(application, document.kind)
    present = application.documents.kept()
    if twin := present.filter(kind=document.kind, sha256=document.sha256).first():
        return twin
    if document.kind not in {slot.kind for slot in evidence_slots(application)}:
        raise MoveRefused(_("This course does not ask you for that document."))
    if replaces is not None:
        _withdraw(application, replaces, by, Act.REPLACED)
    if present.count() >= MOST_DOCUMENTS:
        raise MoveRefused(
            _("An application holds up to %(number)s files. Remove one, then add this.")
            % {"number": MOST_DOCUMENTS}
        )
    document.save()
    note_event(document, Act.UPLOADED, by=by, note=note)
    return document


@transaction.atomic
def remove_document(*, document: Document, by: Any) -> None:
    """The record is gone, and its file as soon as that is committed; accepted evidence stays. Safe to repeat."""
    application = editable(document.application, by)
    require_open(application, document.kind)
    _withdraw(application, document, by, Act.REMOVED)


def require_open(application: Application, kind: str) -> None:
    """Refused for a document that the reviewer's request leaves as it was sent."""
    if not may_send(application, kind):
        raise MoveRefused(
            _("We asked you about other parts of your application. This document stays as you sent it.")
        )


def _withdraw(application: Application, document: Document, by: Any, act: str) -> None:
    document = application.documents.select_for_update(of=("self",)).filter(pk=document.pk).first()
    if document is None:
        return
    if is_settled(document, timezone.localdate()):
        raise MoveRefused(
            _("This document has been checked and accepted, so it stays with your application.")
        )
    note_event(document, act, by=by)
    document.delete()
    transaction.on_commit(partial(document.file.storage.delete, document.file.name))


def is_settled(document: Document, on: date) -> bool:
    """Whether it was accepted and still holds, so that nobody takes it away."""
    return document.status == Document.Status.ACCEPTED and not document.has_run_out(on)


# What the office does


@transaction.atomic
def assess_document(
    *,
    document: Document,
    by: Any,
    accepted: bool,
    reason: str = "",
    valid_until: date | None = None,
    at: datetime | None = None,
) -> Document:
    """The document is accepted, until the day printed on it where one is given, or rejected with a reason that its
    owner reads. Raises MoveRefused when its file is gone or not scanned yet, and when a rejection lacks its reason.
    """
    document = _present(document)
    if not who.may_review(by, document.application):
        raise MoveRefused(_("Only a reviewer can judge evidence, and never their own."))
    if document.purged_at:
        raise MoveRefused(_("The file of this document has been deleted, so it can’t be judged any more."))
    if not accepted and not reason.strip():
        raise MoveRefused(_("Say what is wrong with the document: the applicant reads it."))
    if accepted and not document.may_be_opened:
        raise MoveRefused(NOT_SCANNED)
    document.status = Document.Status.ACCEPTED if accepted else Document.Status.REJECTED
    document.reason = "" if accepted else reason.strip()[:300]
    document.valid_until = valid_until if accepted else None
    document.assessed_by, document.assessed_at = by, at or timezone.now()
    document.save(update_fields=["status", "reason", "valid_until", "assessed_by", "assessed_at"])
    note_event(document, Act.ACCEPTED if accepted else Act.REJECTED, by=by, note=document.reason, at=at)
    return document


# Who looks


@transaction.atomic
def view_document(
    *, document: Document, by: Any, page: int | None = None, note: str = "", at: datetime | None = None
) -> EvidenceEvent:
    """It is on record that this person saw this page now, or opened the file itself; call it before showing a byte.

    Raises MoveRefused for those who may not see it, and while its file is gone or waits for the scanner.
    """
    document = _present(document)
    if not who.may_see_document(by, document):
        raise MoveRefused(_("You may not see this document."))
    if document.purged_at:
        raise MoveRefused(_("The file of this document has been deleted."))
    if not document.may_be_opened:
        raise MoveRefused(NOT_SCANNED)
    return note_event(document, Act.TAKEN if page is None else Act.SEEN, by=by, note=note, page=page, at=at)


def view_application(*, application: Application, by: Any, at: datetime | None = None) -> EvidenceEvent:
    """It is on record that this member of staff had the whole application on the screen. Not called for one's own."""
    return note_act(application.pk, str(ANSWERS), Act.SEEN, by=by, at=at)


def note_export(documents: Iterable[Document], *, by: Any, at: datetime) -> None:
    """It is on record that this person took all of these files away."""
    for document in documents:
        note_event(document, Act.EXPORTED, by=by, at=at)


# What the site does by itself


def scan_waiting(*, at: datetime | None = None) -> int:
    """Every file that no scanner has seen has been scanned, as far as one answers; how many were looked at."""
    if scanner() is None:
        return 0
    waiting = list(Document.objects.unscanned().order_by("pk").values_list("pk", flat=True))
    return sum(_scan_one(key, at or timezone.now()) for key in waiting)


def _scan_one(key: int, at: datetime) -> bool:
    document = Document.objects.unscanned().filter(pk=key).first()
    if document is None:
        return False
    try:
        with document.file.open("rb") as file:
            outcome, found = scan(file.read())
    except FileNotFoundError:
        return False
    if outcome == Document.Scan.WAITING:
        return False
    if outcome == Document.Scan.INFECTED:
        _condemn(document, found, at)
    else:
        Document.objects.filter(pk=key, purged_at=None).update(scan=outcome)
    return True


@transaction.atomic
def _condemn(document: Document, found: str, at: datetime) -> None:
    """The file is gone, and its owner reads that it was infected and should be sent anew."""
    document = Document.objects.select_for_update(of=("self",)).filter(pk=document.pk, purged_at=None).first()
    if document is None:
        return
    document.scan, document.status = Document.Scan.INFECTED, Document.Status.REJECTED
    document.reason = _("This file carried a virus, so we deleted it. Send a clean copy from another device.")
    purge(document, Act.INFECTED, by=who.NIGHTLY, note=found, at=at)


def purge(document: Document, act: str, *, by: Any, at: datetime, note: str = "") -> None:
    """The file and the name it came under are gone; the record of what was shown and judged stays."""
    note_event(document, act, by=by, note=note, at=at)
    if document.file:
        transaction.on_commit(partial(document.file.storage.delete, document.file.name))
    document.file, document.original_name, document.purged_at = "", "", at
    document.save()


def purge_picture(check: LicenseCheck, act: str, *, by: Any, at: datetime, note: str = "") -> None:
    """The picture of a register's page is gone; that somebody looked, and what the register said, stays."""
    note_picture(check, act, by=by, note=note, at=at)
    transaction.on_commit(partial(check.screenshot.storage.delete, check.screenshot.name))
    check.screenshot, check.screenshot_type, check.purged_at = "", "", at
    check.save(update_fields=["screenshot", "screenshot_type", "purged_at"])


def view_picture(*, check: LicenseCheck, by: Any, at: datetime | None = None) -> EvidenceEvent:
    """It is on record that this reviewer saw the picture of a register's page; call it before showing a byte.

    Raises MoveRefused for those who may not see it.
    """
    if not who.may_review(by, check.application):
        raise MoveRefused(_("You may not see this document."))
    return note_picture(check, Act.SEEN, by=by, at=at)


def note_picture(
    check: LicenseCheck, act: str, *, by: Any, note: str = "", at: datetime | None = None
) -> EvidenceEvent:
    """The act is on the record of the application: such a picture is no document of the applicant's."""
    label = _("Picture of a page of %(register)s") % {"register": check.register}
    return note_act(check.application_id, label, act, by=by, note=note, at=at)


def _present(document: Document) -> Document:
    """The document as it is now, kept still until this transaction ends; refused when its owner has removed it."""
    records = Document.objects.select_for_update(of=("self",)).select_related("application")
    if (present := records.filter(pk=document.pk).first()) is None:
        raise MoveRefused(_("The applicant has removed this document."))
    return present
