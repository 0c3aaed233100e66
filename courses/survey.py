"""The one statement behind the catalog: which courses answer, in which order, and how many each choice would leave.

It reads the narrow listing once. What many courses share (the professions, subjects or procedures that they have) is
worked out once for each different set of them, and not for each course.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import connection
from django.db.models import Min, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from .models import Intake, ScopeRule
from .models.intakes import open_at
from .search.engines import courses_score, courses_with
from .search.words import Term

COLUMNS = ("kind", "mode", "award", "enrolment")
LISTED = (*COLUMNS, "professions", "subjects", "procedures", "position", "title")
ORDERS = {
    "relevance": "score DESC, position, title, id",
    "intake": "next_start, position, title, id",
    "title": "title, id",
}
MOST_AWARDS = 12
Standing = ScopeRule.Standing
HAS = "{sets} LIKE '%%,' || {key} || ',%%'"
SOME = "EXISTS (SELECT 1 FROM {table} WHERE {column} IN ({values}))"

# Of the rules that could decide a cell the closest one does; of two that are equally close, the stricter one
# (`eligibility.closest`). A course is open to a profession where it may train in all that the course teaches.
REACH = f"""procedure AS (SELECT id FROM courses_procedure UNION ALL SELECT 0),
ruled AS (SELECT rule.profession_id AS profession, country.code AS country, procedure.id AS procedure, rule.standing,
    ROW_NUMBER() OVER (PARTITION BY rule.profession_id, country.code, procedure.id ORDER BY
        CASE rule.country WHEN '' THEN 1 ELSE 0 END + CASE WHEN rule.procedure_id IS NULL THEN 1 ELSE 0 END,
        CASE rule.standing WHEN '{Standing.NOT_ELIGIBLE}' THEN 0 WHEN '{Standing.TRAIN_ONLY}' THEN 1
            WHEN '{Standing.UNKNOWN}' THEN 2 ELSE 3 END) AS distance
    FROM courses_scoperule AS rule
    JOIN (SELECT DISTINCT country AS code FROM courses_scoperule WHERE country <> '') AS country
        ON rule.country IN ('', country.code)
    JOIN procedure ON rule.procedure_id IS NULL OR rule.procedure_id = procedure.id),
opened AS MATERIALIZED (SELECT profession, country, procedure FROM ruled
    WHERE distance = 1 AND standing IN ('{Standing.MAY_TRAIN}', '{Standing.TRAIN_ONLY}')),
reach AS MATERIALIZED (SELECT sets.professions, sets.procedures, pair.profession, pair.country
    FROM (SELECT DISTINCT professions, procedures FROM {{counted}}) AS sets
    JOIN (SELECT DISTINCT profession, country FROM opened) AS pair
        ON {HAS.format(sets="sets.professions", key="pair.profession")}
    WHERE NOT EXISTS (SELECT 1 FROM procedure
        WHERE ({HAS.format(sets="sets.procedures", key="procedure.id")}
            OR (sets.procedures = '' AND procedure.id = 0))
        AND NOT EXISTS (SELECT 1 FROM opened WHERE opened.profession = pair.profession
            AND opened.country = pair.country AND opened.procedure = procedure.id)))"""  # noqa: S608 - constants
REACHED = """EXISTS (SELECT 1 FROM reach WHERE reach.professions = sets.professions
    AND reach.procedures = sets.procedures AND {which})"""
CHOICES = """SELECT '{name}', choice.slug, choice.name, {plural}, choice.position, COALESCE(
        (SELECT CAST(SUM(number) AS bigint) FROM {counted} AS sets WHERE {which}), 0)
    FROM {table} AS choice"""
COUNTRIES = """SELECT 'country', choice.country, '', '', 0, COALESCE(
        (SELECT CAST(SUM(number) AS bigint) FROM audiences AS sets WHERE {which}), 0)
    FROM (SELECT DISTINCT country FROM opened) AS choice"""
COLUMN = """SELECT '{name}', {name}, '', '', 0, CAST(SUM(number) AS bigint) FROM cells
    WHERE {others} GROUP BY {name}"""
AWARDS = """SELECT * FROM (SELECT 'award', award AS word, award AS label, '', 0,
        CAST(SUM(CASE WHEN {others} THEN number ELSE 0 END) AS bigint) AS number
    FROM cells WHERE award <> '' GROUP BY award ORDER BY {chosen} number DESC, word LIMIT {most}) AS awards"""
FOUND = "SELECT COALESCE(CAST(SUM(number) AS bigint), 0) AS number FROM cells WHERE {all}"
# A page after the last is the last one.
PAGE = """SELECT 'page', '', '', '', ROW_NUMBER() OVER (ORDER BY {order}), id FROM (
        SELECT * FROM base WHERE {all} ORDER BY {order} LIMIT {size} OFFSET (
            SELECT CASE WHEN number <= 0 THEN 0 WHEN (number - 1) / {size} < {page} THEN (number - 1) / {size} * {size}
            ELSE {page} * {size} END FROM found)) AS page"""

Row = tuple[str, str, str, str, int, int]


def survey(
    asked: Mapping[str, list[str]], terms: list[Term], *, order: str, page: int, size: int, at: datetime
) -> list[Row]:
    """Rows of (facet, value, label, plural, position, number), with 'found', 'total' and the keys of the 'page'."""
    return Survey(asked, terms, order, at).rows(page=page, size=size)


class Survey:
    """The statement while it is put together, with its parameters in the order in which they stand in it."""

    def __init__(self, asked: Mapping[str, list[str]], terms: list[Term], order: str, at: datetime):
        self.asked = {name: values for name, values in asked.items() if values}
        self.terms, self.order, self.at = terms, order, at
        self.params: list = []
        self.flags = [f"in_{name}" for name in self.asked]

    def rows(self, *, page: int, size: int) -> list[Row]:
        asked = "country" in self.asked
        # Whoever asks for a country must know beforehand which courses it leaves.
        before = REACH.format(counted="courses_listing") if asked else ""
        after = "" if asked else REACH.format(counted="audiences")
        named = ", ".join(filter(None, [before, self.base(), self.counted(), after]))
        statement = f"WITH {named} {' UNION ALL '.join(self.parts(page, size))}"
        with connection.cursor() as cursor:
            cursor.execute(statement, self.params)
            return cursor.fetchall()

    # What is counted

    def base(self) -> str:
        """Every course that holds the words, with what facets count and whether it answers each of them."""
        coming = self.coming() if self.order == "intake" else ""
        columns = ["id", *LISTED, *self.flags]
        values = ["listing.course_id", *(f"listing.{name}" for name in LISTED)]
        values += [getattr(self, f"in_{name}", self.in_column)(name) for name in self.asked]
        tables = "courses_listing AS listing"
        if coming:
            columns.append("next_start")
            values.append("COALESCE(coming.next_start, '9999-12-31')")
            tables += " LEFT JOIN coming ON coming.course_id = listing.course_id"
        if self.order == "relevance":
            columns.append("score")
            values.append(self.take(courses_score(self.terms)))
            tables += " LEFT JOIN courses_searchentry AS entry ON entry.course_id = listing.course_id"
        # As a truth to be tested, and not to be joined by: it is worked out once, however many courses hold the words.
        where = f"({self.take(courses_with(self.terms))}) IS TRUE" if self.terms else "1 = 1"
        return f"""{coming}base({", ".join(columns)}) AS MATERIALIZED (
            SELECT {", ".join(values)} FROM {tables} WHERE {where})"""  # noqa: S608 - values are parameters

    def coming(self) -> str:
        """When the next intake of each course starts, the same as `with_next_intake` says."""
        start = Coalesce("starts_on", Value(date.max))
        today = timezone.localdate(self.at)
        intakes = Intake.objects.exclude(status=Intake.Status.CANCELLED)
        intakes = intakes.filter(Q(starts_on__gte=today) | Q(starts_on=None)).order_by().values("course")
        nearest = Coalesce(Min(start, filter=open_at(self.at)), Min(start))
        sql = intakes.annotate(next_start=nearest).values_list("course", "next_start").query
        return f"coming(course_id, next_start) AS ({self.take(sql.sql_with_params())}), "

    def counted(self) -> str:
        """Courses with the same columns, and with the same sets, as one row each with their number."""
        audience = self.passing(besides=("profession", "country"))
        told = ", ".join(flag for flag in self.flags if flag in ("in_profession", "in_country"))
        group = f"professions, procedures{', ' if told else ''}{told}"
        return f"""cells AS MATERIALIZED (SELECT {", ".join([*COLUMNS, *self.flags])}, COUNT(*) AS number
                FROM base GROUP BY {", ".join([*COLUMNS, *self.flags])}),
            audiences AS MATERIALIZED (SELECT {group}, COUNT(*) AS number FROM base WHERE {audience} GROUP BY {group}),
            fields AS MATERIALIZED (SELECT subjects, COUNT(*) AS number FROM base
                WHERE {self.passing(besides=["subject"])} GROUP BY subjects),
            found AS (SELECT number FROM ({FOUND.format(all=self.passing())}) AS whole)"""  # noqa: S608

    def parts(self, page: int, size: int) -> Iterable[str]:
        yield CHOICES.format(
            name="profession",
            plural="choice.name_plural",
            counted="audiences",
            table="courses_profession",
            which=self.is_admitted(),
        )
        has = HAS.format(sets="sets.subjects", key="choice.id")
        yield CHOICES.format(
            name="subject", plural="''", counted="fields", table="courses_subject", which=has
        )
        yield COUNTRIES.format(which=self.may_train())
        for name in ("kind", "mode", "enrolment"):
            yield COLUMN.format(name=name, others=self.passing(besides=[name]))
        others = self.passing(besides=["award"])
        chosen = f"award IN ({self.values('award')}) DESC," if "award" in self.asked else ""
        yield AWARDS.format(others=others, chosen=chosen, most=MOST_AWARDS)
        yield "SELECT 'found', '', '', '', 0, number FROM found"
        yield "SELECT 'total', '', '', '', 0, COUNT(*) FROM courses_listing"
        yield PAGE.format(order=ORDERS[self.order], all=self.passing(), page=page, size=size)

    # What is asked of a course: a value that no choice has narrows nothing

    def in_column(self, name: str) -> str:
        return f"listing.{name} IN ({self.values(name)})"

    def in_award(self, name: str) -> str:
        return f"({self.in_column(name)} OR NOT {self.some('courses_listing', 'award', name)})"

    def in_subject(self, name: str) -> str:
        return self.in_set("subjects", "courses_subject", name)

    def in_profession(self, name: str) -> str:
        return self.in_set("professions", "courses_profession", name)

    def in_set(self, column: str, table: str, name: str) -> str:
        has = HAS.format(sets=f"sets.{column}", key="chosen.id")
        return f"""(listing.{column} IN (
            SELECT sets.{column} FROM (SELECT DISTINCT {column} FROM courses_listing) AS sets
            JOIN {table} AS chosen ON {has} WHERE chosen.slug IN ({self.values(name)}))
            OR NOT {self.some(table, "slug", name)})"""  # noqa: S608 - values are parameters

    def in_country(self, name: str) -> str:
        return f"""((listing.professions, listing.procedures) IN (SELECT professions, procedures FROM reach
            WHERE country IN ({self.values(name)}) AND {self.of_chosen_profession()})
            OR NOT {self.some("opened", "country", name)})"""  # noqa: S608 - values are parameters

    # Of a set of professions and procedures, beside one choice

    def is_admitted(self) -> str:
        has = HAS.format(sets="sets.professions", key="choice.id")
        if "country" not in self.asked:
            return has
        reached = REACHED.format(
            which=f"reach.profession = choice.id AND reach.country IN ({self.values('country')})"
        )
        return f"{has} AND ({reached} OR NOT {self.some('opened', 'country', 'country')})"

    def may_train(self) -> str:
        passes = "in_profession AND " if "profession" in self.asked else ""
        which = f"reach.country = choice.country AND {self.of_chosen_profession()}"
        return f"{passes}{REACHED.format(which=which)}"

    def of_chosen_profession(self) -> str:
        if "profession" not in self.asked:
            return "1 = 1"
        chosen = f"SELECT id FROM courses_profession WHERE slug IN ({self.values('profession')})"  # noqa: S608
        return (
            f"(reach.profession IN ({chosen}) OR NOT {self.some('courses_profession', 'slug', 'profession')})"
        )

    # Pieces

    def values(self, name: str) -> str:
        self.params += self.asked[name]
        return ", ".join(["%s"] * len(self.asked[name]))

    def some(self, table: str, column: str, name: str) -> str:
        return SOME.format(table=table, column=column, values=self.values(name))

    def take(self, piece: tuple[str, Iterable]) -> str:
        sql, params = piece
        self.params += params
        return sql

    def passing(self, *, besides: Iterable[str] = ()) -> str:
        flags = [flag for flag in self.flags if flag.removeprefix("in_") not in besides]
        return " AND ".join(flags) or "1 = 1"
