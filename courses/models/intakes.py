from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..countries import names
from .catalog import Course
from .fees import Price, Terms


def validate_days(value: str) -> None:
    days = [part.strip() for part in value.split(",") if part.strip()]
    if not all(part.isascii() and part.isdecimal() and 1 <= int(part) <= 60 for part in days):
        raise ValidationError(_("Write numbers of days from 1 to 60, such as 3, 1."))


def validate_timezone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is no time zone. Use a name such as Asia/Kuala_Lumpur."), params={"name": value}
        )


class IntakeQuerySet(models.QuerySet):
    def announced(self):
        return self.filter(course__published_at__isnull=False).exclude(status=Intake.Status.CANCELLED)

    def upcoming(self, on: date):
        return self.announced().filter(Q(starts_on__gte=on) | Q(starts_on__isnull=True))

    def shown_on_course_page(self, on: date):
        """Runs that have not ended, soonest first; what was cancelled is not offered."""
        over = Q(starts_on__lt=on) & (Q(ends_on__isnull=True) | Q(ends_on__lt=on))
        return self.exclude(status=Intake.Status.CANCELLED).exclude(over).soonest_first()

    def soonest_first(self):
        return self.order_by(F("starts_on").asc(nulls_last=True), "code")

    def shown_in_calendars(self, on: date):
        """Runs that have not ended before this day; a calendar must also hear of those that were cancelled."""
        over = Q(starts_on__lt=on) & (Q(ends_on__isnull=True) | Q(ends_on__lt=on))
        return self.exclude(over).soonest_first()

    def accepting(self, at: datetime):
        """Intakes an applicant may apply to at this moment (whether or not a seat is free)."""
        return self.announced().filter(open_at(at), course__enrolment=Course.Enrolment.OPEN)

    def open_ones_first(self, at: datetime):
        """The intake to show when there is room for one: the soonest that is open, or else the soonest."""
        closed = Case(When(open_at(at), then=0), default=1, output_field=models.IntegerField())
        return self.order_by(closed, F("starts_on").asc(nulls_last=True), "code")


def open_at(at: datetime) -> Q:
    return Q(
        Q(applications_open_at__isnull=True) | Q(applications_open_at__lte=at),
        applications_close_at__gt=at,
        status__in=[Intake.Status.TENTATIVE, Intake.Status.CONFIRMED],
    )


class Intake(models.Model):
    """One dated, seat-limited run of a course."""

    class Status(models.TextChoices):
        TENTATIVE = "tentative", _("Tentative")
        CONFIRMED = "confirmed", _("Confirmed")
        CLOSED = "closed", _("Closed to applications")
        CANCELLED = "cancelled", _("Cancelled")

    class Standing(models.TextChoices):
        """What a reader must know of an intake, which is its status, its deadline and its seats together."""

        TENTATIVE = "tentative", _("Tentative")
        CONFIRMED = "confirmed", _("Confirmed")
        FULL = "full", _("Full")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Cancelled")

    course = models.ForeignKey(Course, models.PROTECT, related_name="intakes", verbose_name=_("course"))
    code = models.SlugField(_("code"), unique=True, help_text=_("In addresses, such as mn-2027-03."))
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.TENTATIVE)
    starts_on = models.DateField(
        _("starts on"), null=True, blank=True, help_text=_("Empty: to be confirmed.")
    )
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    applications_open_at = models.DateTimeField(_("applications open"), null=True, blank=True)
    applications_close_at = models.DateTimeField(_("applications close"))
    timezone = models.CharField(
        _("time zone"), max_length=64, default="Asia/Kuala_Lumpur", validators=[validate_timezone]
    )
    venue = models.CharField(_("venue"), max_length=200, blank=True, help_text=_("Empty: to be confirmed."))
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(
        _("country"), max_length=2, blank=True, help_text=_("Two letters, such as MY.")
    )
    capacity = models.PositiveSmallIntegerField(_("seats"))
    fee_minor = models.PositiveIntegerField(
        _("fee in minor units"),
        null=True,
        blank=True,
        help_text=_("Sen, centavos... 680000 is RM 6,800.00. Empty: to be confirmed."),
    )
    currency = models.CharField(
        _("currency"), max_length=3, blank=True, help_text=_("Three letters, such as MYR.")
    )
    early_fee_minor = models.PositiveIntegerField(
        _("early fee in minor units"), null=True, blank=True, help_text=_("Empty: no early fee.")
    )
    early_fee_until = models.DateField(
        _("last day of the early fee"),
        null=True,
        blank=True,
        help_text=_("It counts for applications sent by the end of this day."),
    )
    deposit_minor = models.PositiveIntegerField(
        _("deposit in minor units"),
        null=True,
        blank=True,
        help_text=_("The part of the fee that confirms a place. Empty: the whole fee confirms it."),
    )
    offer_days = models.PositiveSmallIntegerField(_("days to answer an offer"), default=7)
    offer_reminders = models.CharField(
        _("reminders of an offer"),
        max_length=40,
        blank=True,
        default="3, 1",
        validators=[validate_days],
        help_text=_("So many days before the answer is due, such as 3, 1. Empty: no reminder."),
    )
    is_sample = models.BooleanField(
        _("sample"),
        default=False,
        help_text=_("Shown with a mark: dates, fee and seats are made up for a demonstration."),
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        verbose_name = _("intake")
        verbose_name_plural = _("intakes")
        ordering = [F("starts_on").asc(nulls_last=True), "code"]
        # The front page shows the next few of many.
        indexes = [models.Index(fields=["starts_on", "code"], name="intakes_by_start")]
        constraints = [
            models.CheckConstraint(condition=Q(capacity__gte=1), name="intake_has_a_seat"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="intake_ends_after_it_starts",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                condition=Q(fee_minor__isnull=True, currency="")
                | (Q(fee_minor__isnull=False) & ~Q(currency="")),
                name="intake_fee_has_a_currency",
                violation_error_message=_("A fee needs a currency, and a currency needs a fee."),
            ),
            models.CheckConstraint(
                condition=Q(early_fee_minor__isnull=True)
                | Q(fee_minor__isnull=False, early_fee_minor__lte=F("fee_minor")),
                name="intake_early_fee_is_no_higher",
                violation_error_message=_("The early fee needs a fee, and may not be higher."),
            ),
            models.CheckConstraint(
                condition=Q(early_fee_minor__isnull=True) | Q(early_fee_until__isnull=False),
                name="intake_early_fee_has_a_last_day",
                violation_error_message=_("An early fee needs its last day."),
            ),
            models.CheckConstraint(
                condition=Q(deposit_minor__isnull=True)
                | Q(fee_minor__isnull=False, deposit_minor__lte=F("fee_minor")),
                name="intake_deposit_is_part_of_the_fee",
                violation_error_message=_("The deposit is a part of the fee, so it may not be higher."),
            ),
        ]

    def __str__(self):
        return f"{self.course} ({self.code})"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def place(self) -> str:
        """Where it is held, as far as that is known."""
        return self.place_of(self.venue)

    def place_of(self, venue: str) -> str:
        """The venue, which may be that of a single day, with the city and the country of the intake."""
        country = names().get(self.country, self.country)
        return ", ".join(part for part in (venue, self.city, country) if part)

    @property
    def where(self) -> str:
        """What people are told of the place: where it is, or that the course is online; empty while neither is known."""
        if self.course.delivery == Course.Delivery.ONLINE:
            return self.place or str(Course.Delivery.ONLINE.label)
        return self.place

    @property
    def reminder_days(self) -> list[int]:
        """How many days before its end an open offer is brought to mind."""
        return sorted({int(part) for part in self.offer_reminders.split(",") if part.strip()})

    @property
    def early_fee_ends_at(self) -> datetime | None:
        """The first moment at which the early fee no longer counts, where the course is held."""
        if self.early_fee_until is None:
            return None
        return datetime.combine(self.early_fee_until + timedelta(days=1), time(), tzinfo=self.zone)

    @property
    def prices(self) -> list[Price]:
        """The price list: the general fee first, then each that depends on where a person lives."""
        if self.fee_minor is None:
            return []
        general = Price((), self.fee_minor, self.early_fee_minor, self.early_fee_until, self.currency)
        return [general] + [
            Price(row.codes, row.fee_minor, row.early_fee_minor, self.early_fee_until, self.currency)
            for row in self.residence_fees.all()
        ]

    def terms(self, *, residence: str, sent_on: date) -> Terms | None:
        """What a place costs somebody who lives there and applied on that day; None while it is to be confirmed."""
        if not (prices := self.prices):
            return None
        price = next((price for price in prices if residence in price.countries), prices[0])
        amount = price.on(sent_on)
        deposit = None if self.deposit_minor is None else min(self.deposit_minor, amount)
        return Terms(amount, self.currency, deposit)

    def standing(self, at: datetime, *, free: int) -> Standing:
        """How it stands at this moment with so many seats free."""
        if self.status == self.Status.CANCELLED:
            return self.Standing.CANCELLED
        if self.status == self.Status.CLOSED or at >= self.applications_close_at:
            return self.Standing.CLOSED
        return self.Standing(self.status) if free > 0 else self.Standing.FULL

    def accepts_applications(self, at: datetime | None = None) -> bool:
        """Whether somebody may apply at this moment; whether a seat is free is another question."""
        at = at or timezone.now()
        opened = self.applications_open_at is None or self.applications_open_at <= at
        return (
            opened
            and at < self.applications_close_at
            and self.status in {self.Status.TENTATIVE, self.Status.CONFIRMED}
            and self.course.takes_applications
            and self.course.is_published
        )


class TrainingDay(models.Model):
    """One dated meeting of an intake."""

    class Kind(models.TextChoices):
        THEORY = "theory", _("Theory")
        PRACTICE = "practice", _("Supervised practice")
        ASSESSMENT = "assessment", _("Assessment")

    intake = models.ForeignKey(Intake, models.CASCADE, related_name="training_days", verbose_name=_("intake"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.PRACTICE)
    title = models.CharField(_("title"), max_length=160, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    venue = models.CharField(_("venue"), max_length=200, blank=True, help_text=_("Empty: the intake's."))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("training day")
        verbose_name_plural = _("training days")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="training_day_ends_after_it_starts",
                violation_error_message=_("The end is before the start."),
            )
        ]

    def __str__(self):
        return self.title or self.get_kind_display()
