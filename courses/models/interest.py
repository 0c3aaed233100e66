import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from .catalog import Course, Profession
from .intakes import Intake

# A link that nobody followed, and an address that left, are no longer any business of ours.
UNCONFIRMED_KEPT = timedelta(days=7)
UNSUBSCRIBED_KEPT = timedelta(days=30)


class InterestQuerySet(models.QuerySet):
    def live(self):
        return self.filter(unsubscribed_at__isnull=True)

    def confirmed(self):
        """Those who may be written to."""
        return self.live().filter(confirmed_at__isnull=False)

    def to_be_told_of(self, intake: Intake):
        """Who waits for this course and has not been told of this intake, first come first."""
        told = Notice.objects.filter(interest=OuterRef("pk"), intake=intake)
        return self.confirmed().filter(~Exists(told), course=intake.course_id).order_by("asked_at", "pk")

    def forgettable(self, at: datetime):
        left = Q(unsubscribed_at__lte=at - UNSUBSCRIBED_KEPT)
        silent = Q(confirmed_at__isnull=True, asked_at__lte=at - UNCONFIRMED_KEPT)
        return self.filter(left | silent)


class Interest(models.Model):
    """Somebody who wants to hear by mail when an intake of a course opens; no account is needed."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, models.CASCADE, related_name="interests", verbose_name=_("course"))
    email = models.EmailField(_("email address"))
    profession = models.ForeignKey(
        Profession, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("profession")
    )
    consent = models.TextField(_("consented to"), help_text=_("The sentence that stood above the button."))
    asked_at = models.DateTimeField(_("asked"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    unsubscribed_at = models.DateTimeField(_("unsubscribed"), null=True, blank=True)

    objects = InterestQuerySet.as_manager()

    class Meta:
        verbose_name = _("registered interest")
        verbose_name_plural = _("registered interests")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "course",
                Lower("email"),
                condition=Q(unsubscribed_at__isnull=True),
                name="one_live_interest_per_course_and_address",
            )
        ]

    def __str__(self):
        # Without the address, which would outlive its deletion in the log of the office.
        return f"{self.course}, {self.asked_at:%Y-%m-%d}"


class Notice(models.Model):
    """The letter that tells one person of one intake; written once, sent once."""

    interest = models.ForeignKey(
        Interest, models.CASCADE, related_name="notices", verbose_name=_("registered interest")
    )
    intake = models.ForeignKey(Intake, models.CASCADE, related_name="notices", verbose_name=_("intake"))
    written_at = models.DateTimeField(_("written"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice of an intake")
        verbose_name_plural = _("notices of intakes")
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["interest", "intake"], name="one_notice_per_person_and_intake")
        ]

    def __str__(self):
        return f"{self.interest_id}: {self.intake_id}"
