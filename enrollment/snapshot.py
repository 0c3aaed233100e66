"""What a certificate freezes: everything true on the day, in plain values that later edits never reach.

Whoever draws a sheet or a credential has this and nothing else. A new fact is a new key; keys are never renamed.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Min, Q, Sum
from django.utils.translation import gettext_lazy

from courses.models import Accreditation, CpdScheme, FacultyMember, Intake, Module
from iiwam.accounts.names import on_one_line

from .credentials import issuer
from .credentials.scripts import language_of
from .models import Application, Enrollment, RenewalRule
from .reading import MOST, counted
from .renewal_terms import end_of

VERSION = 4
# The only person whom the institute has named; a director in the catalog's faculty comes first.
DIRECTOR = "Prof. Dr. Morthy"
NO_LICENCE = gettext_lazy(
    "This certificate records training. It is not a licence to practise: local law and the holder’s own "
    "registration decide which procedures the holder may perform."
)


def take(enrollment: Enrollment, *, number: str, at: datetime, registrar: Any) -> dict:
    """What is true at this moment; no email address, birth date or register number is in it."""
    intake, course = enrollment.intake, enrollment.intake.course
    issued_on = at.astimezone(intake.zone).date()
    return {
        "version": VERSION,
        "number": number,
        "verify_url": f"{settings.SITE_URL}/verify/{number}/",
        "issuer": issuer.NAME,
        "issuer_id": issuer.did(),
        "holder": holder_of(enrollment.application),
        "award": course.award,
        "course": described(course),
        "procedures": procedures_covered(enrollment),
        "supervised_cases": enrollment.logbook.counting().count(),
        "depths_mm": depths_practised(enrollment),
        "modules_passed": modules_passed(enrollment),
        "hours": list(hours_counted(enrollment)),
        "cpd": cpd_points(enrollment, issued_on),
        "bodies": bodies_in_force(intake, issued_on),
        "intake": {
            "code": intake.code,
            "starts_on": plain_day(intake.starts_on),
            "ends_on": plain_day(intake.ends_on),
        },
        "issued_on": issued_on.isoformat(),
        "issued_at": plain_moment(at),
        **validity(enrollment, end_of_validity(enrollment, at)),
        "signatories": [
            {"name": director_of(course), "role": "Course Director"},
            signed_by(registrar),
        ],
        "scope_notice": course.scope_notice.strip(),
        "no_licence": str(NO_LICENCE),
        "is_sample": intake.is_sample,
    }


def reissue(former: dict, *, number: str, at: datetime, on: date, registrar: Any, **changes: Any) -> dict:
    """The same award under a new number and day; what was done for it, and when it was first issued, stays."""
    director = [one for one in former["signatories"] if one["role"] != "Registrar"]
    return {
        **former,
        "number": number,
        "verify_url": f"{settings.SITE_URL}/verify/{number}/",
        "issuer_id": issuer.did(),
        "issued_on": on.isoformat(),
        "issued_at": plain_moment(at),
        "first_issued_on": former.get("first_issued_on") or former["issued_on"],
        "follows": former["number"],
        "signatories": [*director, signed_by(registrar)],
        **changes,
    }


def fingerprint(snapshot: dict) -> str:
    canonical = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


# Who and what


def holder_of(application: Application) -> dict:
    """The name as on the register, as the holder wants it printed where that differs, and in its own script."""
    return named(application.legal_name, application.certificate_name, application.native_name)


def named(name: str, printed: str, native: str) -> dict:
    name, printed, native = map(on_one_line, (name, printed, native))
    return {
        "name": name,
        "printed_name": "" if printed == name else printed,
        "native_name": native,
        "native_language": language_of(native),
    }


def validity(enrollment: Enrollment, ends: datetime | None) -> dict:
    """The last moment, and the last day where the course is held."""
    day = ends.astimezone(enrollment.intake.zone).date() if ends else None
    return {"valid_until": plain_moment(ends), "valid_on": plain_day(day)}


def end_of_validity(enrollment: Enrollment, at: datetime) -> datetime | None:
    """When a certificate issued now ends by the course's rule; None where there is no rule."""
    rule = RenewalRule.objects.filter(course=enrollment.intake.course_id).first()
    return end_of(at, rule.valid_months, enrollment.intake.zone) if rule else None


def described(course) -> dict:
    return {
        "title": course.title,
        "code": course.code,
        "url": f"{settings.SITE_URL}{course.get_absolute_url()}",
        "syllabus_version": course.syllabus_version,
        "hours_theory": plain_number(course.hours_theory),
        "hours_practical": plain_number(course.hours_practical),
    }


def director_of(course) -> str:
    directors = FacultyMember.objects.filter(is_director=True)
    director = directors.filter(courses=course).first() or directors.first()
    return on_one_line(director.name) if director else DIRECTOR


def signed_by(registrar: Any) -> dict:
    return {"name": on_one_line(registrar.full_name), "role": "Registrar"}


# What was practised


def procedures_covered(enrollment: Enrollment) -> list[dict]:
    """What was practised, each with its supervised cases that an assessor signed, then what else the course teaches."""
    signed = cases_signed(enrollment)
    taught = [procedure.name for procedure in enrollment.intake.course.procedures.all()]
    practised = {name.casefold() for name in signed}
    named = [*signed.items(), *((name, 0) for name in taught if name.casefold() not in practised)]
    return [{"name": name, "supervised_cases": number} for name, number in named]


def cases_signed(enrollment: Enrollment) -> dict[str, int]:
    """By procedure as it was written; two spellings that differ in case alone are one."""
    rows = (
        enrollment.logbook.counting().order_by("procedure").values("procedure").annotate(number=Count("pk"))
    )
    spelled: dict[str, tuple[str, int]] = {}
    for row in rows:
        name = row["procedure"].strip()
        first, number = spelled.get(name.casefold(), (name, 0))
        spelled[name.casefold()] = (first, number + row["number"])
    return dict(spelled.values())


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


# Hours and points


def hours_counted(enrollment: Enrollment) -> Iterator[dict]:
    """Each count of hours with how it was arrived at; one that nobody confirmed is left out."""
    course = enrollment.intake.course
    syllabus = f"as set by syllabus version {course.syllabus_version}"
    if course.hours_theory:
        yield {
            "kind": "theory",
            "label": "theory",
            "hours": plain_number(course.hours_theory),
            "counted": syllabus,
        }
    if course.hours_practical:
        yield {
            "kind": "practice",
            "label": "practice",
            "hours": plain_number(course.hours_practical),
            "counted": syllabus,
        }
    days, length = attended(enrollment)
    if days:
        lists = f"from the attendance lists of {days} training day{'' if days == 1 else 's'}, start to end"
        yield {"kind": "attended", "label": "attended", "hours": in_hours(length), "counted": lists}
    yield from hours_read(enrollment)


def hours_read(enrollment: Enrollment) -> Iterator[dict]:
    """The time that counts by the rule of `reading`; what rounds to nothing is no line."""
    hours = in_hours(counted([enrollment]).get(enrollment.pk, timedelta()))
    if hours != "0":
        pages = f"on the pages of the course while in use, at most {MOST} times a topic’s reading time"
        yield {"kind": "reading", "label": "reading", "hours": hours, "counted": pages}


def attended(enrollment: Enrollment) -> tuple[int, timedelta]:
    length = ExpressionWrapper(
        F("training_day__ends_at") - F("training_day__starts_at"), output_field=DurationField()
    )
    present = enrollment.attendance.filter(is_present=True)
    found = present.aggregate(days=Count("pk"), length=Sum(length))
    return found["days"], found["length"] or timedelta()


def cpd_points(enrollment: Enrollment, on: date) -> list[dict]:
    """Points of each scheme that keeps records of the holder's profession and whose approval of this run, or of the
    course, stands today, under the code the scheme gave it."""
    intake = enrollment.intake
    of_run = Q(intake=None) | Q(intake=intake)
    approvals = Accreditation.objects.filter(of_run, course=intake.course_id).granting_points(on)
    return [
        {
            "scheme": approval.body,
            "points": plain_number(approval.cpd_points),
            "event_code": approval.reference,
            **({"unit": approval.unit} if approval.unit != CpdScheme.Unit.POINTS else {}),
        }
        for approval in approvals
        if approval.is_for(enrollment.application.profession_id)
    ]


def bodies_in_force(intake: Intake, on: date) -> list[dict]:
    """Bodies whose approval, with its reference, stands today; what is only stated, or of another run, is not printed."""
    of_run = Q(intake=None) | Q(intake=intake)
    approvals: Iterable[Accreditation] = (
        Accreditation.objects.concerning(intake.course).filter(of_run).in_force(on)
    )
    return [
        {"body": approval.body, "statement": approval.statement, "reference": approval.reference}
        for approval in approvals
    ]


# Plain values


def plain_number(value: Decimal | None) -> str:
    return f"{value.normalize():f}" if value is not None else ""


def in_hours(length: timedelta) -> str:
    return plain_number((Decimal(length.total_seconds()) / 3600).quantize(Decimal("0.1")))


def plain_moment(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def plain_day(day: date | None) -> str:
    return day.isoformat() if day else ""
