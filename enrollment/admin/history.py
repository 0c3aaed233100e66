"""The history of a record in words, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enrollment.models import Application, Certificate, Enrollment, Event, LogbookEntry
from enrollment.transitions import APPLICATION, CERTIFICATE, ENROLLMENT, LOGBOOK, PLACE

KINDS = (
    ("application_id", Application, {**APPLICATION, **PLACE}),
    ("enrollment_id", Enrollment, ENROLLMENT),
    ("entry_id", LogbookEntry, LOGBOOK),
    ("certificate_id", Certificate, CERTIFICATE),
)
FIRST_MOVES = {
    "start": _("Begun"),
    "enroll": _("Enrolled"),
    "log": _("Written"),
    "issue": _("Issued"),
    "follow": _("Issued in the place of another"),
}


@dataclass(frozen=True)
class Step:
    """A line of history in words."""

    title: str | Promise
    event: Event
    before: str | Promise
    after: str | Promise


def steps(*records: Any) -> Iterable[Step]:
    """The history of these records together."""
    events = [event for record in records if record is not None for event in record.history.all()]
    for event in sorted(events, key=lambda event: (event.at, event.pk), reverse=True):
        yield step(event)


def step(event: Event) -> Step:
    model, table = next((model, table) for name, model, table in KINDS if getattr(event, name))
    words = dict(model.Status.choices)
    return Step(
        title_of(event, table), event, words.get(event.from_status, ""), words.get(event.to_status, "")
    )


def title_of(event: Event, table) -> str | Promise:
    return table[event.move].label if event.move in table else FIRST_MOVES.get(event.move, event.move)
