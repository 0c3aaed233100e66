from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class InformationRequestQuerySet(models.QuerySet):
    def open(self):
        """Those that the applicant has not answered and nobody has closed."""
        return self.filter(answered_at=None, closed_at=None)

    def answered(self):
        return self.filter(answered_at__isnull=False)


class InformationRequest(models.Model):
    """What a reviewer asked of an applicant: these sections and documents are open until it is answered."""

    application = models.ForeignKey(
        "enrollment.Application",
        models.CASCADE,
        related_name="information_requests",
        verbose_name=_("application"),
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"))
    sections = models.JSONField(_("sections"), default=list)
    documents = models.JSONField(_("documents"), default=list)
    answer_by = models.DateTimeField(_("answer by"))
    reminder_days = models.JSONField(_("reminders, days before"), default=list)
    former = models.JSONField(_("answers as they were"), default=dict)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed without an answer"), null=True, blank=True)

    objects = InformationRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for information")
        verbose_name_plural = _("requests for information")
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(
                fields=["answer_by"],
                condition=Q(answered_at=None, closed_at=None),
                name="open_requests_by_deadline",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(answered_at=None, closed_at=None),
                name="one_open_request_per_application",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(closed_at=None), name="a_request_ends_in_one_way"
            ),
        ]

    def __str__(self):
        return f"{self.application}: {self.asked_at:%Y-%m-%d}"

    def is_overdue(self, at: datetime) -> bool:
        return self.answer_by <= at and self.answered_at is None and self.closed_at is None

    def opens(self, section: str) -> bool:
        """Whether the applicant may change this section."""
        return section in self.sections or (section == "evidence" and bool(self.documents))

    def opens_document(self, kind: str) -> bool:
        """Whether documents of this kind may come and go."""
        return "evidence" in self.sections or kind in self.documents
