"""What is owed for a place and what was paid: rows that are only ever added, and a sum that they explain.

Online payment, when it comes, is one more caller of `record_payment`: it acts as `permissions.PAYMENTS`, gives the
provider's number as `reference` and a key made from it, and the same notice arriving twice is recorded once.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.templatetags.money import money

from . import notifications
from .evidence import CheckedFile
from .models import Application, Payment
from .transitions import PLACE
from .workflow import MoveRefused, lock, perform

MOST_MINOR = 2_000_000_000


class PlaceStanding(models.TextChoices):
    """How a place stands towards its fee."""

    CONFIRMED = "confirmed", gettext_lazy("Confirmed")
    UNPAID = "unpaid", gettext_lazy("Unpaid")
    SPONSOR = "sponsor", gettext_lazy("Sponsor")
    FEE_OPEN = "fee_open", gettext_lazy("Fee to be confirmed")


@dataclass(frozen=True)
class Account:
    """The sum of one place: what was frozen into its offer, and what came. Amounts are in minor units."""

    fee_minor: int | None
    deposit_minor: int | None
    currency: str
    received_minor: int
    sponsor: str

    @property
    def due_minor(self) -> int:
        """What is still to pay; below zero when too much was paid."""
        return (self.fee_minor or 0) - self.received_minor

    @property
    def confirms_minor(self) -> int | None:
        """What must have come before the place is confirmed: the deposit, or the whole fee where there is none."""
        return self.fee_minor if self.deposit_minor is None else self.deposit_minor

    @property
    def standing(self) -> PlaceStanding:
        if self.confirms_minor is None:
            return PlaceStanding.FEE_OPEN
        if self.received_minor >= self.confirms_minor:
            return PlaceStanding.CONFIRMED
        return PlaceStanding.SPONSOR if self.sponsor else PlaceStanding.UNPAID

    @property
    def fee(self) -> str:
        return money(self.fee_minor, self.currency)

    @property
    def deposit(self) -> str:
        return money(self.deposit_minor, self.currency)

    @property
    def received(self) -> str:
        return money(self.received_minor, self.currency)

    @property
    def due(self) -> str:
        return money(self.due_minor, self.currency)


def account(application: Application) -> Account:
    return accounts([application])[application.pk]


def accounts(applications: Iterable[Application]) -> dict[int, Account]:
    """The accounts of all these places, in one query."""
    applications = list(applications)
    sums = Payment.objects.filter(application__in=applications).order_by().values_list("application")
    received = dict(sums.annotate(total=Sum("amount_minor")))
    return {
        application.pk: Account(
            application.offer_fee_minor,
            application.offer_deposit_minor,
            application.offer_currency,
            received.get(application.pk, 0),
            application.sponsor,
        )
        for application in applications
    }


@transaction.atomic
def record_payment(
    *,
    application: Application,
    by: Any,
    amount_minor: int,
    received_on: date,
    method: str,
    reference: str,
    note: str = "",
    proof: CheckedFile | None = None,
    key: uuid.UUID | None = None,
    at: datetime | None = None,
) -> Payment:
    """The money is on record and its payer has a letter; below zero it was paid back.

    `key` names the act: the same key again changes nothing and returns the first row.
    MoveRefused without an offered fee, for a day to come, or when more is paid back than came.
    """
    at = at or timezone.now()
    lock(application)
    if key and (recorded := Payment.objects.filter(key=key, application=application).first()):
        return recorded
    _require_sense(application, amount_minor, received_on, at)
    payment = Payment(
        application=application,
        amount_minor=amount_minor,
        currency=application.offer_currency,
        received_on=received_on,
        method=method,
        reference=reference.strip(),
        note=note.strip(),
        key=key or uuid.uuid4(),
    )
    return _append(payment, "record_payment", by=by, note=note, proof=proof, at=at)


@transaction.atomic
def correct_payment(*, payment: Payment, by: Any, note: str, at: datetime | None = None) -> Payment:
    """A counter-row takes this payment back, and its payer has a letter; each row is corrected once."""
    at = at or timezone.now()
    application = payment.application
    lock(application)
    if payment.corrects_id:
        raise MoveRefused(_("This row is itself a correction. Record the payment anew instead."))
    if Payment.objects.filter(corrects=payment).exists():
        raise MoveRefused(_("This row has been corrected already."))
    counter = Payment(
        application=application,
        amount_minor=-payment.amount_minor,
        currency=payment.currency,
        received_on=payment.received_on,
        method=payment.method,
        reference=payment.reference,
        note=note.strip(),
        corrects=payment,
    )
    return _append(counter, "correct_payment", by=by, note=note, proof=None, at=at)


@transaction.atomic
def record_sponsor(
    *, application: Application, by: Any, sponsor: str, note: str, at: datetime | None = None
) -> Application:
    """This employer or other sponsor has undertaken to pay the fee; an empty name: nobody has any more."""
    event = perform(
        PLACE, application, "record_sponsor", by=by, note=note, at=at, sponsor=" ".join(sponsor.split())
    )
    _tell(application, "record_sponsor", event)
    return application


def _require_sense(application: Application, amount_minor: int, received_on: date, at: datetime) -> None:
    if not application.offer_currency:
        raise MoveRefused(_("No fee was offered for this place, so there is nothing to pay yet."))
    if not amount_minor or abs(amount_minor) > MOST_MINOR:
        raise MoveRefused(_("Give an amount."))
    if received_on > timezone.localdate(at):
        raise MoveRefused(_("The day of the payment is still to come."))
    received = account(application).received_minor
    if received + amount_minor < 0:
        raise MoveRefused(
            _("Only %(received)s came for this place, so no more than that can be paid back.")
            % {"received": money(received, application.offer_currency) or "0"}
        )


def _append(
    payment: Payment, act: str, *, by: Any, note: str, proof: CheckedFile | None, at: datetime
) -> Payment:
    """The row, its line in the history and its letter: all or nothing."""
    application = payment.application
    words = f"{money(payment.amount_minor, payment.currency)}, {payment.reference}"
    event = perform(PLACE, application, act, by=by, note=f"{words}. {note}".strip(), at=at)
    payment.recorded_by = None if by.pk is None else by
    payment.recorded_name, payment.recorded_at = str(by)[:200], at
    if proof:
        payment.proof_name, payment.proof_type = proof.name, proof.content_type
        payment.proof.save(proof.name, ContentFile(proof.content), save=False)
    payment.save()
    _tell(application, act, event, payment=payment)
    return payment


def _tell(application: Application, act: str, event, **context: Any) -> None:
    notifications.queue(
        PLACE[act].letter,
        event=event,
        recipient=application.applicant,
        application=application,
        account=account(application),
        **context,
    )
