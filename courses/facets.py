"""The ways to narrow the catalog, counted in one question so that the counts stay right when they are combined."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, Q
from django.utils.translation import gettext_lazy as _

from .models import Course, CourseAudience, Profession, Subject

AUDIENCE, SUBJECTS = CourseAudience, Course.subjects.through
NARROWING = ("profession", "subject", "kind", "mode", "award", "enrolment", "country")

NAMES = ("profession", "subject", "kind", "mode", "award", "enrolment")

# Each counts the courses of `base` that pass every other facet, for every choice it has.
BY_LINK = """SELECT '{name}', choice.slug, choice.name, {plural}, choice.position, COALESCE(counted.number, 0)
    FROM {choices} AS choice LEFT JOIN (
        SELECT link.{to}_id AS choice_id, COUNT(*) AS number FROM {links} AS link
        JOIN base ON base.id = link.course_id WHERE {others} GROUP BY link.{to}_id
    ) AS counted ON counted.choice_id = choice.id"""
BY_COLUMN = "SELECT '{name}', {name}, '', '', 0, COUNT(*) FROM base WHERE {others} GROUP BY {name}"
BY_AWARD = """SELECT * FROM (
        SELECT 'award', award AS word, award AS label, '', 0, COUNT(*) FILTER (WHERE {others}) AS number
        FROM base WHERE award <> '' GROUP BY award ORDER BY {chosen} number DESC, word LIMIT 12
    ) AS awards"""
TOTALS = """SELECT 'found', '', '', '', 0, COUNT(*) FROM base WHERE {all}
    UNION ALL SELECT 'total', '', '', '', 0, COUNT(*) FROM base"""


@dataclass
class Choice:
    value: str
    label: str
    plural: str = ""
    checked: bool = False
    count: int = 0


@dataclass
class Facet:
    """One way to narrow the list; several choices of one facet widen it, several facets narrow it."""

    name: str
    label: str
    condition: Callable[[Iterable[str]], Q]
    sql: str
    asked: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)

    @property
    def chosen(self) -> list[Choice]:
        return [choice for choice in self.choices if choice.checked]

    @property
    def narrows(self) -> Q:
        return self.condition(self.asked) if self.asked else Q()

    @property
    def unknown(self) -> list[str]:
        known = {choice.value for choice in self.choices}
        return [value for value in self.asked if value not in known]


def admits(slugs: Iterable[str]) -> Q:
    admitting = CourseAudience.objects.filter(profession__slug__in=slugs).values("course")
    return Q(pk__in=admitting) | ~Exists(Profession.objects.filter(slug__in=slugs))


def belongs_to(slugs: Iterable[str]) -> Q:
    belonging = SUBJECTS.objects.filter(subject__slug__in=slugs).values("course")
    return Q(pk__in=belonging) | ~Exists(Subject.objects.filter(slug__in=slugs))


def leads_to(awards: Iterable[str]) -> Q:
    return Q(award__in=awards) | ~Exists(Course.objects.published().filter(award__in=awards))


def one_of(column: str, choices) -> Callable[[Iterable[str]], Q]:
    """Values that are none of the choices narrow nothing."""

    def condition(values: Iterable[str]) -> Q:
        known = [value for value in values if value in choices.values]
        return Q(**{f"{column}__in": known}) if known else Q()

    return condition


def facets() -> list[Facet]:
    """The facets of the catalog; their choices come with the counts."""
    return [
        Facet(
            "profession",
            _("Your profession"),
            admits,
            by_link("profession", Profession, AUDIENCE, "choice.name_plural"),
        ),
        Facet("subject", _("Subject"), belongs_to, by_link("subject", Subject, SUBJECTS)),
        by_column("kind", _("Kind"), "kind", Course.Kind),
        by_column("mode", _("Format"), "delivery", Course.Delivery),
        Facet("award", _("Award"), leads_to, BY_AWARD),
        by_column("enrolment", _("Enrolment"), "enrolment", Course.Enrolment),
    ]


def by_link(name: str, model, links, plural: str = "''") -> str:
    parts = {"choices": model._meta.db_table, "links": links._meta.db_table}
    return BY_LINK.format(name=name, to=name, plural=plural, others="{others}", **parts)


def by_column(name: str, label: str, column: str, choices) -> Facet:
    known = [Choice(value, words) for value, words in choices.choices]
    sql = BY_COLUMN.format(name=name, others="{others}")
    return Facet(name, label, one_of(column, choices), sql, choices=known)


def count(asked: Q, facets: list[Facet]) -> tuple[int, int]:
    """How many courses are asked for and pass all facets, and how many are published; each choice learns its number."""
    narrowing = [facet for facet in facets if facet.narrows]
    flags = {f"in_{facet.name}": facet.narrows for facet in narrowing}
    if asked:
        flags["asked"] = Q(pk__in=Course.objects.filter(asked).order_by().values("pk"))
    sql, params = published_with(flags)
    parts, more = [], []
    for facet in facets:
        chosen = f"award IN ({', '.join(['%s'] * len(facet.asked))}) DESC," if facet.asked else ""
        parts.append(facet.sql.format(others=passing(flags, besides=f"in_{facet.name}"), chosen=chosen))
        more += facet.asked if "{chosen}" in facet.sql else []
    parts.append(TOTALS.format(all=passing(flags)))
    with connection.cursor() as cursor:
        cursor.execute(sql + " UNION ALL ".join(parts), [*params, *more])
        return tell(cursor.fetchall(), facets)


def published_with(flags: dict[str, Q]) -> tuple[str, tuple]:
    """SQL that names `base`: what facets count of each published course, and whether it answers each condition."""
    conditions = {name: ExpressionWrapper(flag, output_field=BooleanField()) for name, flag in flags.items()}
    courses = Course.objects.published().order_by().annotate(**conditions)
    sql, params = courses.values_list(
        "pk", "kind", "delivery", "enrolment", "award", *flags
    ).query.sql_with_params()
    columns = ", ".join(["id", "kind", "mode", "enrolment", "award", *flags])
    return f"WITH base({columns}) AS MATERIALIZED ({sql}) ", params


def passing(flags: Iterable[str], *, besides: str = "") -> str:
    return " AND ".join(flag for flag in flags if flag != besides) or "1 = 1"


def tell(rows: list[tuple], facets: list[Facet]) -> tuple[int, int]:
    """Hand each facet its own rows of the answer."""
    answers: dict[str, list[tuple]] = {}
    for name, value, label, plural, position, number in rows:
        answers.setdefault(name, []).append((position, label, value, plural, number))
    for facet in facets:
        told = sorted(answers.get(facet.name, []))
        if not facet.choices:
            facet.choices = [
                Choice(value, label, plural) for _position, label, value, plural, _number in told
            ]
        numbers = {row[2]: row[4] for row in told}
        for choice in facet.choices:
            choice.count, choice.checked = numbers.get(choice.value, 0), choice.value in facet.asked
    return answers["found"][0][4], answers["total"][0][4]
