"""The index of what can be found, in the way of each database: FTS5 tables that follow ours, or trigrams."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


def followed(table, key):
    """A table of keys for each of our rows, which goes when the row goes."""
    # The keys are cut and folded before they come here: the tokeniser is only to keep marks inside words.
    tokens = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
    yield f"CREATE VIRTUAL TABLE {table}_index USING fts5(a, b, c, d, tokenize = \"{tokens}\", prefix = '2 3 4')"
    yield f"""CREATE TRIGGER {table}_gone AFTER DELETE ON {table} BEGIN
        DELETE FROM {table}_index WHERE rowid = old.{key};
    END"""


SQLITE = [
    *followed("courses_searchentry", "course_id"),
    *followed("courses_searchdocument", "id"),
    "CREATE VIRTUAL TABLE courses_searchword_grams USING fts5(word, tokenize = 'trigram')",
    """CREATE TRIGGER courses_searchword_come AFTER INSERT ON courses_searchword BEGIN
        INSERT INTO courses_searchword_grams(rowid, word) VALUES (new.id, '  ' || new.word || ' ');
    END""",
    """CREATE TRIGGER courses_searchword_gone AFTER DELETE ON courses_searchword BEGIN
        DELETE FROM courses_searchword_grams WHERE rowid = old.id;
    END""",
]
SQLITE_BACK = [
    *("DROP TRIGGER courses_searchword_gone", "DROP TRIGGER courses_searchword_come"),
    "DROP TABLE courses_searchword_grams",
    *("DROP TRIGGER courses_searchdocument_gone", "DROP TABLE courses_searchdocument_index"),
    *("DROP TRIGGER courses_searchentry_gone", "DROP TABLE courses_searchentry_index"),
]
POSTGRESQL = [
    # On lower(word), which is the word itself: on the bare column it would also be taken for plain equality, slowly.
    "CREATE INDEX search_word_grams ON courses_searchword USING gin (lower(word) gin_trgm_ops) WITH (fastupdate = off)",
    # Headings stay in the row, where ranking reads them; what only the index needs lies elsewhere.
    "ALTER TABLE courses_searchentry ALTER COLUMN heading SET STORAGE MAIN",
    "ALTER TABLE courses_searchentry ALTER COLUMN vector SET STORAGE EXTERNAL",
    # The planner takes reading a vector for cheap and would read all of them; only the index is.
    """CREATE FUNCTION courses_found(tsquery) RETURNS SETOF bigint LANGUAGE sql STABLE PARALLEL SAFE ROWS 2000
        SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off
        AS 'SELECT course_id FROM courses_searchentry WHERE vector @@ $1'""",
]
POSTGRESQL_BACK = ["DROP FUNCTION courses_found(tsquery)", "DROP INDEX search_word_grams"]


def run(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def run_back(apps, schema_editor):
    for statement in SQLITE_BACK if schema_editor.connection.vendor == "sqlite" else POSTGRESQL_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial")]

    operations = [TrigramExtension(), migrations.RunPython(run, run_back)]
