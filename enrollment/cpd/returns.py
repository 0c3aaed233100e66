"""The attendance return: who earned what, as a CSV file in the columns of the scheme. docs/cpd.md describes them."""

import csv
import io
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import permissions as who
from ..models import CpdEntry, CpdReturn, CpdSubmission
from ..workflow import MoveRefused
from . import identity
from .cycles import ZERO

# A cell that begins like this is run as a formula by spreadsheets (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

CELLS: dict[str, Callable[[CpdEntry], str]] = {
    "name": lambda entry: entry.enrollment.application.legal_name,
    "email": lambda entry: entry.learner.email,
    "register_number": lambda entry: entry.enrollment.application.register_number,
    "profession": lambda entry: str(entry.enrollment.application.profession or ""),
    "event_code": lambda entry: entry.event_code,
    "event_title": lambda entry: entry.title,
    "attended_on": lambda entry: entry.earned_on.isoformat(),
    "amount": lambda entry: f"{entry.amount.normalize():f}" if entry.amount != ZERO else "0",
    "unit": lambda entry: entry.scheme.unit,
}


def safe(cell: str) -> str:
    """The text as it is, or behind an apostrophe where a spreadsheet would run it; on one line."""
    text = " ".join(cell.replace("\x00", "").split())
    return f"'{text}" if cell.startswith(FORMULA) or text.startswith(FORMULA) else text


def reportable(submission: CpdSubmission) -> list[CpdEntry]:
    """Awards of this approval that stand, reported before or not."""
    if submission.approval is None:
        return []
    parts = ("learner", "scheme", "enrollment__application__profession")
    return list(submission.approval.cpd_entries.standing().select_related(*parts).order_by("title", "pk"))


def taken_back_since(submission: CpdSubmission) -> list[CpdEntry]:
    """Awards that were reported and then taken back: the scheme must be told by hand."""
    return list(
        CpdEntry.objects.filter(returns__submission=submission, counter_entry__isnull=False)
        .select_related("enrollment__application", "counter_entry")
        .distinct()
    )


@transaction.atomic
def take(*, submission: CpdSubmission, by: Any, at: datetime | None = None) -> tuple[CpdReturn, bytes]:
    """The list of everybody whose award stands, in the columns of the scheme, and a record of who took it.

    Whoever has not given an IC number is left out where the scheme knows people by it; they stay to be reported.
    Raises MoveRefused when there is nobody to report.
    """
    if not who.may(by, "report_cpd"):
        raise MoveRefused(_("You may not take attendance returns."))
    submission = (
        CpdSubmission.objects.select_for_update(of=("self",))
        .select_related("scheme", "approval")
        .get(pk=submission.pk)
    )
    entries = [entry for entry in reportable(submission) if entry.learner_id != by.pk]
    numbers = numbers_of(submission, entries)
    entries = [entry for entry in entries if numbers is None or entry.learner_id in numbers]
    if not entries:
        raise MoveRefused(_("There is nobody to report yet."))
    record = CpdReturn.objects.create(
        submission=submission,
        columns=submission.scheme.return_columns,
        lines=len(entries),
        by=by,
        by_name=str(by)[:200],
        at=at or timezone.now(),
    )
    record.entries.set(entries)
    return record, as_csv(submission.scheme.columns, entries, numbers or {})


def numbers_of(submission: CpdSubmission, entries: list[CpdEntry]) -> dict[int, str] | None:
    """IC numbers by person, read only for a scheme whose return carries them."""
    if "ic_number" not in submission.scheme.columns:
        return None
    try:
        given = identity.of_people(entry.learner_id for entry in entries)
        return {person: identity.opened(kept) for person, kept in given.items()}
    except identity.Unreadable as fault:
        raise MoveRefused(
            _("The sealed IC numbers cannot be read on this machine. Tell the site’s operator.")
        ) from fault


def as_csv(columns: list[str], entries: Iterable[CpdEntry], numbers: dict[int, str]) -> bytes:
    """UTF-8 with its mark, so that spreadsheets read names right; lines end as RFC 4180 has them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for entry in entries:
        writer.writerow([cell(column, entry, numbers) for column in columns])
    return out.getvalue().encode("utf-8-sig")


def cell(column: str, entry: CpdEntry, numbers: dict[int, str]) -> str:
    if column == "ic_number":
        return numbers[entry.learner_id]
    return safe(CELLS[column](entry))
