"""Common questions and policies: shown with the courses they are for, and what is unknown says so."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse

from courses.loading.files import read_catalog
from courses.models import FrequentQuestion, Policy
from tests.factories import (
    ArticleFactory,
    CompetencyFactory,
    CourseFactory,
    FrequentQuestionFactory,
    ModuleFactory,
    PolicyFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    call_command("sync_roles", verbosity=0)
    person = StaffFactory()
    person.groups.add(Group.objects.get(name="Editor"))
    client.force_login(person)


@pytest.fixture
def course():
    # Its number in the database is nobody else's, so that no question finds its rows by chance.
    CourseFactory.create_batch(3)
    return CourseFactory()


def context_of(client, course):
    return client.get(course.get_absolute_url()).context


def test_course_answers_its_own_questions_then_those_of_every_course(client, course):
    FrequentQuestionFactory(question="Every second?", position=2)
    FrequentQuestionFactory(question="Every first?", position=1)
    FrequentQuestionFactory(question="Own?", course=course, position=9)
    FrequentQuestionFactory(question="Of another?", course=CourseFactory())
    asked = [one.question for one in context_of(client, course)["questions"]]
    assert asked == ["Own?", "Every first?", "Every second?"]


def test_rule_of_a_course_stands_in_for_the_general_one(client, course):
    PolicyFactory(key="refund", heading="Refunds of all", position=1)
    PolicyFactory(key="conduct", heading="Conduct of all", position=2)
    PolicyFactory(key="refund", heading="Refunds of this course", course=course, position=3)
    PolicyFactory(key="conduct", heading="Conduct elsewhere", course=CourseFactory())
    told = {policy.heading for policy in context_of(client, course)["policies"]}
    assert told == {"Conduct of all", "Refunds of this course"}


def test_rule_and_answer_without_a_text_are_to_be_confirmed(client, course):
    FrequentQuestionFactory(question="How long?", answer="", answer_html="")
    PolicyFactory(heading="Refunds", text="", text_html="")
    page = client.get(course.get_absolute_url()).content.decode()
    for words in ("How long?", "<dt>Refunds</dt>"):
        assert "To be confirmed" in page.split(words)[1][:300]


def test_course_names_what_completes_it(client, course):
    course.supervised_cases_required, course.pass_mark = 10, 75
    course.save()
    ModuleFactory(course=course, number=2, pass_mark=90)
    CompetencyFactory(course=course, is_critical=True)
    CompetencyFactory(course=course, is_critical=False)
    PolicyFactory(key="attendance", heading="Attendance", text_html="<p>Every day.</p>")
    page = " ".join(client.get(course.get_absolute_url()).content.decode().split())
    told = page.split("What completes the course")[1].split("</section>")[0]
    for words in (
        "75 per cent",
        "Module 2: 90 per cent",
        "2 steps shown",
        "One is critical",
        "10 cases",
        "Every day.",
    ):
        assert words in told, words


def test_course_names_the_articles_that_lead_to_its_modules(client, course):
    article = ArticleFactory(title="Of its module")
    article.modules.add(ModuleFactory(course=course))
    ArticleFactory(title="Of another").modules.add(ModuleFactory())
    assert [one.title for one in context_of(client, course)["articles"]] == ["Of its module"]


def test_prospectus_tells_the_same(client, course):
    from django.utils import timezone

    from courses.outward.prospectus import lay_out
    from courses.page_parts import facts_of, with_parts

    FrequentQuestionFactory(question="Is it a licence?", answer_html="<p>No.</p>")
    PolicyFactory(heading="Refunds", text="", text_html="")
    CompetencyFactory(course=course)
    sheet = lay_out(facts_of(with_parts().get(pk=course.pk), timezone.now()))
    rows = [row for section in sheet["sections"] for row in section["rows"]]
    assert ("Is it a licence?", "No.") in rows
    assert ("Refunds", "to be confirmed") in rows
    assert "Practical steps" in dict(rows)
    assert client.get(reverse("courses:prospectus", args=[course.slug])).content[:5] == b"%PDF-"


@pytest.mark.parametrize(
    ("name", "record", "field"),
    [
        ("frequentquestion", FrequentQuestionFactory, {"question": "Is it?", "answer": "**Yes.**"}),
        ("policy", PolicyFactory, {"heading": "Refunds", "text": "**All of it.**"}),
    ],
)
def test_text_is_drawn_when_it_is_saved_and_shows_at_once(client, editor, course, name, record, field):
    row = record()
    before = client.get(course.get_absolute_url()).content.decode()
    address = reverse(f"admin:courses_{name}_change", args=[row.pk])
    assert client.post(address, {"key": row.key, "position": 0, **field}).status_code == 302
    after = client.get(course.get_absolute_url()).content.decode()
    assert ("<strong>" in before, "<strong>" in after) == (False, True)


def test_text_apart_from_the_sources_cites_none(client, editor):
    row = PolicyFactory()
    from tests.factories import SourceFactory

    SourceFactory(key="JUH")
    sent = {"key": row.key, "position": 0, "heading": "Refunds", "text": "So it is [@JUH]."}
    answer = client.post(reverse("admin:courses_policy_change", args=[row.pk]), sent)
    assert "Name the source in words." in answer.content.decode()


def test_texts_of_the_files_cite_nothing_and_name_the_rules_people_ask_for():
    entries = [e for e in read_catalog() if e.shape.model in (FrequentQuestion, Policy)]
    texts = [entry.values.get("answer", "") + entry.values.get("text", "") for entry in entries]
    assert [text for text in texts if "[@" in text] == []
    keys = {entry.values["key"] for entry in entries if entry.shape.model is Policy}
    assert {"refund", "deferral", "cancellation", "attendance", "conduct", "complaints"} <= keys
