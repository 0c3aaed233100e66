"""The look in a real browser: the component sheet, the error summary, the light, and the scripts that only help."""

import pytest
from playwright.sync_api import expect

from tests.journeys.windows import both_lights

pytestmark = pytest.mark.journey


@pytest.fixture
def sheet(settings, open_page):
    settings.DEBUG = True
    return lambda **window: open_page("/components/", **window)


@both_lights
def test_component_sheet_is_accessible(sheet, assert_accessible, screen, theme):
    page = sheet(screen=screen, theme=theme)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scripts", [True, False])
def test_page_with_errors_starts_at_the_summary(sheet, scripts):
    page = sheet(scripts=scripts)
    page.locator(".errsum:focus").wait_for()
    page.get_by_role("link", name="Enter a real date, such as 27 3 1990").click()
    assert page.evaluate("location.hash") == "#id_born_on_0"


def test_chosen_light_outranks_the_system(open_page):
    page = open_page("/accounts/login/", theme="light", scripts=False)
    bright = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.get_by_role("button", name="Dark").click()
    page.wait_for_url("**/accounts/login/")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != bright


COUNT_SENT = """button => {
    let sent = 0;
    document.addEventListener("submit", event => {
        if (!event.defaultPrevented) sent += 1;
        event.preventDefault();
    });
    for (let press = 0; press < 3; press += 1) button.click();
    return sent;
}"""


@pytest.mark.parametrize(("scripts_of_the_site", "sent"), [(True, 1), (False, 3)])
def test_second_press_sends_nothing(open_page, scripts_of_the_site, sent):
    page = open_page("/about/")
    if not scripts_of_the_site:
        page.route("**/submit-once*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill("ann@example.org")
    page.locator("input[name=password]").fill("a long password")
    button = page.get_by_role("main").get_by_role("button", name="Sign in", exact=True)
    assert button.evaluate(COUNT_SENT) == sent
    assert button.is_enabled()


def test_phone_menu_opens_without_scripts(open_page):
    page = open_page("/accounts/login/", screen="phone", scripts=False)
    courses = page.get_by_role("navigation", name="Main").get_by_role("link", name="Courses")
    expect(courses).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(courses).to_be_visible()
