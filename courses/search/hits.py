"""Where in a course the words of a question stand, with the line around them."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.urls import reverse
from django.utils.safestring import SafeString

from ..models import SearchDocument
from .engines import Sql, parts_score, parts_with
from .spelling import Words
from .words import marked

HITS_PER_COURSE = 3
BEFORE, AROUND, SHOWN = 90, 420, 190
STOPS = " ·.,;:"
# The text is read, and the words looked for in it, only where it is shown.
STATEMENT = """WITH ranked AS (
    SELECT document.id, document.course_id, module.number, module.title AS module_title, module.slug AS module_slug,
        course.slug AS course_slug, article.slug AS article_slug,
        ROW_NUMBER() OVER (PARTITION BY document.course_id ORDER BY {score} DESC, document.place, document.id) AS rank
    FROM courses_searchdocument AS document
    LEFT JOIN courses_course AS course ON course.id = document.course_id
    LEFT JOIN courses_module AS module ON module.id = document.module_id
    LEFT JOIN courses_article AS article ON article.id = document.article_id
    WHERE ({parts}) AND (article.id IS NULL OR article.published_at IS NOT NULL)),
best AS (SELECT ranked.*, kind, title, anchor, text, {starts} AS starts
    FROM ranked JOIN courses_searchdocument AS document ON document.id = ranked.id WHERE rank <= {most})
SELECT course_id, kind, title, anchor, SUBSTR(text, starts, {around}), starts, number, module_title, module_slug,
    course_slug, article_slug FROM best ORDER BY course_id, rank"""


@dataclass(frozen=True)
class Hit:
    """One module, topic, clinical row or article that answers, as a list shows it."""

    kind: str
    title: SafeString
    excerpt: SafeString
    url: str
    module: str = ""
    number: int | None = None


def hits_of(courses: Collection[int], words: Words, *, alone: bool) -> dict[int | None, list[Hit]]:
    """For each of these courses the parts that answer best; under None, articles that lead to no course."""
    parts: list[Sql] = []
    if courses:
        some, sought = parts_with(words.terms, every=False)
        listed = ", ".join(["%s"] * len(courses))
        of_courses = f"(document.course_id IN ({listed}) AND course.published_at IS NOT NULL AND {some})"
        parts.append((of_courses, [*courses, *sought]))
    if alone:
        every, sought = parts_with(words.terms)
        parts.append((f"(document.course_id IS NULL AND {every})", sought))
    hits: dict[int | None, list[Hit]] = {}
    for course, *row in best_of(parts, words) if parts else []:
        hits.setdefault(course, []).append(hit_from(row, words))
    return hits


def best_of(parts: list[Sql], words: Words) -> list[tuple]:
    """The rows of the statement, among the documents that one of these conditions allows."""
    (score, ranked), (starts, sought) = parts_score(words.terms), start_of_window(words)
    where = " OR ".join(condition for condition, _params in parts)
    statement = STATEMENT.format(score=score, parts=where, starts=starts, most=HITS_PER_COURSE, around=AROUND)
    asked = [param for _condition, params in parts for param in params]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*ranked, *asked, *sought])
        return cursor.fetchall()


def start_of_window(words: Words) -> Sql:
    """Where to begin to read: a little before the first of the words that stands in the text, the longest first."""
    longest = sorted(
        {key for term in words.terms for key in (*term.exact, *term.prefixes)}, key=len, reverse=True
    )
    place, greatest = ("INSTR", "MAX") if connection.vendor == "sqlite" else ("STRPOS", "GREATEST")
    places = [f"NULLIF({place}(COALESCE(plain, LOWER(text)), %s), 0)" for _key in longest]
    return f"{greatest}(COALESCE({', '.join([*places, '1', '1'])}) - {BEFORE}, 1)", longest


def hit_from(row: tuple, words: Words) -> Hit:
    kind, title, anchor, window, starts, number, module_title, module, course, article = row
    url = (
        reverse("courses:article", args=[article])
        if kind == SearchDocument.Kind.ARTICLE
        else reverse("courses:module", args=[course, module]) + (f"#{anchor}" if anchor else "")
    )
    return Hit(
        kind=kind,
        title=marked(title, words.terms, words.runs),
        excerpt=excerpt(window, words, cut=starts > 1),
        url=url,
        module=module_title or "",
        number=number,
    )


def excerpt(window: str, words: Words, *, cut: bool) -> SafeString:
    """The line around the first mark, whole words only, with dots where text is left out."""
    if cut:
        window = f"…{(window.partition(' ')[2] or window).lstrip(STOPS)}"
    if len(window) > SHOWN:
        window = f"{(window[:SHOWN].rpartition(' ')[0] or window[:SHOWN]).rstrip(STOPS)}…"
    return marked(window, words.terms, words.runs)
