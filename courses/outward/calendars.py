"""Intakes as calendars read them (RFC 5545): training days, the run itself and the deadline, each an event."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, vDuration, vUri

from ..models import Course, Intake, TrainingDay

PRODUCER = "-//IIWAM//Courses and intakes//EN"
HOME_ZONE = settings.TIME_ZONE
ASK_AGAIN_AFTER = timedelta(hours=6)
# Revisions are counted in seconds from here: the number only has to grow, and fits its 32 bits until 2088.
FIRST_REVISION = datetime(2020, 1, 1, tzinfo=UTC)
STATUSES = {
    Intake.Status.TENTATIVE: "TENTATIVE",
    Intake.Status.CONFIRMED: "CONFIRMED",
    Intake.Status.CLOSED: "CONFIRMED",
    Intake.Status.CANCELLED: "CANCELLED",
}


def calendar_of_intake(intake: Intake) -> bytes:
    """One intake to put into a calendar."""
    return written(_("IIWAM: %(course)s") % {"course": intake.course.title}, [intake])


def calendar_of_course(course: Course, intakes: Iterable[Intake]) -> bytes:
    """The intakes of a course to subscribe to; where there is none, a calendar that is empty and still valid."""
    return written(_("IIWAM: intakes of %(course)s") % {"course": course.title}, list(intakes))


def calendar_of_days(name: str, intakes: Iterable[Intake]) -> bytes:
    """The training days of these intakes and nothing else of them, for somebody who has a place."""
    intakes = list(intakes)
    days = [training(intake, day) for intake in intakes for day in intake.training_days.all()]
    return bound(name, days, {intake.timezone for intake in intakes})


def written(name: str, intakes: list[Intake]) -> bytes:
    events = [event for intake in intakes for event in events_of(intake)]
    return bound(name, events, {intake.timezone for intake in intakes})


def bound(name: str, events: list[Event], zones: set[str]) -> bytes:
    """These events as one calendar."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", plain(name))
    calendar.add("x-wr-calname", plain(name))
    calendar.add("refresh-interval", vDuration(ASK_AGAIN_AFTER), {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(ASK_AGAIN_AFTER))
    # A calendar without any component would break the rules; the zone of the house is one.
    for zone in sorted(zones or {HOME_ZONE}):
        calendar.add_component(definition_of(zone, *years_of(events)))
    for event in events:
        calendar.add_component(event)
    return calendar.to_ical()


def years_of(events: Iterable[Event]) -> tuple[int, int]:
    """The years that the definition of a zone has to cover."""
    years = [event.decoded("dtstart").year for event in events] or [FIRST_REVISION.year]
    return min(years) - 1, max(years) + 2


@lru_cache(maxsize=64)
def definition_of(zone: str, first_year: int, last_year: int) -> Timezone:
    # Laying out a zone searches for every change of its clocks, which is far slower than all the rest.
    return Timezone.from_tzinfo(
        ZoneInfo(zone), zone, first_date=date(first_year, 1, 1), last_date=date(last_year, 1, 1)
    )


def events_of(intake: Intake) -> Iterator[Event]:
    days = list(intake.training_days.all())
    first_days = {day.starts_at.astimezone(intake.zone).date() for day in days}
    if intake.starts_on and intake.starts_on not in first_days:
        yield run(intake, whole=not days)
    for day in days:
        yield training(intake, day)
    if intake.course.takes_applications:
        yield deadline(intake)


def run(intake: Intake, *, whole: bool) -> Event:
    """The whole run where no day of it is set yet; only its beginning where training days follow."""
    last = (intake.ends_on if whole else None) or intake.starts_on
    words = _("%(course)s") if whole else _("%(course)s begins")
    event = begun(intake, "run", words % {"course": intake.course.title}, intake.changed_at)
    event.add("dtstart", intake.starts_on)
    event.add("dtend", last + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event


def training(intake: Intake, day: TrainingDay) -> Event:
    summary = f"{intake.course.title}: {day.title or day.get_kind_display()}"
    event = begun(intake, f"day-{day.pk}", summary, max(day.changed_at, intake.changed_at), venue=day.venue)
    event.add("dtstart", day.starts_at.astimezone(intake.zone))
    event.add("dtend", day.ends_at.astimezone(intake.zone))
    return event


def deadline(intake: Intake) -> Event:
    """The moment after which nobody can apply; a calendar shows it and keeps the hour free."""
    words = _("%(course)s: applications close") % {"course": intake.course.title}
    event = begun(intake, "deadline", words, intake.changed_at)
    event.add("dtstart", intake.applications_close_at.astimezone(intake.zone))
    event.add("transp", "TRANSPARENT")
    return event


def begun(intake: Intake, part: str, summary: str, changed_at: datetime, *, venue: str = "") -> Event:
    """What all events of an intake have in common."""
    event = Event()
    # Built from keys that no editor can change, so that a calendar moves an event and never doubles it.
    event.add("uid", f"intake-{intake.pk}-{part}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", changed_at.astimezone(UTC))
    event.add("last-modified", changed_at.astimezone(UTC))
    event.add("sequence", int((changed_at - FIRST_REVISION).total_seconds()))
    event.add("status", STATUSES[intake.status])
    event.add("summary", plain(f"{_('Sample')}: {summary}" if intake.is_sample else summary))
    if where := intake.place_of(venue or intake.venue):
        event.add("location", plain(where))
    page = f"{settings.SITE_URL}{intake.course.get_absolute_url()}"
    event.add("description", plain(f"{description(intake)}\n{page}"))
    event.add("url", vUri(page))
    return event


def description(intake: Intake) -> str:
    facts = [_("Intake %(code)s: %(status)s.")]
    if intake.is_sample:
        facts.append(_("The dates are made up for a demonstration."))
    words = {"code": intake.code, "status": intake.get_status_display().lower()}
    return " ".join(fact % words for fact in facts)


def plain(text: str) -> str:
    """The text without control characters, which a calendar may not hold."""
    return "".join(c if c == "\n" or c.isprintable() else " " for c in str(text))
