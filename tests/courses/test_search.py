"""What can be found: the same questions have the same answers on SQLite and on PostgreSQL, in the same order."""

import pytest
from django.core.management import call_command

from courses import models
from courses.publishing import publish, unpublish
from courses.search import followed, hits_of, rebuild, refresh, understand
from courses.search.words import fold, keys_of, likeness, marked, stem
from tests.factories import ArticleFactory, CourseFactory, ModuleFactory, StaffFactory, TopicFactory

pytestmark = pytest.mark.django_db
CATALOG = "/courses/"


def found(client, words: str) -> list[str]:
    page = client.get(CATALOG, {"q": words})
    assert page.status_code == 200
    return [course.title for course in page.context["courses"]]


@pytest.fixture
def needling():
    course = CourseFactory(title="Microneedling", code="MN", summary="Fine needles for scars.")
    devices = ModuleFactory(
        course=course, number=2, title="Devices and techniques", summary="Pens and stamps."
    )
    TopicFactory(
        module=devices,
        number=1,
        title="Motorised pens",
        body_html="<h2>Speed</h2><p>A motor drives <strong>granulomas</strong><sup>[1]</sup>.</p>",
    )
    return course


@pytest.fixture
def catalog(needling):
    CourseFactory(title="Laser treatments", code="LS", summary="Light on scars.")
    CourseFactory(title="Épidermal peels", code="PL", summary="Acids. ลอกผิวหน้าด้วยกรด")
    CourseFactory(title="Scars", code="SC", summary="Nothing else.", position=9)
    rebuild()


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("microneedling", ["Microneedling"]),
        ("MICRONEEDLING", ["Microneedling"]),
        ("micron", ["Microneedling"]),
        ("needl", ["Microneedling"]),
        ("mn", ["Microneedling"]),
        ("granuloma", ["Microneedling"]),
        ("motorised laser", []),
        ("light scar", ["Laser treatments"]),
        ("epidermal", ["Épidermal peels"]),
        ("épidermal", ["Épidermal peels"]),
        ("ＬＡＳＥＲ", ["Laser treatments"]),
        ("ผิวหน้า", ["Épidermal peels"]),
        ("กรด", ["Épidermal peels"]),
        ("ขนม", []),
        ("the lasers", ["Laser treatments"]),
        ("the", []),
    ],
)
def test_words_find_courses_by_everything_in_them(client, catalog, words, titles):
    assert found(client, words) == titles


def test_title_counts_most_then_headings_then_summary_then_body(client, needling):
    CourseFactory(title="Body", description_html="<p>A granuloma.</p>", position=1)
    CourseFactory(title="Summary", summary="A granuloma.", position=2)
    ModuleFactory(course=CourseFactory(title="Heading", position=3), title="Granulomas")
    CourseFactory(title="Granuloma", position=4)
    rebuild()
    assert found(client, "granuloma") == ["Granuloma", "Heading", "Summary", "Microneedling", "Body"]


def test_as_good_answers_stand_in_the_order_of_the_catalog(client, catalog):
    assert found(client, "scars") == ["Scars", "Laser treatments", "Microneedling"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("microneadling", "microneedling"),
        ("micronedling", "microneedling"),
        ("lazer", "laser"),
        ("lasre", "laser"),
        ("treatmants", "treatments"),
        ("motorized", "motorised"),
        ("grannuloma", "granulomas"),
        ("tecniques", "techniques"),
        ("pels", "peels"),
        ("scra", "scar"),
    ],
)
def test_misspelt_word_is_taken_for_one_that_the_catalog_uses(client, catalog, typed, meant):
    ModuleFactory(course=models.Course.objects.get(code="SC"), title="A scar")
    rebuild()
    page = client.get(CATALOG, {"q": typed})
    assert page.context["courses"]
    assert page.context["question"].words.corrected == {typed: [meant]}
    assert f"says “{typed}”" in page.content.decode()


@pytest.mark.parametrize("word", ["zzqqxx", "12345", "osteopathy"])
def test_word_like_no_other_finds_nothing_and_says_so(client, catalog, word):
    assert found(client, word) == []


HOSTILE = [
    *(
        '"',
        "'",
        "\\",
        "*",
        "laser*",
        '"laser',
        "-",
        "-laser",
        "laser -scars",
        "NEAR(",
        "NEAR(laser scars)",
        "NOT laser",
    ),
    *(
        "laser AND",
        "OR",
        "AND NOT",
        "a:b",
        "{a} : x",
        "title:laser",
        "^laser",
        "laser & !scars",
        "laser:*A",
        "<->",
    ),
    *(
        "'; DROP TABLE courses_course; --",
        "1=1",
        "%",
        "_",
        "%%s",
        "%(x)s",
        "()",
        "((((",
        "😀",
        "laser 😀",
        "👩🏽‍⚕️",
    ),
    *(
        "\u202elaser",
        "a\u0300\u0301\u0302" * 50,
        "ก" * 200,
        "漢字かな交じり文",
        "x" * 10_000,
        "laser " * 3_000,
        "\ufffd",
    ),
    *("\u0e31\u0e34", "\u0301", "ﬁller", "İstanbul", "ß", "’", "l’laser", "0", "-1", "1e999"),
]


@pytest.mark.parametrize("words", HOSTILE, ids=ascii)
def test_any_words_get_an_answer_and_change_nothing(client, catalog, words):
    found(client, words)
    assert models.Course.objects.count() == 4


@pytest.mark.parametrize(
    "words", ["laser*", '"laser', "-laser", "^laser", "laser:*A", "laser & scars", "laser 😀"]
)
def test_operators_are_no_operators(client, catalog, words):
    assert found(client, words) == ["Laser treatments"]


def test_hits_name_the_place_and_mark_the_word(client, catalog, needling):
    hits = hits_of([needling.pk], understand("granuloma"), alone=True)[needling.pk]
    assert [(hit.kind, hit.number, hit.module, hit.url) for hit in hits] == [
        ("topic", 2, "Devices and techniques", needling.modules.get().get_absolute_url())
    ]
    assert hits[0].excerpt == "Speed · A motor drives <mark>granulomas</mark>."


def test_hits_are_three_a_course_best_first(client, needling):
    module = ModuleFactory(course=needling, number=3, title="Pigment", summary="Colour.")
    for number in range(5):
        TopicFactory(
            module=module, number=number + 1, title=f"Part {number}", body_html="<p>About pigment.</p>"
        )
    rebuild()
    hits = hits_of([needling.pk], understand("pigment"), alone=True)[needling.pk]
    assert [str(hit.title) for hit in hits] == ["<mark>Pigment</mark>", "Part 0", "Part 1"]


def test_long_text_is_shown_around_the_word(needling):
    body = f"<p>{'before ' * 200}erythema{' after' * 200}</p>"
    TopicFactory(module=needling.modules.get(), number=7, body_html=body)
    rebuild()
    (hit,) = hits_of([needling.pk], understand("erythema"), alone=True)[needling.pk]
    assert "<mark>erythema</mark>" in hit.excerpt
    assert hit.excerpt.startswith("…before") and hit.excerpt.endswith("after…")
    assert len(hit.excerpt) < 230


def test_marks_are_safe_where_texts_are_not():
    terms = understand("script").terms
    assert marked("<script>alert('x')</script>", terms) == (
        "&lt;<mark>script</mark>&gt;alert(&#x27;x&#x27;)&lt;/<mark>script</mark>&gt;"
    )


def test_article_is_a_hit_of_the_course_it_leads_to(client, needling):
    article = ArticleFactory(title="Reading a claim", body_html="<p>About keloids.</p>")
    article.modules.set(needling.modules.all())
    rebuild()
    page = client.get(CATALOG, {"q": "keloids"})
    assert [hit.url for hit in page.context["courses"][0].hits] == [article.get_absolute_url()]
    assert page.context["articles"] == []


def test_article_that_leads_to_no_course_stands_by_itself(client, needling):
    article = ArticleFactory(title="Reading a claim", body_html="<p>About keloids.</p>")
    rebuild()
    page = client.get(CATALOG, {"q": "keloids"})
    assert page.context["courses"] == []
    assert [hit.url for hit in page.context["articles"]] == [article.get_absolute_url()]
    assert client.get(CATALOG, {"q": "keloids", "kind": "certificate"}).context["articles"] == []


# What the public may find


def test_drafts_are_never_found(client, needling):
    models.Course.objects.filter(pk=needling.pk).update(published_at=None)
    ArticleFactory(title="Hidden keloids", published_at=None)
    rebuild()
    assert models.SearchEntry.objects.count() == models.SearchDocument.objects.count() == 0
    assert models.SearchWord.objects.count() == 0
    assert found(client, "granuloma") == []


def test_draft_is_not_found_even_when_the_index_is_stale(client, catalog, needling):
    article = ArticleFactory(title="Keloids")
    refresh(articles=[article.pk])
    models.Course.objects.filter(pk=needling.pk).update(published_at=None)
    models.Article.objects.update(published_at=None)
    assert found(client, "granuloma") == []
    assert client.get(CATALOG, {"q": "keloids"}).context["articles"] == []


def test_publishing_shows_and_unpublishing_hides_at_once(client, needling):
    editor = StaffFactory(rights=["publish_course"])
    unpublish(item=needling, by=editor)
    assert found(client, "granuloma") == []
    assert models.SearchWord.objects.count() == 0
    publish(item=needling, by=editor)
    assert found(client, "granuloma") == ["Microneedling"]


def test_article_of_a_hidden_course_stands_by_itself_until_the_course_is_back(client, needling):
    editor = StaffFactory(rights=["publish_course"])
    article = ArticleFactory(title="Keloids")
    article.modules.set(needling.modules.all())
    rebuild()
    unpublish(item=needling, by=editor)
    assert len(client.get(CATALOG, {"q": "keloids"}).context["articles"]) == 1
    publish(item=needling, by=editor)
    page = client.get(CATALOG, {"q": "keloids"})
    assert (len(page.context["courses"]), page.context["articles"]) == (1, [])


def state() -> tuple:
    documents = models.SearchDocument.objects.values_list(
        "kind", "course", "article", "title", "text", "words"
    )
    words = models.SearchWord.objects.values_list("word", "letters", "uses")
    return sorted(documents, key=str), sorted(words)


@pytest.mark.parametrize("act", ["rename", "move", "delete", "delete course", "add"])
def test_following_a_change_leaves_what_a_rebuild_would(catalog, needling, act):
    other = models.Course.objects.get(code="LS")
    module = needling.modules.get()
    ArticleFactory().modules.set([module])
    rebuild()
    record = {
        "add": models.Module(course=other, number=9, slug="new", title="Brand new", summary="Yes.")
    }.get(act, needling if act == "delete course" else module)
    with followed(record):
        if "delete" in act:
            record.delete()
        else:
            record.title = "Renamed wholly" if act == "rename" else record.title
            record.course = other if act == "move" else record.course
            record.save()
    after = state()
    rebuild()
    assert after == state()


def test_word_is_forgotten_when_nothing_says_it_any_more(client, catalog, needling):
    assert models.SearchWord.objects.filter(word="granulomas").exists()
    topic = models.Topic.objects.get()
    with followed(topic):
        topic.body_html = "<p>Else.</p>"
        topic.save()
    assert not models.SearchWord.objects.filter(word="granulomas").exists()
    assert found(client, "granulomas") == []


def test_editor_saves_in_the_office_and_visitors_find_it(client, admin_client, catalog):
    course = models.Course.objects.get(code="LS")
    module = ModuleFactory(course=course, number=1, slug="m", title="Before")
    address = f"/admin/courses/module/{module.pk}/change/"
    form = admin_client.get(address).context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value is not None}
    sent = admin_client.post(address, {**data, "title": "Photothermolysis explained"})
    assert sent.status_code == 302
    assert found(client, "photothermolysis") == ["Laser treatments"]
    admin_client.post(f"/admin/courses/module/{module.pk}/delete/", {"post": "yes"})
    assert found(client, "photothermolysis") == []


def test_loading_the_catalog_makes_it_findable(client):
    call_command("load_catalog", verbosity=0)
    assert "Microneedling" in found(client, "granuloma")


def test_command_writes_the_index_afresh(client, needling, capsys):
    assert found(client, "granuloma") == []
    call_command("rebuild_search")
    assert "1 courses" in capsys.readouterr().out
    assert found(client, "granuloma") == ["Microneedling"]


# Words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("scar", "scarring"),
        ("needle", "needling"),
        ("needles", "needled"),
        ("device", "devices"),
        ("therapy", "therapies"),
    ],
)
def test_forms_of_a_word_share_a_stem(one, other):
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("skin", "skill"), ("acne", "ace"), ("analysis", "analyst")])
def test_other_words_do_not(one, other):
    assert stem(one) != stem(other)


def test_stem_is_a_beginning_of_its_word():
    words = "scarring needles therapies device glasses dressing status analysis peeling use y e s".split()  # noqa: SIM905
    assert all(word.startswith(stem(word)) for word in words)


def test_folding_takes_away_case_accents_and_forms():
    assert fold("Ｅ́pidermal’s") == "epidermals"
    assert fold("ก้าว") == fold("ก้าว".upper())
    assert fold("STRASSE") == fold("straße")


def test_keys_of_a_text_hold_words_stems_and_pieces_of_runs():
    assert keys_of("Needles กรดผล") == {"needles", "needl", "กรด", "รดผ", "ดผล", "ผล", "ล"}


def test_likeness_is_the_same_as_the_database_reckons():
    assert likeness("laser", "laser") == 0.9
    assert likeness("lazer", "laser") == 0.5
    assert likeness("abc", "xyz") == 0
