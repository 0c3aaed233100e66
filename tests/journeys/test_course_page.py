"""What somebody does before they apply: check whether they may, and ask what is not on the page."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from courses import enquiries
from courses.models import Enquiry, Module, NeedleDepth, RiskControl, SkinThickness
from tests.factories import (
    AccreditationFactory,
    CourseFactory,
    EvidenceRequirementFactory,
    FrequentQuestionFactory,
    IntakeFactory,
    ModuleFactory,
    PolicyFactory,
    ProcedureFactory,
    ProfessionFactory,
    ScopeRuleFactory,
    SourceFactory,
    StaffFactory,
)
from tests.journeys.windows import both_lights, both_scripts

pytestmark = pytest.mark.journey


@pytest.fixture
def course():
    nurse = ProfessionFactory(slug="nurse", name="Nurse", name_plural="Nurses")
    course = CourseFactory(title="Needling", professions=[nurse])
    IntakeFactory(course=course, fee_minor=680_000, currency="MYR")
    ScopeRuleFactory(
        profession=nurse,
        country="MY",
        procedure=ProcedureFactory(name="Needling of skin", courses=[course]),
        rule="Under a doctor alone.",
        standing="train_only",
        ask="The Nursing Board",
    )
    EvidenceRequirementFactory(course=course, label="Photo identity")
    FrequentQuestionFactory(course=course, question="Is it a licence?", answer_html="<p>No, it is not.</p>")
    PolicyFactory(heading="Refunds", text="", text_html="")
    AccreditationFactory(with_mark=True, course=course)
    return course


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def open_menu(page, screen):
    if screen == "phone":
        page.get_by_role("button", name="Menu", exact=True).click()


@both_scripts
def test_eligibility_from_the_front_page_to_the_course_and_its_price(
    course, open_page, assert_accessible, screen, scripts
):
    page = open_page("/", screen=screen, scripts=scripts)
    open_menu(page, screen)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Eligibility").click()
    page.get_by_role("button", name="Show my answer").click()
    expect(page).to_have_url(re.compile(r"/eligibility/\?"))
    page.get_by_label("Profession", exact=True).select_option("nurse")
    page.get_by_label("Country where you practise").select_option("MY")
    page.get_by_label("Current", exact=True).check()
    page.get_by_label("Years in practice").fill("many")
    page.get_by_role("button", name="Show my answer").click()
    expect(page.get_by_role("link", name="Write the years as a whole number")).to_be_visible()
    if scripts:
        assert_accessible(page)
    page.get_by_label("Years in practice").fill("3")
    page.get_by_role("button", name="Show my answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You may apply to one course")
    for words in ("MYR 6,800", "Under a doctor alone.", "The Nursing Board", "Photo identity"):
        expect(page.get_by_text(words).first).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="Needling", exact=True).first.click()
    expect(page).to_have_url(re.compile(r"profession=nurse&country=MY#scope"))
    expect(page.get_by_role("heading", name="Nurse, Malaysia")).to_be_visible()
    page.get_by_role("link", name="Check your eligibility", exact=True).click()
    expect(page.get_by_label("Profession", exact=True)).to_have_value("nurse")
    assert page.context.cookies() == []


@both_scripts
def test_question_from_the_course_to_the_answer_in_the_mailbox(
    course, open_page, assert_accessible, screen, scripts
):
    page = open_page(course.get_absolute_url(), screen=screen, scripts=scripts)
    page.get_by_text("Is it a licence?").click()
    expect(page.get_by_text("No, it is not.")).to_be_visible()
    page.locator("#questions").get_by_role("link", name="Ask a question").click()
    page.get_by_label("Your question").fill("Is the practice part in Kuala Lumpur?")
    page.get_by_label("Email address").fill("nobody")
    page.get_by_role("button", name="Send the question").click()
    page.get_by_role("link", name="Enter an email address, such as name@example.org").click()
    expect(page.get_by_label("Email address")).to_be_focused()
    if scripts:
        assert_accessible(page)
    assert fits(page)
    page.get_by_label("Email address").fill("ann@example.org")
    page.get_by_label("Your profession").select_option("nurse")
    page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your question is on its way")
    enquiries.answer(enquiry=Enquiry.objects.get(), text="Yes, in June.", by=StaffFactory())
    assert [letter.subject for letter in mail.outbox] == [
        "We have your question about Needling",
        "The answer to your question about Needling",
    ]
    page.get_by_role("link", name="Back to the course").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Needling")
    assert page.context.cookies() == []


@both_lights
def test_course_with_everything_and_its_figures_are_accessible_and_fit(
    course, open_page, assert_accessible, screen, theme
):
    source = SourceFactory()
    anatomy = ModuleFactory(course=course, number=11, kind=Module.Kind.ANATOMY)
    protocols = ModuleFactory(course=course, number=12, kind=Module.Kind.PROTOCOLS)
    risk = ModuleFactory(course=course, number=13, kind=Module.Kind.RISK)
    for layer, high in (("epidermis", 120), ("dermis", 1900)):
        values = {"layer": layer, "method": "tissue", "low_um": 60, "high_um": high, "site": "Cheek"}
        SkinThickness.objects.create(module=anatomy, key=layer, source=source, **values)
    for scheme, most in (("A", None), ("B", 2)):
        values = {"scheme": scheme, "target": "Nose", "min_mm": 1, "max_mm": most}
        NeedleDepth.objects.create(module=protocols, key=scheme.lower(), source=source, **values)
    RiskControl.objects.create(module=risk, key="sharps", source=source, name="Sharps", action="Never recap.")
    page = open_page(course.get_absolute_url(), screen=screen, theme=theme)
    expect(page.locator("img.mark")).to_have_count(1)
    for path in (None, anatomy.get_absolute_url(), protocols.get_absolute_url(), risk.get_absolute_url()):
        if path:
            page.goto(path)
        assert_accessible(page)
        assert fits(page), path
