"""Syllabi in the office: what editors find, write, preview, order and publish, and what is refused."""

from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.admin.modules import CLINICAL_ROWS
from courses.models import Article, Course, Module, Source, Topic
from tests.factories import (
    AccreditationFactory,
    ApplicationFactory,
    ArticleFactory,
    CourseFactory,
    FacultyMemberFactory,
    IntakeFactory,
    ModuleFactory,
    ProfessionFactory,
    QuestionFactory,
    SourceFactory,
    StaffFactory,
    SubjectFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db


def address(model, name, *args):
    return reverse(f"admin:courses_{model}_{name}", args=args)


def said(response):
    return [str(message) for message in response.context["messages"]]


class FormReader(HTMLParser):
    """What a browser would send if the form were submitted untouched."""

    def __init__(self):
        super().__init__()
        self.sent, self.select, self.textarea = {}, None, None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name = attrs.get("name")
        if tag == "input" and name and attrs.get("type") not in ("submit", "checkbox", "radio"):
            self.sent[name] = attrs.get("value", "")
        elif tag == "input" and name and "checked" in attrs:
            self.sent[name] = attrs.get("value", "on")
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in attrs and attrs["value"]:
            self.sent.setdefault(self.select, []).append(attrs["value"])
        elif tag == "textarea":
            self.textarea, self.sent[name] = name, ""

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        elif tag == "textarea":
            self.textarea = None

    def handle_data(self, data):
        if self.textarea:
            self.sent[self.textarea] += data.removeprefix("\n") if not self.sent[self.textarea] else data


def form_of(page):
    reader = FormReader()
    reader.feed(page.content.decode())
    return reader.sent


def faults(page):
    found = dict(page.context["adminform"].form.errors)
    for inline in page.context["inline_admin_formsets"]:
        found["rows"] = [*found.get("rows", []), *inline.formset.non_form_errors()]
    return {name: [str(fault) for fault in errors] for name, errors in found.items() if errors}


# Lists

MAKERS = {
    "course": CourseFactory,
    "module": ModuleFactory,
    "topic": TopicFactory,
    "question": QuestionFactory,
    "intake": IntakeFactory,
    "article": ArticleFactory,
    "facultymember": FacultyMemberFactory,
    "accreditation": AccreditationFactory,
    "source": SourceFactory,
    "profession": ProfessionFactory,
    "subject": SubjectFactory,
}


@pytest.mark.parametrize("model", MAKERS)
def test_list_asks_the_same_number_of_questions_for_one_and_three(client, editor, model):
    MAKERS[model]()
    client.get(address(model, "changelist"))
    with CaptureQueriesContext(connection) as one:
        client.get(address(model, "changelist"))
    MAKERS[model](), MAKERS[model]()
    with CaptureQueriesContext(connection) as three:
        page = client.get(address(model, "changelist"))
    assert len(page.context["cl"].result_list) == 3
    assert len(three) == len(one)


@pytest.mark.parametrize("model", [*MAKERS, "institutefact", "affiliation"])
def test_list_and_empty_form_open(client, editor, model):
    assert client.get(address(model, "changelist"), {"q": "skin"}).status_code == 200
    allowed = 403 if model == "institutefact" else 200
    assert client.get(address(model, "add")).status_code == allowed


@pytest.mark.parametrize("model", MAKERS)
def test_filled_form_opens_and_saves_untouched(client, editor, model):
    record = MAKERS[model]()
    page = client.get(address(model, "change", record.pk))
    response = client.post(address(model, "change", record.pk), form_of(page))
    assert response.status_code == 302, faults(response)


def test_course_list_shows_state_modules_intakes_and_the_next_one(client, editor):
    course = CourseFactory(published_at=None)
    ModuleFactory(course=course), ModuleFactory(course=course)
    IntakeFactory(course=CourseFactory(code="SOON"), starts_on=date(2099, 3, 1))
    page = client.get(address("course", "changelist")).content.decode()
    assert "1 Mar 2099" in page and "Draft" in page and "Published" in page
    listed = client.get(address("course", "changelist")).context["cl"].result_list
    rows = {row.code: (row.modules_held, row.intakes_held) for row in listed}
    assert rows == {course.code: (2, 0), "SOON": (0, 1)}


def test_course_list_narrows_to_drafts(client, editor):
    draft, _public = CourseFactory(published_at=None), CourseFactory()
    page = client.get(address("course", "changelist"), {"state": "draft"})
    assert list(page.context["cl"].result_list) == [draft]


def test_module_list_narrows_to_a_course(client, editor):
    wanted, _other = ModuleFactory(), ModuleFactory()
    page = client.get(address("module", "changelist"), {"course": wanted.course_id})
    assert list(page.context["cl"].result_list) == [wanted]
    assert client.get(address("module", "changelist"), {"course": "x"}).status_code == 200


def test_source_list_counts_its_uses(client, editor):
    source = SourceFactory()
    QuestionFactory(source=source), TopicFactory().sources.add(source), ArticleFactory().sources.add(source)
    SourceFactory()
    page = client.get(address("source", "changelist"))
    assert {row.key: row.used for row in page.context["cl"].result_list} == {
        source.key: 3,
        Source.objects.latest("pk").key: 0,
    }


# Clinical rows


@pytest.mark.parametrize("kind", Module.Kind)
def test_module_shows_the_rows_of_its_kind_and_no_others(client, editor, kind):
    module = ModuleFactory(kind=kind)
    page = client.get(address("module", "change", module.pk))
    shown = {type(inline.opts) for inline in page.context["inline_admin_formsets"]}
    assert {rows.model.__name__ for rows in shown} == {
        "anatomy": {"SkinLayer", "SkinThickness"},
        "devices": {"Device"},
        "protocols": {"NeedleDepth", "ProtocolStep"},
        "applications": {"Indication"},
        "complications": {"Complication"},
        "risk": {"RiskControl"},
        "general": set(),
    }[kind.value]
    assert len(CLINICAL_ROWS) == 8


def test_clinical_row_needs_its_source(client, editor):
    module = ModuleFactory(kind="risk")
    page = client.get(address("module", "change", module.pk), {"rows": 1})
    sent = form_of(page) | {
        "riskcontrol_rows-TOTAL_FORMS": 1,
        "riskcontrol_rows-0-name": "Hygiene",
        "riskcontrol_rows-0-action": "Wash hands.",
        "riskcontrol_rows-0-key": "hygiene",
        "riskcontrol_rows-0-position": 0,
    }
    page = client.post(address("module", "change", module.pk), sent)
    assert page.context["inline_admin_formsets"][0].formset.errors == [
        {"source": ["Give the key of the source that says so."]}
    ]
    sent["riskcontrol_rows-0-source"] = SourceFactory().key
    assert client.post(address("module", "change", module.pk), sent).status_code == 302
    assert module.riskcontrol_rows.get().name == "Hygiene"


def test_clinical_row_takes_further_sources_by_key_and_names_an_unknown_one(client, editor):
    module, first, second = ModuleFactory(kind="risk"), SourceFactory(key="JUH"), SourceFactory(key="CTG")
    row = module.riskcontrol_rows.create(key="a", name="A", action="Do.", source=first)
    page = client.get(address("module", "change", module.pk))
    sent = form_of(page) | {"riskcontrol_rows-0-more_sources": "CTG, NOBODY"}
    page = client.post(address("module", "change", module.pk), sent)
    assert page.context["inline_admin_formsets"][0].formset.errors == [
        {
            "more_sources": [
                "“NOBODY” is the key of no source. Choose one from the list, or add the source first."
            ]
        }
    ]
    client.post(address("module", "change", module.pk), sent | {"riskcontrol_rows-0-more_sources": "CTG"})
    assert list(row.more_sources.all()) == [second]


@pytest.mark.parametrize("number", [1, 3])
def test_module_form_reads_sources_once_however_many_rows(client, editor, number):
    module = ModuleFactory(kind="devices")
    for n in range(number):
        module.device_rows.create(key=f"d{n}", name=f"Device {n}", source=SourceFactory())
    client.get(address("module", "change", module.pk))
    with CaptureQueriesContext(connection) as asked:
        client.get(address("module", "change", module.pk))
    about_sources = [query for query in asked if 'FROM "courses_source"' in query["sql"]]
    assert len(about_sources) == 2  # the list for all boxes, and the further sources of all rows


def test_module_does_not_change_its_kind_while_it_holds_rows(client, editor):
    module = ModuleFactory(kind="risk")
    module.riskcontrol_rows.create(key="a", name="A", action="Do.", source=SourceFactory())
    sent = form_of(client.get(address("module", "change", module.pk))) | {"kind": "devices"}
    page = client.post(address("module", "change", module.pk), sent)
    assert faults(page) == {
        "kind": ["It holds 1 risk controls, which belong to its present kind. Delete them first."]
    }


# Order


@pytest.mark.parametrize(("act", "order"), [("up", "bac"), ("down", "acb")])
def test_module_moves_up_or_down(client, editor, act, order):
    course = CourseFactory()
    modules = {
        name: ModuleFactory(course=course, number=3 * n + 1, slug=name) for n, name in enumerate("abc")
    }
    client.post(address("module", act, modules["b"].pk))
    assert "".join(course.modules.values_list("slug", flat=True)) == order


def test_topic_that_is_first_stays_first_and_says_so(client, editor):
    topic = TopicFactory(title="Layers")
    response = client.post(address("topic", "up", topic.pk), follow=True)
    assert said(response) == ["“Layers” is the first already."]


def test_order_is_not_changed_by_looking(client, editor):
    module = ModuleFactory()
    assert client.get(address("module", "up", module.pk)).status_code == 405
    client.force_login(StaffFactory(rights=["view_module"]))
    assert said(client.post(address("module", "up", module.pk), follow=True)) == [
        "You may not change the order."
    ]


def test_order_leads_back_only_to_this_site(client, editor):
    module = ModuleFactory()
    response = client.post(address("module", "up", module.pk), {"next": "https://example.org/"})
    assert response["Location"] == address("module", "changelist")


# Publishing


@pytest.mark.parametrize(("model", "maker"), [("course", CourseFactory), ("article", ArticleFactory)])
def test_publishing_is_an_act_and_never_a_tick(client, editor, model, maker):
    record = maker(published_at=None)
    if model == "article":
        record.sources.add(SourceFactory())
    page = client.get(address(model, "change", record.pk))
    assert "published_at" not in page.context["adminform"].form.fields
    client.post(address(model, "publish", record.pk))
    assert type(record).objects.get().is_published
    client.post(address(model, "unpublish", record.pk))
    assert not type(record).objects.get().is_published


def test_publishing_names_what_is_missing(client, editor):
    article = ArticleFactory(title="On needles", published_at=None)
    response = client.post(address("article", "publish", article.pk), follow=True)
    assert said(response) == ["“On needles” cannot be published yet. It still needs: at least one source."]
    assert "It still needs: at least one source." in response.content.decode()
    assert not Article.objects.get().is_published


def test_publishing_many_reports_each(client, editor):
    ready, lacking = CourseFactory(published_at=None), CourseFactory(published_at=None, professions=[])
    response = client.post(
        address("course", "changelist"),
        {"action": "publish_selected", "_selected_action": [ready.pk, lacking.pk]},
        follow=True,
    )
    assert len(said(response)) == 2
    assert set(Course.objects.published()) == {ready}


def test_publishing_needs_its_right(client):
    course = CourseFactory(published_at=None)
    client.force_login(StaffFactory(rights=["view_course", "change_course"]))
    response = client.post(address("course", "publish", course.pk), follow=True)
    assert said(response) == ["You do not have the right to publish or unpublish."]
    assert not Course.objects.get().is_published
    client.force_login(StaffFactory(rights=["review_application"]))
    assert client.post(address("course", "publish", course.pk)).status_code == 404


# Who


@pytest.mark.parametrize("role", ["Reviewer", "Assessor"])
def test_other_roles_do_not_edit_syllabi(client, role):
    call_command("sync_roles", verbosity=0)
    person = StaffFactory()
    person.groups.add(Group.objects.get(name=role))
    client.force_login(person)
    records = {model: MAKERS[model]() for model in MAKERS}
    for model, record in records.items():
        assert client.get(address(model, "changelist")).status_code == 403
        assert client.post(address(model, "change", record.pk), {}).status_code == 403


def test_editor_finds_nothing_of_persons(client, editor):
    application = ApplicationFactory(status="submitted", submitted_at=datetime(2026, 1, 5, tzinfo=UTC))
    for model in ("application", "enrollment", "certificate", "logbookentry", "letter", "event"):
        assert client.get(reverse(f"admin:enrollment_{model}_changelist")).status_code == 403
    assert (
        client.get(reverse("admin:enrollment_application_change", args=[application.pk])).status_code == 404
    )
    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 403


def test_editor_does_not_delete_a_whole_course(client, editor):
    course, topic = CourseFactory(), TopicFactory()
    assert client.post(address("course", "delete", course.pk), {"post": "yes"}).status_code == 403
    assert client.post(address("topic", "delete", topic.pk), {"post": "yes"}).status_code == 302
    assert not Topic.objects.exists()
