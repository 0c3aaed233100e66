"""How each database is asked: SQLite through FTS5 tables, PostgreSQL through text vectors and trigrams.

Both hold the same keys, made by `words`, so that the same question has the same answer on either.
"""

from collections.abc import Callable, Iterable, Sequence

from django.db import connection

from .words import Term, letters_of, trigrams

# Classes of places, the best first: title, headings, summary, body.
CLASSES = "ABCD"
WORTH = {"A": 8, "B": 4, "C": 2}
HELD = 3
# Ranking reads every answer once for each term: beyond these, more of them would not change much.
MOST_RANKED = 4
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


Sql = tuple[str, list]


def courses_with(terms: Sequence[Term], *, classes: str = CLASSES) -> Sql:
    """Whether a course of the listing, or any part of it, holds the terms; for single classes `entry` is at hand."""
    if connection.vendor == "sqlite":
        index = "courses_searchentry_index"
        where = f"listing.course_id IN (SELECT rowid FROM {index} WHERE {index} MATCH %s)"  # noqa: S608 - constants
        return where, [fts_query(terms, classes, every=True)]
    query = vector_query(terms, classes, every=True)
    if classes == CLASSES:
        return "listing.course_id IN (SELECT found FROM courses_found(%s::tsquery) AS found)", [query]
    return "entry.heading @@ %s::tsquery", [query]


def courses_score(terms: Sequence[Term]) -> Sql:
    """How well a course of the listing answers: each term counts by the best place it stands in."""
    return best_places(terms, courses_with)


def parts_with(terms: Sequence[Term], *, classes: str = CLASSES, every: bool = True) -> Sql:
    """Whether a `document` (a module, topic, clinical row or article) holds all (or any) of the terms."""
    if connection.vendor == "sqlite":
        index = "courses_searchdocument_index"
        where = f"document.id IN (SELECT rowid FROM {index} WHERE {index} MATCH %s)"  # noqa: S608 - constants
        return where, [fts_query(terms, classes, every=every)]
    return "document.vector @@ %s::tsquery", [vector_query(terms, classes, every=every)]


def parts_score(terms: Sequence[Term]) -> Sql:
    """The same for a part, where it also counts how many of the terms it holds at all."""
    best, params = best_places(terms, parts_with)
    held = [parts_with([term]) for term in terms]
    counted = " + ".join(f"CASE WHEN {where} THEN {HELD} ELSE 0 END" for where, _query in held)
    return f"{best} + {counted or 0}", params + [query for _where, queries in held for query in queries]


def best_places(terms: Sequence[Term], where_with: Callable[..., Sql]) -> Sql:
    cases, params = [], []
    for term in terms[:MOST_RANKED]:
        places = [where_with([term], classes=name) for name in WORTH]
        whens = " ".join(
            f"WHEN {where} THEN {worth}"
            for (where, _query), worth in zip(places, WORTH.values(), strict=True)
        )
        cases.append(f"CASE {whens} ELSE 0 END")
        params += [query for _where, queries in places for query in queries]
    return " + ".join(cases) or "0", params


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


def store(rows: list, keys: list[Keys]) -> None:
    """These rows stand in their table and can be found by their keys."""
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor == "postgresql":
        for row, by_class in zip(rows, keys, strict=True):
            row.vector = vector(by_class, CLASSES)
            if hasattr(model, "heading"):
                row.heading = vector(by_class, CLASSES[:-1])
    stored = model.objects.bulk_create(rows, batch_size=500)
    if connection.vendor == "sqlite":
        values = [
            (row.pk, *(" ".join(sorted(by_class.get(name, ()))) for name in CLASSES))
            for row, by_class in zip(stored, keys, strict=True)
        ]
        into = f"{model._meta.db_table}_index(rowid, a, b, c, d)"
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {into} VALUES (%s, %s, %s, %s, %s)", values)  # noqa: S608


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
