"""The answers of an application in words, as they are and as they were: what a person reads and what is compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from courses.countries import names

from .completeness import SECTIONS, Questionnaire
from .models import Application, ExtraAnswer, ExtraQuestion

YES_NO = [("yes", _("Yes")), ("no", _("No"))]
COUNTRIES = frozenset({"nationality", "residence_country", "register_country"})


@dataclass(frozen=True)
class Line:
    """One question with its answer."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class Change:
    """An answer or a document that is not what it was."""

    section: str
    name: str
    label: str
    before: str
    now: str


def transcript(application: Application) -> dict[str, list[Line]]:
    """What each section asks, with the answers; questions that the office added come last, also those left empty."""
    asked = Questionnaire(application)
    given = list(application.extra_answers.select_related("question"))
    return {key: [*_own(application, key), *_added(asked, given, key)] for key in SECTIONS}


def _own(application: Application, section: str) -> Iterable[Line]:
    return (Line(name, label_of(name), in_words(application, name)) for name in SECTIONS[section].fields)


def _added(asked: Questionnaire, given: list[ExtraAnswer], section: str) -> Iterable[Line]:
    answered = [one for one in given if one.question.section == section]
    known = {one.question_id for one in answered}
    for one in answered:
        yield Line(one.question.name, one.asked_as, added_in_words(one.question, one.value))
    for question in asked.extras(section):
        if question.pk not in known:
            yield Line(question.name, question.label, "")


def added_in_words(question: ExtraQuestion, text: str) -> str:
    """A stored answer to a question that the office added, as a person reads it."""
    if question.kind == ExtraQuestion.Kind.DATE and (day := as_date(text)):
        return date_format(day, "j F Y")
    return str(dict(YES_NO).get(text, text)) if question.kind == ExtraQuestion.Kind.YES_NO else text


def as_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def label_of(name: str) -> str:
    label = str(Application._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def in_words(application: Application, name: str) -> str:
    value = getattr(application, name)
    if value is None or value == "":
        return ""
    if isinstance(value, date):
        return date_format(value, "j F Y")
    if name in COUNTRIES:
        return str(names().get(value, value))
    display = getattr(application, f"get_{name}_display", None)
    return str(display() if display else value)


def frozen(application: Application) -> dict[str, Any]:
    """The answers and the fingerprints of the documents as they are now, to be compared with later ones."""
    documents: dict[str, list[list[str]]] = {}
    for one in application.documents.all():
        documents.setdefault(one.kind, []).append([one.sha256, one.label, one.original_name])
    answers = {
        section: {line.name: [line.label, line.value] for line in lines}
        for section, lines in transcript(application).items()
    }
    return {"answers": answers, "documents": documents}


def changes(former: dict[str, Any], application: Application) -> list[Change]:
    """What differs between then and now, in the order of the form."""
    now = frozen(application)
    return [*_changed_answers(former, now), *_changed_documents(former, now)]


def _changed_answers(former: dict[str, Any], now: dict[str, Any]) -> Iterable[Change]:
    for section in SECTIONS:
        before, after = former.get("answers", {}).get(section, {}), now["answers"][section]
        for name in [*after, *(before.keys() - after.keys())]:
            label, value = after.get(name) or (before[name][0], "")
            was = before.get(name, ["", ""])[1]
            if was != value:
                yield Change(section, name, label, was, value)


def _changed_documents(former: dict[str, Any], now: dict[str, Any]) -> Iterable[Change]:
    before, after = former.get("documents", {}), now["documents"]
    for kind in [*after, *(before.keys() - after.keys())]:
        was, are = before.get(kind, []), after.get(kind, [])
        if {one[0] for one in was} != {one[0] for one in are}:
            label = (are or was)[0][1]
            yield Change("evidence", kind, label, _names(was), _names(are))


def _names(documents: list[list[str]]) -> str:
    return ", ".join(name for _fingerprint, _label, name in documents)
