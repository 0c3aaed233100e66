"""Pictures for links, the prospectus, the feed and the sitemap."""

import io
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from courses.outward import pictures, prospectus, sitemaps
from courses.page_parts import facts_of, with_parts
from tests.factories import (
    AccreditationFactory,
    ArticleFactory,
    CourseFactory,
    EvidenceRequirementFactory,
    IntakeFactory,
    ModuleFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def words(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def paper(course) -> bytes:
    return prospectus.render(facts_of(with_parts().get(pk=course.pk), timezone.now()))


class TestPicture:
    @pytest.mark.parametrize("address", ["/picture.png", "/courses/peels/picture.png"])
    def test_picture_has_the_size_that_link_previews_expect(self, client, address):
        CourseFactory(slug="peels")
        answer = client.get(address)
        image = Image.open(io.BytesIO(answer.content))
        assert (answer["Content-Type"], image.format, image.size) == ("image/png", "PNG", (1200, 630))
        assert len(answer.content) < 100_000

    def test_pictures_differ_by_title(self):
        assert pictures.picture("Peels", []) != pictures.picture("Lasers", [])

    @pytest.mark.parametrize("title", ["", "x" * 160, "Long " * 32, "Ω 漢字 🩺"])
    def test_any_title_has_a_picture(self, title):
        assert pictures.picture(title, ["fact " * 60]).startswith(b"\x89PNG")

    def test_long_title_is_cut_with_a_mark(self):
        size, lines = pictures.fitted("Professional diploma of many words " * 10)
        assert (size, len(lines), lines[-1][-1]) == (pictures.TITLE_SIZES[-1], pictures.MOST_LINES, "…")

    def test_draft_has_none(self, client):
        draft = CourseFactory(published_at=None)
        assert client.get(reverse("courses:picture", args=[draft.slug])).status_code == 404


class TestProspectus:
    def test_prospectus_says_what_the_page_says(self, client):
        course = CourseFactory(
            title="Peels", outcomes="Choose a peel", entry_requirements="A register number"
        )
        EvidenceRequirementFactory(course=course, label="Photo identity", profession=None)
        TopicFactory(module=ModuleFactory(course=course, title="Acids"), title="Depth of a peel")
        start = timezone.localdate() + timedelta(days=40)
        IntakeFactory(course=course, starts_on=start, fee_minor=680_000, currency="MYR")
        told = words(client.get(reverse("courses:prospectus", args=[course.slug])).content)
        expected = [
            "Peels",
            "Choose a peel",
            "A register number",
            "Photo identity",
            "Acids",
            "Depth of a peel",
        ]
        expected += ["MYR 6,800", f"{start.day} {start:%B %Y}", course.scope_notice]
        assert [sentence for sentence in expected if sentence not in told] == []
        assert "sample" not in told

    def test_unknown_facts_are_named_as_such_and_samples_marked(self):
        course = CourseFactory(award="")
        IntakeFactory(course=course, is_sample=True)
        told = words(paper(course))
        assert "Award to be confirmed" in told
        assert told.count("(sample)") >= 2

    def test_points_stand_only_with_an_approval_in_force(self):
        course = CourseFactory()
        record = AccreditationFactory(course=course, cpd_points=8, reference="R-77")
        with_points = words(paper(course))
        record.valid_to = timezone.localdate() - timedelta(days=1)
        record.save()
        assert ("CPD points 8" in with_points, "CPD points" in words(paper(course))) == (True, False)

    def test_prospectus_is_tagged_and_reads_aloud(self):
        reader = PdfReader(io.BytesIO(paper(CourseFactory())))
        root = reader.trailer["/Root"]
        assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en-GB", True)
        assert "<pdfuaid:part>1<" in root["/Metadata"].get_data().decode()

    def test_signs_without_a_glyph_cost_no_prospectus(self):
        course = CourseFactory(title="ᚠᚢᚦ Runes", summary="#let x = 1 $ *bold* 🩺")
        assert paper(course).startswith(b"%PDF")

    def test_prospectus_is_kept_and_known_again(self, client, settings):
        settings.PAGES_KEPT_SECONDS = 300
        caches["pages"].clear()
        address = reverse("courses:prospectus", args=[CourseFactory().slug])
        first = client.get(address)
        assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304

    def test_draft_has_none(self, client):
        draft = CourseFactory(published_at=None)
        assert client.get(reverse("courses:prospectus", args=[draft.slug])).status_code == 404

    def test_page_leads_to_it(self, client):
        course = CourseFactory()
        page = client.get(course.get_absolute_url()).content.decode()
        assert reverse("courses:prospectus", args=[course.slug]) in page


class TestFeed:
    def test_feed_tells_published_articles_by_full_addresses(self, client):
        article = ArticleFactory(title="Depth & claims")
        ArticleFactory(published_at=None)
        feed = ElementTree.fromstring(client.get(reverse("courses:feed")).content)
        (entry,) = feed.findall(f"{ATOM}entry")
        assert entry.find(f"{ATOM}title").text == "Depth & claims"
        assert entry.find(f"{ATOM}link").get("href") == f"http://127.0.0.1:8000{article.get_absolute_url()}"
        assert {link.get("rel") for link in feed.findall(f"{ATOM}link")} == {"self", "alternate"}

    def test_pages_lead_to_it(self, client):
        assert f'type="application/atom+xml" title="Articles of IIWAM" href="{reverse("courses:feed")}"' in (
            client.get("/articles/").content.decode()
        )


def located(content: bytes) -> list[tuple[str, bool]]:
    """Every address of a sitemap, and whether it says when it changed."""
    root = ElementTree.fromstring(content)
    return [(one.find(f"{SITEMAP}loc").text, one.find(f"{SITEMAP}lastmod") is not None) for one in root]


class TestSitemap:
    def test_index_names_every_part(self, client):
        CourseFactory()
        parts = {address for address, _dated in located(client.get("/sitemap.xml").content)}
        assert parts == {f"http://127.0.0.1:8000/sitemap-{name}.xml" for name in sitemaps.SITEMAPS}

    def test_large_section_is_told_in_parts(self, client, monkeypatch):
        monkeypatch.setattr(sitemaps.Part, "limit", 2)
        CourseFactory.create_batch(3)
        index = {address for address, _dated in located(client.get("/sitemap.xml").content)}
        assert "http://127.0.0.1:8000/sitemap-courses.xml?p=2" in index
        counts = [len(located(client.get(f"/sitemap-courses.xml?p={page}").content)) for page in (1, 2)]
        assert counts == [2, 1]

    @pytest.mark.parametrize("name", sitemaps.SITEMAPS)
    def test_every_address_says_when_it_changed(self, client, name):
        ModuleFactory(course=CourseFactory())
        ArticleFactory()
        found = located(client.get(f"/sitemap-{name}.xml").content)
        assert found and all(dated for _address, dated in found)

    def test_edited_course_is_told_as_changed(self, client):
        course = CourseFactory(published_at=timezone.now() - timedelta(days=400))
        course.save()
        assert f"<lastmod>{timezone.localdate():%Y}" in client.get("/sitemap-courses.xml").content.decode()

    @pytest.mark.parametrize(
        "address", ["/sitemap-nothing.xml", "/sitemap-courses.xml?p=99", "/sitemap-courses.xml?p=x"]
    )
    def test_part_that_is_not_there_is_not_found(self, client, address):
        assert client.get(address).status_code == 404


def test_icon_is_found_by_what_reads_no_page(client):
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Location"]) == (302, "/static/icon.svg")
