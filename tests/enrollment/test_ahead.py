"""What comes towards a learner: days, their calendar, and papers that run out."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from enrollment import ahead
from enrollment.models import Enrollment
from tests.factories import (
    DocumentFactory,
    EnrollmentFactory,
    TrainingDayFactory,
    UserFactory,
)

from .learners import AT, enrolled

pytestmark = pytest.mark.django_db
TODAY = AT.date()


@pytest.fixture
def enrollment():
    return enrolled()


def day(enrollment, days, **fields):
    starts = AT + timedelta(days=days)
    return TrainingDayFactory(
        intake=enrollment.intake, starts_at=starts, ends_at=starts + timedelta(hours=8), **fields
    )


def close(enrollment, status="withdrawn"):
    Enrollment.objects.filter(pk=enrollment.pk).update(status=status)
    enrollment.refresh_from_db()


# Days


def test_days_ahead_are_those_of_open_courses_soonest_first(enrollment):
    given_up = EnrollmentFactory(application__applicant=enrollment.learner)
    late, soon, running = day(enrollment, 9), day(enrollment, 2), day(enrollment, -0.1)
    day(enrollment, -3), day(given_up, 4)
    close(given_up)
    assert ahead.days_ahead([enrollment, given_up], AT) == [running, soon, late]


def test_cancelled_intake_has_no_days_ahead(enrollment):
    day(enrollment, 2)
    type(enrollment.intake).objects.update(status="cancelled")
    assert ahead.days_ahead([enrollment], AT) == []


# Papers


def license_until(enrollment, last_day):
    enrollment.application.license_valid_until = last_day
    enrollment.application.save(update_fields=["license_valid_until"])


@pytest.mark.parametrize(
    ("left", "told"), [(-1, True), (0, False), (90, False), (91, None), (400, None)], ids=str
)
def test_license_is_told_from_ninety_days_before(enrollment, left, told):
    license_until(enrollment, TODAY + timedelta(days=left))
    found = [paper.has_run_out for paper in ahead.papers_running_out([enrollment], [], TODAY)]
    assert found == ([] if told is None else [told])


def test_paper_that_ends_before_a_training_day_is_told_however_far(enrollment):
    far = day(enrollment, 300)
    license_until(enrollment, TODAY + timedelta(days=299))
    (paper,) = ahead.papers_running_out([enrollment], [far], TODAY)
    assert (paper.has_run_out, paper.holds_day) == (False, far)
    license_until(enrollment, TODAY + timedelta(days=300))
    assert ahead.papers_running_out([enrollment], [far], TODAY) == []


def test_of_each_document_the_copy_that_is_valid_longest_counts(enrollment):
    for days, kind, status in (
        (10, "insurance", "accepted"),
        (400, "insurance", "accepted"),
        (20, "passport", "accepted"),
        (5, "degree", "rejected"),
    ):
        DocumentFactory(
            application=enrollment.application,
            kind=kind,
            label=kind.title(),
            status=status,
            reason="Unreadable." if status == "rejected" else "",
            sha256=f"{kind}{days}",
            valid_until=TODAY + timedelta(days=days),
        )
    papers = ahead.papers_running_out([enrollment], [], TODAY)
    assert [(paper.label, paper.last_day) for paper in papers] == [("Passport", TODAY + timedelta(days=20))]


def test_papers_of_a_closed_record_are_not_told(enrollment):
    license_until(enrollment, TODAY)
    close(enrollment)
    assert ahead.papers_running_out([enrollment], [], TODAY) == []


# The private calendar


def summaries(response) -> list[str]:
    return [str(event["summary"]) for event in Calendar.from_ical(response.content).walk("vevent")]


def test_address_opens_the_days_of_one_person_without_an_account(client, enrollment):
    day(enrollment, 3, title="First day")
    day(enrolled(), 4, title="Of somebody else")
    response = client.get(ahead.feed_path(ahead.make_feed(learner=enrollment.learner)))
    assert summaries(response) == [f"{enrollment.course.title}: First day"]
    assert response["Content-Type"].startswith("text/calendar")
    assert "private" in response["Cache-Control"]
    assert response.cookies == {}
    again = client.get(response.request["PATH_INFO"], headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_calendar_hears_of_a_cancelled_day_and_forgets_a_place_given_up(client, enrollment):
    day(enrollment, 3)
    path = ahead.feed_path(ahead.make_feed(learner=enrollment.learner))
    type(enrollment.intake).objects.update(status="cancelled")
    (event,) = Calendar.from_ical(client.get(path).content).walk("vevent")
    assert event["status"] == "CANCELLED"
    close(enrollment)
    assert summaries(client.get(path)) == []


def test_new_address_ends_the_one_before(client, enrollment):
    old = ahead.feed_path(ahead.make_feed(learner=enrollment.learner))
    new = ahead.feed_path(ahead.make_feed(learner=enrollment.learner))
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)


def test_closed_address_stays_closed_when_another_is_made(client, enrollment):
    old = ahead.feed_path(ahead.make_feed(learner=enrollment.learner))
    ahead.end_feed(learner=enrollment.learner)
    assert client.get(old).status_code == 404
    new = ahead.feed_path(ahead.make_feed(learner=enrollment.learner))
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)


def test_closing_what_is_not_there_changes_nothing(client):
    person = UserFactory()
    ahead.end_feed(learner=person)
    client.force_login(person)
    assert client.post("/learn/calendar/", {"end": "1"}).status_code == 302


@pytest.mark.parametrize("token", ["x", "1-1", "1-1.", "9" * 300, "1-1.é", "a-b.c", "1-1.AAAA"])
def test_made_up_address_opens_nothing(client, enrollment, token):
    ahead.make_feed(learner=enrollment.learner)
    assert client.get(f"/learn/calendar/{token}.ics").status_code == 404


def test_address_of_somebody_who_left_opens_nothing(client, enrollment):
    path = ahead.feed_path(ahead.make_feed(learner=enrollment.learner))
    enrollment.learner.is_active = False
    enrollment.learner.save()
    assert client.get(path).status_code == 404


def test_file_holds_the_days_of_one_course(client, enrollment):
    day(enrollment, 3, title="First day")
    client.force_login(enrollment.learner)
    assert summaries(client.get(f"/learn/{enrollment.pk}/days.ics")) == [
        f"{enrollment.course.title}: First day"
    ]
