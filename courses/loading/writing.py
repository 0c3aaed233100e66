"""Bringing the database to what the files say, without undoing what an editor has changed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F, Model
from django.utils import timezone

from courses.markdown import render
from courses.models import LoadedRow, Module, Option, Publishable, SearchEntry, Source
from courses.programme import ProgrammeLocked, keep_locked
from courses.publishing import PublicationRefused, make_public
from courses.search import rebuild

from .files import ContentError, Entry
from .pruning import prune_rows
from .report import Report
from .shapes import SHAPES, Shape
from .values import Table, differing, fingerprint

# Far from any number in use, within what the column holds.
PARKING = 10_000


@dataclass(frozen=True)
class Step:
    """An entry, and the row it is to become; no row: one is made."""

    entry: Entry
    row: Model | None


@transaction.atomic
def write(
    entries: list[Entry],
    *,
    overwrite: Collection[str] = (),
    prune: bool = False,
    at: datetime | None = None,
) -> Report:
    """Rows equal their entries, but for those an editor changed; new courses and articles are public."""
    one_load_at_a_time()
    writer = Writer(overwrite, at or timezone.now())
    for shape in SHAPES:
        writer.write_shape(shape, [entry for entry in entries if entry.shape is shape])
    writer.date_modules()
    writer.publish_new()
    prune_rows(entries, writer.tables, writer.loaded, writer.report, really=prune)
    hold_programmes()
    if writer.report.wrote or not SearchEntry.objects.exists():
        rebuild()
    return writer.report


def hold_programmes() -> None:
    try:
        keep_locked()
    except ProgrammeLocked as locked:
        raise ContentError([str(locked)]) from locked


def one_load_at_a_time() -> None:
    # SQLite lets one transaction write at a time by itself.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {LoadedRow._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


class Writer:
    def __init__(self, overwrite: Collection[str], at: datetime):
        self.overwrite, self.at = set(overwrite), at
        self.report = Report()
        self.tables: dict[type[Model], Table] = {}
        self.loaded = {(mark.model, mark.key): mark for mark in LoadedRow.objects.all()}
        self.new_publishables: list[Publishable] = []
        self.modules: set[int] = set()

    def write_shape(self, shape: Shape, entries: list[Entry]) -> None:
        table = self.tables[shape.model] = Table(shape, self.tables)
        steps = [Step(entry, table.rows.get(entry.key)) for entry in entries if self.is_due(entry, table)]
        steps = self.without_collisions(shape, table, steps)
        self.park_numbers(shape, steps)
        for step in steps:
            self.save(step, table)
            self.mark(step.entry)

    def is_due(self, entry: Entry, table: Table) -> bool:
        """Whether the row is to be written; if not, it is counted as unchanged or kept."""
        row, mark = table.rows.get(entry.key), self.loaded.get((entry.shape.name, entry.key))
        if orphan := self.missing_parent(entry):
            return self.keep(entry, f"its {orphan} is not in the database")
        if row is None:
            return (
                mark is None or self.wanted(entry) or self.keep(entry, "was deleted or renamed in the office")
            )
        now, wished = table.values(row), fingerprint(entry.shape, entry.values)
        present = fingerprint(entry.shape, now)
        if present == wished:
            self.settle(entry, row, mark)
            return False
        if self.wanted(entry) or (mark and mark.fingerprint == present):
            return True
        refresh_html(entry.shape, row)
        names = ", ".join(differing(entry.values, now))
        return self.keep(
            entry, f"was changed in the office ({names})" if mark else f"was made in the office ({names})"
        )

    def missing_parent(self, entry: Entry) -> str:
        for name, parent in entry.shape.parents.items():
            key = entry.values.get(name)
            if key and key not in self.tables[parent].rows:
                return f"{name} “{key}”"
        return ""

    def wanted(self, entry: Entry) -> bool:
        return bool(self.overwrite & {"all", entry.shape.name, f"{entry.shape.name}:{entry.key}"})

    def keep(self, entry: Entry, why: str) -> bool:
        self.report.kept.append(f"{entry.shape.name} {entry.key}: {why}")
        return False

    def settle(self, entry: Entry, row: Model, mark: LoadedRow | None) -> None:
        self.report.unchanged += 1
        if not mark or mark.fingerprint != fingerprint(entry.shape, entry.values):
            self.mark(entry)
        refresh_html(entry.shape, row, entry.html)

    def without_collisions(self, shape: Shape, table: Table, steps: list[Step]) -> list[Step]:
        """The steps that leave every unique set unique beside the rows that stay as they are."""
        for names in shape.unique_sets:
            going = {step.row.pk for step in steps if step.row}
            held = {
                tuple(table.value(row, name) for name in names): row
                for row in table.rows.values()
                if row.pk not in going
            }
            blocked = [s for s in steps if tuple(s.entry.values.get(name) for name in names) in held]
            if blocked:
                for step in blocked:
                    self.keep(step.entry, f"another row in the database has the same {' and '.join(names)}")
                return self.without_collisions(shape, table, [s for s in steps if s not in blocked])
        return steps

    def park_numbers(self, shape: Shape, steps: list[Step]) -> None:
        """Rows that swap numbers would meet on the way; those that move step aside first."""
        if "number" in shape.fields:
            moving = [s.row.pk for s in steps if s.row and s.row.number != s.entry.values["number"]]
            shape.model._default_manager.filter(pk__in=moving).update(number=F("number") + PARKING)

    def save(self, step: Step, table: Table) -> None:
        entry, row = step.entry, step.row or step.entry.shape.model()
        for name in entry.shape.fields:
            value = entry.values[name] if name not in entry.shape.parents else None
            if name in entry.shape.parents:
                parent = self.tables[entry.shape.parents[name]].rows.get(entry.values.get(name) or "")
                setattr(row, name, parent)
            else:
                setattr(row, name, value)
        for name, html in entry.html.items():
            setattr(row, name, html)
        row.save()
        self.save_links(entry, row)
        table.add(row)
        self.count(step, row)

    def save_links(self, entry: Entry, row: Model) -> None:
        for name, link in entry.shape.links.items():
            rows = self.tables[link.related_model].rows
            getattr(row, name).set([rows[key] for key in entry.values[name] if key in rows])
        if entry.shape.cites:
            sources = self.tables[Source].rows
            row.sources.set([sources[key] for key in entry.cited if key in sources])
        if entry.shape.has_options:
            save_options(row, entry.values["options"])

    def date_modules(self) -> None:
        """A module has changed when a topic or a row of it has."""
        Module.objects.filter(pk__in=self.modules).update(changed_at=self.at)

    def count(self, step: Step, row: Model) -> None:
        self.report.created += step.row is None
        self.report.changed += step.row is not None
        self.modules.update(filter(None, [getattr(row, "module_id", None)]))
        if step.row is None and isinstance(row, Publishable):
            self.new_publishables.append(row)

    def mark(self, entry: Entry) -> None:
        key = (entry.shape.name, entry.key)
        mark = self.loaded.setdefault(key, LoadedRow(model=key[0], key=key[1]))
        mark.fingerprint = fingerprint(entry.shape, entry.values)
        mark.save()

    def publish_new(self) -> None:
        """New courses and articles are public; one that an editor hid is not new, and stays hidden."""
        for item in self.new_publishables:
            try:
                make_public(item=item, at=self.at)
            except PublicationRefused as refusal:
                raise ContentError([str(refusal)]) from refusal


def save_options(question: Model, options: Iterable) -> None:
    """Options keep their identity while their text stays, so that past answers still point to them."""
    stored = {option.text: option for option in question.options.all()}
    question.options.exclude(text__in=[text for text, _right in options]).delete()
    for position, (text, is_right) in enumerate(options):
        option = stored.get(text, Option(question=question, text=text))
        option.is_correct, option.position = is_right, position
        option.save()


def refresh_html(shape: Shape, row: Model, html: dict[str, str] | None = None) -> None:
    """What readers see follows the renderer of today, also for a row that an editor keeps."""
    stale = []
    for source, target in shape.html.items():
        fresh = html[target] if html else rendered_or_kept(row, source, target)
        if getattr(row, target) != fresh:
            setattr(row, target, fresh)
            stale.append(target)
    if stale:
        row.save(update_fields=stale)


def rendered_or_kept(row: Model, source: str, target: str) -> str:
    try:
        return render(getattr(row, source)).html
    except ValidationError:
        return getattr(row, target)
