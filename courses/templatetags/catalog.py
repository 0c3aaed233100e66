"""How dates, ranges and references of the catalog are written."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import unescape
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..countries import names
from ..zones import clock_words

register = template.Library()

SECTION = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
CITATION = re.compile(r"<sup.*?</sup>", re.DOTALL)


# A longer word must be free to break on the narrowest screen.
LONGEST_WHOLE = 16


@register.filter
def whole_words(title: str):
    """A title whose hyphenated words stay on one line."""
    return format_html_join(
        " ",
        "{}",
        (
            (
                format_html('<span class="nw">{}</span>', word)
                if "-" in word and len(word) <= LONGEST_WHOLE
                else word,
            )
            for word in title.split()
        ),
    )


@register.simple_tag
def to_be_confirmed():
    return format_html('<span class="tbc">{}</span>', _("To be confirmed"))


@register.filter
def day(value: date | None):
    """A day with its machine-readable form, or the words that it is not known yet."""
    if value is None:
        return to_be_confirmed()
    words = date_format(value, "DATE_FORMAT")
    return format_html('<time class="nw" datetime="{}">{}</time>', value.isoformat(), words)


@register.filter
def long_day(value: date):
    """A day that stands alone, with its month written out."""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), date_format(value, "j F Y"))


@register.filter
def date_in_zone(value: datetime | None):
    """The day of a moment on the institute's own calendar."""
    return day(timezone.localdate(value) if value else None)


@register.filter
def last_day(value: datetime, zone: str):
    """The last day on which something can be done before this moment, where the intake is."""
    return day(timezone.localdate(value - timedelta(microseconds=1), ZoneInfo(zone)))


@register.filter
def moment(value: datetime | None, zone: str):
    """A moment as the clocks of that zone show it, with the zone's city and its distance from UTC."""
    if value is None:
        return to_be_confirmed()
    local = timezone.localtime(value, ZoneInfo(zone))
    return format_html(
        '<time datetime="{}" data-offset="{}" data-words="{}"><span class="nw">{}</span> <small>{}, {}</small></time>',
        local.isoformat(),
        int(local.utcoffset().total_seconds() // 60),
        _("%s your time") % "%s",
        date_format(local, "DATE_FORMAT"),
        date_format(local, "H:i"),
        clock_words(value, zone),
    )


@register.filter
def tidy(value: Decimal | None) -> str:
    """A measured number without padding: 1.50 is 1.5, but no digit is rounded away."""
    return "" if value is None else f"{value.normalize():,f}"


@register.filter
def span(low: Decimal | None, high: Decimal | None) -> str:
    """A range in words, one number when both ends are the same."""
    if low is None and high is None:
        return ""
    if low is None:
        return _("up to %(high)s") % {"high": tidy(high)}
    if high is None:
        return _("%(low)s or more") % {"low": tidy(low)}
    return tidy(low) if low == high else _("%(low)s to %(high)s") % {"low": tidy(low), "high": tidy(high)}


@register.filter
def hours_between(start: int | None, end: int | None) -> str:
    """When a step of a protocol falls, in hours up to three days and in days or weeks beyond."""
    if start is None and end is None:
        return ""
    if end is None or start == end:
        return point_in_time(start)
    if start is None:
        return point_in_time(end)
    if end == 0:
        return _("the last %(time)s before") % {"time": amount_of_time(-start)}
    if end < 0:
        return _("%(start)s to %(end)s") % {"start": amount_of_time(-start), "end": point_in_time(end)}
    if start < 0:
        return _("%(start)s to %(end)s") % {"start": point_in_time(start), "end": point_in_time(end)}
    first = amount_of_time(start) if start else "0"
    return _("%(start)s to %(end)s") % {"start": first, "end": amount_of_time(end)}


def point_in_time(hours: int) -> str:
    if hours == 0:
        return _("at the procedure")
    words = _("%(time)s before") if hours < 0 else _("%(time)s after")
    return words % {"time": amount_of_time(abs(hours))}


def amount_of_time(hours: int) -> str:
    if hours % 24 or hours <= 72:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    days = hours // 24
    if days % 7 or days <= 13:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return ngettext("%(n)s week", "%(n)s weeks", days // 7) % {"n": days // 7}


@register.simple_tag
def cite(row):
    """The numbers of a row's sources, linked to the list at the foot; a weak source says so on the spot."""
    links = format_html_join(
        " ",
        '<span class="nw"><a href="#source-{}"><span class="vh">{} </span>{}</a>{}</span>',
        (
            (source.key, _("Source"), number, f" {_('(weak)')}" if source.is_weak else "")
            for number, source in row.citations
        ),
    )
    return format_html('<span class="cite">{}</span>', links)


@register.simple_tag
def cell(value, label, note="", look="w"):
    """A table cell that carries its heading along when rows become blocks; an empty one is dropped there."""
    if not value and not note:
        return format_html('<td class="{} none">–</td>', look)
    small = format_html('<small class="block">{}</small>', note) if note else ""
    return format_html('<td class="{}" data-l="{}">{}{}</td>', look, label, value or "", small)


@register.simple_tag
def hours_total(course):
    """Hours of theory and practice in words, or that they are not confirmed."""
    theory, practice = course.hours_theory, course.hours_practical
    if theory is None and practice is None:
        return to_be_confirmed()
    parts = []
    if theory:
        parts.append(_("%(hours)s h theory") % {"hours": tidy(theory)})
    if practice:
        parts.append(_("%(hours)s h practice") % {"hours": tidy(practice)})
    return ", ".join(parts) or to_be_confirmed()


@register.filter
def headings(html: str) -> list[tuple[str, str]]:
    """The sections of a rendered text as (address on the page, words)."""
    return [
        (anchor, unescape(strip_tags(CITATION.sub("", words)))) for anchor, words in SECTION.findall(html)
    ]


@register.filter
def halved(dots: int) -> int:
    """The size at which a picture is shown that holds two dots for each one of the page."""
    return max(1, dots // 2)


@register.filter
def country_name(code: str) -> str:
    """The country that these two letters stand for."""
    return names().get(code, code)


@register.filter
def plural_names(audiences) -> str:
    """The professions of these audiences as one phrase."""
    return phrase([audience.profession.name_plural for audience in audiences])


@register.filter
def phrase(names: list[str]) -> str:
    """Names of one kind as one phrase: only the first keeps its capital."""
    return get_text_list([names[0], *(name.lower() for name in names[1:])], _("and")) if names else ""
