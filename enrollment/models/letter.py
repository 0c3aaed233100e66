from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .application import Application
from .certificate import Certificate
from .enrollment import Enrollment
from .history import Event


class Letter(models.Model):
    """A letter as it was written, stored with the act that caused it and sent by the worker."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    event = models.OneToOneField(
        Event, models.PROTECT, null=True, blank=True, related_name="letter", verbose_name=_("because of")
    )
    name = models.SlugField(_("letter"), help_text=_("Which letter this is, such as application-received."))
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="letters", verbose_name=_("to")
    )
    application = models.ForeignKey(
        Application, models.PROTECT, null=True, blank=True, related_name="letters"
    )
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, null=True, blank=True, related_name="letters")
    certificate = models.ForeignKey(
        Certificate, models.PROTECT, null=True, blank=True, related_name="letters"
    )
    to_email = models.EmailField(_("address"))
    subject = models.CharField(_("subject"), max_length=200)
    body_text = models.TextField(_("text"))
    body_html = models.TextField(_("HTML"))
    message_id = models.CharField(max_length=200, unique=True)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    error = models.CharField(_("last error"), max_length=300, blank=True)
    written_at = models.DateTimeField(_("written"))
    handed_over_at = models.DateTimeField(_("handed to the mail server"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-written_at", "-pk"]
        indexes = [models.Index(fields=["status", "written_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "sent", "failed"]), name="letter_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False)
                | (~Q(status="sent") & Q(sent_at__isnull=True)),
                name="a_sent_letter_has_a_time",
            ),
        ]

    def __str__(self):
        return self.subject
