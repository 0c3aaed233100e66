"""Brand names are barred from titles, and a programme that a scheme approved stays as approved."""

from datetime import UTC, date, datetime, time
from html import unescape

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from courses import programme
from courses.models import Accreditation, TitleRule
from iiwam.pages import content_changed
from tests.factories import (
    AccreditationFactory,
    CourseFactory,
    CpdSchemeFactory,
    IntakeFactory,
    ModuleFactory,
    StaffFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 4)


def locked_course(**approval):
    course = CourseFactory(title="Microneedling")
    TopicFactory(module=ModuleFactory(course=course, number=1), title="Skin", number=1)
    fields = {"reference": "EV-1", "cpd_points": 8, "scheme": CpdSchemeFactory(), **approval}
    AccreditationFactory(course=course, programme=programme.programme_of(course), **fields)
    return course


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Botox for beginners", True),
        ("BOTOX® and beyond", True),
        ("Bo-tox", True),
        ("ｂｏｔｏｘ", True),
        ("SkinPen™ hands on", True),
        ("Skin pen hands on", True),
        ("The pen for skin", False),
        ("Botoxic effects", False),
        ("Botulinum toxin", False),
    ],
)
def test_brand_name_is_found_however_it_is_written(title, found):
    for word in ("Botox", "SkinPen"):
        TitleRule.objects.create(word=word)
    assert bool(programme.brand_names(title)) is found


def test_two_words_of_a_brand_are_found_with_a_hyphen_between():
    TitleRule.objects.create(word="Skin Booster X")
    assert programme.brand_names("The skin-booster-X course")


def test_rule_of_one_scheme_leaves_the_others_alone():
    own, other = CpdSchemeFactory(), CpdSchemeFactory()
    TitleRule.objects.create(word="Botox", instead="botulinum toxin", scheme=own)
    assert programme.title_fault("Botox day", own) == (
        "The title carries the brand name “Botox”, and titles name no brand. Write “botulinum toxin” instead."
    )
    assert programme.title_fault("Botox day", other) == ""


def test_approval_with_a_branded_title_is_refused_in_the_office(client):
    course, scheme = CourseFactory(title="Botox day"), CpdSchemeFactory()
    TitleRule.objects.create(word="Botox")
    client.force_login(StaffFactory(rights=["add_accreditation", "view_accreditation"]))
    sent = {
        "key": "k",
        "body": "B",
        "statement": "S",
        "position": 0,
        "course": course.pk,
        "scheme": scheme.pk,
    }
    page = client.post(reverse("admin:courses_accreditation_add"), sent)
    assert "carries the brand name “Botox”" in page.content.decode()
    assert not Accreditation.objects.exists()


# What is promised


def test_approval_of_one_run_is_promised_until_that_run_is_over(client):
    course = CourseFactory()
    run = IntakeFactory(course=course, starts_on=date(2026, 5, 2), ends_on=date(2026, 5, 4))
    scheme = CpdSchemeFactory(unit="hours")
    record = AccreditationFactory(course=course, intake=run, scheme=scheme, reference="EV-9", cpd_points=8)
    told = []
    for day in (date(2026, 5, 4), date(2026, 5, 5)):
        assert record.grants_points(day)
        with time_machine.travel(datetime.combine(day, time(4), UTC), tick=False):
            content_changed()
            told.append(client.get(course.get_absolute_url()).content.decode())
    assert ["<dt>CPD hours</dt><dd>8<small>" in page for page in told] == [True, False]
    assert ['run of <time class="nw" datetime="2026-05-02">' in page for page in told] == [True, False]
    assert ['"numberOfCredits"' in page for page in told] == [True, False]


# The lock


def changes(course):
    """Each part of a programme with a change to it."""
    module = course.modules.get()
    return {
        "title": lambda: type(course).objects.update(title="Another"),
        "synopsis": lambda: type(course).objects.update(summary="Another"),
        "hours of theory": lambda: type(course).objects.update(hours_theory=3),
        "modules and topics": lambda: module.topics.update(title="Another"),
    }


@pytest.mark.parametrize("part", ["title", "synopsis", "hours of theory", "modules and topics"])
def test_change_to_an_approved_part_is_named(part):
    course = locked_course()
    programme.keep_locked(TODAY)
    changes(course)[part]()
    with pytest.raises(programme.ProgrammeLocked, match=f"{part} cannot change"):
        programme.keep_locked(TODAY)


@pytest.mark.parametrize(
    "approval",
    [
        {"valid_to": date(2026, 5, 3)},
        {"ended_on": TODAY},
        {"reference": ""},
        {"scheme": None},
    ],
)
def test_programme_is_free_while_no_approval_holds_it(approval):
    course = locked_course(**approval)
    type(course).objects.update(title="Another")
    programme.keep_locked(TODAY)


def test_scheme_that_locks_nothing_lets_the_programme_change():
    course = locked_course(scheme=CpdSchemeFactory(locks_programme=False))
    type(course).objects.update(title="Another")
    programme.keep_locked(TODAY)


def editor(*more):
    acts = ("view", "add", "change", "delete")
    return StaffFactory(
        rights=[f"{act}_{name}" for act in acts for name in ("course", "module", "topic", *more)]
    )


def errors_of(page) -> dict[str, list[str]]:
    form = page.context["adminform"].form
    return {name: list(faults) for name, faults in form.errors.items()}


def test_editor_is_refused_beside_the_field_and_finds_everything_typed_again(client):
    course = locked_course()
    topic = course.modules.get().topics.get()
    client.force_login(editor())
    address = reverse("admin:courses_topic_change", args=[topic.pk])
    sent = {"module": topic.module_id, "number": 1, "title": "Other", "slug": topic.slug, "body": "New text."}
    page = client.post(address, {**sent, "reading_minutes": 5})
    assert page.status_code == 200
    ((field, (sentence,)),) = errors_of(page).items()
    assert (field, "modules and topics cannot change" in sentence) == ("title", True)
    shown = page.content.decode()
    assert sentence in unescape(shown)
    assert (">\nNew text.</textarea>" in shown, 'value="Other"' in shown) == (True, True)
    assert "was changed successfully" not in shown
    topic.refresh_from_db()
    assert (topic.title, topic.body == "New text.") == ("Skin", False)
    client.post(address, {**sent, "title": "Skin", "reading_minutes": 5})
    topic.refresh_from_db()
    assert topic.body == "New text."


def test_topic_added_to_an_approved_programme_is_refused_and_kept_in_the_form(client):
    course = locked_course()
    client.force_login(editor())
    sent = {
        "module": course.modules.get().pk,
        "number": 2,
        "title": "Added",
        "slug": "added",
        "body": "Long text.",
    }
    page = client.post(reverse("admin:courses_topic_add"), {**sent, "reading_minutes": 5})
    assert set(errors_of(page)) == {"module", "number", "title"}
    assert "Long text." in page.content.decode()
    assert list(course.modules.get().topics.values_list("title", flat=True)) == ["Skin"]


def test_refusal_stands_above_a_form_that_shows_none_of_what_differs(client):
    """The programme was changed past the admin; a harmless field is sent."""
    course = locked_course()
    type(course).objects.update(summary="Another")
    topic = course.modules.get().topics.get()
    client.force_login(editor())
    sent = {"module": topic.module_id, "number": 1, "title": "Skin", "slug": topic.slug, "body": "New text."}
    page = client.post(reverse("admin:courses_topic_change", args=[topic.pk]), {**sent, "reading_minutes": 5})
    ((field, (sentence,)),) = errors_of(page).items()
    assert (field, "synopsis cannot change" in sentence) == ("__all__", True)


@pytest.mark.parametrize(
    ("parts", "field", "of_course", "concerns"),
    [
        ({"title"}, "title", True, True),
        ({"title"}, "summary", True, False),
        ({"modules"}, "title", True, False),
        ({"modules"}, "title", False, True),
        ({"modules"}, "body", False, False),
        ({"title"}, "title", False, False),
    ],
)
def test_refusal_knows_the_fields_it_concerns(parts, field, of_course, concerns):
    assert programme.ProgrammeLocked("No.", parts).concerns(field, of_course=of_course) is concerns


def test_topic_of_an_approved_programme_is_neither_deleted_nor_moved(client):
    course = locked_course()
    module = course.modules.get()
    topics = [module.topics.get(), TopicFactory(module=module, title="Devices", number=2)]
    Accreditation.objects.update(programme=programme.programme_of(course))
    client.force_login(editor())
    client.post(reverse("admin:courses_topic_delete", args=[topics[0].pk]), {"post": "yes"})
    client.post(reverse("admin:courses_topic_down", args=[topics[0].pk]))
    assert list(module.topics.order_by("number").values_list("title", flat=True)) == ["Skin", "Devices"]


def test_catalog_files_do_not_change_an_approved_programme():
    call_command("load_catalog", verbosity=0)
    approval = Accreditation.objects.get(key="malaysian-medical-association")
    course = CourseFactory._meta.model.objects.get(slug="microneedling")
    held = programme.programme_of(course) | {"title": "As it was approved"}
    Accreditation.objects.filter(pk=approval.pk).update(
        course=course, scheme=CpdSchemeFactory(), reference="EV-1", cpd_points=8, programme=held
    )
    with pytest.raises(CommandError, match="title cannot change"):
        call_command("load_catalog", verbosity=0)


def test_registrar_edits_schemes_and_brand_names(client):
    scheme, rule = CpdSchemeFactory(), TitleRule.objects.create(word="Botox")
    client.force_login(
        StaffFactory(
            rights=[
                f"{act}_{name}" for act in ("view", "add", "change") for name in ("cpdscheme", "titlerule")
            ]
        )
    )
    for name, record in (("cpdscheme", scheme), ("titlerule", rule)):
        assert client.get(reverse(f"admin:courses_{name}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:courses_{name}_change", args=[record.pk])).status_code == 200
    page = reverse("admin:courses_cpdscheme_add")
    sent = {
        "name": "New",
        "key": "new",
        "body": "B",
        "unit": "hours",
        "approves": "course",
        "identifies": "name",
    }
    sent |= {
        "cycle_day": 1,
        "cycle_month": 7,
        "cycle_years": 1,
        "carry_over": 0,
        "identity_days": 90,
        "position": 0,
    }
    refused = client.post(page, {**sent, "return_columns": "name password", "cycle_day": 31}).content.decode()
    assert "Name columns from these" in refused and "less than or equal to 28" in refused
    assert client.post(page, {**sent, "return_columns": "name amount"}).status_code == 302
    assert type(scheme).objects.get(key="new").columns == ["name", "amount"]
