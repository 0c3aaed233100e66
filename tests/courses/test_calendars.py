"""Calendars are read back as a calendar program would, and looked at byte by byte where RFC 5545 counts bytes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from icalendar import Calendar

from courses.models import Intake, TrainingDay
from tests.factories import CourseFactory, IntakeFactory, TrainingDayFactory

pytestmark = pytest.mark.django_db
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def intake():
    made = IntakeFactory(
        code="mn-seoul",
        course__slug="needling",
        course__title="Needling",
        timezone="Asia/Seoul",
        venue="Hall 1",
        city="Seoul",
        country="KR",
        starts_on=date(2099, 2, 3),
        ends_on=date(2099, 2, 9),
        applications_close_at=datetime(2099, 1, 15, 15, 59, tzinfo=UTC),
    )
    TrainingDayFactory(
        intake=made,
        kind="practice",
        starts_at=datetime(2099, 2, 8, 0, tzinfo=UTC),
        ends_at=datetime(2099, 2, 8, 8, tzinfo=UTC),
        venue="Clinic 2",
    )
    return made


def read(client, path="/intakes/mn-seoul.ics") -> Calendar:
    response = client.get(path)
    assert response.status_code == 200
    calendar = Calendar.from_ical(response.content)
    assert [error for component in calendar.walk() for error in component.errors] == []
    return calendar


def by_name(calendar: Calendar) -> dict[str, object]:
    return {str(event["summary"]): event for event in calendar.events}


def test_intake_is_its_beginning_its_days_and_its_deadline(client, intake):
    events = by_name(read(client))
    assert set(events) == {
        "Needling begins",
        "Needling: Supervised practice",
        "Needling: applications close",
    }
    day = events["Needling: Supervised practice"]
    assert day.decoded("dtstart") == datetime(2099, 2, 8, 9, tzinfo=SEOUL)
    assert day.decoded("dtend") == datetime(2099, 2, 8, 17, tzinfo=SEOUL)
    assert day["dtstart"].params["TZID"] == "Asia/Seoul"
    assert day["location"] == "Clinic 2, Seoul, South Korea"
    assert events["Needling: applications close"].decoded("dtstart") == datetime(
        2099, 1, 16, 0, 59, tzinfo=SEOUL
    )
    assert events["Needling begins"].decoded("dtstart") == date(2099, 2, 3)
    assert events["Needling begins"].decoded("dtend") == date(2099, 2, 4)


def test_run_without_training_days_spans_all_its_days(client, intake):
    TrainingDay.objects.all().delete()
    event = by_name(read(client))["Needling"]
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2099, 2, 3), date(2099, 2, 10))


def test_beginning_is_left_out_where_a_training_day_says_it(client, intake):
    TrainingDayFactory(
        intake=intake,
        starts_at=datetime(2099, 2, 2, 15, tzinfo=UTC),
        ends_at=datetime(2099, 2, 2, 20, tzinfo=UTC),
    )
    assert "Needling begins" not in by_name(read(client))


def test_course_that_takes_no_applications_has_no_deadline(client, intake):
    intake.course.enrolment = "interest"
    intake.course.save()
    assert "Needling: applications close" not in by_name(read(client))


@pytest.mark.parametrize(
    ("status", "written"),
    [
        ("tentative", "TENTATIVE"),
        ("confirmed", "CONFIRMED"),
        ("closed", "CONFIRMED"),
        ("cancelled", "CANCELLED"),
    ],
)
def test_every_event_carries_the_status(client, intake, status, written):
    Intake.objects.update(status=status)
    assert {str(event["status"]) for event in read(client).events} == {written}


def test_zone_is_defined_for_every_time_that_names_it(client, intake):
    IntakeFactory(
        course=intake.course,
        timezone="Europe/London",
        starts_on=date(2099, 7, 1),
        ends_on=None,
        applications_close_at=datetime(2099, 6, 1, tzinfo=UTC),
    )
    calendar = read(client, "/courses/needling/intakes.ics")
    defined = {str(zone["tzid"]) for zone in calendar.timezones}
    assert defined == {"Asia/Seoul", "Europe/London"}
    assert calendar.get_missing_tzids() == set()
    [london] = [zone for zone in calendar.timezones if zone["tzid"] == "Europe/London"]
    assert {part.name for part in london.subcomponents} == {"STANDARD", "DAYLIGHT"}


def test_names_of_events_stay_and_differ(client, intake):
    before = {event["uid"]: event["summary"] for event in read(client).events}
    intake.code, intake.status, intake.starts_on = "renamed", "tentative", date(2099, 2, 4)
    intake.save()
    after = {event["uid"] for event in read(client, "/intakes/renamed.ics").events}
    assert set(before) == after
    assert len(before) == 3


def test_same_event_has_the_same_name_in_both_calendars(client, intake):
    feed = {event["uid"] for event in read(client, "/courses/needling/intakes.ics").events}
    assert feed == {event["uid"] for event in read(client).events}


def test_revision_grows_with_every_change_of_the_intake_or_the_day(client, intake):
    def revisions():
        return {
            str(event["summary"]): (int(event["sequence"]), event.decoded("last-modified"))
            for event in read(client).events
        }

    first = revisions()
    assert revisions() == first
    with time_machine.travel(intake.changed_at + timedelta(hours=1), tick=False):
        intake.training_days.get().save()
    moved = revisions()
    changed = {name for name in first if moved[name] != first[name]}
    assert changed == {"Needling: Supervised practice"}
    assert all(moved[name] > first[name] for name in changed)
    with time_machine.travel(intake.changed_at + timedelta(hours=2), tick=False):
        intake.save()
    assert all(after > before for before, after in zip(moved.values(), revisions().values(), strict=True))


def test_lines_end_and_fold_as_the_standard_counts(client, intake):
    intake.venue = "Dewan Persatuan Perubatan Estetik; “Bilik Utama”, aras 2 " + "微針" * 30
    intake.course.title = "Needling\twith, commas; and \\ slashes " + "é" * 90
    intake.course.save()
    intake.save()
    content = client.get("/intakes/mn-seoul.ics").content
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert [line.decode() for line in lines]
    assert any(line.startswith(b" ") for line in lines)
    event = next(event for event in read(client).events if "begins" in event["summary"])
    assert event["summary"] == intake.course.title.replace("\t", " ") + " begins"
    assert event["location"] == f"{intake.venue}, Seoul, South Korea"


def test_nobody_can_write_lines_of_their_own(client, intake):
    intake.venue = "Hall\r\nATTENDEE:mailto:x@example.org\x07"
    intake.save()
    content = client.get("/intakes/mn-seoul.ics").content
    assert not [line for line in content.split(b"\r\n") if line.startswith(b"ATTENDEE")]
    assert b"\x07" not in content


def test_sample_says_so(client, intake):
    Intake.objects.update(is_sample=True)
    assert all(str(event["summary"]).startswith("Sample: ") for event in read(client).events)


# The feed of a course


def test_feed_holds_what_is_not_over_and_what_was_cancelled(client, intake):
    course = intake.course
    IntakeFactory(course=course, starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 2))
    cancelled = IntakeFactory(course=course, status="cancelled")
    IntakeFactory()
    feed = read(client, "/courses/needling/intakes.ics")
    owners = {str(event["uid"]).split("-")[1] for event in feed.events}
    assert owners == {str(intake.pk), str(cancelled.pk)}


def test_feed_of_a_course_without_intakes_is_empty_and_valid(client):
    CourseFactory(slug="quiet")
    feed = read(client, "/courses/quiet/intakes.ics")
    feed.validate()
    assert (len(feed.events), len(feed.timezones)) == (0, 1)


def test_feed_says_its_name_and_how_often_to_ask(client, intake):
    feed = read(client, "/courses/needling/intakes.ics")
    assert feed["x-wr-calname"] == feed["name"] == "IIWAM: intakes of Needling"
    assert feed.decoded("refresh-interval") == timedelta(hours=6)
    assert (feed["version"], feed["calscale"]) == ("2.0", "GREGORIAN")


@pytest.mark.parametrize("number", [1, 3])
def test_feed_asks_three_questions(client, django_assert_num_queries, number):
    course = CourseFactory(slug="busy")
    for made in IntakeFactory.create_batch(number, course=course):
        TrainingDayFactory.create_batch(number, intake=made)
    with django_assert_num_queries(3):
        client.get("/courses/busy/intakes.ics")


# How it is served


@pytest.mark.parametrize("path", ["/intakes/mn-seoul.ics", "/courses/needling/intakes.ics"])
def test_calendar_is_kept_and_asked_for_again_cheaply(client, intake, path):
    first = client.get(path)
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert first["Cache-Control"] == "public, max-age=900"
    assert not first.cookies
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    with time_machine.travel(intake.changed_at + timedelta(minutes=5), tick=False):
        intake.save()
    changed = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


@pytest.mark.parametrize("path", ["/intakes/none.ics", "/courses/none/intakes.ics", "/intakes/a b.ics"])
def test_unknown_calendar_is_not_found(client, intake, path):
    assert client.get(path).status_code == 404


def test_draft_has_no_public_calendar(client, intake):
    intake.course.published_at = None
    intake.course.save()
    paths = ["/intakes/mn-seoul.ics", "/courses/needling/intakes.ics"]
    assert [client.get(path).status_code for path in paths] == [404, 404]
