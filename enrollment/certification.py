"""The acts of certifying: issue, suspend, reinstate, revoke, share. What an award asks for is in `completion`."""

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import completion, notifications, numbers, snapshot
from . import permissions as who
from .credentials import status_list
from .credentials.keys import KeyMissing
from .credentials.sealing import seal
from .models import Certificate, Enrollment
from .transitions import BIRTHS, CERTIFICATE, ENROLLMENT
from .workflow import MoveRefused, perform, record_birth

logger = structlog.get_logger(__name__)


# Issue


@transaction.atomic
def issue_certificate(*, enrollment: Enrollment, by: Any, at: datetime | None = None) -> Certificate:
    """The enrollment is completed and has one certificate, frozen as of now; repeating gives the same one.

    Raises MoveRefused with what is outstanding.
    """
    at = at or timezone.now()
    enrollment = (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("application", "intake__course", "learner")
        .get(pk=enrollment.pk)
    )
    if not who.may_issue(by, enrollment):
        raise MoveRefused(_("Only a registrar issues certificates, and never their own."))
    if certificate := enrollment.certificates.first():
        return certificate
    refuse_unready(enrollment)
    perform(ENROLLMENT, enrollment, "complete", by=by, at=at)
    certificate = store(enrollment, by=by, at=at)
    event = record_birth(certificate, "issue", by=by, at=at)
    tell_holder(BIRTHS["issue"], certificate, event)
    return certificate


def refuse_unready(enrollment: Enrollment) -> None:
    if not snapshot.holder_of(enrollment.application)["name"]:
        raise MoveRefused(_("The application carries no name to print on the certificate."))
    if outstanding := completion.outstanding(enrollment):
        raise MoveRefused(
            _("Still outstanding: %(list)s.")
            % {"list": "; ".join(f"{one.label} ({one.detail})" for one in outstanding)}
        )


def store(enrollment: Enrollment, *, by: Any, at: datetime) -> Certificate:
    """A first certificate, frozen as of now."""
    year = at.astimezone(enrollment.intake.zone).year
    number = numbers.mint(enrollment.intake.course.code, year)
    return keep(enrollment, snapshot.take(enrollment, number=number, at=at, registrar=by), by=by, at=at)


def keep(
    enrollment: Enrollment, taken: dict, *, by: Any, at: datetime, follows: Certificate | None = None
) -> Certificate:
    """Snapshot and signatures together: there is no certificate without its credentials."""
    ends = taken["valid_until"]
    certificate = enrollment.certificates.create(
        number=taken["number"],
        snapshot=taken,
        snapshot_sha256=snapshot.fingerprint(taken),
        issued_at=at,
        issued_by=by,
        valid_until=datetime.fromisoformat(ends) if ends else None,
        follows=follows,
    )
    try:
        seal(certificate, at=at)
    except KeyMissing as fault:
        logger.error("certificate_not_signed", fault=str(fault))
        raise MoveRefused(
            _("The institute’s signing keys are not on this machine. Tell the site’s operator.")
        ) from fault
    return certificate


def tell_holder(letter: str, certificate: Certificate, event) -> None:
    notifications.queue(
        letter,
        event=event,
        recipient=certificate.enrollment.learner,
        certificate=certificate,
        enrollment=certificate.enrollment,
    )


# What may happen to it


@transaction.atomic
def move(
    certificate: Certificate,
    name: str,
    *,
    by: Any,
    note: str = "",
    at: datetime | None = None,
    **changes: Any,
) -> Certificate:
    """The certificate is in the move’s state, machines read it in the status lists, and the holder is told.

    Raises MoveRefused with why not.
    """
    at = at or timezone.now()
    if CERTIFICATE[name].target:
        changes["state_since"] = at
    event = perform(CERTIFICATE, certificate, name, by=by, note=note, at=at, **changes)
    status_list.renew(certificate)
    if letter := CERTIFICATE[name].letter:
        tell_holder(letter, certificate, event)
    return certificate


def suspend(*, certificate: Certificate, by: Any, note: str, at: datetime | None = None) -> Certificate:
    """The certificate does not stand until the suspension is lifted; the holder reads why, the public does not."""
    return move(certificate, "suspend", by=by, note=note, at=at)


def reinstate(*, certificate: Certificate, by: Any, note: str, at: datetime | None = None) -> Certificate:
    """A suspended certificate stands as before, as long as its time is not up."""
    return move(certificate, "reinstate", by=by, note=note, at=at)


def revoke(
    *, certificate: Certificate, by: Any, reason_class: str, note: str, at: datetime | None = None
) -> Certificate:
    """The certificate is revoked for good; the public sees the date and the class of reason.

    Raises MoveRefused when the class is not one of `Certificate.ReasonClass`.
    """
    at = at or timezone.now()
    if reason_class not in Certificate.ReasonClass:
        raise MoveRefused(_("Choose the class of reason that the public will see."))
    return move(certificate, "revoke", by=by, note=note, at=at, revoked_at=at, reason_class=reason_class)


# Sharing


def share(*, certificate: Certificate, by: Any, at: datetime | None = None) -> Certificate:
    """Whoever knows the number may have the sheet and the credential; the holder alone decides. Repeating is harmless."""
    at = at or timezone.now()
    return certificate if certificate.shared_at else move(certificate, "share", by=by, at=at, shared_at=at)


def stop_sharing(*, certificate: Certificate, by: Any, at: datetime | None = None) -> Certificate:
    """The files are for the holder alone again. Repeating is harmless."""
    if not certificate.shared_at:
        return certificate
    return move(certificate, "stop_sharing", by=by, at=at, shared_at=None)
