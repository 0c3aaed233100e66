"""How each database is asked: SQLite through FTS5 tables, PostgreSQL through text vectors and trigrams.

Both hold the same keys, made by `words`, so that the same question has the same answer on either.
"""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import BooleanField, Case, F, Func, IntegerField, Value, When
from django.db.models.expressions import Combinable

from ..models import SearchDocument
from .words import Term, letters_of, trigrams

# Classes of places, the best first: title, headings, summary, body.
CLASSES = "ABCD"
WORTH = {"A": 8, "B": 4, "C": 2}
INDEX = "courses_searchindex"
Keys = dict[str, set[str]]
SHORTEST_SLIP, LONGEST_SLIP = 4, 5
HOLDING = """SELECT %s AS asked, word, uses FROM courses_searchword WHERE lower(word) LIKE %s
    ORDER BY word = %s DESC, word LIKE %s DESC, word LIKE %s DESC, uses DESC, word LIMIT 8"""
SLIPPED = """SELECT %s AS asked, word, uses FROM courses_searchword WHERE letters = %s OR {others}
    ORDER BY uses DESC, word LIMIT 8"""
SIMILAR = {
    "sqlite": """SELECT %s AS asked, courses_searchword.word, uses FROM courses_searchword_grams
        JOIN courses_searchword ON courses_searchword.id = courses_searchword_grams.rowid
        WHERE courses_searchword_grams MATCH %s ORDER BY rank, courses_searchword.word LIMIT 60""",
    "postgresql": """SELECT %s AS asked, word, uses FROM courses_searchword
        WHERE lower(word) %% %s ORDER BY word <-> %s, word LIMIT 60""",
}


class Matches(Func):
    """Whether a document holds all (or any) of the terms, in places of these classes."""

    output_field = BooleanField()

    def __init__(self, terms: Sequence[Term], *, at: str = "", classes: str = CLASSES, every: bool = True):
        column = "vector" if "D" in classes else "heading"
        super().__init__(F(f"{at}pk"), F(f"{at}{column}"))
        self.terms, self.classes, self.every = tuple(terms), classes, every

    def as_sqlite(self, compiler, connection, **context):
        pk, params = compiler.compile(self.source_expressions[0])
        where = f"({pk} IN (SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s))"  # noqa: S608 - a constant
        return where, [*params, fts_query(self.terms, self.classes, every=self.every)]

    def as_postgresql(self, compiler, connection, **context):
        column, params = compiler.compile(self.source_expressions[1])
        return f"({column} @@ %s::tsquery)", [
            *params,
            vector_query(self.terms, self.classes, every=self.every),
        ]


def fts_query(terms: Iterable[Term], classes: str, *, every: bool) -> str:
    asked = (
        " OR ".join([*(f'"{key}"*' for key in term.prefixes), *(f'"{key}"' for key in term.exact)])
        for term in terms
    )
    words = (" AND " if every else " OR ").join(f"({keys})" for keys in asked)
    return f"{{{' '.join(classes.lower())}}} : ({words})"


def vector_query(terms: Iterable[Term], classes: str, *, every: bool) -> str:
    # Without a class PostgreSQL can answer from the index alone.
    label = "" if classes == CLASSES else classes
    mark = f":{label}" if label else ""
    asked = (
        " | ".join(
            [*(f"'{key}':*{label}" for key in term.prefixes), *(f"'{key}'{mark}" for key in term.exact)]
        )
        for term in terms
    )
    return (" & " if every else " | ").join(f"({keys})" for keys in asked)


def score(terms: Iterable[Term], *, at: str = "") -> Combinable:
    """How well a document answers: each term counts by the best place it stands in."""
    parts = [
        Case(
            *(When(Matches([term], at=at, classes=name), then=Value(worth)) for name, worth in WORTH.items()),
            default=Value(0),
            output_field=IntegerField(),
        )
        for term in terms
    ]
    return sum(parts[1:], start=parts[0]) if parts else Value(0)


def hits_score(terms: Iterable[Term]) -> Combinable:
    """The same, where it also counts how many of the terms a document holds at all."""
    held = [Case(When(Matches([term]), then=Value(3)), default=Value(0)) for term in terms]
    return sum(held, start=score(terms))


def store(documents: list[SearchDocument], keys: list[Keys]) -> None:
    """These documents stand in the table and can be found by their keys."""
    if connection.vendor == "postgresql":
        for document, by_class in zip(documents, keys, strict=True):
            document.vector = vector(by_class, CLASSES)
            document.heading = vector(by_class, "ABC")
    stored = SearchDocument.objects.bulk_create(documents, batch_size=500)
    if connection.vendor == "sqlite":
        rows = [
            (document.pk, *(" ".join(sorted(by_class.get(name, ()))) for name in CLASSES))
            for document, by_class in zip(stored, keys, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {INDEX}(rowid, a, b, c, d) VALUES (%s, %s, %s, %s, %s)", rows)  # noqa: S608


def vector(by_class: Keys, classes: str) -> str:
    """A text vector in which a key's positions say nothing but its classes."""
    places: dict[str, list[str]] = {}
    for position, name in enumerate(classes, start=1):
        for key in by_class.get(name, ()):
            places.setdefault(key, []).append(f"{position}{name}")
    return " ".join(f"'{key}':{','.join(where)}" for key, where in places.items())


def words_near(words: Sequence[tuple[str, str]]) -> list[tuple[str, str, int]]:
    """For each (word, stem) the words of the vocabulary that hold the stem or look alike: (asked, word, uses)."""
    parts, params = [], []
    for word, beginning in words:
        slips = one_letter_open(word)
        others = " OR ".join(["lower(word) LIKE %s"] * len(slips)) or "1 = 0"
        parts += [HOLDING, SLIPPED.format(others=others), SIMILAR[connection.vendor]]
        params += [word, f"%{beginning}%", word, f"{word}%", f"{beginning}%"]
        params += [word, letters_of(word), *slips]
        params += [word, *([fts_grams(word)] if connection.vendor == "sqlite" else [word, word])]
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT * FROM ({part}) AS near" for part in parts), params)  # noqa: S608
        return cursor.fetchall()


def one_letter_open(word: str) -> list[str]:
    """Patterns for what a short word is with another letter somewhere: it has too few trigrams left to be found by."""
    short = SHORTEST_SLIP <= len(word) <= LONGEST_SLIP
    return [f"{word[:place]}_{word[place + 1 :]}" for place in range(len(word))] if short else []


def fts_grams(word: str) -> str:
    return " OR ".join(f'"{gram}"' for gram in sorted(trigrams(word)))
