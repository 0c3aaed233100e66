"""Two reviewers decide applications in a real browser: read, check, ask, compare, decide, without any script."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from enrollment import admissions
from enrollment.models import Application, ReviewPlan
from tests.enrollment.files import picture
from tests.factories import (
    ApplicationFactory,
    DocumentFactory,
    EvidenceRequirementFactory,
    IntakeFactory,
    StaffFactory,
)

pytestmark = pytest.mark.journey
QUEUE = reverse("admin:enrollment_application_changelist")
RIGHTS = ["view_application", "review_application", "decide_application"]


@pytest.fixture
def intake():
    intake = IntakeFactory()
    EvidenceRequirementFactory(course=intake.course, kind="photo-id", label="Photo identity")
    plan = ReviewPlan.objects.create(course=intake.course)
    plan.criteria.create(title="Reasons for the course", guidance="Five: a plan for the own practice.")
    return intake


def arrived(intake, name, day):
    application = ApplicationFactory(
        intake=intake,
        complete=True,
        legal_name=name,
        status="in_review",
        submitted_at=f"2026-01-{day:02}T00:00Z",
        opinions=0,
    )
    send_picture(application, "id.png")
    return application


def send_picture(application, name):
    DocumentFactory(
        application=application,
        file__data=picture("PNG"),
        file__filename=name,
        original_name=name,
        content_type="image/png",
    )


def sign_in(open_page, live_server, person, path, **options):
    client = Client()
    client.force_login(person)
    page = open_page("/about/", **options)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page.goto(path)
    return page


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def said(page, words):
    expect(page.locator(".messagelist")).to_contain_text(words)


def test_reviewer_reads_checks_asks_compares_and_decides(open_page, live_server, intake):
    first, second = arrived(intake, "Nang Mwe", 5), arrived(intake, "Dara Chan", 6)
    elsewhere = arrived(IntakeFactory(), "Somebody Else", 4)
    reviewer = StaffFactory(full_name="Rahim Yusof", rights=RIGHTS, intakes=[intake])
    page = sign_in(open_page, live_server, reviewer, QUEUE, scripts=False)
    page.get_by_role("link", name="Unassigned", exact=True).click()
    expect(page.locator("#result_list")).not_to_contain_text(elsewhere.reference)
    page.get_by_role("link", name=first.reference).click()
    press(page, "Take it over")
    said(page, "You answer for this application now")

    # The picture stands beside the answers, and a look into the register is kept.
    page.locator(".papers summary").click()
    expect(page.locator(".papers img")).to_be_visible()
    page.locator(".verdict-forms").get_by_label("Reason for rejecting").fill("The corner is cut off.")
    press(page, "Reject Photo identity")
    said(page, "is rejected")
    page.get_by_text("Record a look into a register").click()
    page.get_by_label("Registered, nothing against it").check()
    page.get_by_label("What the register said").fill("Listed since 2014.")
    press(page, "Keep it on record")
    expect(page.locator(".after")).to_contain_text("Listed since 2014.")

    # What is missing is asked for, and comes back to the same person with what changed.
    page.get_by_role("link", name="Request information").click()
    page.get_by_label("About you").check()
    page.get_by_label("What you ask for").fill("Where do you live now?")
    press(page, "Show the letter with these words")
    expect(page.locator(".letter-preview")).to_contain_text(
        "This is open to you again: About you; Photo identity"
    )
    press(page, "Request information")
    said(page, "The applicant has been asked")
    admissions.save_section(
        application=first, by=first.applicant, section="about", values={"city": "Mandalay"}
    )
    send_picture(first, "again.png")
    admissions.send_information(application=first, by=first.applicant)
    page.goto(QUEUE + "?show=received")
    page.get_by_role("link", name=first.reference).click()
    expect(page.locator(".review-desk ins").first).to_have_text("Mandalay")

    # The decision waits for an opinion with points, and shows its letter.
    expect(page.locator(".blocked")).to_contain_text("One more opinion is needed")
    page.get_by_label("Reasons for the course").fill("4")
    page.get_by_label("Recommendation").select_option("decline")
    page.get_by_label("Note, never shown to the applicant").fill("No entry under this name.")
    press(page, "Record my opinion")
    said(page, "Your opinion is on record")
    page.get_by_role("link", name="Decline", exact=True).click()
    page.get_by_label("Reason").fill("The register has no entry under your name.")
    press(page, "Decline")
    said(page, "The application is declined")
    first.refresh_from_db()
    assert (first.status, first.reviewer) == ("declined", reviewer)

    # The next one by its link, then both at once: each line says what happened.
    page.goto(QUEUE)
    page.get_by_role("link", name=second.reference).click()
    expect(page.get_by_role("link", name="Previous")).to_have_count(0)
    page.goto(QUEUE + "?status=all")
    for box in page.locator("#result_list tbody input[type=checkbox]").all():
        box.check()
    page.locator("select[name=action]").select_option("offer_place")
    page.get_by_title("Run the selected action").click()
    page.get_by_label("Reason").fill("Well prepared.")
    press(page, "Offer a place")
    expect(page.locator(".bulk")).to_contain_text("0 of 2 done.")
    expect(page.locator(".bulk table")).to_contain_text("One more opinion is needed")
    assert Application.objects.filter(status="offered").count() == 0


def test_desk_is_used_on_a_phone(open_page, live_server, intake, assert_accessible):
    application = arrived(intake, "Nang Mwe", 5)
    reviewer = StaffFactory(rights=RIGHTS, intakes=[intake])
    page = sign_in(open_page, live_server, reviewer, QUEUE, screen="phone", theme="dark")
    page.get_by_role("link", name=application.reference).click()
    page.get_by_label("Note for colleagues").fill("Calls back on Monday.")
    press(page, "Keep the note")
    expect(page.locator(".after")).to_contain_text("Calls back on Monday.")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
