"""What an editor may put on a page, and what never gets there."""

import re
import time
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ValidationError

from courses.markdown import Library, as_numbered, cited_keys, render, sources_of
from tests.factories import ArticleFactory, CourseFactory, ModuleFactory, SourceFactory

LIBRARY = Library(frozenset({"MEN", "CHO"}), frozenset({"module:needling/devices", "article:depth"}))


class Seen(HTMLParser):
    """Tags and attributes as a browser would find them."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}


def html(text):
    return render(text, LIBRARY).html


def test_citations_are_numbered_in_order_of_first_use():
    rendered = render("One [@MEN], two [@CHO], one again [@MEN].", LIBRARY)
    assert re.findall(r'href="#source-(\w+)"[^>]*>(\[\d\])', rendered.html) == [
        ("MEN", "[1]"),
        ("CHO", "[2]"),
        ("MEN", "[1]"),
    ]
    assert rendered.source_keys == ("MEN", "CHO")


def test_citation_stands_at_the_word_before_it():
    assert "<p>Word<sup" in html("Word [@MEN] and")
    assert "<p><sup" in html("[@MEN] first")


def test_citation_in_code_stays_as_written():
    rendered = render("Write `[@MEN]`.", LIBRARY)
    assert "<code>[@MEN]</code>" in rendered.html
    assert rendered.source_keys == ()


def test_citation_of_unknown_source_is_refused_by_name():
    with pytest.raises(ValidationError, match=r"\[@NOBODY\] names no source"):
        html("A claim [@NOBODY].")


@pytest.mark.django_db
def test_library_on_file_is_asked_when_none_is_handed_in():
    SourceFactory(key="FILED")
    assert render("A claim [@FILED].").source_keys == ("FILED",)
    with pytest.raises(ValidationError):
        render("A claim [@MEN].")


@pytest.mark.django_db
def test_plain_text_asks_the_database_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        render("Only *words* and [a page](https://example.org/).")


@pytest.mark.django_db
def test_sources_follow_the_numbers_of_the_text():
    first, second, third = (SourceFactory(key=key) for key in ("Z", "A", "M"))
    text = "First [@Z], then [@A]."
    assert cited_keys(text) == ("Z", "A")
    assert as_numbered(text, [second, third, first]) == [first, second, third]
    assert sources_of(text) == [first, second]
    assert sources_of("No citation.") == []


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("# One\n\n## Two\n\n# Three", ["h2", "h3", "h2"]),
        ("### Deep\n\n###### Deeper", ["h2", "h3"]),
        ("# One\n\n#### Four\n\n## Two", ["h2", "h3", "h3"]),
        ("# 1\n## 2\n### 3\n#### 4\n##### 5\n###### 6", ["h2", "h3", "h4", "h5", "h6", "h6"]),
    ],
)
def test_headings_begin_at_h2_and_skip_no_level(text, tags):
    assert re.findall(r"<(h\d)", html(text)) == tags


def test_heading_names_are_unique_and_come_from_the_words():
    found = re.findall(r'id="([^"]+)"', html("# Depth [@MEN]\n\n# Depth\n\n# !!\n\n# ความลึก"))
    assert found[:3] == ["h-depth", "h-depth--2", "h-part"]
    assert len(set(found)) == 4


def test_table_has_column_heads_in_a_region_that_a_keyboard_reaches():
    out = html("| Site [@MEN] | **mm** |\n|---|--:|\n| Lip | 0.5 |")
    assert '<div class="scroll" tabindex="0" role="region" aria-label="Table: Site, mm">' in out
    assert re.findall(r"<th [^>]*>", out) == ['<th scope="col">', '<th scope="col" class="n">']
    assert '<td class="n">0.5</td>' in out
    assert "style" not in out


def test_two_tables_have_a_region_each():
    table = "| a | b |\n|---|---|\n| 1 | 2 |\n"
    out = html(f"{table}\ntext\n\n{table}")
    assert out.count("<div ") == out.count("</div>") == 2
    assert out.index("</div>") < out.index("text") < out.rindex("<div ")


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "<javascript:alert(1)>",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "<script>alert(1)</script>",
        '<p onclick="alert(1)">x</p>',
        "<style>p{}</style>",
        '<a href="https://evil.example" style="x">x</a>',
        "<!-- comment --><svg/onload=alert(1)>",
        "| <img src=x onerror=alert(1)> |\n|---|\n| x |",
        "# <img src=x onerror=alert(1)>",
    ],
)
def test_hostile_text_becomes_words_and_no_markup(text):
    seen = Seen()
    seen.feed(html(text))
    assert seen.tags <= {"p", "h2", "div", "table", "thead", "tr", "th", "tbody", "td"}
    assert seen.attributes <= {"class", "id", "tabindex", "role", "aria-label", "scope"}


@pytest.mark.parametrize(
    "text",
    [
        "[x](//evil.example)",
        r"[x](/\evil.example)",
        "[x](/%5Cevil.example)",
        r"[x](https:/\evil.example)",
        "[x](http:evil)",
        "[x](http://[)",
        "[x](ftp://a/b)",
        "[x](devices)",
        "[x](../courses/)",
        "[x](/no/such/page/)",
        "[x](#)",
        "[x]()",
        "[x](module:needling/nothing)",
        "[x](module:)",
        "[x](course:needling)",
    ],
)
def test_link_that_leads_nowhere_is_refused(text):
    with pytest.raises(ValidationError, match="leads nowhere"):
        html(text)


def test_links_within_the_site_become_addresses_and_others_give_away_nothing():
    assert 'href="/courses/needling/devices/"' in html("[devices](module:needling/devices)")
    assert 'href="/articles/depth/"' in html("[depth](article:depth)")
    assert '<a href="/courses/">' in html("[all](/courses/)")
    assert '<a href="#h-part">' in html("[below](#h-part)")
    assert '<a href="mailto:a@example.org">' in html("[write](mailto:a@example.org)")
    assert 'rel="noopener noreferrer nofollow"' in html("[elsewhere](https://example.org/)")


@pytest.mark.django_db
def test_places_on_file_can_be_linked():
    module = ModuleFactory(slug="devices", course=CourseFactory(slug="needling"))
    ArticleFactory(slug="depth")
    out = render("[m](module:needling/devices) [c](course:needling) [a](article:depth)").html
    assert module.get_absolute_url() in out
    assert out.count("<a ") == 3


def test_picture_is_refused():
    with pytest.raises(ValidationError, match="pictures"):
        html("![skin](https://example.org/skin.png)")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a" * 50_001, "under 50 kB"),
        ("é" * 25_001, "under 50 kB"),
        ("[" * 3_001, "square brackets"),
        ("lone \ud800", "cannot be stored"),
    ],
)
def test_text_that_cannot_be_kept_is_refused(text, sentence):
    with pytest.raises(ValidationError, match=sentence):
        html(text)


@pytest.mark.parametrize(
    "text",
    ["[" * 3_000, "[a](" * 3_000, "*a" * 25_000, "> " * 20_000, "`" * 50_000, "# a\n" * 12_000, "<" * 50_000],
)
def test_text_made_to_be_slow_is_read_in_time(text):
    start = time.process_time()
    html(text)
    assert time.process_time() - start < 5


def test_nul_is_replaced():
    assert "\0" not in html("a\0b")
