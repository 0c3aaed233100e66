"""The office in a real browser: pages that anyone can use, and acts that need no script."""

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from enrollment import certification
from enrollment.credentials import keys
from enrollment.models import Application, Certificate
from enrollment.roles import apply_roles
from iiwam import jobs
from iiwam.accounts.management.commands.run_worker import runner
from iiwam.worker import Loop
from tests.enrollment import files, learners
from tests.factories import (
    ApplicationFactory,
    CourseFactory,
    DocumentFactory,
    EvidenceRequirementFactory,
    LogbookEntryFactory,
    ModuleFactory,
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
        change("courses_question", enrollment.course.modules.get().questions.first()),
        reverse("admin:courses_question_import"),
        reverse("admin:enrollment_itemresponse_changelist"),
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


def worked_off() -> None:
    """What one worker does that finds the queue like this; letters are another worker's."""
    jobs.table().filter(queue_name="mail").delete()
    Loop(runner()).drain()


@pytest.mark.parametrize(("scripts", "screen"), [(True, "desktop"), (False, "phone")])
def test_certificates_of_many_are_issued_while_the_registrar_watches(
    office, settings, monkeypatch, tmp_path, assert_accessible, scripts, screen
):
    monkeypatch.setattr(jobs, "SCHEDULE", {})
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "mail", "documents"]}
    }
    settings.ISSUER_KEYS_DIR = tmp_path / "issuer-keys"
    keys.load.cache_clear()
    learners.finished(), learners.finished(), learners.enrolled(cases=2)

    page = office(reverse("admin:enrollment_enrollment_changelist"), screen=screen, scripts=scripts)
    for box in page.locator("input[name=_selected_action]").all():
        box.check()
    page.get_by_label("Action:").select_option(label="Issue certificates")
    # The page asks again only when its clock is moved on, so that it never meets the worker half-way.
    page.clock.install()
    page.get_by_role("button", name="Go").or_(page.get_by_role("button", name="Run")).click()
    progress = page.get_by_role("progressbar")
    expect(progress).to_have_attribute("value", "0")
    expect(page.get_by_text("0 of 3 done")).to_be_visible()
    assert_accessible(page)

    worked_off()
    if scripts:
        page.clock.run_for(2_500)
    else:
        page.get_by_role("link", name="Show how far it is now").click()
    expect(page.get_by_text("3 of 3 done").first).to_be_visible()
    expect(progress).to_have_attribute("value", "3")
    expect(page.get_by_text("Every learner of this run has an outcome.")).to_be_visible()
    expect(page.locator("#refused").first).to_contain_text("Not issued")
    expect(page.get_by_text("Supervised cases countersigned (0 of 2)")).to_be_visible()
    assert_accessible(page)

    certificate = Certificate.objects.order_by("pk").last()
    page.get_by_role("link", name=certificate.number).click()
    sheet = page.get_by_role("link", name="Download the PDF").get_attribute("href")
    assert page.request.get(sheet).body()[:5] == b"%PDF-"
    assert Certificate.objects.count() == 2


def test_questions_are_imported_after_a_look_at_every_line(
    office, assert_accessible, screen, scripts, tmp_path
):
    module, source = ModuleFactory(), SourceFactory(key="CHK")
    bank = tmp_path / "bank.csv"
    bank.write_text(f"key,question,right,wrong,source\ndepth,How deep?,0.5 mm,1 mm | 2 mm,{source.key}\n")
    page = office(reverse("admin:courses_question_import"), screen=screen, scripts=scripts)
    page.get_by_label("Module").first.select_option(str(module.pk))
    page.get_by_label("File", exact=True).set_input_files(bank)
    press(page, "Show what it would change")
    expect(page.get_by_role("status")).to_contain_text("1 new")
    assert_accessible(page)
    press(page, "Take it over")
    expect(page.locator(".messagelist")).to_contain_text("1 question is as the file says.")
    assert module.questions.get().options.count() == 3
