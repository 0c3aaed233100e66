"""The acts around an approval: plan, submit, approve, decline, withdraw, reopen for changes."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Accreditation, Course, CpdScheme, Intake
from courses.programme import programme_of
from iiwam.pages import content_changed

from .. import permissions as who
from ..models import CpdSubmission
from ..workflow import MoveRefused, perform, record_birth
from .moves import BIRTH, CPD

Status = CpdSubmission.Status


@transaction.atomic
def plan(
    *, scheme: CpdScheme, course: Course, intake: Intake | None = None, by: Any, at: datetime | None = None
) -> CpdSubmission:
    """The office means to submit this run (or course) to the scheme; repeating gives the same record.

    Raises MoveRefused when the scheme approves runs and none is named, or courses and a run is named.
    """
    if not who.may(by, "run_cpd"):
        raise MoveRefused(_("You may not submit programmes to schemes."))
    intake = refuse_unfit(scheme, course, intake)
    Course.objects.select_for_update().get(pk=course.pk)
    live = CpdSubmission.objects.filter(
        scheme=scheme, course=course, intake=intake, status__in=CpdSubmission.LIVE
    )
    if kept := live.first():
        return kept
    return begin(scheme=scheme, course=course, intake=intake, by=by, at=at or timezone.now())


def refuse_unfit(scheme: CpdScheme, course: Course, intake: Intake | None) -> Intake | None:
    if scheme.approves == CpdScheme.Approves.COURSE:
        return None
    if intake is None or intake.course_id != course.pk:
        raise MoveRefused(
            _("%(scheme)s approves each run by itself: choose an intake of this course.") % {"scheme": scheme}
        )
    if intake.status == Intake.Status.CANCELLED:
        raise MoveRefused(_("This intake is cancelled."))
    return intake


def begin(*, by: Any, at: datetime, **fields: Any) -> CpdSubmission:
    submission = CpdSubmission.objects.create(planned_at=at, **fields)
    record_birth(submission, BIRTH, by=by, at=at)
    return submission


@transaction.atomic
def submit(
    *, submission: CpdSubmission, by: Any, note: str = "", at: datetime | None = None
) -> CpdSubmission:
    """The programme is with the scheme, frozen as it was sent; MoveRefused for a brand name or when it is too late."""
    at = at or timezone.now()
    programme = programme_of(submission.course)
    changes = {"title": programme["title"], "programme": programme, "submitted_on": timezone.localdate(at)}
    perform(CPD, submission, "submit", by=by, note=note, at=at, **changes)
    return submission


@transaction.atomic
def approve(
    *,
    submission: CpdSubmission,
    by: Any,
    reference: str,
    points: Decimal,
    valid_from: date | None = None,
    valid_to: date | None = None,
    note: str = "",
    at: datetime | None = None,
) -> Accreditation:
    """The approval is on record, its points are told while it stands, and the programme stays as it was submitted.

    Raises MoveRefused when the programme is no longer what was submitted.
    """
    if programme_of(submission.course) != submission.programme:
        raise MoveRefused(
            _("The programme has changed since it was submitted. Put it back, or withdraw and submit anew.")
        )
    if valid_from and valid_to and valid_to < valid_from:
        raise MoveRefused(_("It would end before it starts."))
    approval = approval_of(submission, reference.strip(), points, valid_from, valid_to)
    perform(CPD, submission, "approve", by=by, note=note, at=at, approval=approval)
    content_changed()
    return approval


def approval_of(
    submission: CpdSubmission, reference: str, points: Decimal, valid_from, valid_to
) -> Accreditation:
    scheme, of = submission.scheme, submission.intake or submission.course
    return Accreditation.objects.create(
        key=f"cpd-{submission.pk}",
        body=scheme.body,
        statement=_("%(scheme)s has approved “%(title)s”.") % {"scheme": scheme, "title": submission.title},
        course=submission.course,
        intake=submission.intake,
        scheme=scheme,
        scope=str(of)[:300],
        reference=reference,
        cpd_points=points,
        valid_from=valid_from,
        valid_to=valid_to,
        programme=submission.programme,
    )


def decline(*, submission: CpdSubmission, by: Any, note: str, at: datetime | None = None) -> CpdSubmission:
    """The scheme has said no, with what it gave as its reason."""
    perform(CPD, submission, "decline", by=by, note=note, at=at)
    return submission


def withdraw(*, submission: CpdSubmission, by: Any, note: str, at: datetime | None = None) -> CpdSubmission:
    """It is not submitted after all, or taken back."""
    perform(CPD, submission, "withdraw", by=by, note=note, at=at)
    return submission


@transaction.atomic
def reopen(*, submission: CpdSubmission, by: Any, note: str, at: datetime | None = None) -> CpdSubmission:
    """The approval no longer stands, so that its points are told nowhere and the programme may change; a new
    submission is planned, and with its approval the points come back."""
    at = at or timezone.now()
    perform(CPD, submission, "reopen", by=by, note=note, at=at)
    ended = {"ended_on": timezone.localdate(at), "ended_reason": note.strip()[:300]}
    Accreditation.objects.filter(pk=submission.approval_id).update(**ended)
    content_changed()
    fields = {"scheme": submission.scheme, "course": submission.course, "intake": submission.intake}
    return begin(renews=submission, by=by, at=at, **fields)


# The clock


def to_submit(on: date, within: timedelta) -> list[CpdSubmission]:
    """Planned ones whose last day is this near, or past; soonest first."""
    planned = CpdSubmission.objects.filter(status=Status.PLANNED, intake__starts_on__gte=on)
    due = [one for one in with_parts(planned) if one.submit_by and one.submit_by <= on + within]
    return sorted(due, key=lambda one: one.submit_by)


def to_report(on: date, within: timedelta | None = None) -> list[CpdSubmission]:
    """Approved runs that are over with points nobody has reported yet; the soonest last day first."""
    over = Q(intake__ends_on__lt=on) | Q(intake__ends_on__isnull=True, intake__starts_on__lt=on)
    approved = CpdSubmission.objects.filter(over, status__in=[Status.APPROVED, Status.REOPENED])
    due = [one for one in with_parts(approved) if one.return_by and not is_reported(one)]
    near = [one for one in due if within is None or one.return_by <= on + within]
    return sorted(near, key=lambda one: one.return_by)


def is_reported(submission: CpdSubmission) -> bool:
    """Whether there is a return, and every award stands in one; a reopened approval owes no empty one."""
    open_ones = submission.approval.cpd_entries.standing().filter(returns__isnull=True).exists()
    return not open_ones and (submission.status == Status.REOPENED or submission.returns.exists())


def with_parts(submissions):
    return submissions.select_related("scheme", "course", "intake", "approval")
