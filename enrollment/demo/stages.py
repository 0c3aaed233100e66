"""The stages of a demonstration, in the order of the road; each builds on dates relative to now."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from courses.models import Course, Intake, ResidenceFee, TrainingDay
from enrollment import admissions

from . import awards, points
from .walks import DAY, Walker

FLAGSHIP = "microneedling"
# By which a doctor or dentist keeps up with the field.
UPDATE = "masterclass-toxin-filler-thread"


def sample_intake(
    now: datetime, *, name: str, starts_in: int, length: int = 84, seats: int = 12, of: str = FLAGSHIP
) -> Intake:
    """A sample run of a course, the flagship if none is named, dated from now; found again by its code."""
    course = Course.objects.get(slug=of)
    intake, is_new = Intake.objects.get_or_create(
        code=f"{course.code.lower()}-demo-{name}",
        defaults={
            "course": course,
            "status": Intake.Status.CONFIRMED,
            "starts_on": (now + timedelta(days=starts_in)).date(),
            "ends_on": (now + timedelta(days=starts_in + length)).date(),
            "applications_close_at": now + timedelta(days=starts_in - 7),
            "capacity": seats,
            "fee_minor": 680_000,
            "currency": "MYR",
            "early_fee_minor": 620_000,
            "early_fee_until": (now + timedelta(days=starts_in - 30)).date(),
            "deposit_minor": 150_000,
            "is_sample": True,
        },
    )
    if is_new:
        ResidenceFee.objects.create(intake=intake, countries="MY", fee_minor=560_000, early_fee_minor=520_000)
        day = datetime.combine(intake.ends_on, time(9), tzinfo=intake.zone)
        TrainingDay.objects.create(intake=intake, starts_at=day, ends_at=day + timedelta(hours=8))
    return intake


def applied(walker: Walker, now: datetime) -> None:
    intake = sample_intake(now, name="open", starts_in=50, seats=16)
    walker.begin(intake, now - 2 * DAY, sections=("about",))
    walker.begin(intake, now - 1 * DAY)
    for days in (9, 6, 3):
        walker.submit(intake, now - days * DAY)
    walker.withdraw(intake, now - 8 * DAY)


def reviewed(walker: Walker, now: datetime) -> None:
    intake = sample_intake(now, name="open", starts_in=50, seats=16)
    walker.review(intake, now - 5 * DAY)
    walker.request(intake, now - 7 * DAY)
    walker.decline(intake, now - 12 * DAY)


def offered(walker: Walker, now: datetime) -> None:
    walker.offer(sample_intake(now, name="open", starts_in=50, seats=16), now - 6 * DAY)
    full = sample_intake(now, name="full", starts_in=40, seats=2)
    walker.pay(walker.enroll(full, now - 20 * DAY), now - 10 * DAY)
    walker.offer(full, now - 5 * DAY)
    walker.wait(full, now - 4 * DAY)
    walker.wait(full, now - 4 * DAY)
    lapsed = walker.offer(sample_intake(now, name="open", starts_in=50, seats=16), now - 30 * DAY)
    admissions.expire_offers(at=lapsed.offer_expires_at + DAY)


def studying(walker: Walker, now: datetime) -> None:
    running = sample_intake(now, name="running", starts_in=-40)
    modules = running.course.modules.count()
    sponsored = walker.study(running, now - 70 * DAY, modules=0, cases=0, signed=0)
    walker.sponsor(sponsored, now - 60 * DAY)
    walker.study(running, now - 68 * DAY, modules=2, cases=1, signed=0)
    ahead = walker.study(running, now - 66 * DAY, modules=modules - 1, cases=6, signed=4)
    walker.show_skills(ahead, now - 50 * DAY, most=9)
    practical_day(running, now - 1 * DAY)
    walker.leave(running, now - 64 * DAY)


def practical_day(intake: Intake, at: datetime) -> None:
    """A day of supervised practice whose list waits to be ticked."""
    morning = datetime.combine(at.astimezone(intake.zone).date(), time(9), tzinfo=intake.zone)
    TrainingDay.objects.get_or_create(
        intake=intake, starts_at=morning, defaults={"ends_at": morning + timedelta(hours=8)}
    )


def certified(walker: Walker, now: datetime) -> None:
    finished = sample_intake(now, name="finished", starts_in=-140, seats=8)
    awards.rule_of_renewal(finished)
    approval = points.approve(walker, finished, now - 190 * DAY, points=12)
    walker.finish(finished, now - 180 * DAY)
    awards.shared(walker, finished, now - 178 * DAY, now - 50 * DAY)
    awards.private(walker, finished, now - 176 * DAY, now - 50 * DAY)
    walker.revoke(finished, now - 174 * DAY, now - 48 * DAY)
    awards.suspended(walker, finished, now - 173 * DAY, now - 48 * DAY)
    awards.superseded(walker, finished, now - 172 * DAY, now - 48 * DAY)
    long_ago = sample_intake(now, name="long-ago", starts_in=-960, seats=4)
    update = sample_intake(now, name="update", starts_in=-400, length=1, of=UPDATE)
    awards.renewed(walker, long_ago, update, now - 1_000 * DAY, now - 860 * DAY, now - 145 * DAY)
    awards.expired(walker, long_ago, now - 1_000 * DAY, now - 860 * DAY, now)
    points.award(walker, approval, now - 52 * DAY)


STAGES: dict[str, Callable[[Walker, datetime], None]] = {
    "applied": applied,
    "reviewed": reviewed,
    "offered": offered,
    "studying": studying,
    "certified": certified,
}
