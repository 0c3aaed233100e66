"""An applicant at work: interrupted, mistaken, in two windows, on a phone, without JavaScript."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from courses.models import Intake
from enrollment import admissions, custody, evidence
from enrollment.models import Application
from iiwam.accounts.addresses import vouch_for_address
from tests import factories
from tests.enrollment import files
from tests.journeys.windows import both_lights

pytestmark = pytest.mark.journey

PASSWORD = "a long and quiet road"
CONFLICT = "409 (Conflict)"
LOST = "net::ERR_FAILED"


@pytest.fixture
def intake():
    doctor = factories.ProfessionFactory(slug="doctor", name="Doctor")
    course = factories.CourseFactory(title="Microneedling", professions=[doctor])
    for kind, label in (("photo-id", "Photo identity"), ("licence", "Current licence")):
        factories.EvidenceRequirementFactory(course=course, kind=kind, label=label)
    return factories.IntakeFactory(course=course, code="mn-2099")


@pytest.fixture
def draft(intake):
    applicant = factories.UserFactory(email="somchai@clinic.example", password=PASSWORD)
    vouch_for_address(user=applicant)
    return admissions.start_application(applicant=applicant, intake=intake)


@pytest.fixture(params=[("phone", True), ("desktop", False)], ids=["phone", "desktop without scripts"])
def window(request, open_page):
    """Opens clean windows of one kind: on a phone, or at a desk without scripts."""
    screen, scripts = request.param
    return lambda path="/", **more: open_page(path, screen=screen, scripts=scripts, **more)


def sign_in(page):
    page.locator("input[name=login]").fill("somchai@clinic.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    # Whole, with its scripts: they save what is typed once they have come.
    page.wait_for_url(lambda address: "/accounts/login/" not in address)
    return page


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def upload(page, label, *contents):
    field = page.get_by_label(label, exact=True)
    field.wait_for(state="attached")
    page.wait_for_load_state("load")
    field.set_input_files(
        [{"name": name, "mimeType": "application/pdf", "buffer": content} for name, content in contents]
    )
    # With scripts a file is on its way as soon as it is chosen, and there is no button.
    button = page.get_by_role("button", name=f"Upload {label}", exact=True)
    if button.is_visible():
        button.click()


def test_newcomer_begins_with_the_first_section_and_makes_the_account_on_the_way(intake, window, mailoutbox):
    page = window("/apply/mn-2099/")
    page.get_by_role("link", name="Start application").click()
    press(page, "Save and continue")
    expect(page.get_by_role("alert")).to_contain_text("Fill in “Email address”")
    page.get_by_label("Email address").fill("somchai@clinic.example")
    page.get_by_label("Full name as on your register").fill("Somchai Prasert")
    page.get_by_label("Town or city").fill("Chiang Mai")
    press(page, "Save and continue")

    expect(page.locator("input[name=email]")).to_have_value("somchai@clinic.example")
    for box in page.locator("input[type=password]").all():
        box.fill(PASSWORD)
    page.get_by_role("button", name=re.compile("Create|Sign up")).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Create an account")
    page.goto(re.search(r"https?://[^/\s]+(/accounts/confirm-email/\S+)", mailoutbox[-1].body).group(1))
    page.get_by_role("button", name=re.compile("confirm", re.I)).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Profession")
    draft = Application.objects.get()
    expect(page.get_by_text(f"Your reference is {draft.reference}")).to_be_visible()
    assert (draft.legal_name, draft.city) == ("Somchai Prasert", "Chiang Mai")
    letter = draft.letters.get().body_text
    assert draft.reference in letter and "Register and licence" in letter and "Submit by" in letter


def test_what_is_typed_is_saved_by_itself(draft, open_page, screen):
    page = sign_in(open_page(f"/applications/{draft.reference}/course/", screen=screen))
    page.get_by_label("Why this course?").fill("To needle more safely.")
    expect(page.get_by_text(re.compile(r"^Saved at \d\d:\d\d$"))).to_be_visible()
    expect(page.locator(".saved[role=status]")).to_be_empty()
    with page.expect_response(lambda response: response.request.method == "POST") as saving:
        page.get_by_label("I do", exact=True).check()
    assert saving.value.json().keys() == {"seen", "at"}
    page.reload()

    expect(page.get_by_label("Why this course?")).to_have_value("To needle more safely.")
    expect(page.get_by_label("I do", exact=True)).to_be_checked()


def test_a_window_that_has_saved_by_itself_is_not_older_than_itself(draft, open_page, screen):
    page = sign_in(open_page(f"/applications/{draft.reference}/about/", screen=screen))
    page.get_by_label("Town or city").fill("Bangkok")
    expect(page.get_by_text(re.compile("^Saved at"))).to_be_visible()
    page.get_by_label("Town or city").fill("Penang")
    press(page, "Save and continue")

    expect(page.get_by_role("heading", level=1)).to_have_text("Profession")
    draft.refresh_from_db()
    assert draft.city == "Penang"


def test_a_save_whose_answer_is_lost_and_a_step_back_are_no_other_window(draft, open_page, screen, faults):
    faults.expect(LOST)
    page = sign_in(open_page(f"/applications/{draft.reference}/about/", screen=screen))

    def lose(route):
        """What was sent arrives, and its answer never comes back."""
        if route.request.method == "POST":
            route.fetch()
            return route.abort()
        return route.continue_()

    page.route("**/about/", lose)
    page.get_by_label("Town or city").fill("Bangkok")
    expect(page.locator(".saved[role=status]")).to_contain_text("no connection")
    draft.refresh_from_db()
    assert draft.city == "Bangkok"
    page.unroute("**/about/")
    page.get_by_label("Town or city").fill("Penang")
    press(page, "Save and continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Profession")

    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("About you")
    page.get_by_label("Town or city").fill("Ipoh")
    press(page, "Save and continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Profession")
    draft.refresh_from_db()
    assert draft.city == "Ipoh"


def test_a_step_back_to_a_page_with_a_wrong_answer_opens_the_section(draft, open_page):
    page = sign_in(open_page(f"/applications/{draft.reference}/about/", screen="phone"))
    page.get_by_label("Telephone").fill("12")
    press(page, "Save and continue")
    expect(page.get_by_role("alert")).to_contain_text("Enter a telephone number")
    page.wait_for_load_state("load")
    page.get_by_label("Telephone").fill("+66 81 234 5678")
    press(page, "Save and continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Profession")

    page.go_back()
    expect(page.get_by_label("Telephone")).to_have_value("+66 81 234 5678")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_an_old_window_does_not_save_by_itself_over_newer_answers(draft, open_page, screen, faults):
    faults.expect(CONFLICT)
    old = sign_in(open_page(f"/applications/{draft.reference}/about/", screen=screen))
    new = old.context.new_page()
    new.goto(old.url)
    new.get_by_label("Town or city").fill("Bangkok")
    press(new, "Save and continue")
    expect(new.get_by_role("heading", level=1)).to_have_text("Profession")

    old.get_by_label("Town or city").fill("Penang")
    expect(old.locator(".saved[role=status]")).to_contain_text("press Save to see why")
    draft.refresh_from_db()
    assert draft.city == "Bangkok"
    press(old, "Save and continue")
    expect(old.get_by_role("heading", level=1)).to_have_text("Two windows say different things")
    expect(old.locator("main")).to_contain_text("Bangkok")
    expect(old.locator("main")).to_contain_text("Penang")


def test_a_second_application_starts_from_what_is_known(draft, window):
    draft.__class__.objects.filter(pk=draft.pk).update(
        city="Chiang Mai", qualification="MD, 2014", motivation="Scars."
    )
    paper = evidence.check(files.upload(files.pdf(), "licence.pdf"))
    custody.attach_document(
        application=draft, by=draft.applicant, kind="licence", label="Current licence", file=paper
    )
    factories.IntakeFactory(course=draft.intake.course, code="mn-2100")
    page = sign_in(window("/accounts/login/?next=/apply/mn-2100/"))
    press(page, "Start application")
    page.get_by_role("link", name="About you", exact=True).click()
    expect(page.get_by_label("Town or city")).to_have_value("Chiang Mai")
    press(page, "Save and continue")
    expect(page.get_by_label("Primary qualification")).to_have_value("MD, 2014")
    second = Application.objects.get(intake__code="mn-2100")
    assert second.motivation == ""

    page.goto(f"/applications/{second.reference}/evidence/")
    page.wait_for_load_state("load")
    page.get_by_role(
        "button", name=re.compile(rf"^Use licence\.pdf, sent .+ with {draft.reference}$")
    ).click()
    slot = page.locator("#slot-licence")
    expect(slot.locator(".tag").first).to_have_text("Uploaded")
    expect(slot.get_by_role("button", name=re.compile("^Use "))).to_have_count(0)
    assert second.documents.get().sha256 == draft.documents.get().sha256


def test_a_wrong_answer_is_found_from_the_summary_and_the_rest_is_kept(draft, window):
    page = sign_in(window(f"/applications/{draft.reference}/about/"))
    page.get_by_label("Town or city").fill("Chiang Mai")
    page.get_by_label("Day", exact=True).fill("31")
    page.get_by_label("Month", exact=True).fill("2")
    page.get_by_label("Year", exact=True).fill("1990")
    page.get_by_label("Telephone").fill("12")
    press(page, "Save and continue")

    expect(page).to_have_title(re.compile("^Error: About you"))
    page.get_by_role("alert").get_by_role("link", name="Enter a real date, such as 27 3 1990").click()
    assert page.url.endswith("#id_birth_date_0")
    page.get_by_label("Day", exact=True).fill("28")
    page.get_by_label("Telephone").fill("+66 81 234 5678")
    press(page, "Save and continue")

    expect(page.get_by_role("heading", level=1)).to_have_text("Profession")
    draft.refresh_from_db()
    assert (draft.city, draft.birth_date.isoformat()) == ("Chiang Mai", "1990-02-28")


def test_two_windows_of_one_person_never_overwrite_each_other(draft, window, faults):
    faults.expect(CONFLICT)
    first = sign_in(window(f"/applications/{draft.reference}/about/"))
    second = first.context.new_page()
    second.goto(first.url)
    for page, town in ((first, "Bangkok"), (second, "Penang")):
        page.get_by_label("Town or city").fill(town)
        press(page, "Save and continue")

    expect(second.get_by_role("heading", level=1)).to_have_text("Two windows say different things")
    second.get_by_label("Penang").check()
    press(second, "Save what I chose")

    expect(second.get_by_role("heading", level=1)).to_have_text("Profession")
    draft.refresh_from_db()
    assert draft.city == "Penang"


def test_a_wrong_file_is_named_while_the_good_one_stays(draft, window):
    page = sign_in(window(f"/applications/{draft.reference}/evidence/"))
    upload(page, "Photo identity", ("page 1.pdf", files.pdf()), ("page 2.pdf", files.script_pdf()))

    expect(page.get_by_role("link", name="page 1.pdf", exact=True)).to_be_visible()
    expect(page.locator("#id_photo-id_error")).to_contain_text("“page 2.pdf”: this PDF has a script")

    upload(page, "Photo identity", ("page 2.pdf", files.pdf(2)))
    expect(page.get_by_role("link", name="page 2.pdf", exact=True)).to_be_visible()
    press(page, "Remove page 1.pdf")

    expect(page.get_by_role("status")).to_contain_text("“page 1.pdf” has been removed.")
    assert [document.original_name for document in draft.documents.all()] == ["page 2.pdf"]


def test_what_is_missing_is_added_from_the_check_page_and_leads_back(draft, window):
    page = sign_in(window(f"/applications/{draft.reference}/check/"))
    press(page, "Submit application")
    expect(page.get_by_role("alert")).to_contain_text("Not sent")

    page.get_by_role("link", name="Add Town or city").click()
    page.get_by_label("Town or city").fill("Chiang Mai")
    press(page, "Save and return to the check page")

    expect(page.get_by_role("link", name="Change Town or city")).to_be_visible()
    assert page.url.endswith("/check/")


PLACES = (
    *("about", "profession", "license", "training", "course", "evidence"),
    *("declarations", "consents", "check", "withdraw", "sent"),
)


@both_lights
def test_pages_of_a_draft_are_accessible(draft, open_page, assert_accessible, screen, theme):
    page = sign_in(open_page("/applications/", screen=screen, theme=theme))
    for path in ("/apply/mn-2099/", "/applications/", draft.get_absolute_url()):
        page.goto(path)
        assert_accessible(page)
    for place in PLACES:
        page.goto(f"/applications/{draft.reference}/{place}/")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@both_lights
def test_refusals_are_accessible(draft, open_page, assert_accessible, screen, theme, faults):
    faults.expect(CONFLICT)
    page = sign_in(open_page(f"/applications/{draft.reference}/about/", screen=screen, theme=theme))
    second = page.context.new_page()
    second.goto(page.url)
    page.get_by_label("Telephone").fill("12")
    page.get_by_label("Town or city").fill("Penang")
    press(page, "Save and continue")
    assert_accessible(page)

    second.get_by_label("Town or city").fill("Bangkok")
    press(second, "Save and continue")
    assert_accessible(second)

    page.goto(f"/applications/{draft.reference}/evidence/")
    upload(page, "Photo identity", ("a.pdf", files.pdf()), ("b.pdf", b""))
    expect(page.locator("#id_photo-id_error")).to_contain_text("“b.pdf”: this file is empty")
    expect(page.locator(".sending")).to_have_count(0)
    assert_accessible(page)


@both_lights
def test_pages_of_every_state_are_accessible(draft, open_page, assert_accessible, screen, theme):
    page = sign_in(open_page("/applications/", screen=screen, theme=theme))
    for status in set(Application.Status.values) - {"draft"}:
        application = factories.ApplicationFactory(applicant=draft.applicant, status=status)
        page.goto(application.get_absolute_url())
        assert_accessible(page)
    for place in ("accept", "decline-offer"):
        page.goto(f"/applications/{Application.objects.get(status='offered').reference}/{place}/")
        assert_accessible(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_was_not_asked_for_is_there_to_read_and_the_rest_is_sent(
    draft, open_page, assert_accessible, theme
):
    Application.objects.filter(pk=draft.pk).update(status="in_review", city="Chiang Mai")
    reviewer = factories.StaffFactory(rights=["review_application"])
    admissions.request_information(
        application=draft, by=reviewer, note="Your licence, please.", documents=["licence"]
    )
    page = sign_in(open_page(f"/applications/{draft.reference}/about/", screen="phone", theme=theme))
    expect(page.locator("main")).to_contain_text("“About you” stays as you sent it.")
    expect(page.locator("main")).to_contain_text("Chiang Mai")
    assert_accessible(page)

    page.get_by_role("link", name="Go to what we asked for").click()
    page.get_by_role("link", name="Evidence documents").click()
    expect(page.get_by_role("heading", name="As you sent them")).to_be_visible()
    upload(page, "Current licence", ("licence.pdf", files.pdf()))
    expect(page.locator("#slot-licence .tag").first).to_have_text("Uploaded")
    assert_accessible(page)
    press(page, "Save and continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    assert_accessible(page)
    press(page, "Send to the reviewer")
    expect(page.get_by_role("heading", level=1)).to_have_text("We are reading your application")


def test_whoever_declines_the_second_choice_may_keep_waiting_for_the_first(
    intake, draft, window, assert_accessible
):
    second = factories.IntakeFactory(course=intake.course, code="mn-2100")
    Application.objects.filter(pk=draft.pk).update(
        status="offered",
        intake=second,
        waited_for=intake,
        waitlisted_at=timezone.now(),
        offer_expires_at=timezone.now() + timedelta(days=7),
    )
    Intake.objects.filter(pk=intake.pk).update(capacity=1)
    factories.ApplicationFactory(intake=intake, status="offered")
    page = sign_in(window(f"/applications/{draft.reference}/"))
    page.get_by_role("link", name="Decline the place").click()
    assert_accessible(page)
    press(page, "Decline and keep waiting")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are on the waiting list")
    expect(page.locator("main")).to_contain_text("Your place in the waiting list: 1 of 1")
