"""What was answered, in words: section by section, to check, to keep and to read once it is closed."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ..forms.sections import SECTION_FORMS
from ..models import Application, InformationRequest
from ..questionnaire import SECTIONS, Questionnaire

Row = tuple[str | Promise, str, str]


@dataclass(frozen=True)
class Group:
    """One section as it will be sent: what was asked and what was answered, with the control to change it."""

    key: str
    label: str | Promise
    rows: list[Row]
    missing: list[str] = field(default_factory=list)


def groups(
    application: Application,
    missing: Mapping[str, list[str]] = MappingProxyType({}),
    request: InformationRequest | None = None,
) -> list[Group]:
    """Every section that is asked, in the order of the task list; while a request stands, what it opens."""
    asked = Questionnaire(application)
    return [
        Group(key, SECTIONS[key].label, rows(asked, key, request), missing.get(key, []))
        for key in asked.sections
        if request is None or request.opens(key)
    ]


def rows(asked: Questionnaire, section: str, request: InformationRequest | None = None) -> list[Row]:
    if section in SECTION_FORMS:
        return answered(asked, section)
    return files_by_slot(asked, request) if section == "evidence" else declared(asked, section)


def answered(asked: Questionnaire, section: str) -> list[Row]:
    form = SECTION_FORMS[section](instance=copy(asked.application), asked=asked)
    return [
        (bound.label, form.words_for(bound.name, value_of(asked, form, bound.name)), bound.first_control)
        for bound in form
    ]


def value_of(asked: Questionnaire, form, name: str):
    if name in form.added:
        return asked.given.get(form.added[name].pk, "")
    return getattr(asked.application, name)


def files_by_slot(asked: Questionnaire, request: InformationRequest | None) -> list[Row]:
    names: dict[str, list[str]] = {}
    for document in asked.application.documents.kept():
        names.setdefault(document.kind, []).append(document.original_name)
    slots = [slot for slot in asked.slots if request is None or request.opens_document(slot.kind)]
    return [(slot.label, ", ".join(names.get(slot.kind, [])), f"id_{slot.kind}") for slot in slots]


def declared(asked: Questionnaire, section: str) -> list[Row]:
    """Each text in the words that were agreed to, or in those that will be asked."""
    made = {one.key: one for one in asked.application.declarations.standing()}
    return [
        (made[one.key].text, _("Agreed"), f"id_{one.key}")
        if one.key in made
        else (one.text, "" if one.is_required else _("No"), f"id_{one.key}")
        for one in asked.texts(section)
    ]
