"""How long certificates of a course are valid, how one is renewed, and the evidence for a name put right."""

import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    validate_comma_separated_integer_list,
)
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .certificate import Certificate


class RenewalRule(models.Model):
    """What a course says of the time its certificates are valid; without a row they do not end."""

    course = models.OneToOneField(
        "courses.Course", models.CASCADE, related_name="renewal_rule", verbose_name=_("course")
    )
    valid_months = models.PositiveSmallIntegerField(
        _("months for which a certificate is valid"),
        validators=[MinValueValidator(1), MaxValueValidator(240)],
        help_text=_("For certificates issued from now on; those that are issued keep what they say."),
    )
    points = models.DecimalField(
        _("CPD points or hours that renew it"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Earned in one scheme since the day of issue. Empty: points do not renew it."),
    )
    scheme = models.ForeignKey(
        "courses.CpdScheme",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("CPD scheme that counts"),
        help_text=_(
            "In its own unit. Empty: any scheme that counts in points, each by itself; what different schemes gave "
            "is never added up."
        ),
    )
    refresher = models.ForeignKey(
        "courses.Course",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("refresher course that renews it"),
        help_text=_("Its certificate, earned while this one was valid or after. Empty: none does."),
    )
    opens_days = models.PositiveSmallIntegerField(
        _("days before the end from which it can be renewed"),
        default=180,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
    )
    reminders = models.CharField(
        _("days before the end on which the holder is reminded"),
        max_length=60,
        default="90, 30, 7",
        help_text=_("Numbers with commas between them."),
    )

    class Meta:
        verbose_name = _("rule of renewal")
        verbose_name_plural = _("rules of renewal")
        ordering = ["course__title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_months__gte=1), name="a_certificate_is_valid_for_a_while"
            ),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__gt=0), name="points_that_renew_are_some"
            ),
        ]

    def __str__(self):
        return str(self.course)

    def clean(self):
        try:
            validate_comma_separated_integer_list(self.reminders.replace(" ", ""))
        except ValidationError as fault:
            raise ValidationError(
                {"reminders": _("Write days with commas between them, such as 90, 30, 7.")}
            ) from fault

    @property
    def reminder_days(self) -> list[int]:
        return sorted({int(part) for part in self.reminders.split(",") if part.strip().isdigit()})


def evidence_path(correction, filename: str) -> str:
    """Where evidence lies: under a random name that tells nothing."""
    return f"corrections/{secrets.token_hex(16)}"


def evidence_storage():
    return storages["evidence"]


class Correction(models.Model):
    """The paper by which a registrar saw that the name on a certificate had to change."""

    certificate = models.OneToOneField(
        Certificate,
        models.PROTECT,
        primary_key=True,
        related_name="correction",
        verbose_name=_("corrected certificate"),
        editable=False,
    )
    evidence = models.FileField(
        _("evidence"), storage=evidence_storage, upload_to=evidence_path, max_length=200, editable=False
    )
    evidence_name = models.CharField(_("name of the file"), max_length=200, blank=True, editable=False)
    evidence_type = models.CharField(_("type of the file"), max_length=40, blank=True, editable=False)
    sha256 = models.CharField(_("fingerprint of the file"), max_length=64, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("seen by"), editable=False
    )
    at = models.DateTimeField(_("seen"), editable=False)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")

    def __str__(self):
        return str(self.certificate_id)
