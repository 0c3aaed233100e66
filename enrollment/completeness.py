"""What is still missing from an application, and how far each of its sections is."""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import EvidenceRequirement

from .models import Application, Statement
from .questionnaire import CHOICES, DECLARATIONS, SECTIONS, Questionnaire

__all__ = ["CHOICES", "DECLARATIONS", "SECTIONS", "Questionnaire", "missing_answers"]

ADULT_AGE = 18


class SectionStatus(models.TextChoices):
    NOT_STARTED = "not_started", gettext_lazy("Not started")
    IN_PROGRESS = "in_progress", gettext_lazy("In progress")
    COMPLETED = "completed", gettext_lazy("Completed")


@dataclass(frozen=True)
class Standing:
    """How far one section is, and what it still lacks in words."""

    section: str
    status: SectionStatus
    missing: list[str]


def missing_answers(application: Application, *, on: date | None = None) -> dict[str, list[str]]:
    """What must still be added before submitting, in words, by section; empty when nothing is missing."""
    asked = Questionnaire(application, on=on)
    found = {section: _missing(asked, section) for section in asked.sections}
    return {section: missing for section, missing in found.items() if missing}


def standings(asked: Questionnaire) -> list[Standing]:
    """Every section that is asked, in the order of the form, with how far it is."""
    return [_standing(asked, section) for section in asked.sections]


def evidence_slots(application: Application) -> list[EvidenceRequirement]:
    """The documents that are asked of this person; the wording closest to profession and country wins."""
    return Questionnaire(application).slots


def unfilled_slots(application: Application) -> list[EvidenceRequirement]:
    """Required documents of which none has come, or all were rejected."""
    return _unfilled(Questionnaire(application))


def is_admitted(application: Application) -> bool:
    """Whether the course is for this profession; true while none has been named."""
    audiences = application.intake.course.audiences
    return application.profession is None or audiences.filter(profession=application.profession).exists()


def is_adult(application: Application, *, on: date) -> bool:
    """Whether the applicant is of age on this day; true while no date of birth is given."""
    return application.birth_date is None or years_between(application.birth_date, on) >= ADULT_AGE


def years_between(start: date, end: date) -> int:
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def label_of(name: str) -> str:
    return str(Application._meta.get_field(name).verbose_name)


def _standing(asked: Questionnaire, section: str) -> Standing:
    if not (missing := _missing(asked, section)):
        return Standing(section, SectionStatus.COMPLETED, [])
    begun = _is_begun(asked, section)
    return Standing(section, SectionStatus.IN_PROGRESS if begun else SectionStatus.NOT_STARTED, missing)


def _missing(asked: Questionnaire, section: str) -> list[str]:
    if section == "evidence":
        return [slot.label for slot in _unfilled(asked)]
    if section in ("declarations", "consents"):
        return [one.text for one in undeclared(asked, section)]
    missing = [label_of(name) for name in _empty(asked, section)]
    missing += [one.label for one in asked.extras(section) if one.is_required and not asked.given.get(one.pk)]
    if section == "about" and not is_adult(asked.application, on=asked.on):
        missing.append(_("a date of birth at least %(age)s years ago") % {"age": ADULT_AGE})
    return missing


def _empty(asked: Questionnaire, section: str) -> list[str]:
    return [name for name in asked.required(section) if getattr(asked.application, name) in (None, "")]


def _unfilled(asked: Questionnaire) -> list[EvidenceRequirement]:
    filled = set(asked.application.documents.usable(asked.on).values_list("kind", flat=True))
    return [slot for slot in asked.slots if slot.is_required and slot.kind not in filled]


def undeclared(asked: Questionnaire, section: str) -> list[Statement]:
    """Required texts of this section that the applicant has not agreed to in the version in force."""
    made = set(asked.application.declarations.standing().values_list("key", "version"))
    return [one for one in asked.texts(section) if one.is_required and (one.key, one.version) not in made]


def _is_begun(asked: Questionnaire, section: str) -> bool:
    application = asked.application
    if section == "evidence":
        return application.documents.exists()
    if section in ("declarations", "consents"):
        keys = [one.key for one in asked.texts(section)]
        return application.declarations.standing().filter(key__in=keys).exists()
    # The intake is chosen by beginning, so it says nothing about this page.
    names = set(asked.fields(section)) - {"intake"}
    given = any(getattr(application, name) not in (None, "") for name in names)
    return given or any(asked.given.get(one.pk) for one in asked.extras(section))
