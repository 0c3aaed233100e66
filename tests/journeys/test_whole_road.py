"""The road the institute lives from, walked by hand in a real browser: from a course page to a certificate anyone can
check, on a phone and at a desk, with JavaScript and without."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from courses.models import Course
from iiwam.accounts.addresses import vouch_for_address
from tests.enrollment.files import picture
from tests.factories import (
    CourseFactory,
    EvidenceRequirementFactory,
    IntakeFactory,
    ModuleFactory,
    ProfessionFactory,
    QuestionFactory,
    StaffFactory,
    TopicFactory,
)

pytestmark = pytest.mark.journey

WINDOWS = [
    pytest.param("phone", marks=pytest.mark.both_databases),
    "desktop",
    "phone without scripts",
    pytest.param("desktop without scripts", marks=pytest.mark.both_databases),
]

PASSWORD = "a long and quiet road"
APPLICANT = "nurul@clinic.example"


@pytest.fixture
def course(transactional_db) -> Course:
    """A course with all that the road needs and nothing that makes it long."""
    call_command("sync_roles", verbosity=0)
    course = CourseFactory(
        title="Microneedling",
        slug="microneedling",
        code="MN",
        award="Certificate in Microneedling",
        supervised_cases_required=1,
        professions=[ProfessionFactory(slug="doctor", name="Doctor")],
    )
    EvidenceRequirementFactory(course=course, kind="photo-id", label="Photo identity", profession=None)
    module = ModuleFactory(course=course, number=1, slug="anatomy", title="Skin anatomy and physiology")
    TopicFactory(module=module, number=1, slug="layers", title="Layers of the skin")
    TopicFactory(module=module, number=2, slug="healing", title="How a wound heals")
    answers = [("Basal layer", True), ("Granular layer", False), ("Reticular dermis", False)]
    QuestionFactory(module=module, stem="Where do melanocytes sit?", options=answers)
    IntakeFactory(course=course, code="mn-2027-03", capacity=2)
    return course


@pytest.fixture
def staff(course):
    for role in ("Reviewer", "Assessor", "Registrar"):
        user = StaffFactory(email=f"{role.lower()}@iiwam.example", full_name=f"{role} Lim", password=PASSWORD)
        user.groups.add(Group.objects.get(name=role))
        vouch_for_address(user=user)
    reviewer = get_user_model().objects.get(email="reviewer@iiwam.example")
    reviewer.review_duties.create(intake=course.intakes.get())


@pytest.fixture(params=WINDOWS)
def window(request, open_page):
    """Opens clean windows of one kind: each call is another person at another machine."""
    screen, scripts = request.param.split()[0], "without scripts" not in request.param

    def window(path="/"):
        return open_page(path, screen=screen, scripts=scripts)

    window.scripts = scripts
    return window


def test_from_course_page_to_revoked_certificate(course, staff, window, mailoutbox):
    learner = window("/courses/microneedling/")
    reference = apply(learner, mailoutbox, scripts=window.scripts)

    reviewer = sign_in(window("/admin/"), "reviewer")
    offer_a_place(reviewer, reference)
    accept(learner, reference, mailoutbox)
    study(learner)
    log_a_case(learner)

    countersign(sign_in(window("/assess/"), "assessor"))

    registrar = sign_in(window("/admin/"), "registrar")
    issue(registrar)
    number = re.search(r"IIWAM-MN-\d{4}(-[0-9A-Z]{4}){3}-[0-9A-Z]", mailoutbox[-1].body).group()

    anyone = window("/verify/")
    check(anyone, number, "valid")
    revoke(registrar)
    check(anyone, number, "revoked")
    assert anyone.context.cookies() == []
    expect(anyone.locator("main")).to_contain_text("Issued in error")
    expect(anyone.locator("main")).not_to_contain_text("another person of the same name")


def apply(page, mailoutbox, *, scripts: bool) -> str:
    page.get_by_role("link", name=re.compile("^Apply")).first.click()
    page.get_by_role("link", name="Start application").click()
    page.get_by_label("Email address").fill(APPLICANT)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator("input[name=email]")).to_have_value(APPLICANT)
    for box in page.locator("input[type=password]").all():
        box.fill(PASSWORD)
    page.get_by_role("button", name=re.compile("Create|Sign up")).click()
    confirm_address(page, mailoutbox[-1].body)
    page.wait_for_url("**/applications/AP-*/profession/")
    reference = re.search(r"AP-\w{4}-\w{4}", page.url).group()
    fill_sections(page, reference, scripts=scripts)
    page.goto(f"/applications/{reference}/check/")
    page.get_by_role("button", name=re.compile("Submit")).click()
    expect(page.locator("main")).to_contain_text(reference)
    assert "received" in mailoutbox[-1].subject.lower()
    return reference


def confirm_address(page, letter: str) -> None:
    path = re.search(r"https?://[^/\s]+(/accounts/confirm-email/\S+)", letter).group(1)
    page.goto(path)
    page.get_by_role("button", name=re.compile("confirm", re.I)).click()


def fill_sections(page, reference: str, *, scripts: bool) -> None:
    page.goto(f"/applications/{reference}/about/")
    page.get_by_label("Full name as on your register").fill("Nurul Aisyah binti Hassan")
    for label, value in (("Day", "27"), ("Month", "3"), ("Year", "1990")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("Nationality", exact=True).select_option("MY")
    page.get_by_label("Country of residence").select_option("MY")
    page.get_by_label("Town or city").fill("Kuala Lumpur")
    page.get_by_label("Telephone").fill("+60123456789")
    page.get_by_role("button", name="Save and continue").click()

    page.get_by_label("Doctor").check()
    page.get_by_label("Primary qualification").fill("MBBS, University of Malaya, 2014")
    page.get_by_label("Years in practice").fill("9")
    page.get_by_label("Place of work").fill("Klinik Aisyah, Kuala Lumpur")
    page.get_by_role("button", name="Save and continue").click()

    page.get_by_label("Country of your register").select_option("MY")
    page.get_by_label("Or write its full name").fill("Malaysian Medical Council")
    page.get_by_label("Registration number").fill("12345")
    today = timezone.localdate()
    for legend, when in (("Valid from", today), ("Valid until", today + timedelta(days=400))):
        part = page.get_by_role("group", name=legend)
        for label, value in (("Day", when.day), ("Month", when.month), ("Year", when.year)):
            part.get_by_label(label, exact=True).fill(str(value))
    page.get_by_role("group", name="Are you suspended").get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Save and continue").click()

    page.get_by_label("Earlier training").fill("None.")
    page.get_by_role("button", name="Save and continue").click()

    page.get_by_label("I do", exact=True).check()
    page.get_by_label("Why this course").fill("To treat scars by a protocol that I can defend.")
    page.get_by_role("button", name="Save and continue").click()

    page.locator("input[type=file]").first.set_input_files(
        {"name": "passport.png", "mimeType": "image/png", "buffer": picture("PNG")}
    )
    # With scripts the file is on its way already, and there is no button.
    if not scripts:
        page.get_by_role("button", name=re.compile("^Upload")).first.click()
    expect(page.locator(".doc")).to_have_count(1)
    expect(page.locator("main")).to_contain_text("passport.png")

    page.goto(f"/applications/{reference}/declarations/")
    for heading in ("Declarations", "Privacy and consents"):
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        for box in page.locator("input[type=checkbox]").all():
            box.check()
        page.get_by_role("button", name="Save and continue").click()


def sign_in(page, role: str):
    page.locator("input[name=login]").fill(f"{role}@iiwam.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    return page


def move(page, name: str, reason: str, **more) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()
    for label, option in more.items():
        page.get_by_label(label).select_option(option)
    page.locator("textarea[name=note]").fill(reason)
    page.get_by_role("button", name=name, exact=True).click()


def offer_a_place(page, reference: str) -> None:
    page.goto("/admin/enrollment/application/")
    page.get_by_role("link", name=reference).click()
    move(page, "Start review", "Complete; the review begins.")
    page.get_by_label("Recommendation").select_option("offer")
    page.get_by_label("Note, never shown to the applicant").fill("Complete and in order.")
    page.get_by_role("button", name="Record my opinion").click()
    move(page, "Offer a place", "Licence checked against the register.")
    expect(page.locator("main")).to_contain_text("Place offered")


def accept(page, reference: str, mailoutbox) -> None:
    assert "place" in mailoutbox[-1].subject.lower()
    page.goto(f"/applications/{reference}/")
    page.get_by_role("link", name="Accept the place").click()
    page.get_by_role("button", name="Accept the place").click()
    page.goto("/learn/")
    page.get_by_role("link", name=re.compile("Microneedling")).first.click()
    page.wait_for_url(re.compile(r"/learn/\d+/$"))


def study(page) -> None:
    enrollment = page.url
    page.goto(f"{enrollment}anatomy/layers/")
    page.get_by_role("button", name="Mark as read and continue").click()
    page.get_by_role("button", name="Mark as read and continue").click()
    page.goto(f"{enrollment}anatomy/questions/")
    page.get_by_role("button", name="Start the questions").click()
    page.get_by_label("Basal layer").check()
    page.get_by_role("button", name="Submit the answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You passed")
    page.goto(enrollment)


def log_a_case(page) -> None:
    page.goto(f"{page.url}logbook/new/")
    today = timezone.localdate()
    for label, value in (("Day", today.day), ("Month", today.month), ("Year", today.year)):
        page.get_by_label(label, exact=True).fill(str(value))
    for name, value in {
        "patient_code": "P-001",
        "procedure": "Microneedling, acne scars",
        "area": "Cheeks",
        "device": "Motorised pen",
        "cartridge_lot": "LOT-77",
        "depth_mm": "1.5",
        "passes": "6",
        "outcome": "Even pinpoint bleeding.",
    }.items():
        page.locator(f"[name={name}]").fill(value)
    choose(page, "phototype", "IV")
    choose(page, "role", "supervised")
    page.get_by_role("button", name="Save and send for countersignature").click()
    expect(page.locator("main")).to_contain_text("Awaiting countersignature")


def choose(page, name: str, value: str) -> None:
    if page.locator(f"select[name={name}]").count():
        page.locator(f"select[name={name}]").select_option(value)
    else:
        page.locator(f"input[name={name}][value={value}]").check()


def countersign(page) -> None:
    page.get_by_role("link", name=re.compile("P-001|Microneedling")).first.click()
    page.locator("input[type=password]").first.fill(PASSWORD)
    page.get_by_role("button", name="Countersign").click()
    expect(page.locator("main")).to_contain_text("Nothing waits for you")


def issue(page) -> None:
    page.goto("/admin/enrollment/enrollment/")
    page.locator("#result_list tbody a").first.click()
    page.get_by_role("link", name="Issue certificate").click()
    if page.locator("textarea[name=note]").count():
        page.locator("textarea[name=note]").fill("Nothing is outstanding.")
    page.get_by_role("button", name="Issue certificate").click()


def revoke(page) -> None:
    page.goto("/admin/enrollment/certificate/")
    page.locator("#result_list tbody a").first.click()
    page.get_by_role("link", name="Revoke", exact=True).click()
    choose(page, "reason_class", "issued_in_error")
    page.locator("textarea[name=note]").fill("Issued for another person of the same name.")
    page.get_by_role("button", name="Revoke", exact=True).click()


def check(page, number: str, verdict: str) -> None:
    page.goto("/verify/")
    page.get_by_label("Certificate number").first.fill(number)
    page.get_by_role("button", name="Verify").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(verdict, re.I))
    expect(page.locator("main")).to_contain_text("Nurul Aisyah binti Hassan")
