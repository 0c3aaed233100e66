"""The picture of a course, a cartridge of needles, each as deep as its module is read; and what the award asks for."""

from collections.abc import Iterable
from typing import NamedTuple

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..completion import Requirement
from ..progress import ModuleProgress, Picture

register = template.Library()

# In units of the drawing: how wide a module is, where its needle begins, how long it is, and its tip.
STEP, TOP, LENGTH, WIDTH, TIP = 52, 34, 132, 18, 22
GAP = 2
# A section of so many lines is short enough to stand open before anything in it is done.
UNFOLDED = 3


class Segment(NamedTuple):
    """A topic on the needle; what is read of it is drawn from its head down."""

    y: float
    height: float
    filled: float
    is_whole: bool


class Needle(NamedTuple):
    number: int
    x: float
    middle: float
    segments: list[Segment]
    tip: str
    tip_kind: str
    is_current: bool


@register.inclusion_tag("enrollment/learner/parts/needles.html")
def needles(picture: Picture) -> dict:
    """Modules side by side, topics from the surface down, the tip filled when the questions are passed."""
    drawn = [needle(part, place, part is picture.current) for place, part in enumerate(picture.modules)]
    width = STEP * len(drawn)
    return {
        "needles": drawn,
        "width": width,
        "ticks": range(0, width + 1, 13),
        "picture": picture,
        "words": [in_words(part) for part in picture.modules],
    }


def needle(part: ModuleProgress, place: int, is_current: bool) -> Needle:
    x = place * STEP + (STEP - WIDTH) / 2
    middle, end = x + WIDTH / 2, TOP + LENGTH + GAP
    tip = f"{x:g},{end:g} {x + WIDTH:g},{end:g} {middle:g},{end + TIP:g}"
    kind = "" if not part.has_questions else "on" if part.is_passed else "half" if part.turn.used else "open"
    return Needle(part.module.number, x, middle, segments(part), tip, kind, is_current)


def segments(part: ModuleProgress) -> list[Segment]:
    if not part.topics:
        return []
    share = LENGTH / len(part.topics)
    height = share - GAP
    return [
        Segment(TOP + place * share, height, height * percent / 100, percent == 100)
        for place, (_topic, percent) in enumerate(part.columns)
    ]


def in_words(part: ModuleProgress) -> str:
    topics = ngettext("%(done)s of %(n)s topic read", "%(done)s of %(n)s topics read", len(part.topics))
    told = [topics % {"done": part.read_count, "n": len(part.topics)}]
    if part.has_questions:
        told.append(_("questions passed") if part.is_passed else _("questions to pass"))
    return f"{part.module.number}. {part.module.title}: {', '.join(told)}"


class Section(NamedTuple):
    """Requirements that belong together, and how many of them are done."""

    title: str
    requirements: list[Requirement]
    done: int

    @property
    def is_complete(self) -> bool:
        return self.done == len(self.requirements)

    @property
    def is_open(self) -> bool:
        """Unfolded while it is under way; what is done, or long and not begun, is one line."""
        return not self.is_complete and (self.done > 0 or len(self.requirements) <= UNFOLDED)


@register.filter
def by_section(requirements: Iterable[Requirement]) -> list[Section]:
    """In the order in which each section is first met."""
    found: dict[str, list[Requirement]] = {}
    for one in requirements:
        found.setdefault(str(one.section), []).append(one)
    return [Section(title, rows, sum(row.done for row in rows)) for title, rows in found.items()]


@register.filter
def hours_and_minutes(length) -> str:
    """Such as “3 h 20 min”; whole minutes, rounded down."""
    minutes = int(length.total_seconds()) // 60
    if minutes < 60:
        return _("%(minutes)s min") % {"minutes": minutes}
    return _("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}
