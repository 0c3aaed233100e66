"""The bank of a module as a table: written out, read in, compared with what stands, and taken over as a whole.

One question a line, under the names of COLUMNS; options are parted by a vertical bar. A column that the file leaves
out stays as it is, and so does a question that the file does not name: nothing is ever deleted by a file.
"""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from iiwam.pages import content_changed

from .loading.writing import save_options
from .models import Module, Question, Source
from .search import followed

COLUMNS = (
    *("key", "question", "kind", "right", "wrong", "explanation", "source"),
    *("critical", "contested", "in use", "reviewed on"),
)
NEEDED = ("key", "question", "right", "wrong", "source")
BAR = "|"
LONGEST_FILE = 500_000
MOST_ROWS = 500
LONGEST_KEY, LONGEST_TEXT, LONGEST_OPTION = 80, 4000, 300
YES, NO = {"yes", "y", "true", "1", "x"}, {"", "no", "n", "false", "0"}
# A spreadsheet takes a cell that begins so for a formula (OWASP, CSV Injection); an apostrophe makes it a text again.
FORMULA_SIGNS = ("=", "+", "-", "@")


class UnreadableFile(Exception):
    """The file as a whole cannot be a table of questions; the text says why."""


class ImportRefused(Exception):
    """Nothing was taken over; the text says why."""


@dataclass
class Line:
    """What a line of the file would do."""

    number: int
    key: str
    question: Question | None = None
    values: dict[str, Any] = field(default_factory=dict)
    options: list[tuple[str, bool]] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def act(self) -> str:
        if self.faults:
            return "fault"
        if self.question is None:
            return "new"
        return "changed" if self.changes else "same"


@dataclass(frozen=True)
class Plan:
    """What a file would do to the bank of a module as it stands now."""

    lines: list[Line]
    untouched: int
    fingerprint: str

    def count(self, act: str) -> int:
        return sum(line.act == act for line in self.lines)

    @property
    def new(self) -> int:
        return self.count("new")

    @property
    def changed(self) -> int:
        return self.count("changed")

    @property
    def same(self) -> int:
        return self.count("same")

    @property
    def faulty(self) -> int:
        return self.count("fault")

    @property
    def can_be_taken(self) -> bool:
        return not self.faulty and bool(self.new or self.changed)


# Writing


def written(module: Module) -> str:
    """The bank as a table that can be read in again."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for question in bank_of(module):
        table.writerow([safe(cell) for cell in cells(question).values()])
    return out.getvalue()


def bank_of(module: Module) -> list[Question]:
    questions = module.questions.order_by("position", "pk")
    return list(questions.select_related("source").prefetch_related("options"))


def cells(question: Question) -> dict[str, str]:
    """A question as the words of its line, by column."""
    options = list(question.options.all())
    return {
        "key": question.key,
        "question": question.stem,
        "kind": question.kind,
        "right": f" {BAR} ".join(option.text for option in options if option.is_correct),
        "wrong": f" {BAR} ".join(option.text for option in options if not option.is_correct),
        "explanation": question.explanation,
        "source": question.source.key,
        "critical": said(question.is_critical),
        "contested": said(question.is_contested),
        "in use": said(question.is_active),
        "reviewed on": question.reviewed_on.isoformat() if question.reviewed_on else "",
    }


def said(answer: bool) -> str:
    return "yes" if answer else "no"


def safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell


# Reading


def read(content: bytes) -> list[dict[str, str]]:
    """The lines of a file by column. UnreadableFile when it is no table of questions."""
    if len(content) > LONGEST_FILE:
        raise UnreadableFile(_("The file is too large: at most 500 kB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(_("The file is not UTF-8. In a spreadsheet, save it as “CSV UTF-8”.")) from error
    if "\0" in text:
        raise UnreadableFile(_("The file is not a text."))
    return rows_of(text)


def rows_of(text: str) -> list[dict[str, str]]:
    head = text.partition("\n")[0]
    parted_by = max((",", ";", "\t"), key=head.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=parted_by, strict=True))
    except csv.Error as error:
        raise UnreadableFile(_("The file is not a table: %(fault)s.") % {"fault": error}) from error
    names = [name.strip().lower() for name in table[0]] if table else []
    require_columns(names)
    rows = [row for row in table[1:] if any(cell.strip() for cell in row)]
    if not rows:
        raise UnreadableFile(_("The file has no questions."))
    if len(rows) > MOST_ROWS:
        raise UnreadableFile(_("The file has more than %(most)s questions.") % {"most": MOST_ROWS})
    # A line may end early: what it leaves out is empty.
    return [dict(zip_longest(names, map(tidy, row[: len(names)]), fillvalue="")) for row in rows]


def require_columns(names: list[str]) -> None:
    if missing := [name for name in NEEDED if name not in names]:
        raise UnreadableFile(_("These columns are missing: %(names)s.") % {"names": ", ".join(missing)})
    if unknown := [name for name in names if name not in COLUMNS]:
        raise UnreadableFile(_("These columns are not known: %(names)s.") % {"names": ", ".join(unknown)})
    if len(set(names)) < len(names):
        raise UnreadableFile(_("A column stands twice."))


def tidy(cell: str) -> str:
    cell = cell.replace("\r\n", "\n").strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_SIGNS) else cell


# Comparing


def compare(module: Module, rows: list[dict[str, str]]) -> Plan:
    """What these lines would do, and what is wrong with them; nothing is changed."""
    bank = {question.key: question for question in bank_of(module)}
    sources = {source.key: source for source in Source.objects.all()}
    keys = [row.get("key", "") for row in rows]
    # The head is the first line of a file.
    lines = [
        line_of(number, row, bank.get(row.get("key", "")), sources)
        for number, row in enumerate(rows, start=2)
    ]
    for line in lines:
        if line.key and keys.count(line.key) > 1:
            line.faults.append(_("The key “%(key)s” stands on several lines.") % {"key": line.key})
    state = [list(cells(question).values()) for question in bank.values()]
    said_of = hashlib.sha256(repr([module.pk, state, rows]).encode()).hexdigest()
    return Plan(lines, len(bank.keys() - set(keys)), said_of)


def line_of(number: int, row: dict[str, str], question: Question | None, sources: dict[str, Source]) -> Line:
    line = Line(number, row.get("key", ""), question)
    before = cells(question) if question else {}
    # Where the file says nothing of the kind, it follows from the answers of the file.
    wanted = {**before, "kind": "", **row}
    line.options = [(text, True) for text in parts(wanted["right"])]
    line.options += [(text, False) for text in parts(wanted.get("wrong", ""))]
    line.faults += [*faults_of_words(wanted), *faults_of_options(line.options)]
    line.values = {name: value for name, value in values_of(wanted, line, sources)}
    if question and not line.faults:
        after = {**wanted, "kind": line.values["kind"]}
        line.changes = [
            (name, before[name], after[name]) for name in COLUMNS if differs(name, before[name], after[name])
        ]
    return line


def differs(name: str, before: str, after: str) -> bool:
    if name in {"right", "wrong"}:
        return parts(before) != parts(after)
    return before.strip().lower() != after.lower() if is_answer(name) else before.strip() != after


def is_answer(name: str) -> bool:
    return name in {"critical", "contested", "in use"}


def parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(BAR) if part.strip()]


def faults_of_words(row: dict[str, str]) -> Iterator[str]:
    if not row["key"]:
        yield _("It has no key.")
    elif len(row["key"]) > LONGEST_KEY or not is_slug(row["key"]):
        yield _("Its key may hold letters, digits, hyphens and underscores, at most 80.")
    if not row["question"]:
        yield _("It has no question.")
    for name in ("question", "explanation"):
        if len(row.get(name, "")) > LONGEST_TEXT:
            yield _("The column “%(name)s” is longer than %(most)s characters.") % {
                "name": name,
                "most": LONGEST_TEXT,
            }


def is_slug(text: str) -> bool:
    try:
        validate_slug(text)
    except ValidationError:
        return False
    return True


def faults_of_options(options: list[tuple[str, bool]]) -> Iterator[str]:
    texts = [text for text, _right in options]
    if len(set(texts)) < len(texts):
        yield _("Two of its answers read the same.")
    if any(len(text) > LONGEST_OPTION for text in texts):
        yield _("An answer is longer than %(most)s characters.") % {"most": LONGEST_OPTION}
    if not any(right for _text, right in options):
        yield _("It has no right answer.")
    if all(right for _text, right in options):
        yield _("It has no wrong answer.")


def values_of(row: dict[str, str], line: Line, sources: dict[str, Source]) -> Iterator[tuple[str, Any]]:
    """The columns of the database; what cannot be read becomes a fault of the line."""
    yield "stem", row["question"]
    yield "explanation", row.get("explanation", "")
    yield "kind", kind_of(row.get("kind", ""), line)
    if row["source"] not in sources:
        line.faults.append(_("There is no source “%(key)s”.") % {"key": row["source"]})
    yield "source", sources.get(row["source"])
    for name, column, usual in (
        ("critical", "is_critical", False),
        ("contested", "is_contested", False),
        ("in use", "is_active", True),
    ):
        yield column, answer(row[name], name, line) if name in row else usual
    yield "reviewed_on", day(row.get("reviewed on", ""), line)


def kind_of(word: str, line: Line) -> str:
    """As written, or as the number of right answers says."""
    right = sum(is_right for _text, is_right in line.options)
    kind = word.lower() or (Question.Kind.MULTIPLE if right > 1 else Question.Kind.SINGLE)
    if kind not in Question.Kind.values:
        line.faults.append(_("Its kind is “single” or “multiple”."))
    elif kind == Question.Kind.SINGLE and right > 1:
        line.faults.append(_("It is “single” and has several right answers."))
    elif kind == Question.Kind.MULTIPLE and right == 1:
        line.faults.append(_("It is “multiple” and has one right answer."))
    return str(kind)


def answer(word: str, name: str, line: Line) -> bool:
    if word.lower() not in YES | NO:
        line.faults.append(_("Write “yes” or “no” under “%(name)s”.") % {"name": name})
    return word.lower() in YES


def day(word: str, line: Line) -> date | None:
    try:
        return date.fromisoformat(word) if word else None
    except ValueError:
        line.faults.append(_("Write the day under “reviewed on” as 2026-03-31."))
        return None


# Taking over


@transaction.atomic
def take_over(*, module: Module, rows: list[dict[str, str]], fingerprint: str) -> list[tuple[Question, bool]]:
    """The bank is as these lines say, all of them; each question that changed, with whether it is new.

    Raises ImportRefused when a line has a fault, or when the bank or the file is not what was looked at.
    """
    module = Module.objects.select_for_update().get(pk=module.pk)
    plan = compare(module, rows)
    if plan.fingerprint != fingerprint:
        raise ImportRefused(_("The questions were changed in the meantime. Look at the changes again."))
    if plan.faulty:
        raise ImportRefused(_("A line has a fault. Nothing was taken over."))
    last = module.questions.aggregate(last=Max("position"))["last"] or 0
    taken = []
    for line in plan.lines:
        if line.act == "same":
            continue
        last += line.question is None
        taken.append((store(module, line, last), line.question is None))
    content_changed()
    return taken


def store(module: Module, line: Line, last: int) -> Question:
    question = line.question or Question(module=module, key=line.key, position=last)
    for name, value in line.values.items():
        setattr(question, name, value)
    with followed(question):
        question.save()
        save_options(question, in_an_order_of_their_own(line))
    return question


def in_an_order_of_their_own(line: Line) -> list[tuple[str, bool]]:
    """Not the right ones first: the order must tell nobody which they are."""
    return sorted(line.options, key=lambda one: hashlib.sha256(f"{line.key}{one[0]}".encode()).hexdigest())
