"""Runs that a scheme approved, and learners who were there: where tests of points begin."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from courses.models import CpdScheme
from enrollment.cpd import awarding, submissions
from enrollment.models import CpdSubmission, Enrollment
from tests.enrollment.learners import assessor
from tests.factories import (
    CourseFactory,
    CpdSchemeFactory,
    EnrollmentFactory,
    IntakeFactory,
    ProfessionFactory,
    StaffFactory,
    TrainingDayFactory,
)

STARTS, ENDS = date(2026, 9, 1), date(2026, 9, 2)
BEFORE = datetime(2026, 7, 1, 4, tzinfo=UTC)
AFTER = datetime(2026, 9, 5, 4, tzinfo=UTC)
RIGHTS = ["run_cpd", "report_cpd", "view_cpdsubmission", "view_cpdentry", "view_cpdreturn"]
IC = "900517001234"


def registrar(**fields):
    return StaffFactory(full_name="Grace Lim", rights=RIGHTS, **fields)


def run(**fields):
    """A dated run of a course with two training days."""
    course = fields.pop("course", None) or CourseFactory(title="Microneedling")
    intake = IntakeFactory(course=course, starts_on=STARTS, ends_on=ENDS, **fields)
    for day in range(2):
        begins = datetime(2026, 9, 1, 1, tzinfo=UTC) + timedelta(days=day)
        TrainingDayFactory(intake=intake, starts_at=begins, ends_at=begins + timedelta(hours=7))
    return intake


def planned(intake=None, scheme=None, by=None) -> CpdSubmission:
    intake, scheme = intake or run(), scheme or CpdSchemeFactory()
    of_run = intake if scheme.approves == CpdScheme.Approves.RUN else None
    return submissions.plan(
        scheme=scheme, course=intake.course, intake=of_run, by=by or registrar(), at=BEFORE
    )


def approved(intake=None, scheme=None, points=8, reference="EV-77", **fields) -> CpdSubmission:
    by = registrar()
    submission = planned(intake, scheme, by)
    submissions.submit(submission=submission, by=by, at=BEFORE)
    submissions.approve(
        submission=submission, by=by, reference=reference, points=Decimal(points), at=BEFORE, **fields
    )
    return submission


def learner(
    intake, *, there: int = 2, name: str = "Nurul Aisyah binti Rahman", profession=None
) -> Enrollment:
    """Somebody who was there on so many days of the run."""
    enrollment = EnrollmentFactory(
        application__intake=intake,
        application__legal_name=name,
        application__profession=profession or ProfessionFactory(),
    )
    marker = assessor()
    for number, day in enumerate(intake.training_days.order_by("starts_at")):
        enrollment.attendance.create(
            training_day=day, is_present=number < there, marked_by=marker, marked_at=AFTER
        )
    return enrollment


def awarded(submission=None, **fields):
    """A learner with the points of an approval."""
    submission = submission or approved()
    enrollment = learner(submission.intake, **fields)
    return awarding.award(enrollment=enrollment, approval=submission.approval, by=registrar(), at=AFTER)
