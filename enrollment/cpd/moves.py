"""What may happen to a programme on its way to a scheme: from where, to where, by whom, on which terms."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.programme import title_fault

from .. import permissions as who
from ..models import CpdSubmission
from ..workflow import Move, Table

S = CpdSubmission.Status


def may_run(by: Any, submission: CpdSubmission) -> bool:
    return who.may(by, "run_cpd")


def can_be_submitted(submission: CpdSubmission, at: datetime) -> str | None:
    """Its title names no brand, and the scheme still takes it."""
    return (
        title_fault(submission.course.title, submission.scheme)
        or too_late(submission, at)
        or no_dates(submission)
    )


def too_late(submission: CpdSubmission, at: datetime) -> str | None:
    """MMA takes no programme later than 30 days before the event (rules for providers, 1); each scheme has its row.

    By when a scheme wants an approved programme that changes again is to be confirmed, so that is not refused here.
    """
    last = submission.submit_by
    if submission.renews_id or last is None or timezone.localdate(at) <= last:
        return None
    return _("%(scheme)s took this programme until %(day)s, %(days)s days before its first day.") % {
        "scheme": submission.scheme,
        "day": date_format(last, "j F Y"),
        "days": submission.scheme.submit_days,
    }


def no_dates(submission: CpdSubmission) -> str | None:
    if submission.intake and submission.intake.starts_on is None:
        return _("The intake has no dates yet, and the scheme approves dated runs.")
    return None


CPD: Table = {
    "submit": Move(
        gettext_lazy("Record that it was submitted"),
        frozenset({S.PLANNED}),
        S.SUBMITTED,
        may_run,
        can_be_submitted,
    ),
    "approve": Move(gettext_lazy("Record the approval"), frozenset({S.SUBMITTED}), S.APPROVED, may_run),
    "decline": Move(
        gettext_lazy("Record that it was declined"),
        frozenset({S.SUBMITTED}),
        S.DECLINED,
        may_run,
        needs_note=True,
    ),
    "withdraw": Move(
        gettext_lazy("Withdraw"), frozenset({S.PLANNED, S.SUBMITTED}), S.WITHDRAWN, may_run, needs_note=True
    ),
    "reopen": Move(
        gettext_lazy("Reopen the programme"), frozenset({S.APPROVED}), S.REOPENED, may_run, needs_note=True
    ),
}
BIRTH = "plan"
