"""The list of intakes and registered interest in a real browser: by the reader's clock, with and without scripts."""

import re
from datetime import UTC, datetime

import pytest
from django.core import mail
from playwright.sync_api import expect

from courses import interest
from courses.models import Interest
from tests.factories import (
    ApplicationFactory,
    CourseFactory,
    IntakeFactory,
    InterestFactory,
    TrainingDayFactory,
)
from tests.journeys.windows import both_lights, both_scripts

pytestmark = pytest.mark.journey


@pytest.fixture
def intakes():
    seoul = IntakeFactory(
        course__title="Needling",
        status="tentative",
        timezone="Asia/Seoul",
        city="Seoul",
        country="KR",
        venue="A hall with a name that is long enough to need two lines even on the widest of all telephones",
        applications_close_at=datetime(2099, 1, 15, 15, 59, tzinfo=UTC),
    )
    TrainingDayFactory(intake=seoul)
    IntakeFactory(status="closed", starts_on=None, ends_on=None)
    IntakeFactory(course__enrolment="interest", is_sample=True)
    ApplicationFactory(intake=IntakeFactory(capacity=1), status="offered")


@both_lights
def test_list_of_intakes_is_accessible_and_fits(intakes, open_page, assert_accessible, screen, theme):
    page = open_page("/intakes/?tz=Asia/Yangon&country=KR&month=none", screen=screen, theme=theme)
    page.locator(".days summary").click()
    assert_accessible(page)
    page.goto("/intakes/")
    page.locator(".days summary").click()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", ["/intakes/", "/intakes/?country=KH"])
def test_empty_list_is_accessible(open_page, assert_accessible, path):
    assert_accessible(open_page(path))


def test_browser_adds_the_readers_own_time_where_it_differs(intakes, open_page):
    page = open_page("/intakes/")
    deadline = page.locator("article", has_text="Needling").locator("dd time")
    expect(deadline).to_have_text(
        re.compile(r"00:59, Seoul time, UTC\+9\s+Thu,? 15 Jan 2099, 23:59 your time")
    )
    expect(deadline).not_to_contain_text("Sat, 16 Jan 2099")
    training = page.locator(".days")
    training.locator("summary").click()
    assert re.search(
        r"10:00 to 18:00, Seoul time.*09:00\s*–\s*17:00 your time", training.inner_text(), re.DOTALL
    )
    others = page.locator("article", has_not_text="Needling").locator("time[data-offset]")
    assert all("your time" not in words for words in others.all_inner_texts())


def test_without_scripts_the_reader_chooses_a_clock(intakes, open_page):
    page = open_page("/intakes/", scripts=False)
    page.get_by_label("Also show times in").select_option("Asia/Manila")
    page.get_by_label("Country").select_option("KR")
    page.get_by_role("button", name="Show intakes").click()
    expect(page).to_have_url(re.compile("country=KR"))
    expect(page.locator("article")).to_have_count(1)
    expect(page.locator("article")).to_contain_text("Thu 15 Jan 2099, 23:59, Manila time, UTC+8")
    page.get_by_role("link", name="South Korea remove filter").click()
    expect(page.locator("article")).to_have_count(4)


@both_scripts
def test_interest_from_the_course_to_the_letter_and_out_again(open_page, assert_accessible, screen, scripts):
    course = CourseFactory(title="Chemical peels", enrolment="interest")
    page = open_page(course.get_absolute_url(), screen=screen, scripts=scripts)
    page.get_by_role("link", name="Register interest").click()
    page.get_by_label("Email address").fill("nobody")
    page.get_by_role("button", name="Send me the link").click()
    page.get_by_role("link", name="Enter an email address, such as name@example.org").click()
    page.get_by_label("Email address").fill("ann@example.org")
    if scripts:
        assert_accessible(page)
    page.get_by_role("button", name="Send me the link").click()
    page.get_by_role("heading", name="Open the email we sent you").wait_for()
    page.goto(re.search(r"http\S+/interest/confirm/\S+", mail.outbox[0].body)[0])
    page.get_by_role("button", name="Yes, tell me").click()
    page.get_by_role("heading", name="We will tell you").wait_for()
    course.enrolment = "open"
    course.save()
    IntakeFactory(course=course)
    assert interest.tell_everybody() == 1
    page.goto(re.search(r"http\S+/interest/stop/\S+", mail.outbox[1].body)[0])
    page.get_by_role("button", name="Stop these emails").click()
    page.get_by_role("heading", name="You are unsubscribed").wait_for()
    assert not Interest.objects.live().exists()
    assert page.context.cookies() == []


@both_lights
def test_every_page_behind_a_letter_is_accessible(open_page, assert_accessible, faults, screen, theme):
    from courses.letters import confirm_link, stop_path

    faults.expect("404")
    asked, confirmed = InterestFactory(confirmed_at=None), InterestFactory()
    left = InterestFactory(unsubscribed_at=datetime(2026, 3, 1, tzinfo=UTC))
    page = open_page(screen=screen, theme=theme)
    for address in (
        f"/interest/{asked.course.slug}/",
        f"/interest/sent/{asked.course.slug}/",
        confirm_link(asked),
        confirm_link(confirmed),
        stop_path(confirmed),
        stop_path(left),
        "/interest/confirm/broken/",
    ):
        page.goto(address)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
