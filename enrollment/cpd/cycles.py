"""Cycles of a scheme and what adds up in them: sums that do not depend on the order of the entries.

A cycle counts what was earned in it and what was carried in, up to the cap. What is carried in is used first. What
remains of the cycle's own above the number asked for is carried on, up to the scheme's limit, and never a second time.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from courses.models import CpdScheme

ZERO = Decimal(0)
# Cycles of several years are counted from a year that all of them share.
FIRST_YEAR = 2000


class Line(Protocol):
    earned_on: date
    amount: Decimal


@dataclass(frozen=True)
class Cycle:
    starts_on: date
    ends_on: date

    def days_left(self, on: date) -> int:
        """Days still to come, today among them; none once it is over."""
        return max(0, (self.ends_on - max(on, self.starts_on)).days + 1)

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1

    def holds(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True)
class Sum:
    """What one cycle comes to."""

    cycle: Cycle
    earned: Decimal
    carried_in: Decimal
    counted: Decimal
    carried_out: Decimal
    required: Decimal | None

    @property
    def missing(self) -> Decimal:
        """How much is still wanting of what the scheme asks for."""
        return max(ZERO, (self.required or ZERO) - self.counted)


def cycle_of(scheme: CpdScheme, day: date) -> Cycle:
    """The cycle of the scheme that holds this day."""
    begun = day.year - (day < date(day.year, scheme.cycle_month, scheme.cycle_day))
    year = begun - (begun - FIRST_YEAR) % scheme.cycle_years
    return beginning(scheme, year)


def beginning(scheme: CpdScheme, year: int) -> Cycle:
    next_one = date(year + scheme.cycle_years, scheme.cycle_month, scheme.cycle_day)
    return Cycle(date(year, scheme.cycle_month, scheme.cycle_day), next_one - timedelta(days=1))


def following(scheme: CpdScheme, cycle: Cycle) -> Cycle:
    return beginning(scheme, cycle.starts_on.year + scheme.cycle_years)


def sums(scheme: CpdScheme, lines: Iterable[Line], *, on: date) -> list[Sum]:
    """Every cycle from the first with an entry to the one that holds `on` or the last entry, oldest first."""
    earned: dict[Cycle, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        earned[cycle_of(scheme, line.earned_on)] += line.amount
    today = cycle_of(scheme, on)
    cycle = min([*earned, today], key=lambda one: one.starts_on)
    last = max([*earned, today], key=lambda one: one.starts_on)
    found, carried = [], ZERO
    while cycle.starts_on <= last.starts_on:
        found.append(summed(scheme, cycle, earned[cycle], carried))
        carried, cycle = found[-1].carried_out, following(scheme, cycle)
    return found


def summed(scheme: CpdScheme, cycle: Cycle, earned: Decimal, carried_in: Decimal) -> Sum:
    total = earned + carried_in
    counted = total if scheme.cap is None else min(total, scheme.cap)
    surplus = min(max(earned, ZERO), max(ZERO, total - (scheme.required or ZERO)))
    # Without a number to reach there is nothing above it.
    carried_out = min(scheme.carry_over, surplus) if scheme.required is not None else ZERO
    return Sum(cycle, earned, carried_in, counted, carried_out, scheme.required)
