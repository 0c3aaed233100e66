"""Points of continuing development: a made-up scheme that approves runs, and points for who was there."""

from datetime import datetime, timedelta
from decimal import Decimal

from courses.models import Accreditation, CpdScheme, Intake
from enrollment.cpd import awarding, submissions

from .walks import Walker


def sample_scheme() -> CpdScheme:
    """No body stands behind it and its pages say so; it locks no programme, which others go on editing."""
    scheme, _is_new = CpdScheme.objects.get_or_create(
        key="sample",
        defaults={
            "name": "Sample CPD",
            "body": "Sample CPD scheme, made up",
            "approves": CpdScheme.Approves.RUN,
            "cycle_month": 7,
            "required": Decimal(20),
            "submit_days": 30,
            "return_days": 14,
            "locks_programme": False,
            "is_sample": True,
            "position": 90,
        },
    )
    return scheme


def approve(walker: Walker, intake: Intake, at: datetime, *, points: int) -> Accreditation:
    """The run was submitted in time and approved until a month after it ended."""
    office = walker.staff["registrar"]
    submission = submissions.plan(
        scheme=sample_scheme(), course=intake.course, intake=intake, by=office, at=at
    )
    submissions.submit(submission=submission, by=office, at=at)
    return submissions.approve(
        submission=submission,
        by=office,
        reference=f"SAMPLE-{intake.code}",
        points=Decimal(points),
        valid_to=intake.ends_on + timedelta(days=30),
        at=at + timedelta(days=10),
    )


def award(walker: Walker, approval: Accreditation, at: datetime) -> None:
    """Everybody who was there on every day has the points."""
    people = awarding.learners_of(approval)
    awarding.award_many(approval=approval, enrollments=people, by=walker.staff["registrar"], at=at)
