"""Sums of a cycle: caps and carry-over hold whatever the entries are and in whatever order they came."""

import random
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.models import CpdScheme
from enrollment.cpd.cycles import cycle_of, sums

MMA = CpdScheme(cycle_month=7, cycle_day=1, required=Decimal(20), carry_over=Decimal(0))


def line(day: date, amount) -> SimpleNamespace:
    return SimpleNamespace(earned_on=day, amount=Decimal(amount))


@pytest.mark.parametrize(
    ("day", "starts"),
    [
        (date(2026, 6, 30), date(2025, 7, 1)),
        (date(2026, 7, 1), date(2026, 7, 1)),
        (date(2027, 6, 30), date(2026, 7, 1)),
        (date(2024, 2, 29), date(2023, 7, 1)),
    ],
)
def test_year_of_mma_runs_from_july_to_june(day, starts):
    cycle = cycle_of(MMA, day)
    assert (cycle.starts_on, cycle.ends_on) == (starts, date(starts.year + 1, 6, 30))
    assert cycle.holds(day)


def test_cycle_of_several_years_is_the_same_for_all_its_days():
    scheme = CpdScheme(cycle_month=4, cycle_day=1, cycle_years=3)
    found = {cycle_of(scheme, date(2024, 4, 1) + timedelta(days=step)).starts_on for step in range(3 * 365)}
    assert found == {date(2024, 4, 1)} or len(found) == 2  # a cycle may begin in between
    cycle = cycle_of(scheme, date(2026, 5, 1))
    assert cycle_of(scheme, cycle.starts_on) == cycle_of(scheme, cycle.ends_on) == cycle
    assert cycle.days in (1095, 1096)


def test_days_left_count_today_and_end_with_the_last():
    cycle = cycle_of(MMA, date(2026, 7, 1))
    assert [cycle.days_left(day) for day in (date(2026, 7, 1), date(2027, 6, 30), date(2027, 7, 1))] == [
        365,
        1,
        0,
    ]


def test_mma_carries_nothing_over():
    found = sums(MMA, [line(date(2026, 8, 1), 30), line(date(2027, 8, 1), 5)], on=date(2027, 9, 1))
    assert [(one.earned, one.carried_in, one.counted, one.missing) for one in found] == [
        (30, 0, 30, 0),
        (5, 0, 5, 15),
    ]


def test_surplus_is_carried_once_and_no_further():
    scheme = CpdScheme(cycle_month=1, cycle_day=1, required=Decimal(20), carry_over=Decimal(10))
    found = sums(scheme, [line(date(2024, 5, 1), 45)], on=date(2026, 5, 1))
    assert [(one.carried_in, one.counted, one.carried_out) for one in found] == [
        (0, 45, 10),
        (10, 10, 0),
        (0, 0, 0),
    ]


def test_cap_limits_what_counts():
    scheme = CpdScheme(cycle_month=1, cycle_day=1, cap=Decimal(12))
    assert [one.counted for one in sums(scheme, [line(date(2026, 5, 1), 30)], on=date(2026, 6, 1))] == [12]


schemes = st.builds(
    CpdScheme,
    cycle_month=st.integers(1, 12),
    cycle_day=st.integers(1, 28),
    cycle_years=st.integers(1, 5),
    required=st.none() | st.decimals(0, 60, places=2),
    cap=st.none() | st.decimals(0, 90, places=2),
    carry_over=st.decimals(0, 40, places=2),
)
amounts = st.decimals("0.01", 50, places=2)
entries = st.lists(st.tuples(st.dates(date(2015, 1, 1), date(2035, 12, 31)), amounts), max_size=25)
ON = date(2026, 5, 4)


@given(schemes, entries, st.randoms(use_true_random=False))
def test_order_of_entries_changes_nothing(scheme, made, chance: random.Random):
    lines = [line(*one) for one in made]
    shuffled = lines[:]
    chance.shuffle(shuffled)
    assert sums(scheme, lines, on=ON) == sums(scheme, shuffled, on=ON)


@given(schemes, entries)
def test_caps_and_carry_over_hold_in_every_cycle(scheme, made):
    found = sums(scheme, [line(*one) for one in made], on=ON)
    carried = Decimal(0)
    for one in found:
        assert one.carried_in == carried
        assert 0 <= one.carried_out <= min(scheme.carry_over, one.earned)
        assert one.counted <= one.earned + one.carried_in
        assert scheme.cap is None or one.counted <= scheme.cap
        carried = one.carried_out
    assert sum(one.earned for one in found) == sum(amount for _day, amount in made)
    edges = [(one.cycle.ends_on, two.cycle.starts_on) for one, two in zip(found, found[1:], strict=False)]
    assert all(end + timedelta(days=1) == start for end, start in edges)


@given(schemes, entries, st.data())
def test_counter_entry_leaves_sums_as_if_nothing_had_been_given(scheme, made, data):
    lines = [line(*one) for one in made]
    extra = line(data.draw(st.dates(date(2020, 1, 1), date(2030, 1, 1))), data.draw(amounts))
    taken_back = line(extra.earned_on, -extra.amount)
    found = {one.cycle: one for one in sums(scheme, [*lines, extra, taken_back], on=ON)}
    for one in sums(scheme, lines, on=ON):
        assert found.pop(one.cycle) == one
    assert all(one.earned == 0 for one in found.values())
