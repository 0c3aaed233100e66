"""The list of intakes: by month and place, by two clocks, narrowed by the address, safe from nonsense in it."""

import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from courses.models import Intake
from tests.factories import ApplicationFactory, CourseFactory, IntakeFactory, TrainingDayFactory

pytestmark = pytest.mark.django_db
PAGE = "/intakes/"
AT = datetime(2098, 1, 1, tzinfo=UTC)


def words(response) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


def titles(response) -> list[str]:
    return re.findall(r'<h4 id="run-[^"]+"><a[^>]*>([^<]+)</a>', response.content.decode())


def headings(response, level: int) -> list[str]:
    found = re.findall(rf"<h{level}[^>]*>(.*?)</h{level}>", response.content.decode(), re.DOTALL)
    return [" ".join(strip_tags(heading).split()) for heading in found]


@pytest.fixture
def seoul():
    return IntakeFactory(
        course__title="Needling in Seoul",
        course__slug="seoul",
        code="seoul",
        status=Intake.Status.TENTATIVE,
        timezone="Asia/Seoul",
        venue="Hall 1",
        city="Seoul",
        country="KR",
        starts_on=date(2099, 2, 3),
        applications_close_at=datetime(2099, 1, 15, 15, 59, tzinfo=UTC),
    )


@pytest.fixture
def kuala_lumpur():
    return IntakeFactory(
        course__title="Needling in Kuala Lumpur", code="kl", city="Kuala Lumpur", country="MY"
    )


# What is listed


def test_intakes_stand_by_month_and_venue(client, seoul, kuala_lumpur):
    IntakeFactory(
        course__title="Later in Seoul",
        starts_on=date(2099, 3, 9),
        ends_on=None,
        venue="Hall 1",
        city="Seoul",
        country="KR",
    )
    IntakeFactory(
        course__title="Again in Kuala Lumpur",
        starts_on=date(2099, 3, 10),
        ends_on=None,
        city="Kuala Lumpur",
        country="MY",
    )
    IntakeFactory(course__title="Some day", starts_on=None, ends_on=None)
    page = client.get(PAGE)
    months = [heading for heading in headings(page, 2) if heading]
    assert months == ["February 2099", "March 2099", "Start to be confirmed"]
    assert headings(page, 3) == [
        "Hall 1, Seoul, South Korea",
        "Kuala Lumpur, Malaysia",
        "Hall 1, Seoul, South Korea",
        "Place to be confirmed",
    ]
    assert titles(page) == [
        "Needling in Seoul",
        "Needling in Kuala Lumpur",
        "Again in Kuala Lumpur",
        "Later in Seoul",
        "Some day",
    ]


def test_run_of_an_online_course_is_online_here_as_on_the_page_of_its_course(client):
    course = CourseFactory(delivery="online")
    IntakeFactory(course=course, starts_on=date(2099, 2, 1))
    assert headings(client.get(PAGE), 3) == ["Online"]
    assert "Online</td>" in client.get(course.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("delivery", "city", "told"),
    [
        ("online", "", "Online"),
        ("online", "Seoul", "Seoul"),
        ("onsite", "Seoul", "Seoul"),
        ("onsite", "", ""),
    ],
)
def test_place_is_told_as_far_as_it_is_known(delivery, city, told):
    intake = IntakeFactory(course=CourseFactory(delivery=delivery), venue="", city=city, country="")
    assert intake.where == told


def test_what_is_over_cancelled_or_unpublished_is_not_listed(client, seoul):
    IntakeFactory(starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 2))
    IntakeFactory(status=Intake.Status.CANCELLED)
    IntakeFactory(course__published_at=None)
    assert titles(client.get(PAGE)) == ["Needling in Seoul"]


def test_sample_is_marked(client):
    IntakeFactory(is_sample=True)
    assert '<span class="sample">sample</span>' in client.get(PAGE).content.decode()


def test_empty_list_says_why_and_where_to_go(client):
    page = words(client.get(PAGE))
    assert "No intake is announced at the moment" in page
    assert "See the courses" in page


@pytest.mark.parametrize(
    ("status", "closes", "free", "standing"),
    [
        ("tentative", datetime(2099, 1, 1, tzinfo=UTC), 3, "Tentative"),
        ("confirmed", datetime(2099, 1, 1, tzinfo=UTC), 3, "Confirmed"),
        ("confirmed", datetime(2099, 1, 1, tzinfo=UTC), 0, "Full"),
        ("tentative", datetime(2099, 1, 1, tzinfo=UTC), 0, "Full"),
        ("confirmed", AT, 3, "Closed"),
        ("closed", datetime(2099, 1, 1, tzinfo=UTC), 0, "Closed"),
        ("cancelled", datetime(2099, 1, 1, tzinfo=UTC), 3, "Cancelled"),
    ],
)
def test_standing_is_status_deadline_and_seats_together(status, closes, free, standing):
    intake = Intake(status=status, applications_close_at=closes)
    assert intake.standing(AT, free=free).label == standing


def test_each_standing_has_its_own_word_and_shape(client):
    IntakeFactory(status="tentative")
    IntakeFactory(status="confirmed")
    IntakeFactory(status="closed")
    full = IntakeFactory(capacity=1)
    ApplicationFactory(intake=full, status="offered")
    tags = set(re.findall(r'<span class="tag (tag-\w+)">(\w+)</span>', client.get(PAGE).content.decode()))
    assert tags == {
        ("tag-half", "Tentative"),
        ("tag-ok", "Confirmed"),
        ("tag-none", "Closed"),
        ("tag-wait", "Full"),
    }


def test_full_intake_offers_its_waiting_list(client):
    ApplicationFactory(intake=IntakeFactory(capacity=1), status="offered")
    page = words(client.get(PAGE))
    assert "Apply for the waiting list" in page
    assert "Seats leftWaiting list" in page


def test_course_that_is_not_open_yet_takes_interest_and_shows_no_deadline(client):
    IntakeFactory(course__enrolment="interest")
    page = words(client.get(PAGE))
    assert "Register interest" in page
    assert "Apply by" not in page


# By whose clock


def test_times_are_those_of_the_venue_with_their_distance_from_utc(client, seoul):
    assert "Fri 16 Jan 2099 00:59, Seoul time, UTC+9" in words(client.get(PAGE))


def test_chosen_zone_stands_beside_the_venue_time(client, seoul):
    page = words(client.get(PAGE, {"tz": "Asia/Yangon"}))
    assert "00:59, Seoul time, UTC+9 Thu 15 Jan 2099, 22:29, Yangon time, UTC+6:30" in page


def test_zone_with_the_same_time_is_not_said_twice(client, kuala_lumpur):
    assert "Manila time" not in words(client.get(PAGE, {"tz": "Asia/Manila"})).partition("Show intakes")[2]


def test_training_days_show_their_hours_by_both_clocks(client, seoul):
    TrainingDayFactory(
        intake=seoul,
        starts_at=datetime(2099, 2, 3, 0, tzinfo=UTC),
        ends_at=datetime(2099, 2, 3, 8, tzinfo=UTC),
        kind="theory",
    )
    page = words(client.get(PAGE, {"tz": "Asia/Bangkok"}))
    assert (
        "Tue 3 Feb 2099 09:00 to 17:00, Seoul time, UTC+9 Tue 3 Feb 2099, 07:00 to 15:00, Bangkok time"
        in page
    )


def test_summer_time_counts_where_clocks_change(client):
    IntakeFactory(timezone="Europe/London", applications_close_at=datetime(2035, 7, 1, 12, tzinfo=UTC))
    IntakeFactory(timezone="Europe/London", applications_close_at=datetime(2035, 12, 1, 12, tzinfo=UTC))
    page = words(client.get(PAGE))
    assert "13:00, London time, UTC+1" in page
    assert "12:00, London time, UTC+0" in page


def test_browser_learns_what_it_needs_only_where_no_zone_is_chosen(client, seoul):
    assert 'data-offset="540"' in client.get(PAGE).content.decode()
    chosen = client.get(PAGE, {"tz": "Asia/Seoul"}).content.decode()
    assert "data-offset" not in chosen
    assert "local-times.js" not in chosen


# Narrowing


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ({"course": "seoul"}, {"Needling in Seoul"}),
        ({"country": "MY"}, {"Needling in Kuala Lumpur"}),
        ({"month": "2099-02"}, {"Needling in Seoul"}),
        ({"month": "2099-02", "country": "MY"}, set()),
        ({"country": "KH"}, set()),
        ({"month": "2098-12"}, set()),
    ],
)
def test_filters_narrow_the_list_and_stay_chosen(client, seoul, kuala_lumpur, asked, listed):
    page = client.get(PAGE, asked)
    assert set(titles(page)) == listed
    for name, value in asked.items():
        assert f'<option value="{value}" selected>' in page.content.decode(), name
    assert ("No intake answers all of this" in words(page)) == (not listed)


def test_month_ends_with_its_last_day(client):
    for day in (date(2098, 12, 1), date(2098, 12, 31), date(2099, 1, 1)):
        IntakeFactory(course__title=f"On {day}", starts_on=day, ends_on=None)
    assert titles(client.get(PAGE, {"month": "2098-12"})) == ["On 2098-12-01", "On 2098-12-31"]


@pytest.mark.parametrize("name", ["course", "country", "month", "tz"])
@pytest.mark.parametrize(
    "value",
    ["none", "' OR 1=1 --", "<script>", "2099-13", "0000-01", "٢٠٩٩-٠٢", "../etc", "ZZ", "my", "x" * 3000],
)
def test_nonsense_is_ignored_with_a_note(client, seoul, name, value):
    page = client.get(PAGE, {name: value})
    assert page.status_code == 200
    assert titles(page) == ["Needling in Seoul"]
    assert "Part of the address was ignored." in words(page)
    assert "<script>" not in page.content.decode().partition("Part of the address")[2].partition("</div>")[0]


@pytest.mark.parametrize("number", ["9999", "0", "-1", "x"])
def test_page_that_does_not_exist_says_how_many_there_are(client, seoul, number):
    assert "the list has one page" in words(client.get(PAGE, {"page": number}))


def test_long_list_has_pages_and_keeps_what_was_asked(client):
    course = CourseFactory(slug="busy")
    IntakeFactory.create_batch(31, course=course)
    page = client.get(PAGE, {"course": "busy"})
    assert len(titles(page)) == 30
    assert "course=busy&amp;page=2" in page.content.decode()
    assert len(titles(client.get(PAGE, {"course": "busy", "page": 2}))) == 1


@pytest.mark.parametrize("number", [1, 3])
def test_list_asks_eight_questions_however_many_intakes(client, django_assert_num_queries, number):
    for intake in IntakeFactory.create_batch(number, country="MY"):
        TrainingDayFactory.create_batch(number, intake=intake)
    with django_assert_num_queries(8):
        client.get(PAGE)


def test_list_leaves_no_cookie(client, seoul):
    assert not client.get(PAGE, {"tz": "Asia/Manila"}).cookies


def test_course_page_leads_to_the_interest_form_only_while_nothing_is_open(client):
    waiting, running = CourseFactory(enrolment="interest"), IntakeFactory().course
    assert (
        reverse("courses:interest", args=[waiting.slug])
        in client.get(waiting.get_absolute_url()).content.decode()
    )
    assert (
        reverse("courses:interest", args=[running.slug])
        not in client.get(running.get_absolute_url()).content.decode()
    )


def test_page_is_kept_for_everybody_and_a_slip_in_the_address_is_not(
    client, seoul, settings, django_assert_num_queries
):
    settings.PAGES_KEPT_SECONDS = 300
    client.get(PAGE, {"tz": "Asia/Manila"})
    with django_assert_num_queries(1):
        again = client.get(PAGE, {"tz": "Asia/Manila"})
    assert "Manila time" in words(again)
    assert "Manila time" not in words(client.get(PAGE)).partition("Show intakes")[2]
    assert "no-store" in client.get(PAGE, {"country": "zz"})["Cache-Control"]
