from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .enrollment import Enrollment


class Certificate(models.Model):
    """The award of one enrollment: a snapshot of what was true on the day."""

    class Status(models.TextChoices):
        ISSUED = "issued", _("Valid")
        EXPIRED = "expired", _("Expired")
        SUSPENDED = "suspended", _("Suspended")
        SUPERSEDED = "superseded", _("Replaced")
        RENEWED = "renewed", _("Renewed")
        REVOKED = "revoked", _("Revoked")

    class ReasonClass(models.TextChoices):
        ISSUED_IN_ERROR = "issued_in_error", _("Issued in error")
        REQUIREMENT = "requirement", _("A requirement is no longer met")
        MISCONDUCT = "misconduct", _("Misconduct")
        HOLDER_REQUEST = "holder_request", _("At the holder's request")

    # Another certificate of the same award has taken their place.
    FOLLOWED = frozenset({Status.SUPERSEDED, Status.RENEWED})
    # The sheet says what is, or was, so; of the others none is handed out any more.
    PRINTED = frozenset({Status.ISSUED, Status.EXPIRED, Status.RENEWED})

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
    state_since = models.DateTimeField(_("in this state since"), null=True, blank=True, editable=False)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True, editable=False)
    follows = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="successor",
        verbose_name=_("takes the place of"),
        editable=False,
    )
    shared_at = models.DateTimeField(_("files public since"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-issued_at", "-pk"]
        permissions = [
            ("issue_certificate", _("Can issue certificates")),
            ("revoke_certificate", _("Can revoke certificates")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment"],
                condition=Q(follows__isnull=True),
                name="one_first_certificate_per_enrollment",
            ),
            models.UniqueConstraint(
                fields=["enrollment"],
                condition=~Q(status__in=["superseded", "renewed"]),
                name="one_certificate_speaks_for_an_enrollment",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["issued", "expired", "suspended", "superseded", "renewed", "revoked"]
                ),
                name="certificate_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("issued_at")),
                name="a_certificate_ends_after_its_issue",
            ),
            models.CheckConstraint(
                condition=~Q(status="expired") | Q(valid_until__isnull=False),
                name="an_expired_certificate_had_an_end",
            ),
            models.CheckConstraint(
                condition=(~Q(status="revoked") & Q(revoked_at__isnull=True, reason_class=""))
                | (Q(status="revoked", revoked_at__isnull=False) & ~Q(reason_class="")),
                name="a_revocation_has_a_date_and_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["valid_until"], condition=Q(status="issued"), name="certificates_that_will_end"
            )
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("enrollment:verify_number", args=[self.number])

    @property
    def title(self) -> str:
        """The award as it was named on the day, or the course while its award has no name."""
        return self.snapshot["award"] or self.snapshot["course"]["title"]

    def has_ended(self, at: datetime) -> bool:
        """Whether its time is up, also in the hour before the nightly run has noted it."""
        return self.valid_until is not None and self.valid_until < at

    @property
    def since(self) -> datetime:
        """When it came into the state in which it is."""
        return self.state_since or self.revoked_at or self.issued_at
