"""Many certificates at once: asked for by a registrar, issued one by one by the worker, safe to kill and to repeat."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from . import certification
from . import permissions as who
from .credentials.sheets import hand_out
from .models import AwardLine, AwardRun, Enrollment
from .workflow import MoveRefused

# A few seconds of work: what a killed worker leaves undone is small, and several workers share a run evenly.
LINES_A_JOB = 25
W = AwardLine.Outcome


@transaction.atomic
def start_run(*, enrollments: Iterable[Enrollment], by: Any, at: datetime | None = None) -> AwardRun:
    """Each of these learners waits for a certificate that `by` issues, and the jobs that issue them are queued.

    Raises MoveRefused when `by` issues no certificates or nobody was chosen.
    """
    if not who.may(by, "issue_certificate"):
        raise MoveRefused(_("Only a registrar issues certificates, and never their own."))
    chosen = list(dict.fromkeys(enrollment.pk for enrollment in enrollments))
    if not chosen:
        raise MoveRefused(_("Choose at least one learner."))
    run = AwardRun.objects.create(asked_by=by, asked_at=at or timezone.now())
    AwardLine.objects.bulk_create(AwardLine(run=run, enrollment_id=key) for key in chosen)
    queue_what_waits(run)
    return run


def queue_what_waits(run: AwardRun) -> None:
    waiting = list(run.lines.filter(outcome=W.WAITING).values_list("pk", flat=True))
    for start in range(0, len(waiting), LINES_A_JOB):
        issue_lines.enqueue(waiting[start : start + LINES_A_JOB])


@task(queue_name="documents")
def issue_lines(line_ids: list[int]) -> None:
    """Every one of these lines has its outcome, however often this runs and wherever it was cut off before."""
    for key in line_ids:
        issue_line(key)


@transaction.atomic
def issue_line(key: int) -> None:
    """Certificate, signatures, fingerprint of the sheet and outcome are there together, or none of them."""
    line = AwardLine.objects.select_for_update(of=("self",)).get(pk=key)
    if line.outcome != W.WAITING:
        return
    try:
        certificate = certification.issue_certificate(enrollment=line.enrollment, by=line.run.asked_by)
    except MoveRefused as refused:
        settle(line, outcome=W.REFUSED, sentence=str(refused))
    else:
        hand_out(certificate)
        settle(line, outcome=W.ISSUED, certificate=certificate)


def settle(line: AwardLine, **outcome: Any) -> None:
    AwardLine.objects.filter(pk=line.pk).update(done_at=timezone.now(), **outcome)
