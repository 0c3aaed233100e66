"""Studying as learners do: on a train with a bad connection, on a phone without scripts, and in two windows."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from enrollment.models import Attempt, Reading
from iiwam.accounts.addresses import vouch_for_address
from tests.enrollment.learners import enrolled, module_of
from tests.factories import QuestionFactory, TrainingDayFactory

pytestmark = [pytest.mark.journey]

PASSWORD = "a long and quiet road"
LONG = "".join(f"<h2>Part {n}</h2><p>{'One line after another. ' * 60}</p>" for n in range(12))


@pytest.fixture
def enrollment(transactional_db):
    """A course of one module: a long topic, a short one, and four questions."""
    enrollment = enrolled(questions=3)
    module = module_of(enrollment)
    QuestionFactory(
        module=module,
        stem="Which of these are right?",
        kind="multiple",
        options=[("This", True), ("That", True), ("Neither", False)],
    )
    module.topics.filter(pk=module.topics.first().pk).update(body_html=LONG)
    starts = timezone.now() + timedelta(days=30)
    TrainingDayFactory(
        intake=enrollment.intake, title="First day", starts_at=starts, ends_at=starts + timedelta(hours=8)
    )
    enrollment.learner.set_password(PASSWORD)
    enrollment.learner.save()
    vouch_for_address(user=enrollment.learner)
    return enrollment


def sign_in(page, enrollment):
    page.locator("input[name=login]").fill(enrollment.learner.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My learning")
    return page


def answer_right(page, attempt, question) -> None:
    for option in question["right"]:
        page.locator(f"input[name=question-{question['id']}][value='{option}']").check()


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_study_with_a_connection_that_breaks(open_page, enrollment, faults, screen):
    faults.expect("ERR_INTERNET_DISCONNECTED")
    page = sign_in(open_page("/learn/", screen=screen), enrollment)
    expect(page.locator("main")).to_contain_text("First day")
    page.get_by_text("Put them into your own calendar").click()
    page.get_by_role("button", name="Make a private address").click()
    page.get_by_text("Put them into your own calendar").click()
    address = page.locator("code").inner_text()
    feed = page.request.get(address)
    assert feed.status == 200 and "First day" in feed.text()

    # Far down in the topic, the page is left; another window begins there.
    page.get_by_role("link", name=re.compile("^Start reading")).click()
    page.get_by_role("heading", name="Part 8").scroll_into_view_if_needed()
    with page.expect_response(lambda answer: answer.url.endswith("/place/") and answer.status == 204):
        page.evaluate(
            "Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true});"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
    assert Reading.objects.get().place > 8
    page.reload()
    expect(page.get_by_text("You are where you stopped.")).to_be_in_viewport()
    for _topic in range(2):
        page.get_by_role("button", name="Mark as read and continue").click()
    page.get_by_role("button", name="Start the questions").click()

    line = page.locator("[data-line]")
    expect(line).to_have_text("0 of 4 answered.")
    attempt = Attempt.objects.get()
    first, *rest = attempt.questions
    answer_right(page, attempt, first)
    expect(line).to_have_text("1 of 4 answered, all kept.")
    page.context.set_offline(True)
    for question in rest:
        answer_right(page, attempt, question)
    expect(line).to_contain_text("No connection. Answers that wait in this browser: 3.")
    page.get_by_role("button", name="Submit the answers").click()
    expect(line).to_contain_text("No connection.")
    page.context.set_offline(False)
    expect(line).to_have_text("4 of 4 answered, all kept.")
    page.get_by_role("button", name="Submit the answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You passed")
    page.goto("/learn/")
    expect(page.get_by_role("img", name="1 of 1 module done")).to_be_visible()


def test_answers_outlive_a_closed_window(open_page, enrollment, faults):
    faults.expect("ERR_INTERNET_DISCONNECTED")
    page = sign_in(open_page("/learn/", screen="phone"), enrollment)
    questions = f"/learn/{enrollment.pk}/{module_of(enrollment).slug}/questions/"
    page.goto(questions)
    page.get_by_role("button", name="Start the questions").click()
    expect(page.locator("[data-line]")).to_be_visible()
    attempt = Attempt.objects.get()
    page.context.set_offline(True)
    answer_right(page, attempt, attempt.questions[0])
    expect(page.locator("[data-line]")).to_contain_text("No connection.")
    page.close()
    again = page.context.new_page()
    again.context.set_offline(False)
    again.goto(questions)
    expect(again.locator("[data-line]")).to_have_text("1 of 4 answered, all kept.")
    attempt.refresh_from_db()
    assert attempt.answered == 1


def test_answer_chosen_before_the_script_came_is_kept(open_page, enrollment):
    page, held = sign_in(open_page("/learn/", screen="phone"), enrollment), []
    page.route("**/answers*.js", lambda route: held.append(route))
    page.goto(f"/learn/{enrollment.pk}/{module_of(enrollment).slug}/questions/")
    with page.expect_request("**/answers*.js"):
        page.get_by_role("button", name="Start the questions").click()
    answer_right(page, None, Attempt.objects.get().questions[0])
    held[0].continue_()
    expect(page.locator("[data-line]")).to_have_text("1 of 4 answered, all kept.")


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_study_without_scripts_and_in_two_windows(open_page, enrollment, screen):
    page = sign_in(open_page("/learn/", screen=screen, scripts=False), enrollment)
    page.get_by_role("link", name=re.compile("^Start reading")).click()
    for _topic in range(2):
        page.get_by_role("button", name="Mark as read and continue").click()
    page.get_by_role("button", name="Start the questions").click()
    expect(page.get_by_role("button", name="Submit the answers")).to_be_visible()
    attempt, questions = Attempt.objects.get(), page.url
    first, *rest = attempt.questions

    old = page.context.new_page()
    old.goto(questions)
    answer_right(page, attempt, first)
    page.get_by_role("button", name="Keep my answers, finish later").click()
    expect(page.locator("main")).to_contain_text("Kept: 1 of 4 answered.")
    for question in rest:
        answer_right(old, attempt, question)
    old.get_by_role("button", name="Submit the answers").click()
    expect(old.locator("main")).to_contain_text("You answered in another window")

    for question in rest:
        answer_right(old, attempt, question)
    old.get_by_role("button", name="Submit the answers").click()
    expect(old.get_by_role("heading", level=1)).to_have_text("You passed")
    expect(old.locator("main")).to_contain_text("Because the source says so.")
    page.get_by_role("button", name="Submit the answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You passed")
