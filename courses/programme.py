"""What a scheme approves of a course, and that it stays as approved: title, synopsis, hours, modules, topics.

Source of the rule: MMA CPD standard operating procedure, “no amendments shall be made in title, synopsis, agenda”
after approval (cpd.mma.org.my, rules and regulation). Which parts those are here is ours to say: PARTS.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Accreditation, Course, CpdScheme, TitleRule

PARTS = {
    "title": gettext_lazy("title"),
    "summary": gettext_lazy("synopsis"),
    "outcomes": gettext_lazy("learning outcomes"),
    "duration": gettext_lazy("duration"),
    "hours_theory": gettext_lazy("hours of theory"),
    "hours_practical": gettext_lazy("hours of practice"),
    "modules": gettext_lazy("modules and topics"),
}


# By these a module or a topic is part of what was approved.
FIELDS_OF_MODULES = {"course", "module", "number", "title", "hours"}


class ProgrammeLocked(Exception):
    """A change to a programme that a scheme has approved; its text says what to do instead, `parts` what differs."""

    def __init__(self, sentence: str, parts: Iterable[str] = ()):
        super().__init__(sentence)
        self.parts = set(parts)

    def concerns(self, field: str, *, of_course: bool) -> bool:
        """Whether a form shows this part in this field."""
        return field in self.parts if of_course else "modules" in self.parts and field in FIELDS_OF_MODULES


def brand_names(title: str, scheme: CpdScheme | None = None) -> list[TitleRule]:
    """Brand names in the title that this scheme, or every scheme, bars."""
    rules = TitleRule.objects.filter(scheme=None) | TitleRule.objects.filter(scheme=scheme)
    return [rule for rule in rules if rule.is_in(title)]


def title_fault(title: str, scheme: CpdScheme | None = None) -> str:
    """What is wrong with the title, as a sentence; empty when the scheme may have it."""
    found = brand_names(title, scheme)
    if not found:
        return ""
    named = get_text_list([f"“{rule.word}”" for rule in found], _("and"))
    instead = get_text_list([f"“{rule.instead}”" for rule in found if rule.instead], _("and"))
    sentence = _("The title carries the brand name %(named)s, and titles name no brand.") % {"named": named}
    return f"{sentence} {_('Write %(instead)s instead.') % {'instead': instead}}" if instead else sentence


def programme_of(course: Course) -> dict[str, Any]:
    """What is approved, in plain values."""
    return {
        "title": course.title,
        "summary": course.summary,
        "outcomes": course.outcomes,
        "duration": course.duration,
        "hours_theory": plain_number(course.hours_theory),
        "hours_practical": plain_number(course.hours_practical),
        "modules": [
            {
                "number": module.number,
                "title": module.title,
                "hours": plain_number(module.hours),
                "topics": [topic.title for topic in module.contents],
            }
            for module in course.modules.with_contents()
        ],
    }


def plain_number(value) -> str:
    return f"{value.normalize():f}" if value is not None else ""


def locks(on: date, course: Course | None = None) -> list[Accreditation]:
    """Approvals that hold the programme of a course as it was."""
    held = Accreditation.objects.filter(course=course) if course else Accreditation.objects.all()
    rows = held.exclude(programme={}).without_marks().select_related("scheme", "course")
    return [one for one in rows if one.locks_programme and one.grants_points(on)]


def changed(approval: Accreditation, now: dict[str, Any]) -> list[str]:
    """The parts that are no longer as approved."""
    return [part for part in PARTS if approval.programme.get(part) != now[part]]


def named(parts: Iterable[str]) -> list[str]:
    """The parts in the words of an editor."""
    return [str(PARTS[part]) for part in parts]


def departures(on: date) -> Iterable[tuple[Accreditation, list[str]]]:
    """Approvals whose course is no longer what was approved, with the parts that differ."""
    for approval in locks(on):
        if differing := changed(approval, programme_of(approval.course)):
            yield approval, differing


def keep_locked(on: date | None = None) -> None:
    """Every approved programme is as approved; ProgrammeLocked names the first that is not."""
    for approval, differing in departures(on or timezone.localdate()):
        raise ProgrammeLocked(sentence(approval, differing), differing)


def sentence(approval: Accreditation, differing: list[str]) -> str:
    return _(
        "%(scheme)s has approved “%(course)s” as it is (%(reference)s): %(parts)s cannot change. A registrar can "
        "reopen the programme with a reason; then it needs a new approval."
    ) % {
        "scheme": approval.scheme,
        "course": approval.programme["title"],
        "reference": approval.reference,
        "parts": get_text_list(named(differing), _("and")),
    }
