from django.db import models
from django.utils.translation import gettext_lazy as _

from .sources import Source


class InstituteFact(models.Model):
    """A thing the institute says about itself: mission, maxim, wellness centre, contact."""

    key = models.SlugField(_("key"), unique=True)
    heading = models.CharField(_("heading"), max_length=160)
    text = models.TextField(_("text"), blank=True, help_text=_("Markdown. Empty: to be confirmed."))
    text_html = models.TextField(editable=False, blank=True)
    link = models.URLField(_("link"), blank=True)
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, verbose_name=_("source"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("institute fact")
        verbose_name_plural = _("institute facts")
        ordering = ["position", "key"]

    def __str__(self):
        return self.heading


class Affiliation(models.Model):
    """A country with an academic affiliation; partners are not named until the institute names them."""

    country = models.CharField(
        _("country"), max_length=2, unique=True, help_text=_("Two letters, such as MY.")
    )
    name = models.CharField(_("name"), max_length=80)
    native_name = models.CharField(_("name in its own script"), max_length=80, blank=True)
    native_language = models.CharField(_("language of that name"), max_length=8, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("affiliated country")
        verbose_name_plural = _("affiliated countries")
        ordering = ["position"]

    def __str__(self):
        return self.name


class LoadedRow(models.Model):
    """What `load_catalog` last wrote for a row, so that it can tell an editor's change from its own."""

    model = models.CharField(max_length=80)
    key = models.CharField(max_length=250)
    fingerprint = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("loaded row")
        verbose_name_plural = _("loaded rows")
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="one_fingerprint_per_row")]

    def __str__(self):
        return f"{self.model} {self.key}"
