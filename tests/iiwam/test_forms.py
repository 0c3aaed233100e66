from datetime import date

import pytest
from django import forms
from django.template import engines
from hypothesis import given
from hypothesis import strategies as st

from iiwam.forms import ThreePartDateField


class Questions(forms.Form):
    name = forms.CharField(label="Full name", help_text="As in your passport")
    nickname = forms.CharField(label="Nickname", required=False)
    profession = forms.ChoiceField(label="Profession?", choices=[("d", "Doctor")], widget=forms.RadioSelect)
    topics = forms.MultipleChoiceField(
        label="Topics?", choices=[("a", "A")], widget=forms.CheckboxSelectMultiple
    )
    born_on = ThreePartDateField(label="Date of birth", help_text="For example, 27 3 1990")
    licence = forms.FileField(label="Licence")
    agreed = forms.BooleanField(label="I agree")
    country = forms.ChoiceField(label="Country", choices=[("MY", "Malaysia")])


def page(source, **context):
    return engines["django"].from_string(source).render(context)


def drawn(form, name):
    return page("{% field form|at %}".replace("form|at", f"form.{name}"), form=form)


def date_form(day, month, year):
    return Questions({"born_on_day": day, "born_on_month": month, "born_on_year": year})


def test_field_parts_come_in_order():
    html = drawn(Questions({}), "name")
    places = [html.index(part) for part in ("<label", 'class="hint"', 'class="err"', "<input")]
    assert places == sorted(places)


def test_control_is_described_by_hint_then_error():
    html = drawn(Questions({}), "name")
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert {'id="id_name_helptext"', 'id="id_name_error"'} <= set(html.replace(">", " ").split())


def test_optional_is_marked_and_required_is_not():
    assert "(optional)" in drawn(Questions(), "nickname")
    assert "(optional)" not in drawn(Questions(), "name")


@pytest.mark.parametrize(
    ("name", "shape", "control"),
    [
        ("name", "line", "id_name"),
        ("country", "line", "id_country"),
        ("profession", "choices", "id_profession_0"),
        ("topics", "choices", "id_topics_0"),
        ("born_on", "parts", "id_born_on_0"),
        ("licence", "file", "id_licence"),
        ("agreed", "choice", "id_agreed"),
    ],
)
def test_error_links_to_the_first_control(name, shape, control):
    form = Questions({})
    assert (form[name].shape, form[name].first_control) == (shape, control)
    assert f'id="{control}"' in drawn(form, name)


@pytest.mark.parametrize("name", ["profession", "topics", "born_on"])
def test_groups_have_a_legend_and_a_description(name):
    html = drawn(Questions({}), name)
    assert "<fieldset" in html
    assert "<legend>" in html
    assert f"id_{name}_error" in html.split("<legend>")[0]


def test_group_of_radios_carries_no_invalid_mark():
    assert "aria-invalid" not in drawn(Questions({}), "profession")


def test_own_class_of_a_widget_is_kept():
    form = Questions()
    form.fields["name"].widget.attrs["class"] = "w20"
    assert 'class="inp w20"' in drawn(form, "name")


def test_missing_answers_are_asked_for_by_name():
    assert {name: Questions({})[name].problems for name in Questions.base_fields} == {
        "name": ["Fill in “Full name”"],
        "nickname": [],
        "profession": ["Choose an answer to “Profession?”"],
        "topics": ["Choose an answer to “Topics?”"],
        "born_on": ["Enter a date"],
        "licence": ["Choose a file for “Licence”"],
        "agreed": ["Tick “I agree”"],
        "country": ["Fill in “Country”"],
    }


@pytest.mark.parametrize("way", ["{{ form }}", "{{ form.as_p }}", "{{ form.as_div }}"])
def test_every_way_to_draw_a_form_has_the_look(way):
    html = page(way, form=Questions())
    assert html.count("<fieldset") == 3
    assert html.count('class="field') == len(Questions.base_fields)


def test_form_wide_error_is_shown():
    form = Questions({})
    form.add_error(None, "These answers contradict each other")
    assert "These answers contradict each other" in page("{{ form }}", form=form)


def test_no_style_attribute_is_written():
    assert "style=" not in page("{{ form }}{% error_summary form %}", form=Questions({}))


def test_date_is_read_from_three_parts():
    assert ThreePartDateField().clean(["27", "3", "1990"]) == date(1990, 3, 27)
    assert ThreePartDateField().clean([" 7", "03 ", "1990"]) == date(1990, 3, 7)


def test_optional_date_may_stay_empty():
    assert ThreePartDateField(required=False).clean(["", " ", None]) is None


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (("31", "2", "1990"), "Enter a real date, such as 27 3 1990"),
        (("27", "March", "1990"), "Enter a real date, such as 27 3 1990"),
        (("0", "3", "1990"), "Enter a real date, such as 27 3 1990"),
        (("27", "3", "0000"), "Enter a real date, such as 27 3 1990"),
        (("-1", "3", "1990"), "Enter a real date, such as 27 3 1990"),
        (("", "3", "1990"), "The date must include a day"),
        (("27", "", "1990"), "The date must include a month"),
        (("27", "3", ""), "The date must include a year"),
        (("27", "3", "90"), "The year must have four digits, such as 1990"),
        (("", "", ""), "Enter a date"),
    ],
)
def test_impossible_date_is_refused_in_words(parts, words):
    assert date_form(*parts).errors["born_on"] == [words]


@given(st.lists(st.one_of(st.none(), st.text(max_size=50)), min_size=3, max_size=3))
def test_date_answers_any_text_with_a_date_or_a_refusal(parts):
    try:
        assert isinstance(ThreePartDateField(required=False).clean(parts), date | None)
    except forms.ValidationError as refusal:
        assert refusal.messages


def test_wrong_parts_are_kept_on_the_page():
    html = drawn(date_form("31", "2", "1990"), "born_on")
    assert [f'value="{part}"' in html for part in ("31", "2", "1990")] == [True] * 3


def test_date_shows_its_initial_parts():
    html = drawn(Questions(initial={"born_on": date(1990, 3, 27)}), "born_on")
    assert [f'value="{part}"' in html for part in ("27", "3", "1990")] == [True] * 3


def test_unchanged_date_counts_as_unchanged():
    field = ThreePartDateField()
    assert not field.has_changed(date(1990, 3, 27), ["27", "3", "1990"])
    assert field.has_changed(date(1990, 3, 27), ["28", "3", "1990"])
