"""Whose clock a time is told by: the venue's, and the reader's in one of the countries IIWAM teaches for."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.core import get_global
from babel.dates import get_timezone_location
from django.utils.translation import gettext as _

from .countries import names
from .templatetags.money import reader_locale

# Each of the eight affiliated countries, by its cities' names; Indonesia has three zones.
READER_ZONES: dict[str, str] = {
    "Asia/Bangkok": "TH",
    "Asia/Jakarta": "ID",
    "Asia/Jayapura": "ID",
    "Asia/Kolkata": "IN",
    "Asia/Kuala_Lumpur": "MY",
    "Asia/Makassar": "ID",
    "Asia/Manila": "PH",
    "Asia/Phnom_Penh": "KH",
    "Asia/Seoul": "KR",
    "Asia/Yangon": "MM",
}


def city_of(zone: str) -> str:
    """The city after which people know a zone."""
    return get_timezone_location(zone, locale=reader_locale(), return_city=True)


def zone_name(zone: str) -> str:
    """A zone as a choice: its city, and the country in which people set their clocks by it."""
    return f"{city_of(zone)}, {names()[READER_ZONES[zone]]}"


def clock_words(at: datetime, zone: str) -> str:
    """Whose clock shows this moment, and how far it is from UTC then: zones change their minds in summer."""
    minutes = int(at.astimezone(ZoneInfo(zone)).utcoffset().total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    offset = f"UTC{'−' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"
    return _("%(city)s time, %(offset)s") % {"city": city_of(zone), "offset": offset}


def zone_of(country: str) -> str:
    """The zone that everybody in this country lives by; empty where there are several."""
    zones = get_global("territory_zones").get(country, [])
    return zones[0] if len(zones) == 1 else ""


def same_clock(at: datetime, one: str, other: str) -> bool:
    """Whether both zones show the same time at this moment."""
    return at.astimezone(ZoneInfo(one)).utcoffset() == at.astimezone(ZoneInfo(other)).utcoffset()
