"""What admissions, study and certification hold of a person, and how they forget it.

What stays after an erasure: that an application was made and what became of it, without a name; payments, which the
law of accounting asks for; and the register of certificates, whose snapshots say who earned what.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from iiwam.accounts import own_data

from . import chain
from .cpd import identity
from .credentials import pdf
from .credentials.sealing import sealed
from .custody import note_export, purge, purge_picture
from .models import (
    Application,
    AwardWaiver,
    Beginning,
    CalendarFeed,
    Certificate,
    Correction,
    CpdEntry,
    Document,
    Enrollment,
    Event,
    EvidenceEvent,
    ExtraAttempt,
    InformationRequest,
    Letter,
    LicenseCheck,
    LogbookEntry,
    Note,
    Payment,
    Reading,
    Review,
    Signature,
    StudyClock,
    Waiver,
)
from .offers import withdraw
from .transitions import APPLICATION

# Tell nobody who the person was; every other column of an application is emptied, also one added later.
KEPT = frozenset(
    {
        *("id", "reference", "applicant", "intake", "second_choice", "status", "reviewer", "version"),
        *("created_at", "updated_at", "submitted_at", "waitlisted_at", "profession", "payer"),
        *("offer_expires_at", "offer_fee_minor", "offer_deposit_minor", "offer_currency"),
    }
)
# How the record is kept is no fact about the person.
INTERNAL = frozenset(
    {"id", "applicant", "reviewer", "version", "last_turns", "learner", "application", "enrollment", "key"}
)
GONE = "[erased]"
PERSON = "Erased person"
NIGHTLY_SENT = (Letter.Status.SENT, Letter.Status.FAILED)


# Telling


def facts(record: models.Model, leave_out: Iterable[str] = ()) -> dict[str, Any]:
    """Each column of a record with its value; what it refers to in words."""
    columns = [
        column for column in record._meta.concrete_fields if column.name not in {*INTERNAL, *leave_out}
    ]
    return {column.name: told(record, column) for column in columns}


def told(record: models.Model, column: models.Field) -> Any:
    value = getattr(record, column.name)
    if value is None or isinstance(column, models.JSONField):
        return value
    plain = isinstance(value, bool | int | float) or hasattr(value, "isoformat")
    return value if plain else str(value)


@own_data.tells("applications")
def applications(person: Any, at: datetime) -> own_data.Chapter:
    mine = list(Application.objects.of(person).select_related("intake__course", "profession"))
    documents = [document for application in mine for document in application.documents.all()]
    note_export([document for document in documents if document.may_be_opened], by=person, at=at)
    files = [attachment(document) for document in documents if document.may_be_opened]
    return own_data.Chapter([one_application(application) for application in mine], files)


def one_application(application: Application) -> dict[str, Any]:
    return {
        **facts(application),
        "course": application.intake.course.title,
        "added_answers": [facts(one) for one in application.extra_answers.all()],
        "declarations": [facts(one) for one in application.declarations.all()],
        "documents": [
            facts(one, ["file", "assessed_by"]) | {"file": place(one)} for one in application.documents.all()
        ],
        "history": [step(event, application) for event in application.history.all()],
        "who_saw_your_documents": [look(event, application) for event in application.evidence_history.all()],
        "waivers": [facts(one, ["by"]) for one in application.waivers.all()],
        "payments": [
            facts(one, ["note", "proof", "recorded_by", "recorded_name", "corrects"])
            for one in application.payments.all()
        ],
        "letters": [letter(one) for one in application.letters.all()],
    }


def place(document: Document) -> str:
    """Where the file lies in the archive; empty when we no longer have it, or it waits for the virus scanner."""
    if not document.may_be_opened:
        return ""
    return (
        f"documents/{document.application.reference}/{document.kind}/{document.pk} {document.original_name}"
    )


def attachment(document: Document) -> own_data.Attachment:
    return own_data.Attachment(place(document), partial(document.file.storage.open, document.file.name))


def step(event: Event, application: Application) -> dict[str, Any]:
    """A step as the person may read it: what colleagues noted for each other is theirs."""
    by_person = event.actor_id == application.applicant_id
    move = APPLICATION.get(event.move)
    shown = by_person or (move is not None and move.note_is_shown)
    return {
        "at": event.at,
        "what": str(move.label) if move else event.move,
        "to": event.to_status,
        "by": "you" if by_person else "IIWAM",
        "note": event.note if shown else "",
    }


def look(event: EvidenceEvent, application: Application) -> dict[str, Any]:
    by = "you" if event.actor_id == application.applicant_id else "IIWAM"
    return {"at": event.at, "document": event.label, "page": event.page, "what": event.act, "by": by}


def letter(one: Letter) -> dict[str, Any]:
    return {
        "written": one.written_at,
        "sent": one.sent_at,
        "to": one.to_email,
        "subject": one.subject,
        "text": one.body_text,
    }


@own_data.tells("courses")
def courses(person: Any, at: datetime) -> own_data.Chapter:
    mine = list(Enrollment.objects.of(person).select_related("intake__course", "application"))
    held = Certificate.objects.filter(enrollment__in=mine)
    sheets = [file for one in held for file in files_of(one)]
    return own_data.Chapter([one_enrollment(enrollment) for enrollment in mine], sheets)


def one_enrollment(enrollment: Enrollment) -> dict[str, Any]:
    return {
        **facts(enrollment),
        "application": enrollment.application.reference,
        "course": enrollment.course.title,
        "topics_read": list(enrollment.progress.values("topic__title", "read_at")),
        "reading": list(
            enrollment.readings.values("topic__title", "place", "places", "seconds", "opened_at")
        ),
        "attempts": [facts(one) for one in enrollment.attempts.select_related("module")],
        "attempts_allowed_on_top": [
            facts(one, ["given_by"]) for one in enrollment.extra_attempts.select_related("module")
        ],
        "attendance": [
            facts(one, ["marked_by"]) for one in enrollment.attendance.select_related("training_day")
        ],
        "logbook": [signed_facts(one) for one in enrollment.logbook.select_related("assessor", "signature")],
        "requirements_set_aside": [facts(one, ["by"]) for one in enrollment.award_waivers.all()],
        "skills_checked": [
            facts(one) for one in enrollment.competency_checks.select_related("competency", "assessor")
        ],
        "certificates": [facts(one) for one in enrollment.certificates.select_related("issued_by")],
    }


def signed_facts(entry: LogbookEntry) -> dict[str, Any]:
    """An entry with the fingerprint under which the logbook's chain knows it."""
    signature = getattr(entry, "signature", None)
    return {
        **facts(entry),
        "signature": signature and {"number": signature.number, "sha256": signature.digest},
    }


def files_of(certificate: Certificate) -> Iterable[own_data.Attachment]:
    """The sheet as long as it may be shown, both signed credentials, and the paper behind a corrected name."""
    name, seal = f"certificates/{certificate.number}", partial(sealed, certificate)
    if certificate.status in Certificate.PRINTED:
        yield own_data.Attachment(f"{name}.pdf", lambda: BytesIO(pdf.render(certificate)))
    yield own_data.Attachment(f"{name}.json", lambda: BytesIO(seal().credential.encode()))
    yield own_data.Attachment(f"{name}.jwt", lambda: BytesIO(seal().token.encode()))
    for one in Correction.objects.filter(pk=certificate.pk).exclude(evidence=""):
        yield own_data.Attachment(
            f"{name} {one.evidence_name}", partial(one.evidence.storage.open, one.evidence.name)
        )


@own_data.tells("cpd")
def points(person: Any, at: datetime) -> own_data.Chapter:
    """The ledger of the person, and their identity number in full: nobody but they may have it all."""
    kept = identity.of_people([person.pk]).get(person.pk)
    number = (
        {"number": identity.for_owner(kept), "given": kept.given_at, "consent": kept.consent}
        if kept
        else None
    )
    entries = CpdEntry.objects.of(person).select_related("scheme", "approval")
    hidden = ["by", "by_name", "corrects"]
    return own_data.Chapter({"identity_number": number, "entries": [facts(one, hidden) for one in entries]})


# Forgetting


@own_data.objects
def unsettled(person: Any) -> Iterable[str]:
    """A seat, an offer or a place in line is given back first: others wait for it. A draft is simply dropped."""
    settled = Q(status=Application.Status.DRAFT) | Q(enrollment__status=Enrollment.Status.COMPLETED)
    for application in Application.objects.of(person).live().exclude(settled):
        words = _(
            "Application %(reference)s is “%(status)s”. Withdraw it, or give up the place, then come back."
        )
        yield words % {"reference": application.reference, "status": application.get_status_display()}


@own_data.erases
def forget_person(person: Any, by: Any, at: datetime) -> None:
    mine = Application.objects.of(person)
    for draft in mine.filter(status=Application.Status.DRAFT):
        withdraw(application=draft, by=person, at=at)
    for document in Document.objects.filter(application__in=mine):
        forget_document(document, by, at)
    mine.update(**emptied(Application))
    forget_words(mine, by, at)
    forget_study(Enrollment.objects.filter(learner=person))
    forget_certificates(Certificate.objects.filter(enrollment__learner=person))
    StudyClock.objects.filter(learner=person).delete()
    CalendarFeed.objects.filter(learner=person).delete()
    forget_names(person, mine)
    forget_letters(Letter.objects.filter(recipient=person))
    identity.remove(person=person)
    CpdEntry.objects.of(person).exclude(note="").forget_words(GONE)
    Beginning.objects.filter(email__iexact=person.email).delete()


def emptied(model: type[models.Model]) -> dict[str, Any]:
    """Every column that is not kept, with the value that says nothing."""
    columns = [column for column in model._meta.concrete_fields if column.name not in KEPT]
    return {column.name: None if column.null else column.get_default() for column in columns}


def forget_document(document: Document, by: Any, at: datetime) -> None:
    if document.purged_at is None:
        purge(document, EvidenceEvent.Act.ERASED, by=by, at=at)
    Document.objects.filter(pk=document.pk).update(sha256="", original_name="")
    # A rejection says why; that it was rejected stays.
    Document.objects.filter(pk=document.pk).exclude(reason="").update(reason=GONE)


def forget_words(mine: models.QuerySet, by: Any, at: datetime) -> None:
    """What was written about the person, or by them."""
    of_mine = {"application__in": mine}
    for application in mine:
        application.extra_answers.update(value="")
    Review.objects.filter(**of_mine).update(note=GONE)
    Note.objects.filter(**of_mine).update(text=GONE)
    Waiver.objects.filter(**of_mine).update(says=GONE, reason=GONE)
    InformationRequest.objects.filter(**of_mine).update(former={})
    for check in LicenseCheck.objects.with_picture().filter(**of_mine):
        purge_picture(check, EvidenceEvent.Act.ERASED, by=by, at=at)
    # That somebody looked into a register, and what came of it, stays; whom it showed does not.
    LicenseCheck.objects.filter(**of_mine).update(number=GONE, note=GONE)
    Payment._base_manager.filter(**of_mine).update(note="")


def forget_study(enrollments: models.QuerySet) -> None:
    entries = LogbookEntry.objects.filter(enrollment__in=enrollments)
    entries.update(outcome=chain.ERASED, reflection="")
    Signature.objects.filter(entry__in=entries).forget_salt()
    AwardWaiver.objects.filter(enrollment__in=enrollments).update(reason=GONE)
    ExtraAttempt.objects.filter(enrollment__in=enrollments).update(note=GONE)
    # Where and when somebody read says much of a person and nothing of the award.
    Reading.objects.filter(enrollment__in=enrollments).delete()
    for enrollment in enrollments:
        enrollment.competency_checks.update(note="")


def forget_certificates(certificates: models.QuerySet) -> None:
    """The register keeps them with their signed credentials; their files are private, and papers of names are gone."""
    for one in Correction.objects.filter(certificate__in=certificates).exclude(evidence=""):
        transaction.on_commit(partial(one.evidence.storage.delete, one.evidence.name))
    Correction.objects.filter(certificate__in=certificates).update(
        evidence="", evidence_name="", evidence_type="", sha256=""
    )
    certificates.update(shared_at=None)


def forget_names(person: Any, mine: models.QuerySet) -> None:
    """History keeps its steps, and loses who and why. The one change that it allows."""
    subjects = (
        Q(application__in=mine)
        | Q(enrollment__learner=person)
        | Q(entry__enrollment__learner=person)
        | Q(certificate__enrollment__learner=person)
    )
    Event._base_manager.filter(subjects).exclude(note="").update(note=GONE)
    Event._base_manager.filter(actor=person).update(actor_name=PERSON)
    EvidenceEvent._base_manager.filter(application__in=mine).exclude(note="").update(note=GONE)
    EvidenceEvent._base_manager.filter(actor=person).update(actor_name=PERSON)


def forget_letters(letters: models.QuerySet) -> int:
    """Letters that were sent keep their kind and their day; one that is on its way is forgotten the night after."""
    written = letters.filter(status__in=NIGHTLY_SENT).exclude(to_email="")
    return written.update(to_email="", subject=GONE, body_text="", body_html="", error="")


def finish_erasures() -> int:
    """Letters that were on their way when their reader was erased are forgotten too; how many they were."""
    return forget_letters(Letter.objects.filter(recipient__erased_at__isnull=False))
