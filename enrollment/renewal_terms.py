"""What renews a certificate, and how far its holder is: points of the ledger, or the certificate of a refresher course."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _

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
    found = []
    if rule.points:
        earned = points_earned(certificate, at)
        words = {"earned": plain(earned), "needed": plain(rule.points)}
        found.append(
            Way(
                "points",
                _("CPD points"),
                _("%(earned)s of %(needed)s points") % words,
                earned >= rule.points,
            )
        )
    if rule.refresher:
        done = has_refreshed(certificate, rule, at)
        found.append(
            Way("refresher", rule.refresher.title, _("Certificate earned") if done else _("Not yet"), done)
        )
    return found


def points_earned(certificate: Certificate, at: datetime) -> Decimal:
    """What the ledger holds of this person since the day of issue, whatever the scheme; the course itself counts once."""
    zone = certificate.enrollment.intake.zone
    days = (certificate.issued_at.astimezone(zone).date(), at.astimezone(zone).date())
    earned = CpdEntry.objects.standing().of(certificate.enrollment.learner_id).filter(earned_on__range=days)
    earned = earned.exclude(enrollment=certificate.enrollment_id)
    return earned.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


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
