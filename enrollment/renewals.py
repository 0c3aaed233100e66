"""One certificate in the place of another: a name put right, a renewal; and what happens as the end comes near."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import certification, numbers, snapshot
from . import permissions as who
from . import renewal_terms as terms
from .award_moves import CERTIFICATE
from .custody import note_act
from .evidence import CheckedFile
from .models import Certificate, Correction, EvidenceEvent
from .workflow import MoveRefused, record_birth, refusal

# Longer than the longest reminder of any rule that makes sense; what ends later is not looked at.
FARTHEST = timedelta(days=1000)


@transaction.atomic
def supersede(
    *,
    certificate: Certificate,
    by: Any,
    name: str,
    evidence: CheckedFile,
    note: str,
    printed_name: str = "",
    native_name: str = "",
    at: datetime | None = None,
) -> Certificate:
    """A new certificate of the same award carries the right name, and this one leads to it; returns the new one.

    Only the name differs, and the end of its validity stays. Raises MoveRefused when no name or another course of things
    is given.
    """
    at = at or timezone.now()
    holder = snapshot.named(name, printed_name, native_name)
    if not holder["name"]:
        raise MoveRefused(_("Write the name as it stands on the register."))
    certification.move(certificate, "supersede", by=by, note=note, at=at)
    if holder == {"printed_name": "", **certificate.snapshot["holder"]}:
        raise MoveRefused(_("This is the name that the certificate carries already."))
    corrected = follow(certificate, by=by, at=at, holder=holder)
    keep_evidence(corrected, evidence, by=by, at=at)
    return corrected


def keep_evidence(corrected: Certificate, evidence: CheckedFile, *, by: Any, at: datetime) -> None:
    record = Correction(certificate=corrected, sha256=evidence.sha256, by=by, at=at)
    record.evidence_name, record.evidence_type = evidence.name, evidence.content_type
    record.evidence.save(evidence.name, ContentFile(evidence.content), save=False)
    record.save()


def view_evidence(*, certificate: Certificate, by: Any, at: datetime | None = None) -> Correction:
    """It is on record that this person opened the paper behind the corrected name; call it before showing a byte.

    Raises MoveRefused where there is none, where it was erased, and for those who may not see this certificate.
    """
    if not who.may(by, "view_certificate") or who.is_learner(by, certificate.enrollment):
        raise MoveRefused(_("You may not see this document."))
    correction = Correction.objects.filter(certificate=certificate).exclude(evidence="").first()
    if correction is None:
        raise MoveRefused(_("There is no paper behind the name on this certificate."))
    label = _("Evidence of the name on %(number)s") % {"number": certificate.number}
    note_act(certificate.enrollment.application_id, label, EvidenceEvent.Act.TAKEN, by=by, at=at)
    return correction


@transaction.atomic
def renew(*, certificate: Certificate, by: Any, note: str, at: datetime | None = None) -> Certificate:
    """A new certificate of the same award is valid for another term, and this one leads to it; returns the new one.

    Raises MoveRefused while neither points nor a refresher course renew it.
    """
    at = at or timezone.now()
    rule = terms.rule_of(certificate)
    done = [way for way in terms.ways(certificate, rule, at) if way.done] if rule else []
    certification.move(certificate, "renew", by=by, note=note, at=at)
    intake = certificate.enrollment.intake
    # Whoever renews early loses no day of the term that is running.
    begins = max(at, certificate.valid_until)
    return follow(
        certificate,
        by=by,
        at=at,
        **snapshot.validity(certificate.enrollment, terms.end_of(begins, rule.valid_months, intake.zone)),
        renewed_by=[{"way": way.key, "label": str(way.label), "detail": way.detail} for way in done],
        bodies=snapshot.bodies_in_force(intake, at.astimezone(intake.zone).date()),
    )


def follow(certificate: Certificate, *, by: Any, at: datetime, **changes: Any) -> Certificate:
    """The next certificate of the chain, born now."""
    enrollment = certificate.enrollment
    on = at.astimezone(enrollment.intake.zone).date()
    number = numbers.mint(enrollment.intake.course.code, on.year)
    former = {"valid_until": "", **certificate.snapshot}
    taken = snapshot.reissue(former, number=number, at=at, on=on, registrar=by, **changes)
    born = certification.keep(enrollment, taken, by=by, at=at, follows=certificate)
    record_birth(born, "follow", by=by, at=at)
    return born


def chain(certificate: Certificate) -> list[Certificate]:
    """Every certificate of this award, the newest first."""
    return list(certificate.enrollment.certificates.order_by("-issued_at", "-pk"))


# What the worker does when the hour has come


def expire_due(*, at: datetime) -> int:
    """Certificates whose time is up have expired, and their holders know; how many."""
    return each(Certificate.objects.filter(valid_until__lt=at), "expire", at)


def remind_due(*, at: datetime) -> int:
    """Everybody whose certificate ends soon has a letter on its way, one for each day of the rule; how many."""
    ahead = Certificate.objects.filter(valid_until__gte=at, valid_until__lt=at + FARTHEST)
    return each(ahead.filter(enrollment__intake__course__renewal_rule__isnull=False), "remind_of_expiry", at)


def each(certificates: Iterable[Certificate], name: str, at: datetime) -> int:
    """This move is made of every issued certificate among these that allows it, each in a transaction of its own."""
    standing = certificates.filter(status=Certificate.Status.ISSUED)
    standing = standing.select_related("enrollment__intake__course", "enrollment__learner")
    return sum(
        is_moved(certificate, partial(certification.move, name=name, by=who.NIGHTLY, at=at))
        for certificate in standing
        if not refusal(CERTIFICATE, certificate, name, by=who.NIGHTLY, at=at)
    )


def is_moved(certificate: Certificate, move: partial) -> bool:
    """Whether it was made; somebody else may have been first."""
    try:
        move(certificate)
    except MoveRefused:
        return False
    return True
