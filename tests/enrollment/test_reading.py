"""Reading: the place is kept, and time counts once, only while somebody reads."""

from datetime import timedelta

import pytest

from enrollment import progress, reading
from enrollment.models import Enrollment, Reading
from enrollment.workflow import MoveRefused
from tests.factories import EnrollmentFactory, TopicFactory, UserFactory

from .learners import AT, enrolled, module_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrollment():
    return enrolled()


@pytest.fixture
def topics(enrollment):
    return list(module_of(enrollment).topics.order_by("number"))


def after(seconds):
    return AT + timedelta(seconds=seconds)


def opened(enrollment, topic, seconds=0):
    return reading.open_topic(enrollment=enrollment, topic=topic, by=enrollment.learner, at=after(seconds))


def report(enrollment, topic, seconds, place=1, places=10):
    return reading.report(
        enrollment=enrollment,
        topic=topic,
        by=enrollment.learner,
        place=place,
        places=places,
        at=after(seconds),
    )


def finish(enrollment, topic, seconds, is_reported=False):
    return reading.finish_topic(
        enrollment=enrollment,
        topic=topic,
        by=enrollment.learner,
        is_reported=is_reported,
        at=after(seconds),
    )


def counted(enrollment) -> int:
    return sum(Reading.objects.filter(enrollment=enrollment).values_list("seconds", flat=True))


# The place


def test_place_is_kept_and_shown(enrollment, topics):
    report(enrollment, topics[0], 30, place=6, places=14)
    part = progress.picture_of(enrollment).modules[0]
    assert part.columns == [(topics[0], 43), (topics[1], 0)]
    assert part.tag[0] == "In progress"
    assert "43% read" in progress.picture_of(enrollment).next_step.hint


@pytest.mark.parametrize(
    ("place", "places", "kept"),
    [(99, 10, (10, 10)), (-3, 10, (0, 10)), (5, -1, (0, 0)), (9**9, 9**9, (5000, 5000))],
)
def test_place_lies_within_its_topic(enrollment, topics, place, places, kept):
    row = report(enrollment, topics[0], 30, place=place, places=places)
    row.refresh_from_db()
    assert (row.place, row.places) == kept


def test_topic_that_is_read_begins_at_its_head_again(enrollment, topics):
    report(enrollment, topics[0], 30, place=9)
    finish(enrollment, topics[0], 60)
    assert opened(enrollment, topics[0], 90).place == 0


# The time


def test_reports_add_the_time_between_them(enrollment, topics):
    opened(enrollment, topics[0])
    for seconds in (30, 60, 90):
        report(enrollment, topics[0], seconds)
    assert counted(enrollment) == 90


@pytest.mark.parametrize(("pause", "gained"), [(90, 90), (91, 0), (3600, 0)])
def test_pause_longer_than_the_gap_adds_nothing(enrollment, topics, pause, gained):
    opened(enrollment, topics[0])
    report(enrollment, topics[0], pause)
    assert counted(enrollment) == gained


def test_two_windows_count_once(enrollment, topics):
    """Reports of two windows, taking turns for ten minutes, are worth ten minutes."""
    for topic in topics:
        opened(enrollment, topic)
    for seconds in range(15, 601, 15):
        report(enrollment, topics[(seconds // 15) % 2], seconds)
    assert counted(enrollment) == 600


def test_two_courses_count_once(enrollment, topics):
    other = EnrollmentFactory(application__applicant=enrollment.learner)
    topic = TopicFactory(module__course=other.course)
    opened(enrollment, topics[0])
    for seconds in range(20, 201, 20):
        report(enrollment, topics[0], seconds)
        report(other, topic, seconds)
    assert counted(enrollment) + counted(other) == 200


def test_reports_that_overtake_each_other_do_not_count_twice(enrollment, topics):
    opened(enrollment, topics[0])
    for seconds in (60, 30, 60, 80):
        report(enrollment, topics[0], seconds)
    assert counted(enrollment) == 80


def test_topic_counts_for_three_times_its_reading_time_at_most(enrollment, topics):
    topics[0].reading_minutes = 2
    topics[0].save()
    opened(enrollment, topics[0])
    for seconds in range(60, 1261, 60):
        report(enrollment, topics[0], seconds)
    assert counted(enrollment) == 2 * 60 * 3


@pytest.mark.parametrize(("seconds", "gained"), [(120, 120), (3600, 300)])
def test_without_scripts_marking_as_read_adds_at_most_the_reading_time(enrollment, topics, seconds, gained):
    opened(enrollment, topics[0])
    finish(enrollment, topics[0], seconds)
    assert counted(enrollment) == gained


def test_with_scripts_an_idle_hour_before_marking_adds_nothing(enrollment, topics):
    opened(enrollment, topics[0])
    report(enrollment, topics[0], 30)
    finish(enrollment, topics[0], 3630, is_reported=True)
    assert counted(enrollment) == 30


def test_first_report_of_all_adds_nothing(enrollment, topics):
    report(enrollment, topics[0], 30)
    assert counted(enrollment) == 0


def test_time_is_told_per_enrollment(enrollment, topics):
    opened(enrollment, topics[0])
    report(enrollment, topics[0], 45)
    assert reading.counted([enrollment]) == {enrollment.pk: timedelta(seconds=45)}


# Who, and when


def test_nobody_reads_for_a_learner(enrollment, topics):
    for act in (reading.open_topic, reading.report):
        more = {"place": 1, "places": 2} if act is reading.report else {}
        with pytest.raises(MoveRefused, match="Only the learner"):
            act(enrollment=enrollment, topic=topics[0], by=UserFactory(), **more)


def test_closed_record_takes_no_time(enrollment, topics):
    Enrollment.objects.filter(pk=enrollment.pk).update(status="withdrawn")
    enrollment.refresh_from_db()
    for act in (opened, finish):
        with pytest.raises(MoveRefused, match="record is closed"):
            act(enrollment, topics[0], 10)
    assert not Reading.objects.exists()
