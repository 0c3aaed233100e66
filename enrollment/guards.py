"""What the database itself refuses, whoever asks it: a signed entry, its link and a line of the CPD ledger
are neither changed nor deleted.

Set after migrations and taken off before them, because SQLite drops the triggers of a table that it remakes.
One change is let through: an erased person's own words give way to a mark, and with them the salt of their digest; so
do the words beside a line of the ledger.
"""

from django.apps import apps
from django.db import connections

from .chain import ERASED

ENTRY, LINK = "enrollment_logbookentry", "enrollment_signature"
LEDGER = "enrollment_cpdentry"
SENTENCES = {
    ENTRY: "A signed logbook entry never changes.",
    LINK: "A link of the logbook chain never changes.",
    LEDGER: "A line of the CPD ledger never changes.",
}
FUNCTION = """
CREATE OR REPLACE FUNCTION {table}_refused() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def columns(model: str, *, without: set[str]) -> list[str]:
    fields = apps.get_model("enrollment", model)._meta.concrete_fields
    return [field.column for field in fields if field.column not in without]


def unchanged(names: list[str], vendor: str) -> str:
    same = "IS NOT DISTINCT FROM" if vendor == "postgresql" else "IS"
    return " AND ".join(f'NEW."{name}" {same} OLD."{name}"' for name in names)


def conditions(vendor: str) -> dict[str, tuple[str, str, str]]:
    """Each guard by name: its table, what it watches, and when it refuses."""
    signed = "OLD.status = 'countersigned'"
    kept = unchanged(columns("LogbookEntry", without={"outcome", "reflection"}), vendor)
    erased = f"({kept} AND NEW.outcome = '{ERASED}' AND NEW.reflection = '')"
    line = unchanged(columns("CpdEntry", without={"note"}), vendor)
    link = unchanged(columns("Signature", without={"salt", "evidence"}), vendor)
    same = (
        "NEW.evidence::text = OLD.evidence::text"
        if vendor == "postgresql"
        else "NEW.evidence IS OLD.evidence"
    )
    return {
        "a_signed_entry_stays": (ENTRY, "UPDATE", f"{signed} AND NOT {erased}"),
        "a_signed_entry_is_not_deleted": (ENTRY, "DELETE", signed),
        "a_link_stays": (LINK, "UPDATE", f"NOT ({link} AND {same} AND NEW.salt = '')"),
        "a_link_is_not_deleted": (LINK, "DELETE", "1 = 1"),
        "a_ledger_line_stays": (LEDGER, "UPDATE", f"NOT ({line})"),
        "a_ledger_line_is_not_deleted": (LEDGER, "DELETE", "1 = 1"),
    }


def take_off(*, using: str, plan=(), **_rest) -> None:
    """Tables can be remade: nothing watches them (before migrations)."""
    if plan:
        lift(using)


def keep(*, using: str, plan=(), **_rest) -> None:
    """The guards stand (after migrations)."""
    if plan:
        set_up(using)


def lift(using: str) -> None:
    connection = connections[using]
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for name, (table, _act, _when) in conditions(connection.vendor).items():
            if table in there:
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def set_up(using: str) -> None:
    connection = connections[using]
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        lift(using)
        for name, (table, act, when) in conditions(connection.vendor).items():
            if table not in there:
                continue
            cursor.execute(definition(name, table, act, when, connection.vendor, cursor))


def definition(name: str, table: str, act: str, when: str, vendor: str, cursor) -> str:
    if vendor == "postgresql":
        cursor.execute(FUNCTION.format(table=table, sentence=SENTENCES[table]))
        each = f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {table}_refused()"
        return f"CREATE TRIGGER {name} BEFORE {act} ON {table} {each}"
    refuse = f"SELECT RAISE(ABORT, '{SENTENCES[table]}')"
    return f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {when} BEGIN {refuse}; END"
