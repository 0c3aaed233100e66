"""What comes out on paper: the page without its controls, nothing cut off, figures whole, addresses beside their links."""

import io

import pytest
from django.core.management import call_command
from pypdf import PdfReader

from courses.models import Course
from enrollment import certification
from enrollment.credentials import keys
from tests.enrollment.learners import finished
from tests.factories import StaffFactory
from tests.journeys import looking
from tests.journeys.test_every_page import session_of

pytestmark = pytest.mark.journey

# A4 less its margins of 18 mm, in pixels of 1/96 inch.
SHEET = {"width": 657, "height": 986}
PORTRAIT, LANDSCAPE = (595, 842), (842, 595)
LEFT_ON_PAPER = """() => [...document.querySelectorAll("nav, button, .btn, select, input, footer, .skip, .crumbs")]
    .filter(one => one.checkVisibility()).map(one => one.outerHTML.slice(0, 120))"""
CUT_OFF = """() => [...document.querySelectorAll("svg, img, table")].filter(one => one.checkVisibility())
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1 || one.getBoundingClientRect().left < -1)
    .map(one => one.outerHTML.slice(0, 120))"""
# Text of a drawing that reaches over its edge is cut off wherever the drawing stands.
CUT_IN_FIGURES = """() => [...document.querySelectorAll(".plate svg text")]
    .filter(one => one.getBoundingClientRect().right > one.ownerSVGElement.getBoundingClientRect().right + 2)
    .map(one => one.textContent)"""
WITHOUT_ADDRESS = """() => [...document.querySelectorAll(".prose a[href^=http], .refs a[href^=http]")]
    .filter(one => one.checkVisibility() && !getComputedStyle(one, "::after").content.includes(one.getAttribute("href")))
    .map(one => one.href)"""
CLOSED = """() => [...document.querySelectorAll("details > :not(summary)")]
    .filter(one => !one.checkVisibility({contentVisibilityAuto: true}) || !one.getBoundingClientRect().height)
    .map(one => one.textContent.slice(0, 60))"""
FIGURES = "[...document.querySelectorAll('figure')].filter(one => one.checkVisibility()).length"


@pytest.fixture
def paper(new_context, live_server):
    """Opens a page as it is laid out on paper."""

    def open_on_paper(path, person=None):
        context = new_context(base_url=live_server.url, viewport=SHEET)
        looking.prepare(context)
        if person:
            context.add_cookies([{**session_of(person), "url": live_server.url}])
        page = context.new_page()
        page.emulate_media(media="print")
        page.goto(path)
        return page

    return open_on_paper


def faults_on(page) -> list[str]:
    asked = (LEFT_ON_PAPER, CUT_OFF, CUT_IN_FIGURES, WITHOUT_ADDRESS, CLOSED)
    return [fault for question in asked for fault in page.evaluate(question)] + page.evaluate(
        "[...looking.sideways(), ...looking.lostText()]"
    )


def sheets_of(page) -> list:
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages


def size(sheet) -> tuple[int, int]:
    return round(sheet.mediabox.width), round(sheet.mediabox.height)


def test_course_modules_and_checklist_print_whole(paper):
    call_command("load_catalog", verbosity=0)
    call_command("load_samples", verbosity=0)
    modules = Course.objects.get(slug="microneedling").modules
    told = {"/courses/microneedling/": ["Who may apply", "Refunds", "Does it carry CPD points?"]}
    told[modules.get(kind="protocols").get_absolute_url()] = ["One site, several answers", "https://"]
    told[modules.get(kind="risk").get_absolute_url()] = ["Patient code", "Checked by", "Date"]
    for path, words in told.items():
        page = paper(path)
        assert faults_on(page) == [], path
        assert bool(page.evaluate(FIGURES)) == (path != "/courses/microneedling/")
        sheets = sheets_of(page)
        texts = [" ".join(sheet.extract_text().split()) for sheet in sheets]
        assert {size(sheet) for sheet in sheets} == {PORTRAIT}
        assert [number for number, text in enumerate(texts) if len(text) < 40] == []
        assert [word for word in words if word not in " ".join(texts)] == []


@pytest.fixture
def certificate(tmp_path, settings):
    settings.ISSUER_KEYS_DIR = tmp_path / "issuer-keys"
    keys.load.cache_clear()
    enrollment = finished()
    registrar = StaffFactory(rights=["view_certificate", "issue_certificate"])
    return certification.issue_certificate(enrollment=enrollment, by=registrar)


def test_certificate_prints_on_a_sheet_of_its_own(paper, certificate):
    holder = certificate.enrollment.learner
    page = paper(f"/learn/{certificate.enrollment_id}/certificate/", holder)
    assert page.evaluate(LEFT_ON_PAPER) == []
    sheet, *record = sheets_of(page)
    assert (size(sheet), {size(one) for one in record}) == (LANDSCAPE, {PORTRAIT})
    (picture,) = sheet.images
    assert picture.image.width > 1500
    assert sheet.extract_text().strip() == ""
    assert certificate.number in record[0].extract_text()
