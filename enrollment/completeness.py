"""What an application consists of, and what is still missing from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import EvidenceRequirement

from .models import Application


@dataclass(frozen=True)
class Section:
    """One page of an application; `optional` fields may stay empty."""

    label: str | Promise
    fields: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()


ADULT_AGE = 18
REGISTER_FIELDS = ("register_country", "register_body", "register_number", "license_valid_until")
SECTIONS: Mapping[str, Section] = {
    "about": Section(
        gettext_lazy("About you"),
        ("legal_name", "native_name", "birth_date", "residence_country", "city", "phone", "access_needs"),
        frozenset({"native_name", "access_needs"}),
    ),
    "profession": Section(
        gettext_lazy("Profession and licence"), ("profession", "qualification", *REGISTER_FIELDS)
    ),
    "experience": Section(
        gettext_lazy("Experience"),
        ("years_in_practice", "workplace", "prior_training", "motivation"),
        frozenset({"prior_training"}),
    ),
    "evidence": Section(gettext_lazy("Evidence documents")),
    "declarations": Section(gettext_lazy("Declarations")),
}

DECLARATIONS: Mapping[str, str | Promise] = {
    "accurate": gettext_lazy(
        "What I have written is true and complete. IIWAM may check it with the bodies that I have named."
    ),
    "standing": gettext_lazy(
        "I am not suspended from practice and no disciplinary proceedings against me are open."
    ),
    "scope": gettext_lazy(
        "I understand that this course gives no licence to practise, and that the law of the place where "
        "I work decides what I may do."
    ),
    "patients": gettext_lazy("I will not upload anything from which a patient can be recognised."),
    "privacy": gettext_lazy("I have read how IIWAM uses what I send with this application."),
}
# Never bundled with the declarations, and nothing depends on them.
CHOICES: Mapping[str, str | Promise] = {
    "news": gettext_lazy("Send me news about IIWAM courses by email."),
}


class SectionStatus(models.TextChoices):
    NOT_STARTED = "not_started", gettext_lazy("Not started")
    IN_PROGRESS = "in_progress", gettext_lazy("In progress")
    COMPLETED = "completed", gettext_lazy("Completed")


def missing_answers(application: Application, *, on: date | None = None) -> dict[str, list[str]]:
    """What must still be added before submitting, in words, by section; empty when nothing is missing."""
    found = {section: missing_from(application, section, on=on) for section in SECTIONS}
    return {section: missing for section, missing in found.items() if missing}


def missing_from(application: Application, section: str, *, on: date | None = None) -> list[str]:
    """What this section still lacks, in words."""
    if section == "evidence":
        return [slot.label for slot in unfilled_slots(application)]
    if section == "declarations":
        return [str(DECLARATIONS[key]) for key in undeclared(application)]
    missing = [_label(field) for field in missing_fields(application, section)]
    if section == "profession" and not is_admitted(application):
        missing.append(_("a profession that this course admits"))
    if section == "about" and not is_adult(application, on=on or timezone.localdate()):
        missing.append(_("a date of birth at least %(age)s years ago") % {"age": ADULT_AGE})
    return missing


def missing_fields(application: Application, section: str) -> list[str]:
    """Names of required fields of this section that are empty."""
    return [
        name for name in required_fields(application, section) if getattr(application, name) in (None, "")
    ]


def required_fields(application: Application, section: str) -> list[str]:
    """Names of fields that must be filled; those of a register only where the profession has one."""
    needs_no_register = application.profession is not None and not application.profession.is_registered
    spared = SECTIONS[section].optional | (set(REGISTER_FIELDS) if needs_no_register else set())
    return [name for name in SECTIONS[section].fields if name not in spared]


def is_admitted(application: Application) -> bool:
    """Whether the course is for this profession; true while none has been named."""
    audiences = application.intake.course.audiences
    return application.profession is None or audiences.filter(profession=application.profession).exists()


def is_adult(application: Application, *, on: date) -> bool:
    """Whether the applicant is of age on this day; true while no date of birth is given."""
    return application.birth_date is None or years_between(application.birth_date, on) >= ADULT_AGE


def years_between(start: date, end: date) -> int:
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def evidence_slots(application: Application) -> list[EvidenceRequirement]:
    """The documents that this course asks of this profession; a profession's own wording wins."""
    asked = application.intake.course.evidence_requirements.filter(
        models.Q(profession=None) | models.Q(profession=application.profession_id)
    )
    by_kind: dict[str, EvidenceRequirement] = {}
    for slot in asked:
        if slot.profession_id or slot.kind not in by_kind:
            by_kind[slot.kind] = slot
    return sorted(by_kind.values(), key=lambda slot: (slot.position, slot.pk))


def unfilled_slots(application: Application) -> list[EvidenceRequirement]:
    """Required documents of which none has come, or all were rejected or have run out."""
    filled = set(application.documents.usable(timezone.localdate()).values_list("kind", flat=True))
    return [slot for slot in evidence_slots(application) if slot.is_required and slot.kind not in filled]


def undeclared(application: Application) -> list[str]:
    """Keys of declarations that the applicant has not made."""
    made = set(application.declarations.values_list("key", flat=True))
    return [key for key in DECLARATIONS if key not in made]


def section_status(application: Application, section: str) -> SectionStatus:
    """How far this section is."""
    if not missing_from(application, section):
        return SectionStatus.COMPLETED
    return SectionStatus.IN_PROGRESS if _is_begun(application, section) else SectionStatus.NOT_STARTED


def _is_begun(application: Application, section: str) -> bool:
    if section == "evidence":
        return application.documents.exists()
    if section == "declarations":
        return application.declarations.exists()
    return any(getattr(application, name) not in (None, "") for name in SECTIONS[section].fields)


def _label(name: str) -> str:
    return str(Application._meta.get_field(name).verbose_name)
