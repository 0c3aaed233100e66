"""Questions that the office added: their answers stand wherever the others do, in words that a person reads."""

import json
import zipfile
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from enrollment import admissions
from enrollment.transcript import changes
from iiwam.accounts import own_data
from tests.enrollment.form_rows import ExtraQuestionFactory
from tests.factories import ApplicationFactory, StaffFactory

pytestmark = pytest.mark.django_db
RIGHTS = ["view_application", "review_application", "decide_application"]


@pytest.fixture
def questions():
    """One of each kind that is not kept as it is read, and one that nobody answers."""
    return {
        "pen": ExtraQuestionFactory(section="training", label="Do you own a pen?", kind="yes_no"),
        "since": ExtraQuestionFactory(section="training", label="Since when?", kind="date"),
        "which": ExtraQuestionFactory(section="about", label="Which dialect?", kind="line"),
        "silent": ExtraQuestionFactory(section="course", label="Who told you?", kind="line"),
    }


@pytest.fixture
def application(questions):
    one = ApplicationFactory(status="in_review", complete=True, opinions=0)
    for key, value in {"pen": "yes", "since": "2024-03-01", "which": "Hokkien"}.items():
        answer(one, questions[key], value)
    return one


def answer(application, question, value):
    application.extra_answers.create(question=question, asked_as=question.label, value=value)


@pytest.fixture
def reviewer(client):
    person = StaffFactory(rights=RIGHTS)
    client.force_login(person)
    return person


def desk(client, application):
    return client.get(reverse("admin:enrollment_application_change", args=[application.pk]))


def rows_of(page) -> dict[str, str]:
    return {row.label: row.value for section in page.context["sections"] for row in section.rows}


def test_desk_shows_them_beside_the_others_also_those_left_empty(client, application, reviewer):
    page = desk(client, application)
    shown = rows_of(page)
    assert {label: shown[label] for label in shown if label.endswith("?")} == {
        "Do you own a pen?": "Yes",
        "Since when?": "1 March 2024",
        "Which dialect?": "Hokkien",
        "Who told you?": "",
    }
    assert "Do you own a pen?" in page.content.decode()


def test_desk_keeps_the_answer_to_a_question_no_longer_asked_in_the_words_of_then(
    client, application, questions, reviewer
):
    question = questions["which"]
    question.label, question.is_retired = "Which language?", True
    question.save()
    shown = rows_of(desk(client, application))
    assert shown["Which dialect?"] == "Hokkien" and "Which language?" not in shown


def test_what_was_changed_when_asked_stands_beside_what_was_there(client, application, questions, reviewer):
    twin = ExtraQuestionFactory(section="training", label="Since when?", kind="line")
    admissions.request_information(application=application, by=reviewer, note="Sure?", sections=["training"])
    values = {questions["pen"].name: "no", questions["since"].name: "2025-04-02"}
    admissions.save_section(
        application=application, by=application.applicant, section="training", values=values
    )
    application.refresh_from_db()
    found = changes(application.information_requests.get().former, application)
    assert [(one.label, one.before, one.now) for one in found] == [
        ("Do you own a pen?", "Yes", "No"),
        ("Since when?", "1 March 2024", "2 April 2025"),
    ]
    [training] = [
        part for part in desk(client, application).context["sections"] if part.title == "Earlier training"
    ]
    changed = [(row.label, row.change.before) for row in training.rows if row.change]
    assert changed == [("Do you own a pen?", "Yes"), ("Since when?", "1 March 2024")]
    assert [row.value for row in training.rows].count("") == 1 and not twin.answers.exists()


def test_copy_on_paper_holds_them(client, application):
    client.force_login(application.applicant)
    content = client.get(reverse("enrollment:copy", args=[application.reference])).content
    words = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())
    assert {"Do you own a pen? Yes", "Since when? 1 March 2024", "Which dialect? Hokkien"} == {
        said
        for said in ["Do you own a pen? Yes", "Since when? 1 March 2024", "Which dialect? Hokkien"]
        if said in words
    }
    assert "Who told you? Not answered" in words


def test_export_holds_them(application):
    archive = zipfile.ZipFile(BytesIO(b"".join(own_data.export(person=application.applicant))))
    [told] = json.loads(archive.read("applications.json"))
    assert {(one["asked_as"], one["value"]) for one in told["added_answers"]} == {
        ("Do you own a pen?", "yes"),
        ("Since when?", "2024-03-01"),
        ("Which dialect?", "Hokkien"),
    }


@pytest.mark.parametrize("number", [1, 3])
def test_desk_asks_the_same_number_of_questions_however_many_were_added(
    client, reviewer, number, django_assert_num_queries
):
    application = ApplicationFactory(status="in_review", complete=True, opinions=0)
    for _each in range(number):
        answer(application, ExtraQuestionFactory(section="training"), "A pen.")
    desk(client, application)
    with django_assert_num_queries(53):
        desk(client, application)
