"""Points and hours as a picture: how much of a cycle's number is there, and how much of its time is left."""

from decimal import Decimal

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..cpd import transcript
from ..cpd.sheet import cycle_in_words, sum_in_words
from ..cpd.transcript import Account

register = template.Library()

# In units of the drawing.
LEFT, WIDTH = 1, 318
MOST_TICKS = 40

register.filter("cpd_amount", transcript.plain)
register.filter("cpd_cycle", cycle_in_words)


@register.simple_tag
def cpd_sum(account: Account, year) -> str:
    return sum_in_words(account, year)


@register.inclusion_tag("enrollment/learner/cpd/panel.html")
def cpd_panel(person) -> dict:
    """For a page that shows much else: each scheme's present cycle, and the way to the transcript."""
    return {"accounts": transcript.accounts(person, on=transcript.today())}


@register.inclusion_tag("enrollment/learner/cpd/cycle.html")
def cpd_cycle_picture(account: Account) -> dict:
    """Two rulers over each other: the points of the cycle, and its days."""
    year = account.present
    scale = scale_of(account)
    gone = year.cycle.days - account.days_left
    return {
        "id": f"cpd-{account.scheme.pk}",
        "has_number": scale is not None,
        "ticks": ticks(scale),
        "filled": length(year.sum.counted, scale),
        "carried": length(min(year.sum.carried_in, year.sum.counted), scale),
        "goal": mark(year.sum.required, scale),
        "left": LEFT,
        "width": WIDTH,
        "today": round(LEFT + WIDTH * gone / year.cycle.days, 2),
        "gone": round(WIDTH * gone / year.cycle.days, 2),
        "amount": sum_in_words(account, year),
        "time": time_in_words(account),
        "first": date_format(year.cycle.starts_on, "j M Y"),
        "last": date_format(year.cycle.ends_on, "j M Y"),
        "missing": transcript.with_unit(year.sum.missing, account.scheme) if year.sum.missing else "",
    }


def scale_of(account: Account) -> Decimal | None:
    """What the whole ruler stands for: the cap, or what is asked for, or what there is when that is more."""
    known = [one for one in (account.scheme.cap, account.present.sum.required) if one]
    return max([*known, account.present.sum.counted]) if known else None


def length(amount: Decimal, scale: Decimal | None) -> float:
    return round(float(WIDTH * max(amount, Decimal(0)) / scale), 2) if scale else 0


def mark(amount: Decimal | None, scale: Decimal | None) -> float | None:
    """Where on the ruler the number asked for stands; nowhere when it is the end of the ruler."""
    return LEFT + length(amount, scale) if amount and scale and amount < scale else None


def ticks(scale: Decimal | None) -> list[tuple[float, int]]:
    """A fine line for each point, a longer one for every fifth, as on the plates of the course pages."""
    if not scale or scale > MOST_TICKS:
        return []
    return [
        (round(LEFT + float(WIDTH * number / scale), 2), 8 if number % 5 == 0 else 4)
        for number in range(int(scale) + 1)
    ]


def time_in_words(account: Account) -> str:
    days = account.days_left
    words = ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
    return _("%(words)s, until %(day)s") % {
        "words": words,
        "day": date_format(account.present.cycle.ends_on, "j F Y"),
    }
