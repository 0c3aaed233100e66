"""Who owes nothing for the award, as one question to the database: it grows with the rules, not with the learners.

`completion` says of each learner what they owe, in words. Each kind of rule has its condition here; the test of this
file holds the two together.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Expression
from django.db.models.functions import Cast, Coalesce, Concat, ExtractDay, ExtractMonth, ExtractYear
from django.db.models.lookups import GreaterThanOrEqual

from courses.models import Competency, Module, Topic, TrainingDay

from .completion import rules_by_course
from .licenses import PRACTICAL
from .models import (
    Attempt,
    Attendance,
    AwardWaiver,
    CompetencyCheck,
    CompletionRule,
    Enrollment,
    LogbookEntry,
    Payment,
    TopicProgress,
)
from .study import deciding_questions

Condition = Q | Expression
Kind = CompletionRule.Kind
LEARNER, COURSE = OuterRef("pk"), OuterRef("intake__course")
NOBODY = Q(pk__in=[])
LICENSE_UNTIL = "application__license_valid_until"


class Scope(NamedTuple):
    """A rule, and the courses that go by it."""

    rule: CompletionRule
    courses: set[int]

    @property
    def is_theirs(self) -> Q:
        return Q(intake__course__in=self.courses)


def ready(learners: QuerySet[Enrollment], *, at: datetime) -> QuerySet[Enrollment]:
    """Those of them who study and owe nothing; in four questions to the database, however many they are."""
    studying = learners.filter(status=Enrollment.Status.ACTIVE)
    scopes = scopes_of(set(studying.order_by().values_list("intake__course", flat=True).distinct()))
    met = [~scope.is_theirs | MET[scope.rule.kind](scope, at) for scope in scopes]
    return studying.filter(has_something_to_learn(scopes), skills_shown(), *met)


def scopes_of(courses: set[int]) -> list[Scope]:
    """The rules in force, each with all courses for which it asks the same."""
    scopes: dict[tuple, Scope] = {}
    for course, rules in rules_by_course(courses).items():
        for rule in rules:
            terms = (rule.kind, rule.least, rule.pk if rule.kind == Kind.QUOTA else None)
            scopes.setdefault(terms, Scope(rule, set())).courses.add(course)
    return list(scopes.values())


def has_something_to_learn(scopes: Iterable[Scope]) -> Condition:
    """A course that asks for nothing yet would award everybody at once."""
    asked: Condition = Exists(critical_skills())
    for scope in scopes:
        if scope.rule.kind in TEACHES:
            asked |= scope.is_theirs & TEACHES[scope.rule.kind]
    return asked


def critical_skills() -> QuerySet[Competency]:
    return Competency.objects.filter(course=COURSE, is_critical=True)


def topics() -> QuerySet[Topic]:
    return Topic.objects.filter(module__course=COURSE)


TEACHES: dict[str, Condition] = {
    Kind.READING: Exists(topics()),
    Kind.QUESTIONS: Exists(deciding_questions().filter(module__course=COURSE)),
    Kind.CASES: Q(intake__course__supervised_cases_required__gt=0),
    Kind.QUOTA: ~NOBODY,
}


# Each kind of rule


def topics_read(scope: Scope, at: datetime) -> Condition:
    read = TopicProgress.objects.filter(enrollment=LEARNER, topic__module__course=COURSE)
    return share_reached(read, topics(), scope.rule) | waived("reading")


def questions_passed(scope: Scope, at: datetime) -> Condition:
    learner, module = OuterRef(OuterRef("pk")), OuterRef("pk")
    passed = Attempt.objects.filter(enrollment=learner, module=module, is_passed=True)
    key = Concat(Value("questions-"), Cast(module, CharField()))
    set_aside = AwardWaiver.objects.filter(enrollment=learner, key=key)
    asked = Module.objects.filter(course=COURSE, pk__in=deciding_questions().values("module"))
    return ~Exists(asked.filter(~Exists(passed), ~Exists(set_aside)))


def cases_countersigned(scope: Scope, at: datetime) -> Condition:
    counting = LogbookEntry.objects.counting().filter(enrollment=LEARNER)
    required = F("intake__course__supervised_cases_required")
    return GreaterThanOrEqual(number_of(counting), required) | waived("cases")


def quota_reached(scope: Scope, at: datetime) -> Condition:
    rule = scope.rule
    cases = LogbookEntry.objects.standing().filter(enrollment=LEARNER, role=rule.role)
    if types := rule.phototype_list:
        cases = cases.filter(phototype__in=types)
    if rule.procedure_id:
        cases = cases.filter(listed_as=rule.procedure_id)
    return GreaterThanOrEqual(number_of(cases), rule.least) | waived(f"quota-{rule.pk}")


def days_attended(scope: Scope, at: datetime) -> Condition:
    intake = OuterRef("intake")
    there = Attendance.objects.filter(enrollment=LEARNER, training_day__intake=intake, is_present=True)
    days = TrainingDay.objects.filter(intake=intake)
    return share_reached(there, days, scope.rule) | waived("attendance")


def fee_settled(scope: Scope, at: datetime) -> Condition:
    paid = Payment.objects.filter(application=OuterRef("application"))
    fee = F("application__offer_fee_minor")
    nothing_owed = Q(application__offer_fee_minor=None) | Q(application__offer_fee_minor=0)
    return nothing_owed | GreaterThanOrEqual(folded("SUM", "amount_minor", paid), fee) | waived("fees")


def license_valid(scope: Scope, at: datetime) -> Condition:
    """No practical day that is to come, or that the learner attended, lies after the licence."""
    coming, past = practical_days(scope.courses, at)
    held: Condition = NOBODY
    for intake, last in coming.items():
        held |= Q(intake=intake, **{f"{LICENSE_UNTIL}__lt": last})
    if past:
        whens = [When(training_day=day, then=Value(on)) for day, on in past.items()]
        there = Attendance.objects.filter(enrollment=LEARNER, is_present=True)
        there = there.annotate(on=Case(*whens, output_field=DateField()))
        held |= Exists(there.filter(on__gt=OuterRef(LICENSE_UNTIL)))
    return Q(**{LICENSE_UNTIL: None}) | ~held | waived(license_key())


def practical_days(courses: set[int], at: datetime) -> tuple[dict[int, date], dict[int, date]]:
    """The last one to come of each intake, and those that are over by their keys; as dates where they are held."""
    coming, past = {}, {}
    taken = Enrollment.objects.filter(status=Enrollment.Status.ACTIVE, intake__course__in=courses)
    days = TrainingDay.objects.filter(kind__in=PRACTICAL, intake__in=taken.values("intake"))
    for day in days.select_related("intake").order_by("starts_at"):
        on = day.starts_at.astimezone(day.intake.zone).date()
        if day.ends_at > at:
            coming[day.intake_id] = max(on, coming.get(day.intake_id, on))
        else:
            past[day.pk] = on
    return coming, past


def license_key() -> Expression:
    """The key under which a waiver names the licence that ends on this day."""
    until = OuterRef(LICENSE_UNTIL)
    digits = ExtractYear(until) * 10_000 + ExtractMonth(until) * 100 + ExtractDay(until)
    return Concat(Value("license-"), Cast(digits, CharField()))


MET: dict[str, Callable[[Scope, datetime], Condition]] = {
    Kind.READING: topics_read,
    Kind.QUESTIONS: questions_passed,
    Kind.CASES: cases_countersigned,
    Kind.QUOTA: quota_reached,
    Kind.ATTENDANCE: days_attended,
    Kind.FEES: fee_settled,
    Kind.LICENSE: license_valid,
}


def skills_shown() -> Condition:
    """The newest judgement of every critical skill is for it; nobody waives one."""
    of_skill = CompetencyCheck.objects.filter(
        enrollment=OuterRef(OuterRef("pk")), competency=OuterRef("pk")
    ).order_by("-checked_at", "-pk")
    newest = Coalesce(Subquery(of_skill.values("result")[:1]), Value(""))
    return ~Exists(critical_skills().annotate(newest=newest).exclude(newest=CompetencyCheck.Result.MET))


# In the words of the database


def waived(key: str | Expression) -> Exists:
    return Exists(AwardWaiver.objects.filter(enrollment=LEARNER, key=key))


def share_reached(done: QuerySet, asked: QuerySet, rule: CompletionRule) -> Condition:
    return GreaterThanOrEqual(number_of(done) * 100, number_of(asked) * (rule.least or 100))


def number_of(records: QuerySet) -> Expression:
    return folded("COUNT", "pk", records)


def folded(function: str, column: str, records: QuerySet) -> Expression:
    """All of the records in one number: nought where there are none."""
    one = records.order_by().annotate(folded=Func(column, function=function, output_field=IntegerField()))
    return Coalesce(Subquery(one.values("folded")), 0)
