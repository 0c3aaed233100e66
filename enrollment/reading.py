"""Where a learner stopped in a topic, and the time they were seen to read it.

How time is counted, which anyone may check: only the learner's own clock counts, one per person, so that what passes
once is never counted twice, in however many windows. An open page that is in sight and in use reports every half
minute; a report adds the time since the one before, and nothing when that is longer than GAP ago, so an idle hour
adds nothing. Without scripts there are no reports: marking a topic as read then adds the time since it was opened, at
most its reading time. A topic never counts for more than MOST times its reading time.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from courses.models import Topic

from . import study
from .models import Enrollment, Reading, StudyClock, TopicProgress

GAP = timedelta(seconds=90)
MOST = 3
LONGEST_TOPIC = 5000


@transaction.atomic
def open_topic(*, enrollment: Enrollment, topic: Topic, by: Any, at: datetime | None = None) -> Reading:
    """The topic is the one last opened, and reading it begins now; what passed before is not counted."""
    at = at or timezone.now()
    require_reader(enrollment, topic, by)
    clock = clock_of(by, at)
    reading, is_new = enrollment.readings.get_or_create(topic=topic, defaults={"opened_at": at})
    if not is_new:
        reading.opened_at = at
        reading.save(update_fields=["opened_at"])
    advance(clock, at)
    return reading


@transaction.atomic
def report(
    *, enrollment: Enrollment, topic: Topic, by: Any, place: int, places: int, at: datetime | None = None
) -> Reading:
    """The learner is at this paragraph of so many, and the time since their last sign of reading counts.

    The place is kept within the topic; see the head of this file for the rule of counting.
    """
    at = at or timezone.now()
    require_reader(enrollment, topic, by)
    clock = clock_of(by, at)
    reading, _is_new = enrollment.readings.get_or_create(topic=topic, defaults={"opened_at": at})
    reading.places = max(0, min(places, LONGEST_TOPIC))
    reading.place = max(0, min(place, reading.places))
    passed = at - clock.seen_at
    credit(reading, passed if passed <= GAP else timedelta())
    reading.save(update_fields=["place", "places", "seconds"])
    advance(clock, at)
    return reading


@transaction.atomic
def finish_topic(
    *, enrollment: Enrollment, topic: Topic, by: Any, is_reported: bool, at: datetime | None = None
) -> TopicProgress:
    """The topic is read. Time since the last sign of reading counts, under the rule at the head of this file."""
    at = at or timezone.now()
    require_reader(enrollment, topic, by)
    clock = clock_of(by, at)
    reading, _is_new = enrollment.readings.get_or_create(topic=topic, defaults={"opened_at": at})
    passed = at - clock.seen_at
    if is_reported:
        credit(reading, passed if passed <= GAP else timedelta())
    else:
        credit(reading, min(passed, timedelta(minutes=topic.reading_minutes)))
    # Whoever has read it begins at its head again the next time.
    reading.place = 0
    reading.save(update_fields=["place", "seconds"])
    advance(clock, at)
    return study.record_progress(enrollment=enrollment, topic=topic, by=by, at=at)


def require_reader(enrollment: Enrollment, topic: Topic, by: Any) -> None:
    study.require_learner(enrollment, by)
    study.require_active(enrollment)
    study.require_of_course(enrollment, topic.module)


def clock_of(learner: Any, at: datetime) -> StudyClock:
    """The person's one clock, kept still until this transaction ends."""
    StudyClock.objects.get_or_create(learner=learner, defaults={"seen_at": at})
    return StudyClock.objects.select_for_update().get(learner=learner)


def advance(clock: StudyClock, at: datetime) -> None:
    """The clock never goes back, whichever of two reports arrives first."""
    if at > clock.seen_at:
        clock.seen_at = at
        clock.save(update_fields=["seen_at"])


def credit(reading: Reading, passed: timedelta) -> None:
    most = reading.topic.reading_minutes * 60 * MOST
    gained = max(0, int(passed.total_seconds()))
    reading.seconds = max(reading.seconds, min(reading.seconds + gained, most))


def counted(enrollments: Iterable[Enrollment]) -> dict[int, timedelta]:
    """The reading time that counts, by enrollment."""
    sums = Reading.objects.filter(enrollment__in=enrollments).values("enrollment")
    return {row["enrollment"]: timedelta(seconds=row["total"]) for row in sums.annotate(total=Sum("seconds"))}
