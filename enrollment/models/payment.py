import secrets
import uuid

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .application import Application
from .history import AppendOnly


def proof_path(payment, filename: str) -> str:
    """Where a proof lies: under a random name that tells nothing."""
    return f"payments/{secrets.token_hex(16)}"


def private_storage():
    return storages["evidence"]


class PaymentQuerySet(AppendOnly):
    def standing(self):
        """Rows that were neither put right nor put another right."""
        return self.filter(corrects__isnull=True, correction__isnull=True)


class Payment(models.Model):
    """Money that reached the institute, or went back, for one place. Only ever added; a slip gets a counter-row."""

    class Method(models.TextChoices):
        TRANSFER = "transfer", _("Bank transfer")
        CARD = "card", _("Card at a terminal")
        CASH = "cash", _("Cash")
        CHEQUE = "cheque", _("Cheque")
        OTHER = "other", _("Another way")

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="payments", verbose_name=_("application")
    )
    amount_minor = models.IntegerField(
        _("amount in minor units"), help_text=_("Below zero: paid back, or a correction.")
    )
    currency = models.CharField(_("currency"), max_length=3)
    received_on = models.DateField(_("date of the payment"))
    method = models.CharField(_("how"), max_length=16, choices=Method)
    reference = models.CharField(_("reference"), max_length=100)
    note = models.CharField(_("note for staff"), max_length=500, blank=True)
    proof = models.FileField(_("proof"), upload_to=proof_path, storage=private_storage, blank=True)
    proof_name = models.CharField(_("name of the proof"), max_length=200, blank=True)
    proof_type = models.CharField(_("type of the proof"), max_length=40, blank=True)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="correction", verbose_name=_("corrects")
    )
    key = models.UUIDField(_("key of the act"), unique=True, default=uuid.uuid4, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    recorded_name = models.CharField(_("recorded by, as named then"), max_length=200)
    recorded_at = models.DateTimeField(_("recorded"))

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="a_payment_is_an_amount"),
            models.CheckConstraint(condition=~Q(currency=""), name="a_payment_has_a_currency"),
        ]

    def __str__(self):
        return self.reference
