"""What renews a certificate, and how far its holder is: points of the ledger, or the certificate of a refresher course."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from courses.models import CpdScheme

from .models import Certificate, CpdEntry, RenewalRule

MORNING = time(8)


@dataclass(frozen=True)
class Way:
    """One way to a renewal: what it asks for, how far the holder is, and whether that is enough."""

    key: str
    label: str
    detail: str
    done: bool


def rule_of(certificate: Certificate) -> RenewalRule | None:
    return RenewalRule.objects.filter(course=certificate.enrollment.intake.course_id).first()


def end_of(issued_at: datetime, months: int, zone: Any) -> datetime:
    """The last second of the day so many months after the day of issue, where the course is held."""
    day = issued_at.astimezone(zone).date()
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    last = day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))
    return datetime.combine(last, time(23, 59, 59), tzinfo=zone)


def opens_at(certificate: Certificate, rule: RenewalRule) -> datetime:
    return certificate.valid_until - timedelta(days=rule.opens_days)


def reminders_of(certificate: Certificate, rule: RenewalRule) -> list[datetime]:
    """The mornings on which a reminder falls due, where the course is held."""
    zone = certificate.enrollment.intake.zone
    last_day = certificate.valid_until.astimezone(zone).date()
    return [
        datetime.combine(last_day - timedelta(days=days), MORNING, tzinfo=zone) for days in rule.reminder_days
    ]


# How far the holder is


def ways(certificate: Certificate, rule: RenewalRule, at: datetime) -> list[Way]:
    """Every way that the rule allows; one that is done is enough."""
    found = [by_scheme(scheme, earned, rule) for scheme, earned in earned_by_scheme(certificate, rule, at)]
    if rule.points and not found:
        found.append(Way("points", _("CPD points"), how_far(Decimal(0), rule.points, _("points")), False))
    if rule.refresher:
        done = has_refreshed(certificate, rule, at)
        found.append(
            Way("refresher", rule.refresher.title, _("Certificate earned") if done else _("Not yet"), done)
        )
    return found


def told(certificate: Certificate, at: datetime) -> list[Way]:
    """The ways to a renewal of one that stands or has ended; none where it needs none or can have none."""
    rule = rule_of(certificate) if certificate.valid_until else None
    can = certificate.status in (Certificate.Status.ISSUED, Certificate.Status.EXPIRED)
    return ways(certificate, rule, at) if rule and can else []


def by_scheme(scheme: CpdScheme, earned: Decimal, rule: RenewalRule) -> Way:
    """How far one scheme leads, in its own unit."""
    label = _("CPD, %(scheme)s") % {"scheme": scheme.name}
    return Way(
        "points", label, how_far(earned, rule.points, scheme.get_unit_display()), earned >= rule.points
    )


def how_far(earned: Decimal, needed: Decimal, unit: str) -> str:
    words = {"earned": plain(earned), "needed": plain(needed), "unit": unit}
    return _("%(earned)s of %(needed)s %(unit)s") % words


def earned_by_scheme(
    certificate: Certificate, rule: RenewalRule, at: datetime
) -> list[tuple[CpdScheme, Decimal]]:
    """What the ledger holds of this person since the day of issue, a sum for each scheme that the rule counts.

    Points of one scheme are not points of another, so nothing is added across them. The course itself counts once.
    """
    if not rule.points:
        return []
    zone = certificate.enrollment.intake.zone
    days = (certificate.issued_at.astimezone(zone).date(), at.astimezone(zone).date())
    rows = CpdEntry.objects.standing().of(certificate.enrollment.learner_id).filter(earned_on__range=days)
    rows = rows.exclude(enrollment=certificate.enrollment_id).order_by().values("scheme")
    earned = {row["scheme"]: row["sum"] for row in rows.annotate(sum=Sum("amount"))}
    if rule.scheme:
        return [(rule.scheme, earned.get(rule.scheme_id, Decimal(0)))]
    schemes = CpdScheme.objects.filter(pk__in=earned, unit=CpdScheme.Unit.POINTS)
    return [(scheme, earned[scheme.pk]) for scheme in schemes]


def has_refreshed(certificate: Certificate, rule: RenewalRule, at: datetime) -> bool:
    """Whether the person holds a certificate of the refresher course from after this one was issued."""
    earned = Certificate.objects.filter(
        enrollment__learner=certificate.enrollment.learner_id,
        enrollment__intake__course=rule.refresher_id,
        status=Certificate.Status.ISSUED,
        issued_at__gt=certificate.issued_at,
        issued_at__lte=at,
    )
    return earned.exclude(pk=certificate.pk).exists()


def plain(amount: Decimal) -> str:
    return number_format(amount.normalize() if amount % 1 else amount.quantize(Decimal(1)))
