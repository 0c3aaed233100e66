from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .history import AppendOnly


class IntakeChange(models.Model):
    """A change to what an intake offers its people: its seats, or whether it runs. Only ever added."""

    class What(models.TextChoices):
        SEATS = "seats", _("Number of seats")
        STATUS = "status", _("Status")

    intake = models.ForeignKey(
        "courses.Intake", models.PROTECT, related_name="changes", verbose_name=_("intake")
    )
    what = models.CharField(_("what"), max_length=16, choices=What)
    before = models.CharField(_("before"), max_length=40)
    after = models.CharField(_("after"), max_length=40)
    note = models.TextField(_("why"), blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    actor_name = models.CharField(_("who, as named then"), max_length=200)
    at = models.DateTimeField(_("when"))

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("change of an intake")
        verbose_name_plural = _("changes of intakes")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.get_what_display()}: {self.before} -> {self.after}"
