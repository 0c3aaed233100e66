from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .enrollment import Enrollment


class Certificate(models.Model):
    """The award of one enrollment: a snapshot of what was true on the day."""

    class Status(models.TextChoices):
        ISSUED = "issued", _("Valid")
        SUSPENDED = "suspended", _("Suspended")
        REVOKED = "revoked", _("Revoked")

    class ReasonClass(models.TextChoices):
        ISSUED_IN_ERROR = "issued_in_error", _("Issued in error")
        REQUIREMENT = "requirement", _("A requirement is no longer met")
        MISCONDUCT = "misconduct", _("Misconduct")
        HOLDER_REQUEST = "holder_request", _("At the holder's request")

    number = models.CharField(_("number"), max_length=40, unique=True, editable=False)
    enrollment = models.ForeignKey(
        Enrollment, models.PROTECT, related_name="certificates", verbose_name=_("enrollment"), editable=False
    )
    status = models.CharField(
        _("status"), max_length=16, choices=Status, default=Status.ISSUED, editable=False
    )
    snapshot = models.JSONField(_("snapshot"), editable=False)
    snapshot_sha256 = models.CharField(_("fingerprint of the snapshot"), max_length=64, editable=False)
    issued_at = models.DateTimeField(_("issued"), editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("issued by"),
        editable=False,
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    reason_class = models.CharField(
        _("class of reason, public"), max_length=20, choices=ReasonClass, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-issued_at"]
        permissions = [
            ("issue_certificate", _("Can issue certificates")),
            ("revoke_certificate", _("Can revoke certificates")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["enrollment"], name="one_certificate_per_enrollment"),
            models.CheckConstraint(
                condition=Q(status__in=["issued", "suspended", "revoked"]), name="certificate_status_is_known"
            ),
            models.CheckConstraint(
                condition=(~Q(status="revoked") & Q(revoked_at__isnull=True, reason_class=""))
                | (Q(status="revoked", revoked_at__isnull=False) & ~Q(reason_class="")),
                name="a_revocation_has_a_date_and_a_reason",
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("enrollment:verify_number", args=[self.number])

    @property
    def title(self) -> str:
        """The award as it was named on the day, or the course while its award has no name."""
        return self.snapshot["award"] or self.snapshot["course"]["title"]
