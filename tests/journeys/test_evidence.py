"""A phone, a camera and a scanner app: evidence from choosing a file to taking all of one's data away."""

import io
import re
import zipfile

import pytest
from PIL import Image
from playwright.sync_api import expect

from enrollment import admissions, custody
from enrollment.models import Document
from iiwam.accounts.people import vouch_for_address
from tests import factories
from tests.enrollment import files

pytestmark = pytest.mark.journey

PASSWORD = "a long and quiet road"


@pytest.fixture
def draft():
    applicant = factories.UserFactory(email="somchai@clinic.example", password=PASSWORD)
    vouch_for_address(user=applicant)
    intake = factories.IntakeFactory()
    for kind, label in (("photo-id", "Photo identity"), ("licence", "Current licence")):
        factories.EvidenceRequirementFactory(course=intake.course, kind=kind, label=label)
    return admissions.start_application(applicant=applicant, intake=intake)


@pytest.fixture(params=["with scripts", "without scripts"])
def phone(request, open_page, draft):
    page = open_page(
        f"/applications/{draft.reference}/evidence/", screen="phone", scripts=request.param == "with scripts"
    )
    page.locator("input[name=login]").fill("somchai@clinic.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    return page


def choose(page, field, button, name, content):
    """Scripts send a file as soon as it is chosen; without them its button does."""
    field.wait_for(state="attached")
    page.wait_for_load_state("load")
    field.set_input_files([{"name": name, "mimeType": "image/jpeg", "buffer": content}])
    sender = page.get_by_role("button", name=button, exact=True)
    if sender.is_visible():
        sender.click()


def test_evidence_from_a_phone(phone, draft, assert_accessible):
    slot = phone.locator("#slot-photo-id")
    expect(slot.locator(".tag").first).to_have_text("Missing")
    expect(slot).to_contain_text("PDF, JPEG or PNG. Up to 10.0")

    upload = phone.get_by_label("Photo identity", exact=True)
    choose(phone, upload, "Upload Photo identity", "IMG_1.jpg", files.phone_photograph())
    expect(slot.get_by_role("link", name="IMG_1.jpg")).to_be_visible()
    expect(slot.locator(".tag").first).to_have_text("Uploaded")
    stored = Image.open(draft.documents.get().file.open())
    assert (stored.size, dict(stored.getexif())) == ((40, 60), {})

    upload = phone.get_by_label("Photo identity", exact=True)
    choose(phone, upload, "Upload Photo identity", "form.pdf", files.script_pdf())
    expect(slot).to_contain_text("“form.pdf”: this PDF has a script, an attachment or an action in it.")

    slot.locator("summary").click()
    replacement = phone.get_by_label("Replace IMG_1.jpg", exact=True)
    choose(phone, replacement, "Replace it IMG_1.jpg", "scan.pdf", files.pdf(2))
    expect(slot.get_by_role("link", name="scan.pdf")).to_be_visible()
    expect(slot.locator(".doc")).to_have_count(1)
    assert_accessible(phone)

    slot.get_by_role("link", name="scan.pdf").click()
    first = phone.get_by_alt_text("Page 1 of 2: scan.pdf")
    expect(first).to_be_visible()
    expect(first).to_have_js_property("naturalWidth", 1_800)
    assert_accessible(phone)

    phone.get_by_role("link", name="Back to the documents").click()
    phone.get_by_role("button", name="Remove scan.pdf").click()
    expect(phone.get_by_role("status")).to_contain_text("“scan.pdf” has been removed.")
    expect(phone.locator("#slot-photo-id .tag").first).to_have_text("Missing")
    assert not Document.objects.exists()


def test_a_refused_document_is_sent_anew_and_all_data_is_taken_away(phone, draft, assert_accessible):
    document = factories.DocumentFactory(application=draft, original_name="licence.pdf")
    reviewer = factories.StaffFactory(rights=["review_application"])
    custody.assess_document(
        document=document, by=reviewer, accepted=False, reason="The second page is missing."
    )
    phone.reload()
    slot = phone.locator("#slot-photo-id")
    expect(slot.locator(".tag").first).to_have_text("Rejected")
    expect(slot).to_contain_text("The second page is missing.")

    phone.goto("/account/data/")
    assert_accessible(phone)
    phone.get_by_role("link", name="Confirm that it is you").click()
    phone.get_by_label("Password", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="Continue").click()
    with phone.expect_download() as download:
        phone.get_by_role("button", name="Download my data").click()
    with open(download.value.path(), "rb") as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    assert [name for name in archive.namelist() if name.endswith("licence.pdf")]

    phone.get_by_role("link", name="Erase my data").click()
    assert_accessible(phone)
    phone.get_by_label(re.compile("^Erase my data and close")).check()
    phone.get_by_role("button", name="Erase my data").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Your data has been erased")
