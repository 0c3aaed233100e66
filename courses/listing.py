"""How the table that the catalog counts by is kept: by the database itself, so that no way of writing can forget it.

Triggers are taken off before migrations and set again after them, because SQLite drops those of a table that it remakes
and refuses to rename one that a trigger names. What a course has several of stands as ",3,7,": told apart by LIKE.
"""

from django.db import connections

TABLE = "courses_listing"
COLUMNS = "course_id, kind, mode, enrolment, award, position, title, professions, subjects, procedures"
LINKS = {
    "professions": ("courses_courseaudience", "profession_id"),
    "subjects": ("courses_course_subjects", "subject_id"),
    "procedures": ("courses_procedure_courses", "procedure_id"),
}
JOINED = {
    "sqlite": """(SELECT COALESCE(',' || GROUP_CONCAT(link, ',') || ',', '') FROM
        (SELECT {key} AS link FROM {table} WHERE course_id = course.id ORDER BY 1))""",
    "postgresql": """(SELECT COALESCE(',' || STRING_AGG({key}::text, ',' ORDER BY {key}) || ',', '')
        FROM {table} WHERE course_id = course.id)""",
}
WATCHED = "kind, delivery, enrolment, award, position, title, published_at"
# Whoever links first is waited for, and what they linked is then seen.
FUNCTIONS = """CREATE OR REPLACE FUNCTION courses_list_anew(listed bigint) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
        PERFORM 1 FROM courses_course WHERE id = listed FOR NO KEY UPDATE;
        DELETE FROM courses_listing WHERE course_id = listed;
        {listed};
    END $$;
    CREATE OR REPLACE FUNCTION courses_link_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP <> 'INSERT' THEN PERFORM courses_list_anew(OLD.course_id); END IF;
        IF TG_OP <> 'DELETE' THEN PERFORM courses_list_anew(NEW.course_id); END IF;
        RETURN NULL;
    END $$;
    CREATE OR REPLACE FUNCTION courses_course_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'DELETE' THEN DELETE FROM courses_listing WHERE course_id = OLD.id;
        ELSE PERFORM courses_list_anew(NEW.id); END IF;
        RETURN NULL;
    END $$"""
GONE = "DELETE FROM courses_listing WHERE course_id = OLD.id"


def listed(vendor: str, which: str) -> str:
    """A statement that lists the published courses of this condition as they now are."""
    joined = ", ".join(JOINED[vendor].format(table=table, key=key) for table, key in LINKS.values())
    return f"""INSERT INTO courses_listing ({COLUMNS})
        SELECT id, kind, delivery, enrolment, award, position, title, {joined}
        FROM courses_course AS course WHERE published_at IS NOT NULL AND {which}"""  # noqa: S608 - constants


def anew(key: str) -> str:
    return f"DELETE FROM courses_listing WHERE course_id = {key}; {listed('sqlite', f'id = {key}')}"  # noqa: S608


def triggers(vendor: str) -> dict[str, tuple[str, str]]:
    """Each trigger by name: its table, and the rest of its definition."""
    course = "courses_course"
    if vendor == "postgresql":
        each = "FOR EACH ROW EXECUTE FUNCTION"
        made = {
            f"{TABLE}_of_{table}": (
                table,
                f"AFTER INSERT OR UPDATE OR DELETE ON {table} {each} courses_link_changed()",
            )
            for table, _key in LINKS.values()
        }
        when = f"AFTER INSERT OR DELETE OR UPDATE OF {WATCHED} ON {course}"
        return {**made, f"{TABLE}_of_{course}": (course, f"{when} {each} courses_course_changed()")}
    made = {
        f"{TABLE}_of_{course}_come": (course, f"AFTER INSERT ON {course} BEGIN {anew('NEW.id')}; END"),
        f"{TABLE}_of_{course}_changed": (
            course,
            f"AFTER UPDATE OF {WATCHED} ON {course} BEGIN {anew('NEW.id')}; END",
        ),
        f"{TABLE}_of_{course}_gone": (course, f"AFTER DELETE ON {course} BEGIN {GONE}; END"),
    }
    new, old = anew("NEW.course_id"), anew("OLD.course_id")
    for table, _key in LINKS.values():
        for act, body in {"INSERT": new, "UPDATE": f"{old}; {new}", "DELETE": old}.items():
            made[f"{TABLE}_of_{table}_{act.lower()}"] = table, f"AFTER {act} ON {table} BEGIN {body}; END"
    return made


def take_off(*, using: str, plan=(), **_rest) -> None:
    """Tables can be remade: nothing watches them (before migrations)."""
    connection = connections[using]
    if not plan:
        return
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for name, (table, _definition) in triggers(connection.vendor).items():
            if table in there:
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def keep(*, using: str, plan=(), **_rest) -> None:
    """The listing says what is published, and follows it from now on (after migrations)."""
    connection = connections[using]
    if not plan:
        return
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTIONS.format(listed=listed(connection.vendor, "id = listed")))
        for name, (_table, definition) in triggers(connection.vendor).items():
            cursor.execute(f"CREATE TRIGGER {name} {definition}")
        cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608 - a constant
        cursor.execute(listed(connection.vendor, "1 = 1"))
