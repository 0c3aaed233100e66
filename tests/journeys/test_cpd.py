"""Points in a real browser: from the registrar's desk into the return for the scheme, and onto the learner's phone."""

import csv
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from enrollment.cpd import submissions
from enrollment.models import CpdReturn
from tests.enrollment.cpd import made
from tests.factories import (
    CourseFactory,
    CpdSchemeFactory,
    EnrollmentFactory,
    IntakeFactory,
    ProfessionFactory,
    StaffFactory,
    TrainingDayFactory,
)

pytestmark = pytest.mark.journey


def enter(page, live_server, person) -> None:
    """The person is signed in as after a login."""
    client = Client()
    client.force_login(person)
    cookie = {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
    }
    page.context.add_cookies([{**cookie, "url": live_server.url}])


@pytest.fixture
def registrar():
    return StaffFactory(full_name="Grace Lim", rights=made.RIGHTS)


@pytest.fixture
def learner(registrar):
    """Was there on the one day of a run that ended last week and that a scheme had approved."""
    day = timezone.localdate() - timedelta(days=7)
    intake = IntakeFactory(course=CourseFactory(title="Microneedling"), starts_on=day, ends_on=day)
    begins = datetime.combine(day, time(1), UTC)
    meeting = TrainingDayFactory(intake=intake, starts_at=begins, ends_at=begins + timedelta(hours=7))
    scheme = CpdSchemeFactory(by_ic=True, name="MMA CPD", body="Malaysian Medical Association")
    long_ago = timezone.now() - timedelta(days=90)
    submission = submissions.plan(
        scheme=scheme, course=intake.course, intake=intake, by=registrar, at=long_ago
    )
    submissions.submit(submission=submission, by=registrar, at=long_ago)
    submissions.approve(
        submission=submission, by=registrar, reference="EV-77", points=Decimal(8), at=long_ago
    )
    enrollment = EnrollmentFactory(
        application__intake=intake,
        application__legal_name="Nurul Aisyah binti Rahman",
        application__profession=ProfessionFactory(),
    )
    enrollment.attendance.create(
        training_day=meeting, is_present=True, marked_by=registrar, marked_at=timezone.now()
    )
    return enrollment.learner


def test_points_go_from_the_desk_to_the_scheme_and_to_the_learners_phone(
    open_page, live_server, registrar, learner, assert_accessible
):
    phone = open_page("/", screen="phone")
    enter(phone, live_server, learner)
    phone.goto("/learn/cpd/")
    expect(phone.get_by_role("heading", name="Nothing on record yet")).to_be_visible()
    phone.get_by_role("link", name="Give your IC number").click()
    phone.get_by_role("button", name="Keep this number").click()
    expect(phone.get_by_role("alert")).to_contain_text("problems with 2 answers")
    assert_accessible(phone)
    phone.get_by_label("IC number").fill("900517-00-1234")
    phone.get_by_label("IIWAM may pass this number").check()
    phone.get_by_role("button", name="Keep this number").click()
    expect(phone.get_by_text("Your IC number is kept, encrypted.")).to_be_visible()

    desk = open_page("/")
    enter(desk, live_server, registrar)
    desk.goto("/admin/enrollment/cpdsubmission/?due=report")
    desk.get_by_role("link", name="Microneedling").click()
    assert_accessible(desk)
    desk.get_by_role("button", name="Award the points to those ticked").click()
    expect(desk.get_by_text("1 learner has the points.")).to_be_visible()
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Take the attendance return").click()
    lines = list(csv.reader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert lines[1][:3] == ["900517001234", "Nurul Aisyah binti Rahman", "EV-77"]
    assert CpdReturn.objects.get().by == registrar

    phone.goto("/learn/cpd/")
    expect(phone.get_by_role("img", name="8 points of 20")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(phone)
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Signed credential").click()
    assert "OpenBadgeCredential" in Path(download.value.path()).read_text()
