"""What the award of a course asks for, as rules that are rows, and how far each learner is.

`standings` answers for many learners in a fixed number of questions to the database; everybody reads the same list:
the learner, the registrar, and the verb that issues.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Q, prefetch_related_objects
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses.models import Competency, TrainingDay

from . import licenses, payments
from . import permissions as who
from .models import Attendance, AwardWaiver, CompetencyCheck, CompletionRule, Enrollment, LogbookEntry
from .progress import Picture, pictures
from .study import lock
from .study_moves import ENROLLMENT
from .workflow import MoveRefused, perform

Kind = CompletionRule.Kind
# What is asked where no row says otherwise: everything, in full. Drafts until the institute confirms them.
DEFAULTS = {
    kind: CompletionRule(kind=kind, least=100 if kind in CompletionRule.SHARES else None)
    for kind in Kind
    if kind != Kind.QUOTA
}
STUDY, CASES = gettext_lazy("Study"), gettext_lazy("Supervised cases")
FORMALITIES = gettext_lazy("Training days, fee and licence")
# The heading under which each kind of rule stands.
LEARNING = {Kind.READING: STUDY, Kind.QUESTIONS: STUDY, Kind.CASES: CASES, Kind.QUOTA: CASES}
CIRCUMSTANCES = {Kind.ATTENDANCE: FORMALITIES, Kind.FEES: FORMALITIES, Kind.LICENSE: FORMALITIES}


@dataclass(frozen=True)
class Requirement:
    """One thing the award asks for, and how far this learner is; a waiver says who set it aside and why."""

    label: str | Promise
    is_met: bool
    detail: str = ""
    key: str = ""
    section: str | Promise = ""
    is_draft: bool = False
    may_be_waived: bool = True
    waiver: AwardWaiver | None = None

    @property
    def done(self) -> bool:
        return self.is_met or self.waiver is not None


@dataclass
class Standing:
    """Everything the rules look at, for one learner."""

    picture: Picture
    at: datetime
    rules: list[CompletionRule]
    skills: list[Competency]
    days: list[TrainingDay]
    account: payments.Account
    cases: list[tuple[str, str, int | None]] = field(default_factory=list)
    judged: dict[int, str] = field(default_factory=dict)
    marks: dict[int, bool] = field(default_factory=dict)
    waivers: dict[str, AwardWaiver] = field(default_factory=dict)

    @property
    def enrollment(self) -> Enrollment:
        return self.picture.enrollment

    @property
    def requirements(self) -> list[Requirement]:
        learning = [*self.asked(LEARNING), *skills_shown(self)]
        # A course that asks for nothing yet would award everybody at once.
        asked = [*(learning or [nothing_to_learn()]), *self.asked(CIRCUMSTANCES)]
        return [replace(one, waiver=self.waivers.get(one.key)) if one.may_be_waived else one for one in asked]

    def asked(self, headings: Mapping[str, str | Promise]) -> Iterator[Requirement]:
        for rule in self.rules:
            if heading := headings.get(rule.kind):
                yield from (replace(one, section=heading) for one in ASKS[rule.kind](self, rule))


def nothing_to_learn() -> Requirement:
    return Requirement(
        _("Course content"),
        False,
        _("This course has no topics, questions or cases yet."),
        key="content",
        section=STUDY,
        may_be_waived=False,
    )


# Each kind of rule


def topics_read(standing: Standing, rule: CompletionRule) -> Iterator[Requirement]:
    total = sum(len(module.topics) for module in standing.picture.modules)
    if total:
        read = sum(module.read_count for module in standing.picture.modules)
        yield Requirement(
            _("Topics read"),
            reaches(read, total, rule.least),
            tally(read, share(total, rule.least)),
            "reading",
        )


def questions_passed(standing: Standing, rule: CompletionRule) -> Iterator[Requirement]:
    for part in standing.picture.modules:
        if part.has_questions:
            label = _("Questions of module %(number)s, %(title)s") % {
                "number": part.module.number,
                "title": part.module.title,
            }
            words = _("Passed") if part.is_passed else _("Not yet passed")
            yield Requirement(label, part.is_passed, words, f"questions-{part.module.pk}")


def cases_countersigned(standing: Standing, rule: CompletionRule) -> Iterator[Requirement]:
    course = standing.enrollment.intake.course
    if total := course.supervised_cases_required:
        done = sum(role == LogbookEntry.Role.SUPERVISED for role, _type, _listed in standing.cases)
        yield Requirement(
            _("Supervised cases countersigned"),
            done >= total,
            tally(done, total),
            "cases",
            is_draft=course.is_draft_rule,
        )


def quota_reached(standing: Standing, rule: CompletionRule) -> Iterator[Requirement]:
    """So many signed cases of a part, a procedure and some phototypes."""
    types = rule.phototype_list
    done = sum(
        role == rule.role
        and (not types or phototype in types)
        and (rule.procedure_id is None or listed == rule.procedure_id)
        for role, phototype, listed in standing.cases
    )
    yield Requirement(
        in_words(rule),
        done >= rule.least,
        tally(done, rule.least),
        f"quota-{rule.pk}",
        is_draft=rule.is_draft,
    )


def in_words(rule: CompletionRule) -> str:
    parts = [str(rule.get_role_display())]
    if rule.procedure_id:
        parts.append(str(rule.procedure))
    if types := rule.phototype_list:
        words = ngettext("phototype %(list)s", "phototypes %(list)s", len(types))
        parts.append(words % {"list": ", ".join(types)})
    return _("Cases countersigned: %(which)s") % {"which": "; ".join(parts)}


def days_attended(standing: Standing, rule: CompletionRule) -> Iterator[Requirement]:
    total = len(standing.days)
    if total:
        there = sum(standing.marks.get(day.pk, False) for day in standing.days)
        yield Requirement(
            _("Training days attended"),
            reaches(there, total, rule.least),
            tally(there, share(total, rule.least)),
            "attendance",
            is_draft=rule.pk is not None and rule.is_draft,
        )


def fee_settled(standing: Standing, rule: CompletionRule) -> Iterator[Requirement]:
    account = standing.account
    if account.fee_minor:
        words = _("Settled") if account.due_minor <= 0 else _("%(due)s to pay") % {"due": account.due}
        yield Requirement(_("Fee settled"), account.due_minor <= 0, words, "fees")


def license_valid(standing: Standing, rule: CompletionRule) -> Iterator[Requirement]:
    """On each practical day that the learner attended, or that is still to come."""
    application, zone = standing.enrollment.application, standing.enrollment.intake.zone
    practical = [
        day
        for day in standing.days
        if day.kind in licenses.PRACTICAL and (standing.marks.get(day.pk) or day.ends_at > standing.at)
    ]
    until = application.license_valid_until
    if not practical or until is None:
        return
    held = [day for day in practical if licenses.holds(until, day, zone)]
    words = _("Valid until %(day)s") if not held else _("Ends %(day)s, before a practical day")
    yield Requirement(
        _("Licence valid on practical days"),
        not held,
        words % {"day": date_format(until, "j F Y")},
        f"license-{until:%Y%m%d}",
    )


def skills_shown(standing: Standing) -> Iterator[Requirement]:
    """A critical skill holds the award until an assessor has seen it, and as long as the newest judgement is against it."""
    for skill in standing.skills:
        result = standing.judged.get(skill.pk)
        yield Requirement(
            _("Skill: %(title)s") % {"title": skill.title},
            result == CompetencyCheck.Result.MET,
            str(CompetencyCheck.Result(result).label) if result else _("Not seen yet"),
            f"skill-{skill.pk}",
            skill.section or _("Practical skills"),
            may_be_waived=False,
        )


ASKS = {
    Kind.READING: topics_read,
    Kind.QUESTIONS: questions_passed,
    Kind.CASES: cases_countersigned,
    Kind.QUOTA: quota_reached,
    Kind.ATTENDANCE: days_attended,
    Kind.FEES: fee_settled,
    Kind.LICENSE: license_valid,
}


def share(total: int, least: int | None) -> int:
    """How many of them are so many per cent, rounded up."""
    return -(-total * (least or 100) // 100)


def reaches(done: int, total: int, least: int | None) -> bool:
    return Fraction(done, total) >= Fraction(least or 100, 100)


def tally(done: int, total: int) -> str:
    return _("%(done)s of %(total)s") % {"done": done, "total": total}


# For many learners at once


def requirements(enrollment: Enrollment, *, at: datetime | None = None) -> list[Requirement]:
    """Everything the award asks of this learner, in the order of study."""
    return standings([enrollment], at=at)[enrollment.pk]


def outstanding(enrollment: Enrollment, *, at: datetime | None = None) -> list[Requirement]:
    """What is neither done nor waived; an empty list means the certificate may be issued."""
    return [one for one in requirements(enrollment, at=at) if not one.done]


def standings(
    enrollments: Iterable[Enrollment], *, at: datetime | None = None
) -> dict[int, list[Requirement]]:
    """What the award asks of each of these, by enrollment; the number of queries does not grow with them."""
    enrollments, at = list(enrollments), at or timezone.now()
    prefetch_related_objects(enrollments, "application", "intake__course")
    courses = {enrollment.intake.course_id for enrollment in enrollments}
    intakes = {enrollment.intake_id for enrollment in enrollments}
    rules, skills, days = rules_by_course(courses), critical_skills(courses), days_by_intake(intakes)
    accounts = payments.accounts([enrollment.application for enrollment in enrollments])
    cases, judged, marks, waivers = facts_of(enrollments)
    drawn = {picture.enrollment.pk: picture for picture in pictures(enrollments)}
    return {
        one.pk: Standing(
            drawn[one.pk],
            at,
            rules[one.intake.course_id],
            skills[one.intake.course_id],
            days[one.intake_id],
            accounts[one.application_id],
            cases[one.pk],
            judged[one.pk],
            marks[one.pk],
            waivers[one.pk],
        ).requirements
        for one in enrollments
    }


def rules_by_course(courses: set[int]) -> dict[int, list[CompletionRule]]:
    """The rules in force for each course: its own of a kind, else those for every course, else what always holds."""
    rows = CompletionRule.objects.filter(Q(course__in=courses) | Q(course=None)).select_related("procedure")
    by_scope: dict[tuple[int | None, str], list[CompletionRule]] = defaultdict(list)
    for row in rows.order_by("pk"):
        by_scope[row.course_id, row.kind].append(row)

    def effective(course: int, kind: str) -> list[CompletionRule]:
        default = [DEFAULTS[kind]] if kind in DEFAULTS else []
        found = by_scope.get((course, kind)) or by_scope.get((None, kind)) or default
        return [rule for rule in found if rule.is_asked]

    return {course: [rule for kind in Kind for rule in effective(course, kind)] for course in courses}


def critical_skills(courses: set[int]) -> dict[int, list[Competency]]:
    skills = defaultdict(list)
    for skill in Competency.objects.filter(course__in=courses, is_critical=True):
        skills[skill.course_id].append(skill)
    return skills


def days_by_intake(intakes: set[int]) -> dict[int, list[TrainingDay]]:
    days = defaultdict(list)
    for day in TrainingDay.objects.filter(intake__in=intakes):
        days[day.intake_id].append(day)
    return days


def facts_of(enrollments: list[Enrollment]) -> tuple[dict, dict, dict, dict]:
    """Signed cases, newest judgements, marks and waivers, each by enrollment."""
    of_these = {"enrollment__in": enrollments}
    cases, judged, marks, waivers = (
        defaultdict(list),
        defaultdict(dict),
        defaultdict(dict),
        defaultdict(dict),
    )
    signed = LogbookEntry.objects.standing().filter(**of_these).order_by()
    for enrollment, *case in signed.values_list("enrollment", "role", "phototype", "listed_as"):
        cases[enrollment].append(tuple(case))
    checks = CompetencyCheck.objects.filter(**of_these).order_by("checked_at", "pk")
    for enrollment, skill, result in checks.values_list("enrollment", "competency", "result"):
        judged[enrollment][skill] = result
    there = Attendance.objects.filter(**of_these)
    for enrollment, day, is_present in there.values_list("enrollment", "training_day", "is_present"):
        marks[enrollment][day] = is_present
    for waiver in AwardWaiver.objects.filter(**of_these).select_related("by"):
        waivers[waiver.enrollment_id][waiver.key] = waiver
    return cases, judged, marks, waivers


# Waivers


@transaction.atomic
def waive(*, enrollment: Enrollment, key: str, by: Any, note: str, at: datetime | None = None) -> AwardWaiver:
    """What was outstanding under this key is set aside for this learner, with who and why; safe to repeat.

    Raises MoveRefused without a reason, for what is not outstanding, and for a critical skill, which nobody waives.
    """
    at = at or timezone.now()
    enrollment = lock(enrollment)
    if waiver := enrollment.award_waivers.filter(key=key).first():
        return waiver
    owed = next((one for one in outstanding(enrollment, at=at) if one.key == key), None)
    if owed is None:
        raise MoveRefused(_("Nothing of this kind is outstanding now."))
    if not owed.may_be_waived:
        raise MoveRefused(_("This cannot be set aside: somebody must have seen it done."))
    says = f"{owed.label} ({owed.detail})"[:300]
    perform(ENROLLMENT, enrollment, "waive", by=by, note=f"{says}. {note}" if note.strip() else "", at=at)
    return enrollment.award_waivers.create(key=key, says=says, reason=note.strip(), by=by, at=at)


@transaction.atomic
def withdraw_waiver(*, waiver: AwardWaiver, by: Any, note: str, at: datetime | None = None) -> None:
    """The requirement is asked again; history keeps that it was waived and why it is no more."""
    enrollment = lock(waiver.enrollment)
    words = f"{waiver.says}. {note}" if note.strip() else ""
    perform(ENROLLMENT, enrollment, "withdraw_waiver", by=by, note=words, at=at)
    waiver.delete()


def may_waive(by: Any, enrollment: Enrollment) -> bool:
    return enrollment.status == Enrollment.Status.ACTIVE and who.may_issue(by, enrollment)
