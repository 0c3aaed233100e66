"""The acts of certifying: what is outstanding, issue, revoke, look up."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import FacultyMember, Module, Topic

from . import notifications, numbers, study
from . import permissions as who
from .credentials.scripts import language_of
from .models import Application, Certificate, CompetencyCheck, Enrollment
from .transitions import BIRTHS, CERTIFICATE, ENROLLMENT
from .workflow import MoveRefused, perform, record_birth

ISSUER = "International Institute of Wellness & Aesthetic Medicine"
# The only person whom the institute has named; a director in the catalog's faculty comes first.
DIRECTOR = "Prof. Dr. Morthy"
NO_LICENCE = gettext_lazy(
    "This certificate records training. It is not a licence to practise: local law and the holder’s own "
    "registration decide which procedures the holder may perform."
)


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
    issued_on = at.astimezone(enrollment.intake.zone).date()
    number = numbers.mint(enrollment.intake.course.code, issued_on.year)
    snapshot = take_snapshot(enrollment, number=number, issued_on=issued_on, registrar=by)
    return enrollment.certificates.create(
        number=number,
        snapshot=snapshot,
        snapshot_sha256=fingerprint(snapshot),
        issued_at=at,
        issued_by=by,
    )


def take_snapshot(enrollment: Enrollment, *, number: str, issued_on: date, registrar: Any) -> dict:
    """What is true on this day, in plain values; no e-mail address, birth date or register number is in it."""
    application, intake, course = enrollment.application, enrollment.intake, enrollment.intake.course
    return {
        "version": 1,
        "number": number,
        "verify_url": f"{settings.SITE_URL}/verify/{number}/",
        "issuer": ISSUER,
        "holder": holder_of(application),
        "award": course.award,
        "course": {
            "title": course.title,
            "code": course.code,
            "syllabus_version": course.syllabus_version,
            "hours_theory": plain_number(course.hours_theory),
            "hours_practical": plain_number(course.hours_practical),
        },
        "supervised_cases": enrollment.logbook.counting().count(),
        "depths_mm": depths_practised(enrollment),
        "modules_passed": modules_passed(enrollment),
        "intake": {
            "code": intake.code,
            "starts_on": intake.starts_on.isoformat() if intake.starts_on else "",
            "ends_on": intake.ends_on.isoformat() if intake.ends_on else "",
        },
        "issued_on": issued_on.isoformat(),
        "signatories": [
            {"name": director_of(course), "role": "Course Director"},
            {"name": registrar.full_name, "role": "Registrar"},
        ],
        "scope_notice": course.scope_notice.strip(),
        "no_licence": str(NO_LICENCE),
        "is_sample": intake.is_sample,
    }


def holder_of(application: Application) -> dict:
    native = application.native_name.strip()
    return {
        "name": application.legal_name.strip(),
        "native_name": native,
        "native_language": language_of(native),
    }


def plain_number(value: Decimal | None) -> str:
    return f"{value.normalize():f}" if value is not None else ""


def depths_practised(enrollment: Enrollment) -> dict | None:
    """The shallowest and the deepest setting in the cases that count."""
    depths = enrollment.logbook.counting().aggregate(low=Min("depth_mm"), high=Max("depth_mm"))
    if depths["low"] is None:
        return None
    return {"from": plain_number(depths["low"]), "to": plain_number(depths["high"])}


def modules_passed(enrollment: Enrollment) -> list[dict]:
    passed = enrollment.attempts.filter(is_passed=True).values("module")
    modules = Module.objects.filter(pk__in=passed).order_by("number")
    return [{"number": module.number, "title": module.title} for module in modules]


def director_of(course) -> str:
    directors = FacultyMember.objects.filter(is_director=True)
    director = directors.filter(courses=course).first() or directors.first()
    return director.name if director else DIRECTOR


def fingerprint(snapshot: dict) -> str:
    canonical = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


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
    tell_holder(CERTIFICATE["revoke"].letter, certificate, event)
    return certificate


# Look up


class State(StrEnum):
    VALID = "valid"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    MALFORMED = "malformed"


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
        return self.state in {State.VALID, State.REVOKED}


def look_up(number: str) -> Verification:
    """What this number stands for today; a slip of the pen is told apart from a number never issued."""
    exact = numbers.read(number)
    if exact is None:
        return Verification(State.MALFORMED, number.strip()[: numbers.LONGEST_INPUT])
    certificate = Certificate.objects.filter(number=exact).first()
    if certificate is None:
        return Verification(State.UNKNOWN, exact)
    shown, holder = certificate.snapshot, certificate.snapshot["holder"]
    is_revoked = certificate.status == Certificate.Status.REVOKED
    return Verification(
        State.REVOKED if is_revoked else State.VALID,
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
