"""A certificate after its issue: an employer checks it, its holder shows it, a registrar changes how it stands."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from courses.models import Course
from enrollment import certification, renewals
from enrollment.credentials import badge, keys, sheets
from enrollment.demo.walks import sample_scan
from enrollment.models import Certificate
from tests.enrollment.learners import finished
from tests.factories import StaffFactory

pytestmark = pytest.mark.journey


@pytest.fixture
def registrar():
    return StaffFactory(
        full_name="Grace Lim", rights=["view_certificate", "issue_certificate", "revoke_certificate"]
    )


@pytest.fixture
def certificate(registrar, settings, tmp_path):
    settings.ISSUER_KEYS_DIR = tmp_path / "issuer-keys"
    keys.load.cache_clear()
    enrollment = finished()
    Course.objects.update(award="Certificate in Microneedling")
    return certification.issue_certificate(enrollment=enrollment, by=registrar)


@pytest.fixture
def window_of(open_page, live_server):
    """A window in which this person is signed in already."""

    def open_window(person, path, **options):
        client = Client()
        client.force_login(person)
        page = open_page("/about/", **options)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
        )
        page.goto(path)
        return page

    return open_window


def headed(page, words):
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_employer_checks_by_number_by_file_and_by_credential(
    certificate, open_page, tmp_path, assert_accessible
):
    page = open_page("/verify/", screen="phone", scripts=False)
    page.get_by_label("Certificate number").fill(certificate.number.lower().replace("-", " "))
    press(page, "Verify")
    headed(page, "This certificate is valid")
    expect(page.get_by_text("Nurul Aisyah binti Rahman")).to_be_visible()

    page.get_by_role("link", name="Check a PDF, a badge or a credential").click()
    ours, other, picture = (tmp_path / name for name in ("ours.pdf", "other.pdf", "badge.png"))
    ours.write_bytes(sheets.hand_out(certificate))
    other.write_bytes(ours.read_bytes() + b"\n")
    picture.write_bytes(badge.png(certificate))
    for path, words in (
        (other, "This is not a file that we handed out"),
        (picture, "This certificate is valid"),
        (ours, "This certificate is valid"),
    ):
        page.goto("/verify/")
        page.get_by_label("PDF or badge").set_input_files(path)
        press(page, "Check the file")
        headed(page, words)

    page.goto("/verify/")
    press(page, "Check the credential")
    expect(page.get_by_role("alert")).to_contain_text("Paste the text of the credential")
    head, claims, signature = certificate.seal.token.split(".")
    for text, words in (
        (
            certificate.seal.credential.replace("Nurul", "Nora"),
            "This credential was changed, or we never signed it",
        ),
        (f"{head}.{claims}.{signature}", "This certificate is valid"),
    ):
        page.goto("/verify/")
        page.get_by_role("textbox", name="Credential").fill(text)
        press(page, "Check the credential")
        headed(page, words)
    expect(page.get_by_text("nothing in it was changed")).to_be_visible()
    assert page.context.cookies() == []

    seen = open_page("/verify/", screen="phone", theme="dark")
    assert_accessible(seen)


def test_holder_makes_the_files_public_and_private_again(
    certificate, window_of, open_page, assert_accessible
):
    address = f"/verify/{certificate.number}/certificate.pdf"
    page = window_of(
        certificate.enrollment.learner, f"/learn/{certificate.enrollment_id}/certificate/", screen="phone"
    )
    headed(page, "Your certificate")
    assert_accessible(page)
    for name in ("Certificate, A4", "Certificate, Letter", "Credential, JSON", "Credential, token"):
        expect(page.get_by_role("link", name=name)).to_be_visible()
    stranger = open_page("/verify/")
    assert stranger.request.get(address).status == 404

    press(page, "Make them public")
    expect(page.get_by_role("link", name=address)).to_be_visible()
    answer = stranger.request.get(address)
    assert (answer.status, answer.body()[:5]) == (200, b"%PDF-")
    stranger.goto(f"/verify/{certificate.number}/")
    picture = stranger.locator('meta[property="og:image"]').get_attribute("content")
    assert stranger.request.get(picture).headers["content-type"] == "image/png"
    profile = page.get_by_role("link", name="Add to your LinkedIn profile").get_attribute("href")
    assert certificate.number in profile

    press(page, "Make them private")
    expect(page.get_by_role("button", name="Make them public")).to_be_visible()
    assert stranger.request.get(address).status == 404


def test_registrar_suspends_reinstates_corrects_and_revokes(
    certificate, registrar, window_of, open_page, tmp_path, assert_accessible
):
    def act(name, **answers):
        page.get_by_role("link", name=name, exact=True).click()
        for label, value in answers.items():
            page.get_by_label(label.replace("_", " "), exact=True).fill(value)

    public = open_page(f"/verify/{certificate.number}/")
    page = window_of(registrar, reverse("admin:enrollment_certificate_change", args=[certificate.pk]))
    for name, words in (("Suspend", "suspended"), ("Lift the suspension", "valid")):
        act(name, Reason="An entry is looked into.")
        press(page, name)
        expect(page.get_by_role("link", name="Revoke", exact=True)).to_be_visible()
        public.reload()
        headed(public, f"This certificate is {words}")

    paper = tmp_path / "extract.png"
    paper.write_bytes(sample_scan("Extract of the register").content)
    act("Replace with a corrected name", Name_as_on_the_register="Nurul Aisyah Rahman", Reason="Marriage.")
    press(page, "Replace with a corrected name")
    expect(page.get_by_text("Attach the paper that shows the right name.")).to_be_visible()
    page.get_by_label("Evidence").set_input_files(paper)
    press(page, "Replace with a corrected name")
    corrected = wait_for(page, certificate)
    public.reload()
    headed(public, "This certificate has been replaced")
    expect(public.get_by_text("Nurul")).to_have_count(0)
    public.get_by_role("link", name="See the certificate in its place").click()
    headed(public, "This certificate is valid")
    expect(public.get_by_text("Nurul Aisyah Rahman")).to_be_visible()

    page.get_by_role("link", name=corrected.number).click()
    expect(page.get_by_role("link", name="extract.png")).to_be_visible()
    assert_accessible(page)
    act("Revoke", Reason="Asked for.")
    page.get_by_label("At the holder's request").check()
    press(page, "Revoke")
    expect(page.get_by_role("link", name="Revoke", exact=True)).to_have_count(0)
    public.reload()
    headed(public, "This certificate has been revoked")


def wait_for(page, certificate) -> Certificate:
    expect(page.get_by_text("The corrected certificate is issued.")).to_be_visible()
    corrected = renewals.chain(certificate)[0]
    assert corrected.follows_id == certificate.pk
    return corrected
