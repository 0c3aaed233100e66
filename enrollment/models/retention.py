from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RetentionClockQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(confirmed_at__isnull=False)

    def unconfirmed(self):
        """Those that nobody has confirmed, so that nothing is deleted by them."""
        return self.filter(confirmed_at__isnull=True)


class RetentionClock(models.Model):
    """How long something is kept after something has ended; it strikes only once somebody has confirmed it."""

    class Start(models.TextChoices):
        DRAFT = "draft", _("A draft was last changed")
        ENDED = "ended", _("An application ended without a place")
        COURSE = "course", _("The person’s course was completed or given up")
        SEEN = "seen", _("Somebody saw a document (keeps the log of views)")

    start = models.CharField(_("counts from when"), max_length=16, choices=Start)
    kind = models.SlugField(
        _("kind of document"),
        blank=True,
        help_text=_(
            "Stable name of a kind of evidence, such as photo-id; register-page for pictures of a register’s page. "
            "Empty: every kind without a row."
        ),
    )
    days = models.PositiveIntegerField(
        _("kept for, days"), validators=[MinValueValidator(1), MaxValueValidator(36_500)]
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    basis = models.CharField(
        _("because of"),
        max_length=300,
        blank=True,
        help_text=_("The law, contract or decision that sets the period."),
    )

    objects = RetentionClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("retention period")
        verbose_name_plural = _("retention periods")
        ordering = ["start", "kind"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="who_confirmed_a_period_did_so_at_some_time",
            ),
            models.UniqueConstraint(fields=["start", "kind"], name="one_retention_period_per_start_and_kind"),
            models.CheckConstraint(
                condition=Q(start__in=["draft", "ended", "course", "seen"]), name="retention_start_is_known"
            ),
            models.CheckConstraint(
                condition=Q(days__range=(1, 36_500)), name="retention_is_between_a_day_and_a_century"
            ),
        ]

    def __str__(self):
        return f"{self.get_start_display()}: {self.kind or _('every other kind')}"

    def strikes_for(self, at: datetime) -> datetime:
        """What ended before this moment has run out by `at`."""
        return at - timedelta(days=self.days)
