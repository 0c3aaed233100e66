"""A person's points and hours by scheme and cycle: what the page, the sheet and the credential all draw from."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import ngettext

from courses.models import CpdScheme

from ..models import Application, CpdEntry
from .cycles import Cycle, Sum, sums


@dataclass(frozen=True)
class Year:
    """One cycle of a scheme with its lines, corrections among them."""

    sum: Sum
    lines: list[CpdEntry]

    @property
    def cycle(self) -> Cycle:
        return self.sum.cycle


@dataclass(frozen=True)
class Account:
    """A person's account with one scheme: the present cycle and those before, newest first."""

    scheme: CpdScheme
    on: date
    years: list[Year]

    @property
    def present(self) -> Year:
        return next(year for year in self.years if year.cycle.holds(self.on))

    @property
    def earlier(self) -> list[Year]:
        return [year for year in self.years if year is not self.present and year.lines]

    @property
    def days_left(self) -> int:
        return self.present.cycle.days_left(self.on)


def accounts(person: Any, *, on: date) -> list[Account]:
    """One for each scheme with an entry that may be shown; what the guard does not let through counts nowhere."""
    entries = (
        CpdEntry.objects.of(person)
        .select_related("scheme", "approval", "counter_entry")
        .order_by("earned_on", "pk")
    )
    shown: dict[CpdScheme, list[CpdEntry]] = {}
    for entry in entries:
        if entry.approval.grants_points(entry.earned_on):
            shown.setdefault(entry.scheme, []).append(entry)
    ordered = sorted(shown, key=lambda scheme: (scheme.position, scheme.name))
    return [account(scheme, shown[scheme], on) for scheme in ordered]


def account(scheme: CpdScheme, lines: list[CpdEntry], on: date) -> Account:
    years = [
        Year(one, [line for line in lines if one.cycle.holds(line.earned_on)])
        for one in sums(scheme, lines, on=on)
    ]
    return Account(scheme, on, years[::-1])


def name_of(person: Any) -> str:
    """The name as on the register, from the newest application that has one."""
    named = Application.objects.of(person).exclude(legal_name="").order_by("-pk").first()
    return named.legal_name if named else person.get_full_name() or str(person)


def today() -> date:
    return timezone.localdate()


def plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}" if amount else "0"


def with_unit(amount: Decimal, scheme: CpdScheme) -> str:
    """Such as “1 point” or “7.5 hours”."""
    many = 1 if amount == 1 else 2
    if scheme.unit == CpdScheme.Unit.HOURS:
        words = ngettext("%(amount)s hour", "%(amount)s hours", many)
    else:
        words = ngettext("%(amount)s point", "%(amount)s points", many)
    return words % {"amount": plain(amount)}
