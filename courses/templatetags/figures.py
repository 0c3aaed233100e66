"""Numbers of the drawings; the drawing itself is in templates/courses/figures/."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from .catalog import span

register = template.Library()

GAUGE_TOP, GAUGE_MM, GAUGE_DEPTH = 3, 26, 3


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
