from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .history import AppendOnly
from .logbook import LogbookEntry


class SignatureQuerySet(AppendOnly):
    def forget_salt(self) -> int:
        """Nobody can try out any more what the erased words of these entries were; how many there are."""
        return models.QuerySet.update(self, salt="")


class Signature(models.Model):
    """A link of the logbook's chain: who signed which entry when and how. Only ever added; docs/logbook.md."""

    class Method(models.TextChoices):
        PASSWORD = "password", _("Password")
        PASSKEY = "passkey", _("Passkey")
        SAMPLE = "sample", _("Made up for a demonstration")
        EARLIER = "earlier", _("Signed before entries were chained")

    number = models.PositiveIntegerField(_("number"), unique=True)
    entry = models.OneToOneField(
        LogbookEntry, models.PROTECT, related_name="signature", verbose_name=_("entry")
    )
    version = models.PositiveSmallIntegerField(_("form of the bytes"), default=1)
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("assessor")
    )
    method = models.CharField(_("confirmed by"), max_length=16, choices=Method)
    evidence = models.JSONField(_("what the passkey signed"), default=dict, blank=True)
    salt = models.CharField(max_length=32, blank=True, editable=False)
    content = models.CharField(_("SHA-256 of the entry"), max_length=64)
    previous = models.CharField(_("SHA-256 before"), max_length=64)
    digest = models.CharField(_("SHA-256"), max_length=64, unique=True)
    signed_at = models.DateTimeField(_("signed"))

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="signatures_count_from_one"),
            models.CheckConstraint(
                condition=Q(method__in=["password", "passkey", "sample", "earlier"]),
                name="signature_method_is_known",
            ),
        ]

    def __str__(self):
        return f"{self.number}: {self.digest[:12]}"


class ChainHead(models.Model):
    """Where the logbook's chain ends. One row, locked by whoever adds a link."""

    count = models.PositiveIntegerField(_("number of signatures"), default=0)
    digest = models.CharField(_("SHA-256 of the last"), max_length=64)

    class Meta:
        verbose_name = _("end of the chain")
        verbose_name_plural = _("end of the chain")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="the_chain_has_one_end")]

    def __str__(self):
        return f"{self.count}: {self.digest[:12]}"
