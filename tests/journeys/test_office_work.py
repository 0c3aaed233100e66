"""The office in a real browser: pages that anyone can use, and acts that need no script."""

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from enrollment import certification
from enrollment.models import Application
from enrollment.roles import apply_roles
from tests.enrollment import files, learners
from tests.factories import (
    ApplicationFactory,
    CourseFactory,
    DocumentFactory,
    EvidenceRequirementFactory,
    LogbookEntryFactory,
    ModuleFactory,
    QuestionFactory,
    SourceFactory,
    StaffFactory,
    TopicFactory,
    TrainingDayFactory,
)

pytestmark = pytest.mark.journey


@pytest.fixture
def owner():
    apply_roles()
    person = StaffFactory(full_name="Omar Tan")
    person.groups.add(Group.objects.get(name="Owner"))
    return person


@pytest.fixture
def office(owner, open_page, live_server):
    """A window in which the owner is signed in already."""

    def open_office(path, **options):
        client = Client()
        client.force_login(owner)
        page = open_page("/about/", **options)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
        )
        page.goto(path)
        return page

    return open_office


def in_review():
    application = ApplicationFactory(complete=True, status="in_review", submitted_at="2026-01-05T00:00Z")
    course = application.intake.course
    EvidenceRequirementFactory(course=course, kind="photo-id", label="Photo identity")
    DocumentFactory(application=application, file__data=files.pdf())
    return application


def change(label, record):
    return reverse(f"admin:{label}_change", args=[record.pk])


def world(owner) -> list[str]:
    """The addresses of the pages where staff spend their days, all of them filled."""
    module = ModuleFactory(kind="devices", course=CourseFactory())
    module.device_rows.create(key="pen", name="Pen", source=SourceFactory())
    enrollment, application = learners.finished(), in_review()
    certificate = certification.issue_certificate(enrollment=learners.finished(), by=owner)
    entry = LogbookEntryFactory(enrollment=enrollment, status="awaiting")
    return [
        reverse("admin:index"),
        reverse("admin:courses_course_changelist"),
        change("courses_course", module.course),
        change("courses_module", module),
        change("courses_topic", TopicFactory(module=module)),
        change("courses_question", QuestionFactory(module=module)),
        change("courses_intake", TrainingDayFactory(intake=enrollment.intake).intake),
        reverse("admin:enrollment_application_changelist"),
        change("enrollment_application", application),
        reverse("admin:enrollment_application_move", args=[application.pk, "decline"]),
        change("enrollment_enrollment", enrollment),
        change("enrollment_certificate", certificate),
        reverse("admin:enrollment_certificate_move", args=[certificate.pk, "revoke"]),
        change("enrollment_logbookentry", entry),
        change("courses_trainingday", enrollment.intake.training_days.first()),
        reverse("admin:enrollment_event_changelist"),
    ]


@pytest.mark.parametrize(("screen", "theme"), [("phone", "dark"), ("desktop", "light")])
def test_pages_of_the_office_are_accessible_and_keep_within_the_screen(
    office, owner, assert_accessible, screen, theme
):
    addresses = world(owner)
    page = office(addresses[0], screen=screen, theme=theme)
    for address in addresses:
        page.goto(address)
        assert page.locator("h1").count() == 1, address
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


@pytest.fixture(params=["with scripts", "without scripts"])
def scripts(request):
    return request.param == "with scripts"


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_place_is_offered_from_the_queue(office, scripts, screen):
    application = in_review()
    page = office(reverse("admin:enrollment_application_changelist"), screen=screen, scripts=scripts)
    page.get_by_role("link", name=application.reference).click()
    page.get_by_role("link", name="Offer a place", exact=True).click()
    press(page, "Offer a place")
    expect(page.locator("main")).to_contain_text("Write the reason")
    page.get_by_label("Reason").fill("Well prepared.")
    press(page, "Offer a place")
    expect(page.locator(".messagelist")).to_contain_text("A place is offered")
    assert Application.objects.get().status == "offered"


def test_course_is_published_and_its_modules_ordered(office, scripts):
    course = CourseFactory(published_at=None)
    for number, title in enumerate(["First", "Second"], 1):
        ModuleFactory(course=course, number=number, title=title)
    page = office(change("courses_course", course), scripts=scripts)
    press(page, "Publish")
    page.get_by_role("button", name="Move up: Second").click()
    expect(page.locator(".part-title a")).to_have_text(["Second", "First"])
    course.refresh_from_db()
    assert course.is_published


def test_text_is_previewed_in_another_tab_and_the_form_stays(office, scripts):
    topic = TopicFactory()
    page = office(change("courses_topic", topic), scripts=scripts)
    page.locator("#id_body").fill("It **thins**.")
    with page.context.expect_page() as opened:
        press(page, "Preview the texts in a new tab")
    expect(opened.value.locator(".prose strong")).to_have_text("thins")
    expect(page.locator("#id_body")).to_have_value("It **thins**.")


def test_clinical_row_is_added_without_scripts(office):
    module, source = ModuleFactory(kind="risk"), SourceFactory(key="JUH")
    page = office(change("courses_module", module), scripts=False)
    page.goto(page.url + "?rows=1")
    page.locator("#riskcontrol_rows-0 summary").click()
    for name, value in {
        "name": "Hygiene",
        "action": "Wash hands.",
        "source": "JUH",
        "key": "hygiene",
    }.items():
        page.locator(f"#id_riskcontrol_rows-0-{name}").fill(value)
    press(page, "Save")
    row = module.riskcontrol_rows.get()
    assert (row.name, row.source) == ("Hygiene", source)
