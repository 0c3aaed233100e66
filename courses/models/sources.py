from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """Where a claim comes from, and how much weight it bears."""

    class Strength(models.TextChoices):
        OFFICIAL = "official", _("Regulator or official text")
        REVIEWED = "reviewed", _("Peer-reviewed")
        TRADE = "trade", _("Trade, institution or maker")
        WEAK = "weak", _("Clinic, shop or blog")
        INSTITUTE = "institute", _("Stated by IIWAM")

    key = models.SlugField(
        _("key"), unique=True, help_text=_("Short name used in content files, such as JUH.")
    )
    citation = models.CharField(
        _("citation"),
        max_length=300,
        help_text=_("What it is, as a reader would look for it: author or body, subject, year."),
    )
    url = models.URLField(_("address"), max_length=500, blank=True)
    strength = models.CharField(_("strength"), max_length=16, choices=Strength)
    note = models.TextField(
        _("note"), blank=True, help_text=_("Limits a reader should know, such as “copy of the page”.")
    )

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["key"]

    def __str__(self):
        return f"{self.citation} [{self.key}]"

    @property
    def is_weak(self) -> bool:
        return self.strength == self.Strength.WEAK
