"""Certificates in every state in which a visitor of the demonstration may meet one."""

from datetime import datetime

from courses.models import Intake
from enrollment import certification, renewals
from enrollment.models import Certificate, RenewalRule

from . import points
from .walks import DAY, Walker, sample_scan


def rule_of_renewal(intake: Intake) -> None:
    """Certificates of this course are valid for two years; a made-up term, as all of the demonstration is."""
    RenewalRule.objects.get_or_create(course=intake.course, defaults={"valid_months": 24, "points": 20})


def private(walker: Walker, intake: Intake, begun: datetime, issued_at: datetime) -> Certificate:
    return walker.certify(intake, begun, issued_at)


def shared(walker: Walker, intake: Intake, begun: datetime, issued_at: datetime) -> Certificate:
    certificate = walker.certify(intake, begun, issued_at)
    return certification.share(certificate=certificate, by=certificate.enrollment.learner, at=issued_at + DAY)


def suspended(walker: Walker, intake: Intake, begun: datetime, issued_at: datetime) -> Certificate:
    return certification.suspend(
        certificate=walker.certify(intake, begun, issued_at),
        by=walker.staff["registrar"],
        at=issued_at + 20 * DAY,
        note="A logbook entry is being looked into.",
    )


def superseded(walker: Walker, intake: Intake, begun: datetime, issued_at: datetime) -> Certificate:
    """The name was one word short; the corrected certificate follows."""
    certificate = walker.certify(intake, begun, issued_at)
    holder = certificate.snapshot["holder"]
    return renewals.supersede(
        certificate=certificate,
        by=walker.staff["registrar"],
        name=f"{holder['name']} Sample",
        native_name=holder["native_name"],
        evidence=sample_scan("Extract of the register"),
        at=issued_at + 10 * DAY,
        note="The register carries one more name.",
    )


def expired(walker: Walker, intake: Intake, begun: datetime, issued_at: datetime, now: datetime) -> None:
    walker.certify(intake, begun, issued_at)
    renewals.expire_due(at=now)


def renewed(
    walker: Walker, intake: Intake, update: Intake, begun: datetime, issued_at: datetime, at: datetime
) -> Certificate:
    """Its holder came back for another course, whose points renewed it before it ended."""
    certificate = walker.certify(intake, begun, issued_at)
    day = update.training_days.get().starts_at
    approval = points.approve(walker, update, day - 60 * DAY, points=20)
    with walker.coming_back(certificate.enrollment.learner):
        walker.attend(walker.enroll(update, day - 30 * DAY))
    points.award(walker, approval, day + 5 * DAY)
    return renewals.renew(
        certificate=certificate, by=walker.staff["registrar"], at=at, note="Twenty points are in the ledger."
    )
