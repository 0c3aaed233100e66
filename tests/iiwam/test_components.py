import re

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import TemplateSyntaxError, engines
from django.test import RequestFactory

from iiwam.templatetags import components
from iiwam.templatetags.icons import PATHS


def page(source, request=None, **context):
    return engines["django"].from_string(source).render(context, request)


def one_line(html):
    return re.sub(r">\s+<", "><", re.sub(r"\s+", " ", html)).strip()


class Name(forms.Form):
    name = forms.CharField(label="Name")
    secret = forms.CharField(widget=forms.HiddenInput)


@pytest.mark.parametrize("tag", sorted(components.register.tags))
def test_every_component_refuses_an_unknown_attribute(tag):
    with pytest.raises(TemplateSyntaxError, match=f"{tag} %}} does not take 'colour'. It takes: "):
        page(f'{{% {tag} colour="red" %}}')


def test_refusal_names_the_attributes_that_exist():
    with pytest.raises(
        TemplateSyntaxError, match=r"status_tag %\} does not take 'colour'. It takes: label, tone.$"
    ):
        page('{% status_tag "Done" colour="green" %}')


@pytest.mark.parametrize(
    "source",
    [
        '{% icon "rocket" %}',
        '{% status_tag "Done" tone="green" %}',
        '{% note tone="danger" %}{% endnote %}',
        '{% button "Save" kind="big" %}',
        '{% heading "Title" level=7 %}',
        '{% timeline_item "Sent" state="later" %}{% endtimeline_item %}',
        '{% breadcrumbs "Courses" "/courses/" %}',
    ],
)
def test_unknown_values_are_refused(source):
    with pytest.raises(TemplateSyntaxError):
        page(source)


@pytest.mark.parametrize("tag", sorted(components.register.tags))
def test_every_component_is_listed_in_the_table(tag):
    assert re.search(rf"^{tag}\b", components.__doc__, re.MULTILINE)


@pytest.mark.parametrize("name", PATHS)
def test_icon_is_decoration(name):
    assert 'class="ico"' in page("{% icon name %}", name=name)
    assert 'aria-hidden="true"' in page("{% icon name %}", name=name)


@pytest.mark.parametrize(
    "source",
    [
        "{% status_tag evil %}",
        "{% badge evil %}",
        "{% sample evil %}",
        "{% heading evil %}",
        "{% button evil hidden=evil %}",
        "{% link_button evil evil %}",
        "{% go evil evil %}",
        "{% fact evil evil note=evil change=evil %}",
        "{% definition evil %}{{ evil }}{% enddefinition %}",
        "{% note title=evil %}{{ evil }}{% endnote %}",
        "{% toast %}{{ evil }}{% endtoast %}",
        "{% panel evil %}{{ evil }}{% endpanel %}",
        "{% slide evil meta=evil %}{{ evil }}{% endslide %}",
        "{% empty_state evil %}{{ evil }}{% endempty_state %}",
        "{% breadcrumbs evil evil evil %}",
        "{% task evil evil url=evil hint=evil %}",
        "{% timeline_item evil meta=evil status=evil %}{{ evil }}{% endtimeline_item %}",
        "{% segments done=1 total=2 label=evil %}",
        "{% progress_ring done=1 total=2 label=evil %}",
        "{% nav_item evil evil %}",
    ],
)
def test_words_of_strangers_are_escaped(source):
    html = page(source, evil="<script>alert(1)</script>")
    assert "&lt;script&gt;" in html
    assert "<script>alert" not in html


@pytest.mark.parametrize(
    "source",
    [
        "{% note %}<b>kept</b>{% endnote %}",
        "{% toast %}<b>kept</b>{% endtoast %}",
        '{% panel "Title" %}<b>kept</b>{% endpanel %}',
        '{% slide "Title" %}<b>kept</b>{% endslide %}',
        '{% empty_state "Title" %}<b>kept</b>{% endempty_state %}',
        '{% definitions %}{% definition "Term" %}<b>kept</b>{% enddefinition %}{% enddefinitions %}',
        "{% tasks %}<li><b>kept</b></li>{% endtasks %}",
        '{% timeline %}{% timeline_item "Sent" state="now" %}<b>kept</b>{% endtimeline_item %}{% endtimeline %}',
    ],
)
def test_markup_in_a_block_is_kept(source):
    assert "<b>kept</b>" in page(source)


def test_button_takes_its_look_and_its_value():
    html = page('{% button "Withdraw" kind="stop" small=True name="act" value="withdraw" hidden="AP-1" %}')
    assert one_line(html) == (
        '<button class="btn btn-stop btn-s" name="act" value="withdraw">Withdraw<span class="vh"> AP-1</span></button>'
    )


def test_task_without_address_is_plain_text():
    assert "<a " not in page('{% task "Send" "Cannot start yet" %}')
    assert '<a href="/x/">' in page('{% task "Send" "Not started" url="/x/" %}')


def test_only_the_present_timeline_item_has_a_box():
    html = {
        s: page(f'{{% timeline_item "Sent" state="{s}" %}}<p>Next</p>{{% endtimeline_item %}}')
        for s in ("done", "now", "todo")
    }
    assert {state: "box" in text for state, text in html.items()} == {
        "done": False,
        "now": True,
        "todo": False,
    }
    assert {state: 'aria-current="step"' in text for state, text in html.items()} == {
        "done": False,
        "now": True,
        "todo": False,
    }


def test_empty_timeline_item_has_no_box():
    assert "box" not in page('{% timeline_item "Sent" state="now" %} {% endtimeline_item %}')


def test_breadcrumb_ends_with_the_page_itself():
    html = one_line(page('{% breadcrumbs "Courses" "/courses/" "Microneedling" %}'))
    assert '<li><a href="/courses/">Courses</a></li><li aria-current="page">Microneedling</li>' in html


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/courses/", 'aria-current="page"'),
        ("/courses/microneedling/", 'aria-current="true"'),
        ("/about/", ""),
    ],
)
def test_nav_item_knows_whether_it_is_current(path, current):
    html = page('{% nav_item "Courses" "/courses/" %}', RequestFactory().get(path))
    assert re.findall(r'aria-current="\w+"', html) == ([current] if current else [])


def test_pager_keeps_the_query():
    request = RequestFactory().get("/courses/", {"subject": "skin", "page": "2"})
    html = page("{% pager page %}", request, page=Paginator(range(30), 10).page(2))
    assert set(re.findall(r'href="([^"]+)"', html)) == {
        "?subject=skin&amp;page=1",
        "?subject=skin&amp;page=3",
    }
    assert html.count("aria-current") == 1


def test_pager_is_silent_for_a_single_page():
    request = RequestFactory().get("/courses/")
    assert page("{% pager page %}", request, page=Paginator(range(3), 10).page(1)).strip() == ""


def test_error_summary_is_silent_without_errors():
    assert page("{% error_summary form %}", form=Name()) == ""


def test_error_summary_links_each_error_to_its_control():
    form = Name({"secret": "x"})
    form.add_error(None, "Both cannot be true")
    html = page("{% error_summary form %}", form=form)
    assert re.findall(r"<li>(.*?)</li>", html) == [
        "Both cannot be true",
        '<a href="#id_name">Fill in “Name”</a>',
    ]
    assert "There are problems with 2 answers" in html


def test_error_summary_says_what_is_wrong_with_a_hidden_field():
    form = Name({"name": "x"})
    html = page("{% error_summary form %}", form=form)
    assert re.findall(r"<li>(.*?)</li>", html) == ["Fill in “Secret”"]
    assert "There is a problem with one answer" in html


def test_ring_draws_an_arc_for_each_part():
    html = page("{% progress_ring done=4 total=6 part=0.45 %}")
    assert [html.count(f'class="arc {kind}"') for kind in ("", "arc-d", "arc-n")] == [6, 4, 1]
    assert "74 percent complete: 4 of 6 parts done" in html
    assert 'stroke-dasharray="6.78 93.22" stroke-dashoffset="-67.47"' in html


@pytest.mark.parametrize(("done", "total", "percent"), [(0, 6, "0%"), (6, 6, "100%"), (0, 0, "0%")])
def test_ring_has_its_ends(done, total, percent):
    assert f">{percent}</text>" in page("{% progress_ring done=done total=total %}", done=done, total=total)


def test_segments_show_each_state():
    html = page("{% segments done=9 half=2 total=12 %}")
    assert [html.count(f"<i{state}></i>") for state in (' class="on"', ' class="half"', "")] == [9, 2, 1]
    assert 'aria-label="9 of 12 done"' in html


@pytest.mark.parametrize(
    ("taken", "total", "free", "height"), [(17, 24, 7, 30), (0, 12, 12, 14), (30, 30, 0, 46)]
)
def test_pins_show_free_seats(taken, total, free, height):
    html = page("{% pins taken=taken total=total %}", taken=taken, total=total)
    assert (html.count("<circle"), html.count('class="on"')) == (total, free)
    assert f'viewBox="0 0 190 {height}"' in html


def test_fact_says_the_language_of_a_name():
    assert '<span lang="ko">김민지</span>' in page('{% fact "Name" "김민지" lang="ko" %}')
    assert "lang" not in page('{% fact "Name" "Kim Minji" lang="" %}')
