"""What stands between an applicant and this course, computed while the form is filled. It informs; people decide."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.eligibility import Reader, scope_of
from courses.models import ScopeRule

from . import permissions as who
from .completeness import is_admitted, years_between
from .models import Application, Enrollment, EntryRule, Waiver
from .questionnaire import Questionnaire
from .workflow import MoveRefused, lock


@dataclass(frozen=True)
class Concern:
    """Something a reader should know before spending an hour; `is_unmet` needs a waiver before a place is offered."""

    key: str
    section: str
    says: str
    explains: str = ""
    source: Any = None
    is_unmet: bool = True
    waiver: Waiver | None = None


def concerns(application: Application, *, on: date | None = None) -> list[Concern]:
    """What the answers so far say against taking this course; what has not been answered counts for nothing."""
    asked = Questionnaire(application, on=on)
    found = [*_profession(asked), *_country(asked), *_license(asked), *_rules(asked)]
    waived = {waiver.key: waiver for waiver in application.waivers.select_related("by")} if found else {}
    return [Concern(**{**vars(one), "waiver": waived.get(one.key)}) for one in found]


def unmet(application: Application, *, on: date | None = None) -> list[Concern]:
    """Expectations that are not met and that nobody has waived."""
    return [one for one in concerns(application, on=on) if one.is_unmet and one.waiver is None]


@transaction.atomic
def waive(*, application: Application, by: Any, key: str, reason: str, at: datetime | None = None) -> Waiver:
    """This unmet expectation is set aside for this person, by whom and why; a changed answer needs a new one."""
    lock(application)
    if not who.may_decide(by, application):
        raise MoveRefused(_("Only who may decide can waive an expectation, and never their own."))
    if not reason.strip():
        raise MoveRefused(_("Give a reason: a waiver is kept with its why."))
    concern = next((one for one in unmet(application) if one.key == key), None)
    if concern is None:
        raise MoveRefused(_("There is nothing to waive there: it is met, or has been waived."))
    return application.waivers.create(
        key=key, says=concern.says, reason=reason.strip(), by=by, at=at or timezone.now()
    )


def _profession(asked: Questionnaire) -> Iterator[Concern]:
    application = asked.application
    if is_admitted(application):
        return
    admitted = application.intake.course.audiences.select_related("profession")
    names = ", ".join(one.profession.name_plural for one in admitted)
    yield Concern(
        key=f"profession-{application.profession_id}",
        section="profession",
        says=_("This course is for %(admitted)s. You chose “%(profession)s”.")
        % {"admitted": names or _("nobody yet"), "profession": application.profession},
    )


def _country(asked: Questionnaire) -> Iterator[Concern]:
    """What the law of the country says of this profession and what the course teaches."""
    application = asked.application
    if application.profession is None or not asked.country:
        return
    years = application.years_in_practice
    reader = Reader(application.profession, asked.country, "", years)
    said = {ScopeRule.Standing.NOT_ELIGIBLE: True, ScopeRule.Standing.TRAIN_ONLY: False}
    for verdict in scope_of(reader, application.intake.course, asked.on):
        if verdict.rule is None or verdict.standing not in said:
            continue
        yield Concern(
            key=f"scope-{verdict.rule.pk}-{verdict.standing}",
            section="profession",
            says=" ".join([str(verdict.standing.label) + ".", *verdict.reasons]),
            explains=verdict.rule.rule,
            source=verdict.rule.source,
            is_unmet=said[verdict.standing],
        )


def _license(asked: Questionnaire) -> Iterator[Concern]:
    application, until = asked.application, asked.application.license_valid_until
    if "license" not in asked.sections:
        return
    if until and until < asked.on:
        yield Concern(
            key=f"license-lapsed-{until:%Y%m%d}",
            section="license",
            says=_("Your practising certificate was valid until %(day)s.") % {"day": _day(until)},
            explains=_("Renew it first, or tell us in the section on your register why it is not renewed."),
        )
    if application.standing == Application.Standing.DECLARED:
        yield Concern(
            key="standing-declared",
            section="license",
            says=_("You declared a suspension, a restriction or an open disciplinary case."),
            explains=_("A person reads what you wrote about it before anything is decided."),
        )


def _rules(asked: Questionnaire) -> Iterator[Concern]:
    """What the office expects of this course, profession and country."""
    for rule in EntryRule.objects.concerning(**asked.scope).select_related("prerequisite"):
        if said := EXPECTATIONS[rule.kind](asked, rule):
            section, fact, words = said
            yield Concern(
                key=f"{rule.kind}-{rule.pk}-{fact}", section=section, says=words, explains=rule.note
            )


def _practice(asked: Questionnaire, rule: EntryRule) -> tuple[str, Any, str] | None:
    years = asked.application.years_in_practice
    if years is None or years >= rule.years:
        return None
    words = ngettext(
        "This course expects %(asked)s year in practice; you wrote %(years)s.",
        "This course expects %(asked)s years in practice; you wrote %(years)s.",
        rule.years,
    )
    return "profession", years, words % {"asked": rule.years, "years": years}


def _license_age(asked: Questionnaire, rule: EntryRule) -> tuple[str, Any, str] | None:
    since = asked.application.license_valid_from
    if "license" not in asked.sections or since is None or years_between(since, asked.on) >= rule.years:
        return None
    words = ngettext(
        "This course expects a practising certificate held for %(asked)s year; yours is valid from %(day)s.",
        "This course expects a practising certificate held for %(asked)s years; yours is valid from %(day)s.",
        rule.years,
    )
    return "license", f"{since:%Y%m%d}", words % {"asked": rule.years, "day": _day(since)}


def _license_covers(asked: Questionnaire, rule: EntryRule) -> tuple[str, Any, str] | None:
    intake, until = asked.application.intake, asked.application.license_valid_until
    last = intake.ends_on or intake.starts_on
    if "license" not in asked.sections or not until or not last or not asked.on <= until < last:
        return None
    words = _("Your practising certificate ends on %(until)s, before the intake does on %(last)s.")
    return "license", f"{until:%Y%m%d}", words % {"until": _day(until), "last": _day(last)}


def _prerequisite(asked: Questionnaire, rule: EntryRule) -> tuple[str, Any, str] | None:
    done = Enrollment.objects.filter(
        learner=asked.application.applicant_id,
        intake__course=rule.prerequisite,
        status=Enrollment.Status.COMPLETED,
    )
    if done.exists():
        return None
    words = _("This course builds on “%(course)s”, which you have not completed with us.")
    return "training", rule.prerequisite_id, words % {"course": rule.prerequisite}


EXPECTATIONS = {
    EntryRule.Kind.PRACTICE: _practice,
    EntryRule.Kind.LICENSE_AGE: _license_age,
    EntryRule.Kind.LICENSE_COVERS: _license_covers,
    EntryRule.Kind.PREREQUISITE: _prerequisite,
}


def _day(day: date) -> str:
    return date_format(day, "j F Y")
