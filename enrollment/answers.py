"""What an applicant hands in and the office looks at: answers, declarations, evidence."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import permissions as who
from .completeness import SECTIONS, evidence_slots
from .evidence import CheckedFile
from .models import Application, Declaration, Document, DocumentView
from .workflow import MoveRefused

MOST_DOCUMENTS = 30


class StaleAnswers(MoveRefused):
    """Somebody, perhaps the same person in another window, saved in between; nothing was overwritten."""

    def __init__(self, sentence: str, *, present: dict[str, Any], version: int):
        super().__init__(sentence)
        self.present = present
        self.version = version


@transaction.atomic
def save_section(
    *,
    application: Application,
    by: Any,
    section: str,
    values: Mapping[str, Any],
    version: int | None = None,
    at: datetime | None = None,
) -> Application:
    """The section holds these answers and the version is one higher; saving the same again changes nothing.

    Raises StaleAnswers, with what stands there now, when `version` is not the present one; MoveRefused when the
    application can't be changed any more.
    """
    application = _editable(application, by)
    values = {name: values[name] for name in SECTIONS[section].fields if name in values}
    present = {name: getattr(application, name) for name in SECTIONS[section].fields}
    if all(present[name] == value for name, value in values.items()):
        return application
    if version is not None and version != application.version:
        raise StaleAnswers(
            _("These answers were changed in another window. Compare them, then save again."),
            present=present,
            version=application.version,
        )
    for name, value in values.items():
        setattr(application, name, value)
    application.version += 1
    application.save(update_fields=[*values, "version", "updated_at"])
    return application


@transaction.atomic
def agree(
    *, application: Application, by: Any, declarations: Mapping[str, str], at: datetime | None = None
) -> list[Declaration]:
    """The applicant has made exactly these declarations, kept in the words that were shown."""
    application = _editable(application, by)
    application.declarations.exclude(key__in=declarations).delete()
    made = dict(application.declarations.values_list("key", "text"))
    for key, text in declarations.items():
        if made.get(key) != str(text):
            application.declarations.update_or_create(
                key=key, defaults={"text": str(text), "agreed_at": at or timezone.now()}
            )
    return list(application.declarations.all())


def attach_document(
    *, application: Application, by: Any, kind: str, label: str, file: CheckedFile
) -> Document:
    """The checked file lies in this slot, once, however often it is sent; record and file, or neither."""
    document = Document(
        application=application,
        kind=kind,
        label=label,
        file=ContentFile(file.content, name=file.name),
        original_name=file.name,
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
    )
    try:
        with transaction.atomic():
            return _attached(document, by)
    except BaseException:
        # No record would ever name this file again, so nobody could find it to delete it.
        if document.file._committed:
            document.file.storage.delete(document.file.name)
        raise


def _attached(document: Document, by: Any) -> Document:
    application = _editable(document.application, by)
    if twin := application.documents.filter(kind=document.kind, sha256=document.sha256).first():
        return twin
    if document.kind not in {slot.kind for slot in evidence_slots(application)}:
        raise MoveRefused(_("This course does not ask you for that document."))
    if application.documents.count() >= MOST_DOCUMENTS:
        raise MoveRefused(
            _("An application holds up to %(number)s files. Remove one, then add this.")
            % {"number": MOST_DOCUMENTS}
        )
    document.save()
    return document


@transaction.atomic
def remove_document(*, document: Document, by: Any) -> None:
    """The record is gone, and its file as soon as that is committed; accepted evidence stays."""
    application = _editable(document.application, by)
    document = application.documents.select_for_update(of=("self",)).filter(pk=document.pk).first()
    if document is None:
        return
    if document.status == Document.Status.ACCEPTED:
        raise MoveRefused(
            _("This document has been checked and accepted, so it stays with your application.")
        )
    document.delete()
    transaction.on_commit(partial(document.file.storage.delete, document.file.name))


@transaction.atomic
def assess_document(*, document: Document, by: Any, accepted: bool, reason: str = "") -> Document:
    """The document is accepted, or rejected with a reason that its owner reads."""
    document = _present(document)
    if not who.may_review(by, document.application):
        raise MoveRefused(_("Only a reviewer can judge evidence, and never their own."))
    if not accepted and not reason.strip():
        raise MoveRefused(_("Say what is wrong with the document: the applicant reads it."))
    document.status = Document.Status.ACCEPTED if accepted else Document.Status.REJECTED
    document.reason = "" if accepted else reason.strip()
    document.save(update_fields=["status", "reason"])
    return document


@transaction.atomic
def view_document(*, document: Document, by: Any) -> DocumentView:
    """It is on record that this person opened the document now; call it before showing a byte."""
    document = _present(document)
    if not who.may_see_document(by, document):
        raise MoveRefused(_("You may not see this document."))
    return document.views.create(viewer=by)


def _present(document: Document) -> Document:
    """The document as it is now, kept still until this transaction ends; refused when its owner has removed it."""
    records = Document.objects.select_for_update(of=("self",)).select_related("application")
    if (present := records.filter(pk=document.pk).first()) is None:
        raise MoveRefused(_("The applicant has removed this document."))
    return present


def _editable(application: Application, by: Any) -> Application:
    """The application as it is now, kept still until this transaction ends; refused unless its applicant may write."""
    application = (
        Application.objects.select_for_update(no_key=True, of=("self",))
        .select_related("intake__course", "profession")
        .get(pk=application.pk)
    )
    if not who.is_applicant(by, application):
        raise MoveRefused(_("Only the applicant can change this application."))
    if not application.is_editable:
        raise MoveRefused(
            _("This application is “%(status)s” now, so its answers stay as they are.")
            % {"status": application.get_status_display()}
        )
    return application
