"""Finding a course in a real browser: with scripts the answers come in place, without them by plain pages."""

import re

import pytest
from playwright.sync_api import expect

from courses.search import rebuild
from tests.factories import ArticleFactory, CourseFactory, ModuleFactory, ProfessionFactory, TopicFactory
from tests.journeys.windows import both_lights, both_scripts

pytestmark = pytest.mark.journey


@pytest.fixture
def catalog(served_for_real):
    doctor = ProfessionFactory(slug="doctor", name="Doctor", name_plural="Doctors")
    nurse = ProfessionFactory(slug="nurse", name="Nurse", name_plural="Nurses")
    needling = CourseFactory(title="Microneedling", professions=[doctor, nurse])
    module = ModuleFactory(course=needling, number=5, title="Side effects")
    TopicFactory(module=module, number=1, title="Late trouble", body_html="<p>A granuloma may appear.</p>")
    CourseFactory(title="Laser treatments", kind="diploma", professions=[doctor])
    for number in range(25):
        CourseFactory(
            title=f"Short topic {number:02}", kind="short", professions=[nurse], position=number + 1
        )
    ArticleFactory(title="About keloids")
    rebuild()


def titles(page) -> list[str]:
    return page.locator("#answers .entry h2").all_inner_texts()


def search(page, words: str) -> None:
    page.get_by_label("Search courses, modules, topics and articles").fill(words)
    page.get_by_role("button", name="Search", exact=True).click()
    page.wait_for_url(f"**q={words.replace(' ', '+')}*")
    page.locator("#answers:not([aria-busy])").wait_for()


def choose(page, label: str, screen: str) -> None:
    if screen == "phone":
        page.get_by_role("button", name="Filter courses").click()
    page.get_by_label(label, exact=True).check()
    if screen == "phone" or page.evaluate("!window.kept"):
        page.get_by_role("button", name="Show results").click()


@both_scripts
def test_visitor_finds_a_course_by_a_word_deep_inside(catalog, open_page, screen, scripts):
    page = open_page("/courses/", screen=screen, scripts=scripts)
    page.evaluate("window.kept = true") if scripts else None
    search(page, "granulona")
    assert titles(page) == ["Microneedling"]
    expect(page.locator("#answers mark")).to_have_text(["granuloma"])
    expect(page.locator("#found")).to_have_text(re.compile("^1 of 27 courses"))
    page.get_by_role("link", name="Late trouble").click()
    page.wait_for_url("**/courses/*/module-*/")


@both_scripts
def test_facets_narrow_and_chips_widen_again(catalog, open_page, screen, scripts):
    page = open_page("/courses/?q=treatments", screen=screen, scripts=scripts)
    if scripts:
        page.evaluate("window.kept = true")
    choose(page, "Nurse", screen)
    page.wait_for_url("**profession=nurse*")
    page.get_by_role("heading", name="No course answers all of this").wait_for()
    page.get_by_role("link", name="Nurse remove filter").click()
    page.get_by_role("heading", name="Laser treatments").wait_for()
    page.wait_for_url(lambda address: "profession" not in address)
    if scripts:
        assert page.evaluate("window.kept")


def test_page_is_never_left_and_back_goes_back(catalog, open_page):
    page = open_page("/courses/?sort=title")
    page.evaluate("window.kept = true")
    page.get_by_label("Doctor", exact=True).check()
    page.wait_for_url("**profession=doctor*")
    page.get_by_label("Sort by").select_option("Next intake")
    page.wait_for_url(lambda address: "sort" not in address)
    page.go_back()
    page.go_back()
    page.wait_for_url("**/courses/?sort=title")
    expect(page.locator("#found")).to_have_text("27 courses")
    assert not page.get_by_label("Doctor", exact=True).is_checked()
    expect(page.get_by_label("Sort by")).to_have_value("title")
    assert page.evaluate("window.kept")


def test_focus_stays_on_a_box_and_goes_to_the_answers_after_a_link(catalog, open_page):
    page = open_page("/courses/")
    page.get_by_label("Nurse", exact=True).focus()
    page.keyboard.press("Space")
    page.wait_for_url("**profession=nurse*")
    page.locator("#answers:not([aria-busy])").wait_for()
    assert page.evaluate("document.activeElement.value") == "nurse"
    page.get_by_role("link", name="Next").click()
    page.wait_for_url("**page=2*")
    expect(page.locator("#answers")).to_be_focused()
    assert len(titles(page)) == 6


def test_answers_follow_the_typing(catalog, open_page):
    page = open_page("/courses/")
    page.get_by_label("Search courses, modules, topics and articles").press_sequentially("laser", delay=20)
    page.wait_for_url("**q=laser*")
    expect(page.locator("#answers .entry")).to_have_count(1)
    assert titles(page) == ["Laser treatments"]
    page.go_back()
    expect(page.locator("#answers .entry")).to_have_count(20)


def test_lost_connection_leads_to_the_plain_page(catalog, open_page, faults):
    faults.expect("Failed to load resource")
    page = open_page("/courses/")
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('offline')) }")
    search(page, "laser")
    assert titles(page) == ["Laser treatments"]


STATES = {
    "hits": "?q=granuloma",
    "none": "?q=zzqqxx+laser",
    "guess": "?q=microneadling&profession=doctor",
    "combined": "?q=laser&profession=doctor&kind=diploma&kind=short",
    "article": "?q=keloids",
    "ignored": "?kind=nonsense&page=9999",
}


@both_lights
def test_every_state_is_accessible(catalog, open_page, assert_accessible, screen, theme):
    page = open_page("/courses/", screen=screen, theme=theme)
    for address in STATES.values():
        page.goto(f"/courses/{address}")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_filters_on_a_phone_are_accessible_and_close(catalog, open_page, assert_accessible):
    page = open_page("/courses/", screen="phone")
    page.get_by_role("button", name="Filter courses").click()
    assert_accessible(page)
    page.get_by_role("button", name="Close filters").click()
    expect(page.get_by_label("Nurse", exact=True)).to_be_hidden()
