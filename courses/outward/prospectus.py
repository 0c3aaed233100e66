"""A course on paper: the same facts as its page, as a tagged PDF that reads aloud in order."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iiwam.typesetting import Fault, Template

from ..countries import names
from ..models import Accreditation, Course, EvidenceRequirement, Intake, Module, Policy
from ..templatetags.money import money
from ..zones import clock_words

TEMPLATE = Template(Path(__file__).parent / "prospectus.typ")
STANDARDS = ["ua-1"]


def render(facts: dict[str, Any]) -> bytes:
    """The prospectus of the course that these facts of its page are about."""
    sheet, at = lay_out(facts), facts["now"].replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        return TEMPLATE.pdf(sheet, standards=STANDARDS, at=at)
    except Fault:
        # A sign without a glyph here costs the standard's mark, never the sheet.
        return TEMPLATE.pdf(sheet, standards=[], at=at)


def lay_out(facts: dict[str, Any]) -> dict[str, Any]:
    """Every word of the sheet, in the order in which the template asks for them."""
    course: Course = facts["course"]
    address = f"{settings.SITE_URL}{course.get_absolute_url()}"
    return {
        "title": course.title,
        "working_title": "" if course.title_confirmed else _("This is a working title."),
        "institute": "International Institute of Wellness & Aesthetic Medicine",
        "kind": str(course.get_kind_display()),
        "summary": course.summary,
        "address": address,
        "as_of": _("As the course’s page stood on %(day)s. The page says what holds today:")
        % {"day": in_words(timezone.localdate(facts["now"]))},
        "facts": key_facts(facts),
        "sections": [section for section in sections(facts) if section["lines"] or section["rows"]],
        "intakes": [intake_line(intake) for intake in facts["intakes"]],
        "intakes_title": _("Intakes"),
        "intakes_heads": [_("Starts"), _("Apply by"), _("Place"), _("Fee")],
        "no_intakes": _("Dates are to be confirmed."),
        "notice_title": _("What the award does not allow"),
        "notice": course.scope_notice,
        "today": date_parts(timezone.localdate(facts["now"])),
    }


def key_facts(facts: dict[str, Any]) -> list[tuple[str, str]]:
    course, next_intake = facts["course"], facts["next"]
    told = [
        (_("Award"), course.award),
        (
            _("Next intake"),
            marked(start_of(next_intake), next_intake) if course.takes_applications else _("not open yet"),
        ),
        (_("Fee"), marked(fee_of(next_intake), next_intake)),
        *((record.unit_title, points(record)) for record in facts["cpd"]),
        (_("Length"), course.duration),
        (_("Hours of theory"), tidy(course.hours_theory)),
        (_("Hours of practice"), tidy(course.hours_practical)),
        (_("Languages"), course.languages),
        (_("How it is taught"), str(course.get_delivery_display())),
        (_("Code"), course.code),
    ]
    return [(label, value or _("to be confirmed")) for label, value in told]


def sections(facts: dict[str, Any]) -> list[dict[str, Any]]:
    course = facts["course"]
    audiences = [
        (audience.profession.name_plural, audience.note or _("May apply.")) for audience in facts["audiences"]
    ]
    return [
        section(_("What you will be able to do"), lines=course.outcome_list),
        section(_("Syllabus"), rows=[module_row(module) for module in facts["modules"]]),
        section(_("Who may apply"), rows=audiences),
        section(_("Entry requirements"), lines=course.entry_requirement_list),
        section(_("Documents you will be asked for"), rows=documents(facts["evidence"])),
        section(_("How you are assessed"), lines=assessment(course)),
        section(_("What completes the course"), rows=completion(facts)),
        section(
            _("Faculty"), rows=[(one.member.name, one.role or one.member.role) for one in facts["faculty"]]
        ),
        section(
            _("What IIWAM states about accreditation"),
            rows=[(record.body, accreditation(record)) for record in facts["accreditations"]],
        ),
        section(_("Rules and policies"), rows=policies(facts["policies"])),
        section(
            _("Questions"), rows=[(one.question, text_of(one.answer_html)) for one in facts["questions"]]
        ),
    ]


def section(title: str, *, lines: Iterable[str] = (), rows: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    return {"title": title, "lines": list(lines), "rows": list(rows)}


def module_row(module: Module) -> tuple[str, str]:
    length = _("%(hours)s h") % {"hours": tidy(module.hours)} if module.hours else ""
    topics = "; ".join(topic.title for topic in module.contents)
    said = [module.summary, _("Topics: %(topics)s.") % {"topics": topics} if topics else "", length]
    return f"{module.number}. {module.title}", " ".join(filter(None, said))


def documents(evidence: Iterable[EvidenceRequirement]) -> list[tuple[str, str]]:
    """Who shows what, everyone first."""
    asked: dict[str, list[str]] = {}
    for document in evidence:
        who = document.profession.name_plural if document.profession else _("Everyone")
        where = f" ({names().get(document.country, document.country)})" if document.country else ""
        optional = "" if document.is_required else f" {_('(optional)')}"
        asked.setdefault(who, []).append(document.label + where + optional)
    return [(who, "; ".join(labels)) for who, labels in asked.items()]


def assessment(course: Course) -> list[str]:
    drafts = _("These rules are drafts: the institute has not confirmed them yet.")
    return [*paragraphs(course.assessment_html), *([drafts] if course.is_draft_rule else [])]


def completion(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """What the learner must have done, each with a word where the rule is a draft."""
    course: Course = facts["course"]
    draft = f" ({_('draft')})" if course.is_draft_rule else ""
    steps, cases = course.steps_to_show, course.supervised_cases_required
    steps_words = ngettext("One step shown to an assessor", "%(n)s steps shown to an assessor", steps)
    cases_words = ngettext(
        "One case, countersigned by an assessor", "%(n)s cases, each countersigned by an assessor", cases
    )
    told = [
        (_("Theory"), _("Every topic read") if facts["modules"] else ""),
        (_("Module questions"), _("%(mark)s per cent to pass") % {"mark": course.pass_mark} + draft),
        (_("Practical steps"), steps_words % {"n": steps} + draft if steps else ""),
        (
            _("Supervised practice"),
            (cases_words % {"n": cases} if cases else _("No case is counted")) + draft,
        ),
    ]
    return [(what, words) for what, words in told if words]


def policies(rows: Iterable[Policy]) -> list[tuple[str, str]]:
    """The rules that are known, then those that are not."""
    told = [(policy.heading, text_of(policy.text_html)) for policy in rows]
    return sorted(told, key=lambda row: row[1] == _("to be confirmed"))


def text_of(html: str) -> str:
    return " ".join(paragraphs(html)) or _("to be confirmed")


def paragraphs(html: str) -> list[str]:
    return [text for line in strip_tags(html).splitlines() if (text := " ".join(line.split()))]


def accreditation(record: Accreditation) -> str:
    unknown = _("to be confirmed")
    told = [
        record.statement,
        f"{_('Scope:')} {record.scope or unknown}.",
        f"{_('Reference:')} {record.reference or unknown}.",
    ]
    if record.valid_from:
        told.append(_("Valid from %(day)s.") % {"day": in_words(record.valid_from)})
    if record.valid_to:
        told.append(_("Valid until %(day)s.") % {"day": in_words(record.valid_to)})
    return " ".join(told)


def points(record: Accreditation) -> str:
    told = [record.body, record.reference]
    if record.intake and record.intake.starts_on:
        told.append(_("run of %(day)s") % {"day": in_words(record.intake.starts_on)})
    return f"{tidy(record.cpd_points)} ({', '.join(told)})"


# Intakes


def intake_line(intake: Intake) -> dict[str, Any]:
    return {
        "cells": [
            start_of(intake),
            clock(intake.applications_close_at, intake.timezone),
            intake.where or _("to be confirmed"),
            fee_of(intake) or _("to be confirmed"),
        ],
        "sample": _("sample") if intake.is_sample else "",
    }


def marked(words: str, intake: Intake | None) -> str:
    """The words, with a mark where the intake they tell of is made up for a demonstration."""
    return f"{words} ({_('sample')})" if words and intake and intake.is_sample else words


def start_of(intake: Intake | None) -> str:
    if intake is None or intake.starts_on is None:
        return _("to be confirmed")
    return in_words(intake.starts_on)


def fee_of(intake: Intake | None) -> str:
    return money(intake.fee_minor, intake.currency) if intake else ""


def clock(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{in_words(local.date())}, {date_format(local, 'H:i')} {clock_words(moment, zone)}"


def in_words(day: date) -> str:
    return date_format(day, "j F Y")


def date_parts(day: date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}


def tidy(value: Decimal | None) -> str:
    return f"{value.normalize():f}" if value else ""
