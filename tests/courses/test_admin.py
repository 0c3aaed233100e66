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
from courses.models import Article, Course, Intake, LoadedRow, Module, Question, Source, Topic
from tests.factories import (
    AccreditationFactory,
    ApplicationFactory,
    ArticleFactory,
    CourseFactory,
    EnrollmentFactory,
    FacultyMemberFactory,
    IntakeFactory,
    ModuleFactory,
    ProfessionFactory,
    QuestionFactory,
    SourceFactory,
    StaffFactory,
    SubjectFactory,
    TopicFactory,
    TrainingDayFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    call_command("sync_roles", verbosity=0)
    person = StaffFactory(full_name="Ed Itor")
    person.groups.add(Group.objects.get(name="Editor"))
    client.force_login(person)
    return person


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


# Texts


def save_topic(client, topic, **changes):
    page = client.get(address("topic", "change", topic.pk))
    return client.post(address("topic", "change", topic.pk), form_of(page) | changes)


def test_topic_is_rendered_and_its_sources_are_those_it_cites(client, editor):
    source, old = SourceFactory(key="JUH"), SourceFactory()
    topic = TopicFactory()
    topic.sources.add(old)
    assert save_topic(client, topic, body="It **thins** [@JUH].").status_code == 302
    topic.refresh_from_db()
    assert "<strong>thins</strong>" in topic.body_html and 'href="#source-JUH"' in topic.body_html
    assert list(topic.sources.all()) == [source]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("It thins [@NOBODY].", "[@NOBODY] names no source that is on file."),
        ("See [there](module:no/where).", "The link “module:no/where” leads nowhere."),
        ("[" * 3001, "The text holds too many square brackets."),
        ("x" * 50_001, "The text is too long: keep it under 50 kB."),
    ],
    ids=["source", "link", "brackets", "long"],
)
def test_topic_with_a_fault_is_refused_by_name_and_kept_as_typed(client, editor, body, words):
    topic = TopicFactory()
    page = save_topic(client, topic, body=body, title="A new title")
    assert faults(page) == {"body": [words]}
    assert page.context["adminform"].form["title"].value() == "A new title"
    assert Topic.objects.get().body == "A paragraph."


def test_preview_shows_what_readers_would_see_and_saves_nothing(client, editor):
    SourceFactory(key="JUH")
    topic = TopicFactory()
    page = client.post(address("topic", "preview"), {"body": "It **thins** [@JUH].<script>alert(1)</script>"})
    text = page.content.decode()
    assert "<strong>thins</strong>" in text and "<script>alert" not in text
    assert Topic.objects.get(pk=topic.pk).body == "A paragraph."


def test_preview_names_an_unknown_source(client, editor):
    page = client.post(address("topic", "preview"), {"body": "[@NOBODY]"})
    assert "[@NOBODY] names no source that is on file." in page.content.decode()


def test_preview_is_for_those_who_write(client):
    client.force_login(StaffFactory(rights=["review_application"]))
    assert client.post(address("topic", "preview"), {"body": "x"}).status_code == 403
    client.force_login(StaffFactory(is_superuser=True))
    assert client.get(address("topic", "preview")).status_code == 405


def test_form_says_whether_files_or_the_office_win(client, editor):
    topic = TopicFactory()
    page = client.get(address("topic", "change", topic.pk)).content.decode()
    assert "loading the catalog files never changes it" in page
    key = f"{topic.module.course.slug}/{topic.module.slug}/{topic.slug}"
    LoadedRow.objects.create(model="topic", key=key, fingerprint="0" * 64)
    page = client.get(address("topic", "change", topic.pk)).content.decode()
    assert "the files no longer overwrite it" in page


# Questions


def save_question(client, question, rows, **changes):
    page = client.get(address("question", "change", question.pk))
    sent = form_of(page) | changes
    for number, right in enumerate(rows):
        sent.pop(f"options-{number}-is_correct", None)
        if right:
            sent[f"options-{number}-is_correct"] = "on"
    return client.post(address("question", "change", question.pk), sent)


@pytest.mark.parametrize(
    ("kind", "rows", "words"),
    [
        ("single", [False, False, False], ["Tick the one option that is right."]),
        (
            "single",
            [True, True, False],
            ["Tick only one option as right, or choose “Several right answers” above."],
        ),
        (
            "multiple",
            [True, False, False],
            ["Tick at least two options as right, or choose “One right answer” above."],
        ),
        ("multiple", [True, True, True], ["Add an option that is wrong."]),
        ("single", [True, False, False], None),
        ("multiple", [True, True, False], None),
    ],
)
def test_question_says_what_its_options_lack(client, editor, kind, rows, words):
    question = QuestionFactory()
    page = save_question(client, question, rows, kind=kind)
    if words is None:
        assert page.status_code == 302
        assert Question.objects.get().options.filter(is_correct=True).count() == sum(rows)
    else:
        assert faults(page) == {"rows": words}


def test_question_needs_two_options_and_a_source(client, editor):
    module = ModuleFactory()
    sent = form_of(client.get(address("question", "add"), {"module": module.pk}))
    page = client.post(address("question", "add"), sent | {"stem": "Why?", "key": "why"})
    assert faults(page) == {
        "source": ["Give the key of the source that says so."],
        "rows": ["Add at least two options."],
    }
    page = client.post(
        address("question", "add"), sent | {"stem": "Why?", "key": "why", "source": SourceFactory().key}
    )
    assert faults(page) == {"rows": ["Add at least two options."]}
    assert not Question.objects.exists()


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


# Intakes


def test_intake_is_read_in_its_own_zone(client, editor):
    intake = IntakeFactory(
        timezone="Asia/Bangkok", applications_close_at=datetime(2099, 2, 1, 0, 0, tzinfo=UTC)
    )
    day = TrainingDayFactory(intake=intake, starts_at=datetime(2099, 3, 1, 2, tzinfo=UTC))
    page = client.get(address("intake", "change", intake.pk))
    assert 'value="07:00:00"' in page.content.decode() and 'value="09:00:00"' in page.content.decode()
    sent = form_of(page) | {"training_days-0-starts_at_1": "10:30:00"}
    assert client.post(address("intake", "change", intake.pk), sent).status_code == 302
    day.refresh_from_db()
    assert day.starts_at == datetime(2099, 3, 1, 3, 30, tzinfo=UTC)
    assert Intake.objects.get().applications_close_at == datetime(2099, 2, 1, tzinfo=UTC)


def test_intake_with_an_unknown_zone_is_refused_in_a_sentence(client, editor):
    intake = IntakeFactory()
    sent = form_of(client.get(address("intake", "change", intake.pk))) | {"timezone": "Mars/Olympus"}
    page = client.post(address("intake", "change", intake.pk), sent)
    assert faults(page) == {
        "timezone": ["“Mars/Olympus” is no time zone. Use a name such as Asia/Kuala_Lumpur."]
    }


def test_intake_does_not_shrink_below_what_is_taken(client, editor):
    intake = IntakeFactory(capacity=3)
    ApplicationFactory(intake=intake, status="offered")
    EnrollmentFactory(application__intake=intake)
    sent = form_of(client.get(address("intake", "change", intake.pk)))
    page = client.post(address("intake", "change", intake.pk), sent | {"capacity": 1})
    assert faults(page) == {"capacity": ["2 seats are taken or offered, so 1 would be too few."]}
    assert client.post(address("intake", "change", intake.pk), sent | {"capacity": 2}).status_code == 302
    assert Intake.objects.get().capacity == 2


def test_intake_that_grows_offers_its_seats_to_the_waiting_list(client, editor):
    intake = IntakeFactory(capacity=1)
    ApplicationFactory(intake=intake, status="offered")
    waiting = ApplicationFactory(intake=intake, status="waitlisted")
    sent = form_of(client.get(address("intake", "change", intake.pk)))
    client.post(address("intake", "change", intake.pk), sent | {"capacity": 2, "city": "Ipoh"})
    waiting.refresh_from_db()
    assert (waiting.status, Intake.objects.get().city) == ("offered", "Ipoh")


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
