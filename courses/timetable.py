"""What a visitor asks of the list of intakes: read from the address, answered by month and place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import QuerySet
from django.db.models.functions import TruncMonth
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from .countries import names
from .models import Course, Intake
from .zones import READER_ZONES, zone_name

MONTH = re.compile(r"[1-9]\d{3}-(0[1-9]|1[0-2])", re.ASCII)
MOST_CHOICES = 200


@dataclass
class Venue:
    """A place with the intakes held there."""

    place: str
    intakes: list[Intake] = field(default_factory=list)


@dataclass
class Month:
    """A month, or nothing for what has no date yet, with its places in the order of their first intake."""

    first_day: date | None
    venues: list[Venue] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"{self.first_day:%Y-%m}" if self.first_day else "undated"


def by_month_and_venue(intakes: Iterable[Intake]) -> list[Month]:
    """These intakes, soonest first, laid out as the page shows them."""
    months: dict[date | None, dict[str, Venue]] = {}
    for intake in intakes:
        first_day = intake.starts_on.replace(day=1) if intake.starts_on else None
        venues = months.setdefault(first_day, {})
        venues.setdefault(intake.where, Venue(intake.where)).intakes.append(intake)
    return [Month(first_day, list(venues.values())) for first_day, venues in months.items()]


def first_day_of(month: str) -> date | None:
    return date.fromisoformat(f"{month}-01") if MONTH.fullmatch(month) else None


def month_words(month: str) -> str:
    return date_format(first_day_of(month), "F Y")


def after(first_day: date) -> date:
    """The first day of the next month."""
    return (first_day + timedelta(days=31)).replace(day=1)


@dataclass
class Filter:
    """One way to narrow the list to one value."""

    name: str
    label: str
    everything: str
    choices: list[tuple[str, str]]
    value: str = ""
    words: str = ""


class Asked:
    """The course, country, month and clock that an address asks for; what it cannot mean is ignored and named."""

    def __init__(self, params: QueryDict, upcoming: QuerySet[Intake]):
        self.params = params
        self.ignored: list[tuple[str, str]] = []
        self.filters = [self.course(upcoming), self.country(upcoming), self.month(upcoming)]
        self.zone = self.asked("tz", _("Your clock"), READER_ZONES.__contains__)
        self.zones = [(zone, zone_name(zone)) for zone in READER_ZONES]

    def asked(self, name: str, label: str, is_known) -> str:
        """The value, when it can be meant; anything else is noted."""
        value = self.params.get(name, "")
        if value and not is_known(value):
            self.ignored.append((label, Truncator(value).chars(40)))
            return ""
        return value

    def filter(self, name, label, everything, choices, words_of) -> Filter:
        """A filter that offers what there is, and keeps what was asked for even where there is nothing."""
        offered = dict(choices)
        value = self.asked(name, label, lambda value: value in offered or words_of(value))
        if value and value not in offered:
            choices = [*choices, (value, words_of(value))]
        return Filter(name, label, everything, choices, value, dict(choices).get(value, ""))

    def course(self, upcoming: QuerySet[Intake]) -> Filter:
        rows = upcoming.order_by("course__title").values_list("course__slug", "course__title").distinct()
        title = Course.objects.published().filter
        return self.filter(
            *("course", _("Course"), _("All courses"), list(rows[:MOST_CHOICES])),
            lambda slug: title(slug=slug[:80]).values_list("title", flat=True).first(),
        )

    def country(self, upcoming: QuerySet[Intake]) -> Filter:
        codes = upcoming.exclude(country="").order_by("country").values_list("country", flat=True).distinct()
        known = names()
        choices = sorted(((code, known.get(code, code)) for code in codes), key=lambda choice: choice[1])
        return self.filter("country", _("Country"), _("All countries"), choices, known.get)

    def month(self, upcoming: QuerySet[Intake]) -> Filter:
        dated = upcoming.exclude(starts_on=None).annotate(first_day=TruncMonth("starts_on"))
        days = dated.order_by("first_day").values_list("first_day", flat=True).distinct()[:MOST_CHOICES]
        months = [f"{day:%Y-%m}" for day in days]
        return self.filter(
            *("month", _("Month"), _("All months"), [(month, month_words(month)) for month in months]),
            lambda value: first_day_of(value) and month_words(value),
        )

    def narrow(self, upcoming: QuerySet[Intake]) -> QuerySet[Intake]:
        """The intakes of these that answer."""
        course, country, month = (chosen.value for chosen in self.filters)
        if course:
            upcoming = upcoming.filter(course__slug=course)
        if country:
            upcoming = upcoming.filter(country=country)
        if month:
            first_day = first_day_of(month)
            upcoming = upcoming.filter(starts_on__gte=first_day, starts_on__lt=after(first_day))
        return upcoming

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Each filter in use, with the query string that no longer asks for it."""
        return [(chosen.words, self.without(chosen.name)) for chosen in self.filters if chosen.value]

    def without(self, *names: str) -> str:
        params = self.params.copy()
        for name in (*names, "page"):
            params.pop(name, None)
        return f"?{params.urlencode()}"
