from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .catalog import Course, Profession

# The institute has not set how long it keeps letters; a question that is done with needs no long memory.
DONE_KEPT = timedelta(days=90)
LONGEST_KEPT = timedelta(days=365)


class EnquiryQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(done_at__isnull=True)

    def answered(self):
        return self.filter(done_at__isnull=False).exclude(answer="")

    def closed(self):
        """Done with without an answer: spam, or answered by telephone."""
        return self.filter(done_at__isnull=False, answer="")

    def forgettable(self, at: datetime):
        return self.filter(Q(done_at__lte=at - DONE_KEPT) | Q(asked_at__lte=at - LONGEST_KEPT))


class Enquiry(models.Model):
    """A question that somebody without an account asked the office, and what became of it."""

    course = models.ForeignKey(
        Course,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="enquiries",
        verbose_name=_("course"),
    )
    email = models.EmailField(_("email address"))
    name = models.CharField(_("name"), max_length=80, blank=True)
    profession = models.ForeignKey(
        Profession, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("profession")
    )
    text = models.TextField(_("question"))
    asked_at = models.DateTimeField(_("asked"))
    answer = models.TextField(_("answer"), blank=True)
    answer_sent_at = models.DateTimeField(_("answer sent"), null=True, blank=True)
    done_at = models.DateTimeField(_("answered or closed"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("question to the office")
        verbose_name_plural = _("questions to the office")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="") | Q(done_at__isnull=False), name="answered_question_is_done"
            )
        ]

    def __str__(self):
        # Without the address, which would outlive its deletion in the log of the office.
        return f"{self.course or _('General')}, {self.asked_at:%Y-%m-%d}"

    @property
    def is_waiting(self) -> bool:
        return self.done_at is None
