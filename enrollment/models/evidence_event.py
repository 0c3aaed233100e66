from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .history import AppendOnly


class EvidenceEventQuerySet(AppendOnly):
    def sightings(self):
        """Who saw or took what."""
        return self.filter(act__in=EvidenceEvent.SIGHTINGS)

    def changes(self):
        """What became of the documents, without the looks that people took at them."""
        return self.exclude(act__in=EvidenceEvent.SIGHTINGS)

    def forget(self) -> int:
        """These rows are gone, because their own time is up; how many they were."""
        return self._raw_delete(self.db)


class EvidenceEvent(models.Model):
    """Something that happened to evidence, or somebody who saw it. Only ever added; outlives the document."""

    class Act(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        REPLACED = "replaced", _("Replaced")
        REMOVED = "removed", _("Removed by the applicant")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")
        INFECTED = "infected", _("Deleted: infected")
        PURGED = "purged", _("Deleted: its time was up")
        ERASED = "erased", _("Deleted: the person asked for it")
        SEEN = "seen", _("Seen")
        TAKEN = "taken", _("File opened")
        EXPORTED = "exported", _("Taken in an export")

    SIGHTINGS = (Act.SEEN, Act.TAKEN, Act.EXPORTED)

    application = models.ForeignKey(
        "enrollment.Application",
        models.PROTECT,
        related_name="evidence_history",
        verbose_name=_("application"),
    )
    document = models.ForeignKey(
        "enrollment.Document",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="history",
        verbose_name=_("document"),
    )
    label = models.CharField(_("what"), max_length=120)
    page = models.PositiveSmallIntegerField(_("page"), null=True, blank=True)
    act = models.CharField(_("act"), max_length=16, choices=Act)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    actor_name = models.CharField(_("who, as named then"), max_length=200)
    note = models.CharField(_("why"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"))

    objects = EvidenceEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of evidence")
        verbose_name_plural = _("who saw what")
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["application", "at"], name="evidence_of_application"),
            models.Index(fields=["actor", "at"], name="evidence_seen_by"),
            models.Index(fields=["at"], name="evidence_by_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    act__in=[
                        "uploaded",
                        "replaced",
                        "removed",
                        "accepted",
                        "rejected",
                        "infected",
                        "purged",
                        "erased",
                        "seen",
                        "taken",
                        "exported",
                    ]
                ),
                name="evidence_act_is_known",
            ),
        ]

    def __str__(self):
        return f"{self.label}: {self.act}"
