"""Texts and questions in the office: how they are written, previewed and refused."""

import pytest

from courses.models import LoadedRow, Question, Topic
from tests.courses.test_admin import address, faults, form_of
from tests.factories import (
    ModuleFactory,
    QuestionFactory,
    SourceFactory,
    StaffFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db


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
