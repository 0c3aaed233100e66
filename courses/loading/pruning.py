"""Rows that the files no longer hold: always named, removed only when asked and when nothing refers to them."""

from collections.abc import Iterable

from django.db.models import Model

from courses.models import LoadedRow, Option

from .files import Entry
from .report import Report
from .shapes import SHAPES, Shape
from .values import Table, fingerprint

Marks = dict[tuple[str, str], LoadedRow]


def prune_rows(
    entries: Iterable[Entry],
    tables: dict[type[Model], Table],
    loaded: Marks,
    report: Report,
    *,
    really: bool,
) -> None:
    """Every loaded row without an entry is named in the report, and gone when that was asked and is safe."""
    present = {(entry.shape.name, entry.key) for entry in entries}
    for shape in reversed(SHAPES):
        table = tables[shape.model]
        for key, row in table.rows.items():
            mark = loaded.get((shape.name, key))
            if mark is None or (shape.name, key) in present:
                continue
            why_not = reason_to_stay(shape, table, row, mark) if really else "no longer in the files"
            if why_not:
                report.gone.append(f"{shape.name} {key}: {why_not}")
            else:
                row.delete()
                mark.delete()
                report.pruned.append(f"{shape.name} {key}")


def reason_to_stay(shape: Shape, table: Table, row: Model, mark: LoadedRow) -> str:
    if fingerprint(shape, table.values(row)) != mark.fingerprint:
        return "no longer in the files, but changed in the office"
    for relation in row._meta.related_objects:
        if relation.related_model is Option:
            continue
        if relation.related_model._base_manager.filter(**{relation.field.name: row}).exists():
            return f"no longer in the files, but a {relation.related_model._meta.verbose_name} refers to it"
    return ""
