"""A case on the way from the learner's telephone into the chain, and a training day on the assessor's."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from enrollment import chain
from enrollment.models import Attendance, LogbookEntry, Signature
from tests.enrollment.learners import enrolled
from tests.factories import CompetencyFactory, ProcedureFactory, StaffFactory, TrainingDayFactory

pytestmark = pytest.mark.journey

PASSWORD = "violet needle harbour"


@pytest.fixture
def enrollment():
    enrollment = enrolled(cases=1)
    learner = enrollment.learner
    learner.set_password(PASSWORD)
    learner.save()
    ProcedureFactory(name="Microneedling").courses.add(enrollment.course)
    CompetencyFactory(course=enrollment.course, title="Stops at the end-point", is_critical=True)
    return enrollment


@pytest.fixture
def assessor():
    person = StaffFactory(full_name="Arun Chai", rights=["countersign_logbookentry"], password=PASSWORD)
    person.emailaddress_set.create(email=person.email, verified=True, primary=True)
    return person


def press(page, name):
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def sign_in(page, person, address):
    person.emailaddress_set.get_or_create(email=person.email, defaults={"verified": True, "primary": True})
    page.goto(f"/accounts/login/?next={address}")
    page.get_by_label("Email address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")


def write_case(page, enrollment, assert_accessible=lambda page: None):
    """The learner writes a case; the patient's name is refused beside its field, and a code is not."""
    sign_in(page, enrollment.learner, f"/learn/{enrollment.pk}/logbook/new/")
    today = timezone.localdate(timezone=enrollment.intake.zone)
    for part, value in (("Day", today.day), ("Month", today.month), ("Year", today.year)):
        page.get_by_label(part, exact=True).fill(str(value))
    page.get_by_label("Patient code").fill("P-014")
    page.get_by_label("Microneedling", exact=True).check()
    page.get_by_label("Area").fill("Cheeks")
    page.get_by_label("IV", exact=True).check()
    page.get_by_label("Device").fill("Motorised pen")
    page.get_by_label("Cartridge lot").fill("2026-03-15")
    page.get_by_label("Needle depth").fill("1.5")
    page.get_by_label("Passes").fill("5")
    page.get_by_label("Performed under supervision").check()
    page.get_by_label("Outcome").fill("Siti Aminah tolerated it well.")
    press(page, "Save and send for countersignature")
    expect(page.get_by_role("main")).to_contain_text("“Siti Aminah” looks like a name.")
    assert_accessible(page)
    page.get_by_label("Outcome").fill("Even redness after ten minutes.")
    press(page, "Save and send for countersignature")
    expect(page.get_by_role("status")).to_contain_text("Entry P-014 is sent for countersignature.")
    page.goto("/accounts/logout/")
    press(page, "Sign out")


def add_passkey(page):
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    options |= {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Continue")
    page.get_by_label("Name of the key").fill("My telephone")
    press(page, "Add the passkey")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")


def test_case_is_signed_with_a_passkey_and_taken_back_with_it(page, enrollment, assessor, assert_accessible):
    write_case(page, enrollment, assert_accessible)
    sign_in(page, assessor, "/account/")
    add_passkey(page)
    page.goto("/assess/")
    assert_accessible(page)
    page.get_by_role("link", name="Nurul Aisyah").click()
    assert_accessible(page)
    press(page, "Sign with your passkey")
    expect(page.get_by_role("status")).to_contain_text("Entry P-014 is countersigned.")
    link = Signature.objects.get()
    assert (link.method, list(chain.faults())) == ("passkey", [])

    page.goto(f"/assess/{link.entry_id}/")
    page.get_by_role("link", name="Take it back").click()
    page.get_by_label("Reason").fill("Another case was meant.")
    assert_accessible(page)
    press(page, "Take it back with your passkey")
    expect(page.get_by_role("status")).to_contain_text("is taken back by a counter-entry")
    assert list(Signature.objects.values_list("method", flat=True)) == ["passkey", "passkey"]
    assert list(chain.faults()) == []


def test_case_is_written_and_signed_without_scripts(page_without_scripts, enrollment, assessor):
    page = page_without_scripts
    write_case(page, enrollment)
    sign_in(page, assessor, "/assess/")
    page.get_by_role("link", name="Nurul Aisyah").click()
    press(page, "Countersign")
    expect(page.get_by_role("alert").first).to_contain_text("Enter your password")
    page.get_by_label("Your password").fill(PASSWORD)
    press(page, "Countersign")
    expect(page.get_by_role("status")).to_contain_text("Entry P-014 is countersigned.")
    assert LogbookEntry.objects.get().signature.method == "password"


def test_training_day_is_ticked_corrected_and_skills_are_judged(
    page, enrollment, assessor, assert_accessible
):
    start = timezone.now() - timedelta(minutes=5)
    TrainingDayFactory(
        intake=enrollment.intake, title="Day one", starts_at=start, ends_at=start + timedelta(hours=8)
    )
    sign_in(page, assessor, "/assess/days/")
    assert_accessible(page)
    page.get_by_role("link", name="Day one").click()
    tick = page.get_by_label("Nurul Aisyah binti Rahman")
    assert tick.locator("..").bounding_box()["height"] >= 44
    tick.check()
    assert_accessible(page)
    press(page, "Save the ticks")
    expect(page.get_by_role("status")).to_contain_text("1 mark is saved.")
    page.get_by_role("link", name="Correct").click()
    assert_accessible(page)
    page.get_by_label("Reason").fill("It was somebody else.")
    press(page, "Mark as not there")
    expect(page.get_by_role("status")).to_contain_text("The mark is corrected.")
    assert list(Attendance.objects.values_list("is_present", flat=True)) == [False]

    page.goto("/assess/learners/")
    assert_accessible(page)
    page.get_by_role("link", name="Nurul Aisyah").click()
    page.get_by_label("Met", exact=True).check()
    assert_accessible(page)
    press(page, "Save the checklist")
    expect(page.get_by_role("status")).to_contain_text("1 judgement is on record.")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
