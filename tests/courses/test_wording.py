from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from courses.templatetags.catalog import day, hours_between, last_day, moment, span, tidy, whole_words
from courses.templatetags.figures import depth_gauge
from courses.templatetags.money import money


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (680000, "MYR", "MYR\xa06,800"),
        (680050, "MYR", "MYR\xa06,800.50"),
        (0, "MYR", "MYR\xa00"),
        (5000000, "KRW", "KRW\xa05,000,000"),
        (12345, "KWD", "KWD\xa012.345"),
        (None, "MYR", ""),
        (100, "", ""),
    ],
)
def test_money_is_written_from_minor_units(minor, currency, words):
    assert money(minor, currency) == words


def test_hyphenated_words_of_a_title_stay_whole_unless_they_are_long():
    assert whole_words("Pre- and post-procedure <b>") == (
        '<span class="nw">Pre-</span> and <span class="nw">post-procedure</span> &lt;b&gt;'
    )
    assert whole_words("Dark post-inflammatory-spots") == "Dark post-inflammatory-spots"


def test_money_of_a_currency_nobody_knows_is_still_written():
    assert money(12300, "XQX") == "XQX\xa0123"


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (D("0.50"), D("2.00"), "0.5 to 2"),
        (D("1.50"), D("1.50"), "1.5"),
        (None, D("0.50"), "up to 0.5"),
        (D("1.50"), None, "1.5 or more"),
        (None, None, ""),
        (D("758.9"), D("1969.2"), "758.9 to 1,969.2"),
    ],
)
def test_span_names_both_ends_or_the_one_that_is_known(low, high, words):
    assert span(low, high) == words


def test_tidy_rounds_no_digit_away():
    assert [tidy(D(n)) for n in ("100", "1.50", "29.6", "0.125")] == ["100", "1.5", "29.6", "0.125"]


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (None, None, ""),
        (0, 0, "at the procedure"),
        (0, 24, "0 to 24 hours"),
        (24, 72, "24 hours to 72 hours"),
        (72, 168, "72 hours to 7 days"),
        (168, 336, "7 days to 2 weeks"),
        (-2, -1, "2 hours to 1 hour before"),
        (-168, None, "7 days before"),
        (-2, 0, "the last 2 hours before"),
        (-24, 24, "24 hours before to 24 hours after"),
        (None, 48, "48 hours after"),
    ],
)
def test_hours_between_speaks_in_the_unit_that_fits(start, end, words):
    assert hours_between(start, end) == words


def test_day_that_is_unknown_is_to_be_confirmed():
    assert "To be confirmed" in day(None)
    assert day(date(2027, 3, 5)) == '<time class="nw" datetime="2027-03-05">5 Mar 2027</time>'


def test_moment_names_the_city_and_the_distance_from_utc():
    at = datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert "<small>07:00, New York time, UTC−5</small>" in moment(at, "America/New_York")
    assert "<small>17:45, Kathmandu time, UTC+5:45</small>" in moment(at, "Asia/Kathmandu")
    assert "<small>12:00, " in moment(at, "UTC")


def test_moment_follows_summer_time():
    at = datetime(2027, 7, 1, 12, tzinfo=UTC)
    assert "<small>08:00, New York time, UTC−4</small>" in moment(at, "America/New_York")


def test_last_day_before_a_midnight_is_the_day_that_ends_there():
    midnight_in_kuala_lumpur = datetime(2027, 1, 31, 16, tzinfo=UTC)
    assert "31 Jan 2027" in last_day(midnight_in_kuala_lumpur, "Asia/Kuala_Lumpur")


def test_gauge_bar_is_to_scale_and_stays_on_the_gauge():
    assert depth_gauge(D("1"), D("2")) == {
        "words": "Needle depths in its sources: 1 to 2 mm",
        "y": "29",
        "height": "26",
    }
    assert depth_gauge(D("0.8"), D("3.5"))["height"] == "57.2"
    assert depth_gauge(None, None)["height"] == 0
