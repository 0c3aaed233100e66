"""What an intake costs, and for whom: amounts are whole numbers of the currency's minor unit."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..countries import names, validate_country


def validate_countries(value: str) -> None:
    for code in value.split():
        validate_country(code)


@dataclass(frozen=True)
class Terms:
    """What a place costs one person."""

    amount_minor: int
    currency: str
    deposit_minor: int | None = None


@dataclass(frozen=True)
class Price:
    """A line of an intake's price list: for whom, the full fee, and the early one with its last day."""

    countries: tuple[str, ...]
    amount_minor: int
    early_minor: int | None
    early_until: date | None
    currency: str

    def on(self, day: date) -> int:
        """The amount for an application sent on this day, by the intake's clock."""
        is_early = self.early_minor is not None and self.early_until is not None and day <= self.early_until
        return self.early_minor if is_early else self.amount_minor

    @property
    def residents(self) -> str:
        """Who pays this, by country; empty for everybody else."""
        return ", ".join(names()[code] for code in self.countries)


class ResidenceFee(models.Model):
    """The fee of one intake for people who live in these countries, instead of the general one."""

    intake = models.ForeignKey(
        "courses.Intake", models.CASCADE, related_name="residence_fees", verbose_name=_("intake")
    )
    countries = models.CharField(
        _("countries of residence"),
        max_length=200,
        validators=[validate_countries],
        help_text=_("Two letters each, with spaces between them, such as MY SG."),
    )
    fee_minor = models.PositiveIntegerField(_("fee in minor units"))
    early_fee_minor = models.PositiveIntegerField(
        _("early fee in minor units"),
        null=True,
        blank=True,
        help_text=_("Until the intake's last day of the early fee. Empty: no early fee for these countries."),
    )

    class Meta:
        verbose_name = _("fee by residence")
        verbose_name_plural = _("fees by residence")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["intake", "countries"], name="one_fee_per_residence"),
            models.CheckConstraint(
                condition=Q(early_fee_minor__isnull=True) | Q(early_fee_minor__lte=F("fee_minor")),
                name="an_early_fee_by_residence_is_no_higher",
                violation_error_message=_("The early fee is higher than the fee."),
            ),
        ]

    def __str__(self):
        return self.countries

    def clean(self):
        codes = self.codes
        if len(set(codes)) < len(codes):
            raise ValidationError({"countries": _("A country stands here twice.")})

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.countries.split())
