"""The mechanism of changing state. It knows no domain word: tables of moves come from `transitions`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _


class MoveRefused(Exception):
    """A move that can't be made now; its text is a sentence for the person who tried."""


@dataclass(frozen=True)
class SystemActor:
    """The site itself acting by a rule, under a name that history keeps."""

    name: str
    pk: None = None

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Move:
    """One row of a table that can be read aloud: from these states, to that one, by these people.

    An empty target leaves the state as it is: the act is history all the same.
    """

    label: str | Promise
    sources: frozenset[str]
    target: str
    who: Callable[[Any, Any], bool]
    guard: Callable[[Any, datetime], str | Promise | None] = lambda record, at: None
    needs_note: bool = False
    note_is_shown: bool = False
    letter: str = ""


Table = Mapping[str, Move]


def refusal(
    table: Table, record: models.Model, name: str, *, by: Any, at: datetime | None = None
) -> str | None:
    """Why this person can't make this move now, as a sentence; None when they can."""
    move = table[name]
    if record.status not in move.sources:
        return _("This is “%(status)s” now, so “%(move)s” is not possible.") % {
            "status": record.get_status_display(),
            "move": move.label,
        }
    if not move.who(by, record):
        return _("You may not do this: “%(move)s”.") % {"move": move.label}
    reason = move.guard(record, at or timezone.now())
    return str(reason) if reason else None


def available_moves(
    table: Table, record: models.Model, *, by: Any, at: datetime | None = None
) -> dict[str, Move]:
    """The moves this person can make now, by name, in the order of the table."""
    return {name: move for name, move in table.items() if refusal(table, record, name, by=by, at=at) is None}


def lock(record: models.Model) -> None:
    """The record is as it is in the database now, and nobody else changes it until this transaction ends."""
    record.refresh_from_db(
        from_queryset=type(record)._base_manager.select_for_update(no_key=True, of=("self",))
    )


def record_birth(
    record: models.Model, move: str, *, by: Any, note: str = "", at: datetime | None = None
) -> models.Model:
    """The history of a newborn record has its first row."""
    return _append(record, move, "", by=by, note=note, at=at or timezone.now())


@transaction.atomic
def perform(
    table: Table,
    record: models.Model,
    name: str,
    *,
    by: Any,
    note: str = "",
    at: datetime | None = None,
    **changes: Any,
) -> models.Model:
    """The record is in the move's target state and its history says who, when and why; returns that event.

    The only writer of a status; `changes` are fields that must change in the same breath.
    Raises MoveRefused with a sentence when state, person or guard forbid it.
    """
    at = at or timezone.now()
    move = table[name]
    lock(record)
    if sentence := refusal(table, record, name, by=by, at=at):
        raise MoveRefused(sentence)
    if move.needs_note and not note.strip():
        raise MoveRefused(_("Give a reason: “%(move)s” is kept with its why.") % {"move": move.label})
    before, record.status = record.status, move.target or record.status
    for field, value in changes.items():
        setattr(record, field, value)
    record.save()
    return _append(record, name, before, by=by, note=note, at=at)


def _append(
    record: models.Model, move: str, before: str, *, by: Any, note: str, at: datetime
) -> models.Model:
    return record.history.create(
        move=move,
        from_status=before,
        to_status=record.status,
        actor=None if by.pk is None else by,
        actor_name=str(by)[:200],
        note=note.strip(),
        at=at,
    )
