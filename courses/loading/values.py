"""Rows as plain values, comparable between a file and the database."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model

from courses.models import Option

from .shapes import Shape


class Table:
    """What the database holds of one model now, by natural key."""

    def __init__(self, shape: Shape, tables: dict[type[Model], "Table"]):
        self.shape, self.tables = shape, tables
        self.rows: dict[str, Model] = {}
        self.keys: dict[int, str] = {}
        for row in shape.model._default_manager.all():
            self.add(row)
        self.linked = {name: self.pairs(field) for name, field in shape.links.items()}
        self.options = options_by_question() if shape.has_options else {}

    def add(self, row: Model) -> None:
        key = "/".join(str(self.value(row, part) or "everyone") for part in self.shape.key)
        self.rows[key], self.keys[row.pk] = row, key

    def value(self, row: Model, name: str) -> Any:
        if name in self.shape.parents:
            parent = getattr(row, self.shape.fields[name].attname)
            return self.tables[self.shape.parents[name]].keys.get(parent)
        return getattr(row, name)

    def values(self, row: Model) -> dict[str, Any]:
        """The row as a file would have it."""
        values = {name: self.value(row, name) for name in self.shape.fields}
        values |= {name: sorted(pairs[row.pk]) for name, pairs in self.linked.items()}
        return {**values, "options": self.options.get(row.pk, [])} if self.shape.has_options else values

    def pairs(self, field) -> dict[int, list[str]]:
        through, found = field.remote_field.through, defaultdict(list)
        columns = (f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id")
        targets = self.tables[field.related_model].keys
        for own, other in through._default_manager.values_list(*columns):
            found[own].append(targets[other])
        return found


def options_by_question() -> dict[int, list[list]]:
    found = defaultdict(list)
    for question, text, right in Option.objects.order_by("position", "pk").values_list(
        "question_id", "text", "is_correct"
    ):
        found[question].append([text, right])
    return found


def fingerprint(shape: Shape, values: dict[str, Any]) -> str:
    """Short name of these values; two rows have the same one when a reader could not tell them apart."""
    said = {name: comparable(value) for name, value in values.items() if not is_usual(shape, name, value)}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def is_usual(shape: Shape, name: str, value: Any) -> bool:
    # Values at their default are left out: a field that a later version adds must not look like an edit.
    if value in (None, "") or value == []:
        return True
    field = shape.fields.get(name)
    return field is not None and field.has_default() and value == field.get_default()


def comparable(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        # Browsers send line ends as CRLF, so that saving an untouched form would look like an edit.
        return value.replace("\r\n", "\n").strip()
    return value


def differing(before: dict[str, Any], after: dict[str, Any]) -> Iterable[str]:
    """Names of the values that differ, for the report."""
    return [name for name in after if comparable(before.get(name)) != comparable(after[name])]
