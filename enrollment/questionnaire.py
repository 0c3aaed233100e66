"""What is asked of one applicant: the form of the house, bent by the rows that the office edits."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses.models import EvidenceRequirement

from .models import Application, ExtraQuestion, FormRule, Statement


@dataclass(frozen=True)
class Section:
    """One page of an application; `optional` fields may stay empty unless a rule says otherwise."""

    label: str | Promise
    fields: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()


SECTIONS: Mapping[str, Section] = {
    "about": Section(
        _("About you"),
        (
            *("legal_name", "certificate_name", "native_name", "birth_date", "nationality"),
            *("residence_country", "city", "address", "phone", "preferred_language", "access_needs"),
        ),
        frozenset({"certificate_name", "native_name", "address", "preferred_language", "access_needs"}),
    ),
    "profession": Section(_("Profession"), ("profession", "qualification", "years_in_practice", "workplace")),
    "license": Section(
        _("Register and licence"),
        (
            *("register_country", "register_body", "register_number"),
            *("license_number", "license_valid_from", "license_valid_until"),
            *("practice_address", "standing", "standing_details", "indemnity_insurer"),
        ),
        frozenset({"license_number", "practice_address", "indemnity_insurer"}),
    ),
    "training": Section(_("Earlier training"), ("prior_training",)),
    "course": Section(
        _("Your course"),
        ("intake", "second_choice", "payer", "payer_details", "motivation"),
        frozenset({"second_choice"}),
    ),
    "evidence": Section(_("Evidence documents")),
    "declarations": Section(_("Declarations")),
    "consents": Section(_("Privacy and consents")),
}
# Without these nobody could decide, so no rule takes them away.
ALWAYS_ASKED = frozenset({"legal_name", "birth_date", "profession", "intake"})
SECTIONS_ALWAYS_ASKED = frozenset({"about", "profession", "course", "declarations", "consents", "evidence"})
# Asked for by an answer that stands before them.
DEPENDING = {
    "standing_details": ("standing", Application.Standing.DECLARED),
    "payer_details": ("payer", Application.Payer.EMPLOYER),
}
STRICTEST_LAST = [FormRule.Asked.NOT_ASKED, FormRule.Asked.OPTIONAL, FormRule.Asked.REQUIRED]
CONTENT = tomllib.loads((Path(__file__).parent / "content" / "form.toml").read_text(encoding="utf-8"))


def first_texts() -> list[Statement]:
    """The declarations and consents that an installation begins with, as version 1."""
    return [
        Statement(
            position=position,
            in_force_from=date(2026, 1, 1),
            **row | {"notice": row.get("notice", "").strip()},
        )
        for position, row in enumerate(CONTENT["statement"])
    ]


DECLARATIONS: Mapping[str, str] = {one.key: one.text for one in first_texts() if one.is_required}
CHOICES: Mapping[str, str] = {one.key: one.text for one in first_texts() if not one.is_required}


class Questionnaire:
    """The sections, questions, documents and texts for this course, profession and country; each read once."""

    def __init__(self, application: Application, *, on: date | None = None):
        self.application = application
        self.on = on or timezone.localdate()
        self.country = country_of(application)
        self.scope = {
            "course": application.intake.course_id,
            "profession": application.profession_id,
            "country": self.country,
        }

    @cached_property
    def rules(self) -> dict[str, str]:
        """What the closest rule says, by subject; of two that are equally close, the stricter."""
        rows = FormRule.objects.concerning(**self.scope)
        ranked = sorted(rows, key=lambda row: (row.closeness, STRICTEST_LAST.index(row.asked)))
        return {row.subject: row.asked for row in ranked}

    @cached_property
    def sections(self) -> list[str]:
        """Keys of the sections that are asked, in the order of the form."""
        return [key for key in SECTIONS if key in SECTIONS_ALWAYS_ASKED or self._asks(key)]

    def _asks(self, section: str) -> bool:
        if rule := self.rules.get(f"section:{section}"):
            return rule != FormRule.Asked.NOT_ASKED
        profession = self.application.profession
        return section != "license" or profession is None or profession.is_registered

    def fields(self, section: str) -> list[str]:
        """Names of the questions of the house that this section asks."""
        asked = [name for name in SECTIONS[section].fields if not self._is_dropped(name)]
        return asked if section in self.sections else []

    def _is_dropped(self, name: str) -> bool:
        return self.rules.get(name) == FormRule.Asked.NOT_ASKED and name not in ALWAYS_ASKED

    def required(self, section: str) -> list[str]:
        """Names of questions of the house that must be answered to submit."""
        return [name for name in self.fields(section) if self._is_needed(name, SECTIONS[section])]

    def _is_needed(self, name: str, section: Section) -> bool:
        if name in DEPENDING:
            other, value = DEPENDING[name]
            return getattr(self.application, other) == value
        by_itself = FormRule.Asked.OPTIONAL if name in section.optional else FormRule.Asked.REQUIRED
        return name in ALWAYS_ASKED or self.rules.get(name, by_itself) == FormRule.Asked.REQUIRED

    @cached_property
    def every_extra(self) -> list[ExtraQuestion]:
        return list(ExtraQuestion.objects.concerning(**self.scope).filter(is_retired=False))

    def extras(self, section: str) -> list[ExtraQuestion]:
        """The questions that the office added to this section."""
        return [one for one in self.every_extra if one.section == section and section in self.sections]

    @cached_property
    def statements(self) -> list[Statement]:
        """The newest text in force of each declaration and consent; what the office never touched, as it began."""
        rows = Statement.objects.concerning(**self.scope).in_force(self.on).order_by("version")
        by_key = {one.key: one for one in first_texts()} | {row.key: row for row in rows}
        asked = [one for one in by_key.values() if not one.is_retired]
        return sorted(asked, key=lambda one: (one.section, one.position, one.key))

    def texts(self, section: str) -> list[Statement]:
        return [one for one in self.statements if one.section == section]

    @cached_property
    def slots(self) -> list[EvidenceRequirement]:
        """The documents that are asked for; the wording closest to profession and country wins."""
        asked = self.application.intake.course.evidence_requirements.filter(
            models.Q(profession=None) | models.Q(profession=self.application.profession_id),
            country__in={"", self.country},
        )
        nearest = sorted(asked, key=lambda slot: (bool(slot.profession_id), bool(slot.country)))
        by_kind = {slot.kind: slot for slot in nearest}
        return sorted(by_kind.values(), key=lambda slot: (slot.position, slot.pk))

    @cached_property
    def given(self) -> dict[int, str]:
        """Answers to added questions, by the number of the question."""
        if self.application.pk is None:
            return {}
        return dict(self.application.extra_answers.values_list("question_id", "value"))


def country_of(application: Application) -> str:
    """Where the person is registered, or else lives: the country whose rules concern them."""
    return application.register_country or application.residence_country


def answers_of(application: Application, section: str) -> dict[str, Any]:
    """Everything that stands in this section, asked for or not, by name."""
    own = {name: getattr(application, name) for name in SECTIONS[section].fields}
    extra = application.extra_answers.filter(question__section=section).order_by("question_id")
    return own | {f"extra_{number}": value for number, value in extra.values_list("question_id", "value")}


def fingerprint(application: Application, section: str) -> str:
    """Changes when an answer of this section does; other sections may be saved meanwhile without a conflict."""
    return fingerprint_of(answers_of(application, section))


def fingerprint_of(answers: Mapping[str, Any]) -> str:
    words = repr(
        [
            (name, str(getattr(value, "pk", value)))
            for name, value in answers.items()
            if value not in ("", None)
        ]
    )
    return hashlib.sha256(words.encode()).hexdigest()[:16]
