from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .application import Application
from .certificate import Certificate
from .enrollment import Enrollment
from .logbook import LogbookEntry

SUBJECTS = ("application", "enrollment", "entry", "certificate")


def exactly_one_subject() -> Q:
    condition = Q()
    for chosen in SUBJECTS:
        condition |= Q(**{f"{name}__isnull": name != chosen for name in SUBJECTS})
    return condition


class AppendOnly(models.QuerySet):
    def update(self, **fields):
        raise TypeError("History is only ever added to.")

    def delete(self):
        raise TypeError("History is only ever added to.")


class Event(models.Model):
    """A change of state: what moved, from where to where, who did it, when and why. Only ever added."""

    application = models.ForeignKey(
        Application, models.PROTECT, null=True, blank=True, related_name="history"
    )
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, null=True, blank=True, related_name="history")
    entry = models.ForeignKey(LogbookEntry, models.PROTECT, null=True, blank=True, related_name="history")
    certificate = models.ForeignKey(
        Certificate, models.PROTECT, null=True, blank=True, related_name="history"
    )
    move = models.CharField(_("move"), max_length=32)
    from_status = models.CharField(_("from"), max_length=20, blank=True)
    to_status = models.CharField(_("to"), max_length=20)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    actor_name = models.CharField(_("who, as named then"), max_length=200)
    note = models.TextField(_("why"), blank=True)
    at = models.DateTimeField(_("when"))

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("history")
        ordering = ["at", "pk"]
        indexes = [
            models.Index(
                fields=["application", "at"], condition=Q(move="send_information"), name="answers_sent"
            )
        ]
        constraints = [
            models.CheckConstraint(condition=exactly_one_subject(), name="an_event_has_one_subject"),
        ]

    def __str__(self):
        return f"{self.move}: {self.from_status or '-'} -> {self.to_status}"
