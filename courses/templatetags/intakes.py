"""How an intake is shown: its standing in a word and a shape, its times by two clocks."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from iiwam.templatetags.components import status_tag

from ..models import Intake, TrainingDay
from ..zones import clock_words, same_clock

register = template.Library()

TONES = {
    Intake.Standing.TENTATIVE: "half",
    Intake.Standing.CONFIRMED: "ok",
    Intake.Standing.FULL: "wait",
    Intake.Standing.CLOSED: "none",
    Intake.Standing.CANCELLED: "stop",
}


@register.simple_tag
def standing_tag(intake: Intake, seats, at: datetime):
    """Tentative, confirmed, full or closed at this moment; `seats` is the intake's line of the ledger."""
    standing = intake.standing(at, free=seats.free)
    return status_tag(standing.label, TONES[standing])


@register.simple_tag
def clock(at: datetime, zone: str, reader_zone: str = ""):
    """A moment by the venue's clock, and by the reader's where that shows another time."""
    return told(at, None, zone, reader_zone)


@register.simple_tag
def hours(day: TrainingDay, zone: str, reader_zone: str = ""):
    """When a training day begins and ends, by the same two clocks."""
    return told(day.starts_at, day.ends_at, zone, reader_zone)


def told(begins: datetime, ends: datetime | None, zone: str, reader_zone: str):
    own = date_and_time(begins, ends, zone)
    words = format_html('<span class="nw">{}</span> <small>{}, {}</small>', *own, clock_words(begins, zone))
    local = begins.astimezone(ZoneInfo(zone))
    ends_at = format_html(' data-until="{}"', ends.isoformat()) if ends else ""
    if reader_zone:
        return format_html(
            '<time datetime="{}">{}{}</time>',
            local.isoformat(),
            words,
            other_clock(begins, ends, zone, reader_zone),
        )
    # Without a choice the browser's own clock is added by a script, where there is one.
    return format_html(
        '<time datetime="{}"{} data-offset="{}" data-words="{}">{}</time>',
        *(local.isoformat(), ends_at, int(local.utcoffset().total_seconds() // 60)),
        *(_("%s your time") % "%s", words),
    )


def other_clock(begins: datetime, ends: datetime | None, zone: str, reader_zone: str):
    if same_clock(begins, zone, reader_zone):
        return ""
    theirs = date_and_time(begins, ends, reader_zone)
    return format_html(' <small class="local">{}, {}, {}</small>', *theirs, clock_words(begins, reader_zone))


def date_and_time(begins: datetime, ends: datetime | None, zone: str) -> tuple[str, str]:
    """The day and the hours as the clocks of a zone show them."""
    first = begins.astimezone(ZoneInfo(zone))
    if ends is None:
        return date_format(first, "D j M Y"), date_format(first, "H:i")
    last = ends.astimezone(ZoneInfo(zone))
    end = date_format(last, "H:i" if last.date() == first.date() else "D j M, H:i")
    return date_format(first, "D j M Y"), _("%(start)s to %(end)s") % {
        "start": date_format(first, "H:i"),
        "end": end,
    }
