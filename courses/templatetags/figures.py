"""Figures as templates ask for them; their numbers come from `courses.figures`."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from .. import figures, skin_section
from .catalog import amount_of_time, span, tidy

register = template.Library()

GAUGE_TOP, GAUGE_MM, GAUGE_DEPTH = 3, 26, 3

for name in (
    "depth_disagreement",
    "thickness_by_method",
    "device_lengths",
    "evidence_by_use",
    "complication_grid",
    "protocol_timeline",
):
    register.simple_tag(getattr(figures, name), name=name)


@register.simple_tag
def depth_gauge(low: Decimal | None, high: Decimal | None) -> dict:
    """The bar on a gauge of 0 to 3 mm, and the same in words."""
    if high is None:
        return {"words": _("No needle depth on file"), "y": 0, "height": 0}
    top, bottom = (min(float(depth or 0), GAUGE_DEPTH) for depth in (low, high))
    return {
        "words": _("Needle depths in its sources: %(span)s mm") % {"span": span(low or Decimal(0), high)},
        "y": f"{GAUGE_TOP + GAUGE_MM * top:g}",
        "height": f"{max(GAUGE_MM * (bottom - top), 1.5):g}",
    }


@register.filter
def hours_mark(hours: int) -> str:
    """A tick of the timeline in words, short enough to stand under it."""
    return "0" if hours == 0 else f"{'−' if hours < 0 else ''}{amount_of_time(abs(hours))}"


register.simple_tag(skin_section.skin_section)
register.simple_tag(skin_section.needle_plates)
register.filter(figures.entry_line)


@register.filter
def micrometres(value: float) -> str:
    """A depth in whole micrometres, for a tenth of one is finer than any drawing."""
    return f"{value:,.0f}"


@register.filter
def depth_span(low: Decimal | None, high: Decimal | None) -> str:
    """A range as short as a label under a needle must be."""
    if high is None:
        return f"≥ {tidy(low)}"
    if low is None:
        return f"≤ {tidy(high)}"
    return tidy(low) if low == high else f"{tidy(low)}–{tidy(high)}"


@register.filter
def add_to(value: float, distance: float) -> float:
    """A place on the drawing this far from another one."""
    return round(float(value) + float(distance), 1)


@register.filter
def reading(value: float) -> str:
    """A tick of a scale: whole numbers bare, parts with the digits they have."""
    return f"{value:,g}" if value < 1000 else f"{value:,.0f}"


@register.filter
def ten_to_the(power: float) -> str:
    return f"{10 ** int(power):,}"


@register.filter
def in_two_lines(words: str) -> list[str]:
    return figures.in_two_lines(str(words))
