"""Who has earned the points of an approval, the act that gives them, and the one that takes them back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.models import Accreditation, TrainingDay

from .. import permissions as who
from ..models import Attendance, Certificate, CpdEntry, Enrollment
from ..workflow import MoveRefused


@dataclass(frozen=True)
class Standing:
    """Where a learner stands with an approval: given, ready to be given, or why not."""

    enrollment: Enrollment
    earned_on: date | None
    entry: CpdEntry | None
    why_not: str

    @property
    def is_ready(self) -> bool:
        return self.entry is None and not self.why_not

    @property
    def name(self) -> str:
        return self.enrollment.application.legal_name or str(self.enrollment.learner)


def learners_of(approval: Accreditation) -> Iterable[Enrollment]:
    """Everybody with a place on the run, or on any run of the course, that was approved."""
    places = Enrollment.objects.taking_a_seat().filter(intake__course=approval.course_id)
    if approval.intake_id:
        places = places.filter(intake=approval.intake_id)
    return places.select_related("application", "learner", "intake").order_by("application__legal_name", "pk")


def standings(approval: Accreditation, enrollments: Iterable[Enrollment] | None = None) -> list[Standing]:
    """Everybody's standing, in a number of questions that does not grow with the people."""
    people = list(learners_of(approval) if enrollments is None else enrollments)
    prefetch_related_objects([approval], "scheme__professions")
    days = days_by_intake(people)
    present = days_attended(people)
    issued = dict(
        Certificate.objects.filter(enrollment__in=people, status=Certificate.Status.ISSUED).values_list(
            "enrollment", "issued_at"
        )
    )
    given = {
        entry.enrollment_id: entry
        for entry in CpdEntry.objects.standing().filter(approval=approval, enrollment__in=people)
    }
    return [
        standing(
            approval,
            one,
            days.get(one.intake_id, []),
            present.get(one.pk, set()),
            issued.get(one.pk),
            given.get(one.pk),
        )
        for one in people
    ]


def days_by_intake(people: list[Enrollment]) -> dict[int, list[TrainingDay]]:
    found: dict[int, list[TrainingDay]] = {}
    for day in TrainingDay.objects.filter(intake__in={one.intake_id for one in people}).select_related(
        "intake"
    ):
        found.setdefault(day.intake_id, []).append(day)
    return found


def days_attended(people: list[Enrollment]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    marks = Attendance.objects.filter(enrollment__in=people, is_present=True)
    for enrollment, day in marks.values_list("enrollment", "training_day"):
        found.setdefault(enrollment, set()).add(day)
    return found


def standing(
    approval: Accreditation,
    enrollment: Enrollment,
    days: list[TrainingDay],
    present: set[int],
    issued_at: datetime | None,
    entry: CpdEntry | None,
) -> Standing:
    if entry:
        return Standing(enrollment, entry.earned_on, entry, "")
    earned_on = finished_on(enrollment, days, present, issued_at)
    return Standing(enrollment, earned_on, None, why_not(approval, enrollment, days, present, earned_on))


def finished_on(enrollment: Enrollment, days: list[TrainingDay], present: set[int], issued_at) -> date | None:
    """The last training day of somebody who was there on all of them; without such days, the day of the award."""
    if days:
        there = all(day.pk in present for day in days)
        return max(timezone.localdate(day.ends_at, day.intake.zone) for day in days) if there else None
    return timezone.localdate(issued_at, enrollment.intake.zone) if issued_at else None


def why_not(
    approval: Accreditation, enrollment: Enrollment, days: list, present: set[int], earned_on: date | None
) -> str:
    """Why the points cannot be given, as a sentence; empty when they can."""
    if not approval.is_for(enrollment.application.profession_id):
        return _("%(scheme)s does not keep records of this profession.") % {"scheme": approval.scheme}
    if earned_on is None and days:
        here = sum(day.pk in present for day in days)
        return _("Attendance is on record for %(here)s of %(all)s training days.") % {
            "here": here,
            "all": len(days),
        }
    if earned_on is None:
        return _("The course has no training days, and the certificate is not issued yet.")
    if not approval.grants_points(earned_on):
        return _("The approval did not stand on %(day)s.") % {"day": date_format(earned_on, "j F Y")}
    return ""


# The acts


@transaction.atomic
def award(
    *, enrollment: Enrollment, approval: Accreditation, by: Any, at: datetime | None = None
) -> CpdEntry:
    """The learner has the points of this approval once, as of the day they were earned; repeating gives the same entry.

    Raises MoveRefused with what is missing. Points come from an approval whose scheme is on file.
    """
    enrollment = (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("application", "intake", "learner")
        .get(pk=enrollment.pk)
    )
    if not may_award(by, enrollment):
        raise MoveRefused(_("Only a registrar awards points, and never their own."))
    if approval.scheme is None or not learners_of(approval).filter(pk=enrollment.pk).exists():
        raise MoveRefused(_("This approval is not for this learner’s course."))
    found = standings(approval, [enrollment])[0]
    if found.entry:
        return found.entry
    if found.why_not:
        raise MoveRefused(found.why_not)
    return write(enrollment, approval, found.earned_on, by, at or timezone.now())


def may_award(by: Any, enrollment: Enrollment) -> bool:
    return who.may(by, "run_cpd") and not who.is_learner(by, enrollment)


def write(
    enrollment: Enrollment, approval: Accreditation, earned_on: date, by: Any, at: datetime
) -> CpdEntry:
    rounds = CpdEntry.objects.filter(enrollment=enrollment, approval=approval, corrects=None).count()
    return CpdEntry.objects.create(
        learner=enrollment.learner,
        enrollment=enrollment,
        scheme=approval.scheme,
        approval=approval,
        amount=approval.cpd_points,
        title=(approval.programme.get("title") or approval.course.title)[:160],
        event_code=approval.reference,
        earned_on=earned_on,
        round=rounds + 1,
        by=by,
        by_name=str(by)[:200],
        at=at,
    )


def award_many(
    *, approval: Accreditation, enrollments: Iterable[Enrollment], by: Any, at: datetime | None = None
) -> list[tuple[Enrollment, CpdEntry | None, str]]:
    """Each of them has the points, or a sentence on why not; one refusal keeps nobody else from theirs."""
    found: list[tuple[Enrollment, CpdEntry | None, str]] = []
    for enrollment in enrollments:
        try:
            found.append((enrollment, award(enrollment=enrollment, approval=approval, by=by, at=at), ""))
        except MoveRefused as refused:
            found.append((enrollment, None, str(refused)))
    return found


@transaction.atomic
def take_back(*, entry: CpdEntry, by: Any, note: str, at: datetime | None = None) -> CpdEntry:
    """A counter-entry with its reason takes the award back; both stay in the ledger. Repeating gives the same one.

    Raises MoveRefused for a counter-entry, and without a reason.
    """
    enrollment = Enrollment.objects.select_for_update(of=("self",)).get(pk=entry.enrollment_id)
    if not may_award(by, enrollment):
        raise MoveRefused(_("Only a registrar corrects the ledger, and never their own entries."))
    if entry.corrects_id:
        raise MoveRefused(_("This is a counter-entry already. Award the points again instead."))
    if not note.strip():
        raise MoveRefused(_("Give a reason: the ledger keeps it."))
    if kept := CpdEntry.objects.filter(corrects=entry).first():
        return kept
    return counter(entry, by, note.strip()[:500], at or timezone.now())


def counter(entry: CpdEntry, by: Any, note: str, at: datetime) -> CpdEntry:
    same = ("learner", "enrollment", "scheme", "approval", "title", "event_code", "earned_on", "round")
    copied = {name: getattr(entry, name) for name in same}
    return CpdEntry.objects.create(
        **copied, amount=-entry.amount, corrects=entry, by=by, by_name=str(by)[:200], note=note, at=at
    )
