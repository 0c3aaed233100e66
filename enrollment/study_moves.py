"""Policy as tables, continued from `transitions`: what may happen to an enrollment and to a logbook entry."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from . import permissions as who
from .models import Enrollment, LogbookEntry
from .workflow import Move, Table

E = Enrollment.Status
L = LogbookEntry.Status


def is_no_counter_entry(entry: LogbookEntry, at: datetime):
    return _("This takes a signed entry back.") if entry.counters_id else None


def is_counter_entry(entry: LogbookEntry, at: datetime):
    return None if entry.counters_id else _("This entry takes no other back.")


ENROLLMENT: Table = {
    "complete": Move(
        label=_("Complete"),
        sources=frozenset({E.ACTIVE}),
        target=E.COMPLETED,
        who=who.may_issue,
    ),
    "withdraw": Move(
        label=_("Give up the place"),
        sources=frozenset({E.ACTIVE}),
        target=E.WITHDRAWN,
        who=who.may_end_enrollment,
        needs_note=True,
    ),
    "cancel": Move(
        label=_("End with the intake"),
        sources=frozenset({E.ACTIVE}),
        target=E.WITHDRAWN,
        who=lambda by, enrollment: who.may_rearrange(by, enrollment.application),
        needs_note=True,
    ),
    "mark_present": Move(
        label=_("Correct attendance: there after all"),
        sources=frozenset({E.ACTIVE}),
        target="",
        who=who.may_assess,
        needs_note=True,
        note_is_shown=True,
        letter="attendance-corrected",
    ),
    "mark_absent": Move(
        label=_("Correct attendance: not there after all"),
        sources=frozenset({E.ACTIVE}),
        target="",
        who=who.may_assess,
        needs_note=True,
        note_is_shown=True,
        letter="attendance-corrected",
    ),
    "waive": Move(
        label=_("Set a requirement aside"),
        sources=frozenset({E.ACTIVE}),
        target="",
        who=who.may_issue,
        needs_note=True,
    ),
    "withdraw_waiver": Move(
        label=_("Ask for a requirement again"),
        sources=frozenset({E.ACTIVE}),
        target="",
        who=who.may_issue,
        needs_note=True,
    ),
    "warn_of_license": Move(
        label=_("Warn that a licence ends before a practical day"),
        sources=frozenset({E.ACTIVE}),
        target="",
        who=lambda by, enrollment: by == who.NIGHTLY,
        letter="license-lapses",
    ),
    "renew_license": Move(
        label=_("Record a renewed licence"),
        sources=frozenset({E.ACTIVE}),
        target="",
        who=who.may_issue,
        needs_note=True,
        letter="license-renewed",
    ),
}

LOGBOOK: Table = {
    "submit": Move(
        label=_("Send for countersignature"),
        sources=frozenset({L.DRAFT, L.RETURNED}),
        target=L.AWAITING,
        who=who.writes_entry,
    ),
    "countersign": Move(
        label=_("Countersign"),
        sources=frozenset({L.AWAITING}),
        target=L.COUNTERSIGNED,
        who=who.may_countersign,
        guard=is_no_counter_entry,
        letter="entry-countersigned",
    ),
    "counter": Move(
        label=_("Take a signed entry back"),
        sources=frozenset({L.AWAITING}),
        target=L.COUNTERSIGNED,
        who=who.may_countersign,
        guard=is_counter_entry,
        needs_note=True,
        note_is_shown=True,
        letter="entry-countered",
    ),
    "return": Move(
        label=_("Return for correction"),
        sources=frozenset({L.AWAITING}),
        target=L.RETURNED,
        who=who.may_countersign,
        needs_note=True,
        note_is_shown=True,
        letter="entry-returned",
    ),
}
