"""The acts of certifying: what is outstanding, issue, revoke, look up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from courses.models import Module, Topic

from . import notifications, numbers, snapshot, study
from . import permissions as who
from .credentials import status_list
from .credentials.keys import KeyMissing
from .credentials.sealing import seal
from .models import Certificate, CompetencyCheck, Enrollment
from .transitions import BIRTHS, CERTIFICATE, ENROLLMENT
from .workflow import MoveRefused, perform, record_birth

logger = structlog.get_logger(__name__)


# What is outstanding


@dataclass(frozen=True)
class Requirement:
    """One thing the award asks for, and how far this learner is."""

    label: str | Promise
    done: bool
    detail: str = ""


def requirements(enrollment: Enrollment) -> list[Requirement]:
    """Everything the award asks for, in the order of study."""
    asked = [
        *topics_read(enrollment),
        *questions_passed(enrollment),
        *cases_countersigned(enrollment),
        *skills_shown(enrollment),
    ]
    if not asked:
        # A course that asks for nothing yet would award everybody at once.
        asked.append(
            Requirement(_("Course content"), False, _("This course has no topics, questions or cases yet."))
        )
    return asked


def outstanding_requirements(enrollment: Enrollment) -> list[Requirement]:
    """What the learner still owes; an empty list means the certificate may be issued."""
    return [requirement for requirement in requirements(enrollment) if not requirement.done]


def topics_read(enrollment: Enrollment) -> Iterator[Requirement]:
    course = enrollment.intake.course_id
    total = Topic.objects.filter(module__course=course).count()
    if total:
        done = enrollment.progress.filter(topic__module__course=course).count()
        yield Requirement(_("Topics read"), done >= total, tally(done, total))


def questions_passed(enrollment: Enrollment) -> Iterator[Requirement]:
    passed = set(enrollment.attempts.filter(is_passed=True).values_list("module", flat=True))
    for module in modules_with_questions(enrollment.intake.course_id):
        done = module.pk in passed
        yield Requirement(
            _("Questions of module %(number)s, %(title)s") % {"number": module.number, "title": module.title},
            done,
            _("Passed") if done else _("Not yet passed"),
        )


def modules_with_questions(course_id: int):
    asked = study.deciding_questions().values("module")
    return Module.objects.filter(course=course_id, pk__in=asked).order_by("number")


def cases_countersigned(enrollment: Enrollment) -> Iterator[Requirement]:
    total = enrollment.intake.course.supervised_cases_required
    if total:
        done = enrollment.logbook.counting().count()
        yield Requirement(_("Supervised cases countersigned"), done >= total, tally(done, total))


def skills_shown(enrollment: Enrollment) -> Iterator[Requirement]:
    """A critical skill whose newest judgement is “not yet met” holds the award; an unjudged one does not."""
    newest = {
        check.competency: check
        for check in enrollment.competency_checks.select_related("competency").order_by("checked_at", "pk")
    }
    for competency, check in newest.items():
        if competency.is_critical:
            yield Requirement(
                _("Skill: %(title)s") % {"title": competency.title},
                check.result == CompetencyCheck.Result.MET,
                check.get_result_display(),
            )


def tally(done: int, total: int) -> str:
    return _("%(done)s of %(total)s") % {"done": done, "total": total}


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
    if not enrollment.application.legal_name.strip():
        raise MoveRefused(_("The application carries no name to print on the certificate."))
    if outstanding := outstanding_requirements(enrollment):
        raise MoveRefused(
            _("Still outstanding: %(list)s.")
            % {"list": "; ".join(f"{one.label} ({one.detail})" for one in outstanding)}
        )


def store(enrollment: Enrollment, *, by: Any, at: datetime) -> Certificate:
    """Snapshot and signatures together: there is no certificate without its credentials."""
    year = at.astimezone(enrollment.intake.zone).year
    number = numbers.mint(enrollment.intake.course.code, year)
    taken = snapshot.take(enrollment, number=number, at=at, registrar=by)
    certificate = enrollment.certificates.create(
        number=number,
        snapshot=taken,
        snapshot_sha256=snapshot.fingerprint(taken),
        issued_at=at,
        issued_by=by,
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


# Revoke


@transaction.atomic
def revoke(
    *, certificate: Certificate, by: Any, reason_class: str, note: str, at: datetime | None = None
) -> Certificate:
    """The certificate is revoked, the public sees the date and the class of reason, the holder is told."""
    at = at or timezone.now()
    if reason_class not in Certificate.ReasonClass:
        raise MoveRefused(_("Choose the class of reason that the public will see."))
    event = perform(
        CERTIFICATE, certificate, "revoke", by=by, note=note, at=at, revoked_at=at, reason_class=reason_class
    )
    status_list.renew(certificate)
    tell_holder(CERTIFICATE["revoke"].letter, certificate, event)
    return certificate


# Look up


class State(StrEnum):
    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    MALFORMED = "malformed"


# What the public is told of each status; a status without a word here is an error, never “valid”.
STATES = {
    Certificate.Status.ISSUED: State.VALID,
    Certificate.Status.SUSPENDED: State.SUSPENDED,
    Certificate.Status.REVOKED: State.REVOKED,
}


@dataclass(frozen=True)
class Verification:
    """All that anyone may learn from a certificate number."""

    state: State
    number: str
    name: str = ""
    native_name: str = ""
    native_language: str = ""
    award: str = ""
    course: str = ""
    issued_on: date | None = None
    revoked_at: datetime | None = None
    reason: str | Promise = ""
    is_sample: bool = False

    @property
    def is_found(self) -> bool:
        return self.state in STATES.values()


def look_up(number: str) -> Verification:
    """What this number stands for today; a slip of the pen is told apart from a number never issued."""
    exact = numbers.read(number)
    if exact is None:
        return Verification(State.MALFORMED, number.strip()[: numbers.LONGEST_INPUT])
    certificate = Certificate.objects.filter(number=exact).first()
    if certificate is None:
        return Verification(State.UNKNOWN, exact)
    shown, holder = certificate.snapshot, certificate.snapshot["holder"]
    return Verification(
        STATES[certificate.status],
        exact,
        name=holder["name"],
        native_name=holder["native_name"],
        native_language=holder["native_language"],
        award=shown["award"],
        course=shown["course"]["title"],
        issued_on=date.fromisoformat(shown["issued_on"]),
        revoked_at=certificate.revoked_at,
        reason=certificate.get_reason_class_display(),
        is_sample=shown["is_sample"],
    )
