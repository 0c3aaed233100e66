"""What a search shows of a course: clinical rows among its parts, and the line around the words, with or without accents."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courses import models
from courses.search import followed, hits_of, rebuild, understand
from courses.search.words import folded_in_place
from tests.factories import ArticleFactory, CourseFactory, ModuleFactory, SourceFactory, TopicFactory

pytestmark = pytest.mark.django_db
CATALOG = "/courses/"
Kind = models.Module.Kind


@pytest.fixture
def module():
    course = CourseFactory(title="Microneedling")
    return ModuleFactory(course=course, number=5, title="Side effects", kind=Kind.COMPLICATIONS)


def complication(module, **values) -> models.Complication:
    values = {"key": "granuloma", "name": "Granuloma", "management": "Refer for a biopsy.", **values}
    return models.Complication.objects.create(module=module, source=SourceFactory(), **values)


def hits(words: str) -> list:
    courses = list(models.Course.objects.values_list("pk", flat=True))
    return [hit for found in hits_of(courses, understand(words), alone=True).values() for hit in found]


class TestClinicalRows:
    def test_row_is_found_as_part_of_its_module_with_the_line_that_says_it(self, client, module):
        complication(module)
        rebuild()
        (hit,) = hits("biopsy")
        assert (hit.kind, hit.title, hit.module, hit.number) == ("row", "Granuloma", "Side effects", 5)
        assert hit.excerpt == "Granuloma · Refer for a <mark>biopsy</mark>."
        assert hit.url == f"{module.get_absolute_url()}#complication-granuloma"
        page = client.get(CATALOG, {"q": "biopsy"})
        assert [course.title for course in page.context["courses"]] == ["Microneedling"]
        assert "In module 5, Side effects" in page.content.decode()

    def test_every_kind_of_row_is_found_where_its_module_shows_it(self, client, module):
        values = {
            models.SkinLayer: {"name": "Stratum", "description": "Wordone"},
            models.SkinThickness: {"site": "Wordtwo", "low_um": 1, "high_um": 2},
            models.Device: {"name": "Wordthree"},
            models.NeedleDepth: {"scheme": "S", "target": "Wordfour"},
            models.ProtocolStep: {"phase": "day", "name": "Step", "do": "Wordfive"},
            models.Indication: {"use": "Wordsix", "name": "Study", "outcome": "None"},
            models.Complication: {"name": "Wordseven"},
            models.RiskControl: {"name": "Area", "action": "Wordeight"},
        }
        assert set(values) == set(models.CLINICAL_MODELS)
        for number, (model, own) in enumerate(values.items(), start=10):
            home = ModuleFactory(course=module.course, number=number, kind=model.kind)
            model.objects.create(module=home, key="one", source=SourceFactory(), **own)
        rebuild()
        for number, word in enumerate(
            ["one", "two", "three", "four", "five", "six", "seven", "eight"], start=10
        ):
            (hit,) = hits(f"word{word}")
            assert (hit.kind, hit.number) == ("row", number), word
            page, _, anchor = hit.url.partition("#")
            assert f'<tr id="{anchor}">' in client.get(page).content.decode(), word

    def test_row_that_its_module_no_longer_shows_is_not_found(self, module):
        complication(module)
        models.Module.objects.filter(pk=module.pk).update(kind=Kind.GENERAL)
        rebuild()
        assert hits("biopsy") == []

    def test_row_follows_what_is_written(self, module):
        row = complication(module)
        rebuild()
        with followed(row):
            row.management = "Photograph it."
            row.save()
        assert [len(hits("biopsy")), len(hits("photograph"))] == [0, 1]
        with followed(row):
            row.delete()
        assert hits("photograph") == []


class TestAccents:
    @pytest.mark.parametrize("words", ["phnom", "phnôm", "PHNÔM", "phno\u0302m"])
    @pytest.mark.parametrize("said", ["Phnom", "Phnôm", "PHNÔM", "Phno\u0302m"])
    def test_word_is_shown_in_its_line_with_or_without_its_accent(self, module, words, said):
        before = "Étienne’s ﬁrst élan was long ago. " * 20
        TopicFactory(module=module, title="Where", body_html=f"<p>{before} A clinic in {said} Penh.</p>")
        rebuild()
        (hit,) = hits(words)
        shown = said.replace("o\u0302", "ô")
        assert f"A clinic in <mark>{shown}</mark> Penh." in hit.excerpt
        assert hit.excerpt.startswith("…")

    @pytest.mark.parametrize("words", ["cafe", "café", "CAFÉ"])
    def test_articles_are_no_exception(self, words):
        ArticleFactory(title="Notes", summary="In a Café.", body_html="<p>Of a cafe.</p>")
        rebuild()
        (hit,) = hits(words)
        assert hit.excerpt == "In a <mark>Café</mark>. Of a <mark>cafe</mark>."

    @pytest.mark.parametrize("text", ["Café", "ﬁrst Straße", "İstanbul", "ก้าว", "don’t", "CAFE\u0301", "Ａb"])
    def test_folding_in_place_moves_no_letter(self, text):
        assert len(folded_in_place(text)) == len(text.lower())


class TestWhenAModuleChanged:
    """Its date goes to the sitemap."""

    @pytest.fixture
    def long_ago(self, module):
        models.Module.objects.update(changed_at=timezone.now() - timedelta(days=400))
        models.Course.objects.update(published_at=timezone.now() - timedelta(days=500))
        return module

    def told(self, client) -> bool:
        text = client.get("/sitemap-modules.xml").content.decode()
        return f"<lastmod>{timezone.localdate():%Y-%m}" in text

    @pytest.mark.parametrize(
        "make", [lambda module: TopicFactory(module=module), lambda module: complication(module)]
    )
    def test_it_moves_when_a_part_comes_changes_or_goes(self, client, long_ago, make):
        part = make(long_ago)
        for write in (part.save, part.delete):
            models.Module.objects.update(changed_at=timezone.now() - timedelta(days=400))
            assert not self.told(client)
            with followed(part):
                write()
            assert self.told(client)
