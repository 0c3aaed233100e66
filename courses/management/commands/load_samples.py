from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from courses.models import Course, Intake, TrainingDay
from iiwam.pages import content_changed

ZONE = "Asia/Kuala_Lumpur"

# course, days until it starts, length in days, seats, fee in sen (None: to be confirmed), days of practice
SAMPLES = [
    ("microneedling", 45, 84, 24, 680_000, 2),
    ("microneedling", 136, 84, 12, None, 2),
    ("diploma-malaysia", 60, 90, 16, None, 3),
    ("diploma-international", 90, 7, 12, None, 5),
    ("masterclass", 75, 3, 8, None, 3),
]


class Command(BaseCommand):
    help = (
        "Adds sample intakes, dated relative to today and marked as samples on every page, to a database that has no "
        "intake at all, so that the whole road can be walked at once. Does nothing where an intake exists."
    )

    @transaction.atomic
    def handle(self, **options):
        if Intake.objects.exists():
            return
        today = timezone.localdate(timezone=ZoneInfo(ZONE))
        made = [self.sample(today, *row) for row in SAMPLES]
        content_changed()
        self.stdout.write(f"Added {sum(made)} sample intakes, marked as samples.")

    def sample(self, today, prefix, in_days, length, seats, fee, practice_days) -> bool:
        course = Course.objects.filter(slug__contains=prefix, enrolment=Course.Enrolment.OPEN).first()
        if course is None:
            return False
        starts_on = today + timedelta(days=in_days)
        intake = Intake.objects.create(
            course=course,
            code=f"{course.code.lower()}-{starts_on:%Y-%m}-sample",
            status=Intake.Status.CONFIRMED,
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=length - 1),
            applications_close_at=at(starts_on - timedelta(days=14), time(23, 59)),
            timezone=ZONE,
            capacity=seats,
            fee_minor=fee,
            currency="MYR" if fee else "",
            is_sample=True,
        )
        last = intake.ends_on
        for back in reversed(range(practice_days)):
            day = last - timedelta(days=back)
            TrainingDay.objects.create(intake=intake, starts_at=at(day, time(9)), ends_at=at(day, time(17)))
        return True


def at(day, clock) -> datetime:
    return datetime.combine(day, clock, tzinfo=ZoneInfo(ZONE))
