"""The learner's desk: what is shown, to whom, and what a stale or hostile click meets."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrollment import certification, practice, study
from enrollment.models import Attempt, Enrollment, LogbookEntry, TopicProgress
from tests.factories import (
    LogbookEntryFactory,
    QuestionFactory,
    TrainingDayFactory,
    UserFactory,
)

from .learners import (
    AT,
    assessor,
    countersigned_case,
    enrolled,
    module_of,
    pass_questions,
    read_everything,
    registrar,
)

pytestmark = pytest.mark.django_db
FORM = {
    "performed_on_day": "1",
    "performed_on_month": "3",
    "performed_on_year": "2026",
    "patient_code": "p-014",
    "procedure": "Microneedling for acne scars",
    "area": "Cheeks",
    "phototype": "IV",
    "device": "Motorised pen",
    "cartridge_lot": "LOT-7",
    "depth_mm": "1.5",
    "passes": "5",
    "role": "supervised",
    "outcome": "Even redness.",
}
NONSENSE = ["", "0", "-1", "9" * 400, "é", "[]", '{"a": 1}', "' OR 1=1", "<b>", "null"]


@pytest.fixture
def enrollment():
    return enrolled(cases=2)


@pytest.fixture
def desk(client, enrollment):
    """The learner's browser."""
    client.force_login(enrollment.learner)
    return client


def page(name, *arguments) -> str:
    return reverse(f"enrollment:{name}", args=arguments)


def addresses(enrollment) -> list[str]:
    module, pk = module_of(enrollment), enrollment.pk
    entry = LogbookEntryFactory(enrollment=enrollment)
    return [
        page("enrollment", pk),
        page("learn_module", pk, module.slug),
        page("learn_topic", pk, module.slug, module.topics.first().slug),
        page("questions", pk, module.slug),
        page("logbook", pk),
        page("new_entry", pk),
        page("logbook_entry", pk, entry.pk),
        page("certificate", pk),
    ]


def text(response) -> str:
    return response.content.decode()


# Who sees what


def test_strangers_are_asked_to_sign_in(client, enrollment):
    for path in [page("learn"), *addresses(enrollment), page("assess"), "/certificates/X.pdf"]:
        response = client.get(path)
        assert (response.status_code, response["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_learners_see_their_own(desk, enrollment):
    assert {desk.get(path).status_code for path in [page("learn"), *addresses(enrollment)]} == {200}


def test_another_persons_record_is_not_found(client, enrollment):
    paths = addresses(enrollment)
    client.force_login(UserFactory())
    assert {client.get(path).status_code for path in paths} == {404}
    assert {client.post(path).status_code for path in paths} == {404, 405}


def test_nothing_is_found_where_nothing_is(desk, enrollment):
    pk, module = enrollment.pk, module_of(enrollment)
    nowhere = [
        page("enrollment", 10**30),
        page("learn_module", pk, "no-such-module"),
        page("learn_topic", pk, module.slug, "no-such-topic"),
        page("questions", pk, "no-such-module"),
        page("logbook_entry", pk, 10**30),
        page("logbook_entry", pk, LogbookEntryFactory().pk),
        page("certificate_pdf", "IIWAM-X"),
    ]
    assert {desk.get(path).status_code for path in nowhere} == {404}


# My learning


def test_nobody_enrolled_is_shown_a_way_in(client):
    client.force_login(UserFactory())
    assert "You are not enrolled on a course yet" in text(client.get(page("learn")))


def test_next_step_follows_the_learner(desk, enrollment):
    def label():
        return re.search(r'<a class="btn" href="([^"]+)">([^<]+)', text(desk.get(page("learn")))).groups()

    module = module_of(enrollment)
    first = module.topics.first()
    assert label() == (page("learn_topic", enrollment.pk, module.slug, first.slug), "Start reading")
    read_everything(enrollment)
    assert label() == (page("questions", enrollment.pk, module.slug), "Go to the questions")
    study.start_attempt(enrollment=enrollment, module=module, by=enrollment.learner)
    assert label() == (page("questions", enrollment.pk, module.slug), "Resume the questions")
    pass_questions(enrollment)
    assert label() == (page("logbook", enrollment.pk), "Open the logbook")
    for _case in range(2):
        countersigned_case(enrollment)
    assert "Your part is done" in text(desk.get(page("learn")))
    certificate = certification.issue_certificate(enrollment=enrollment, by=registrar(), at=AT)
    assert label() == (page("certificate", enrollment.pk), "View and print")
    assert certificate.number in text(desk.get(page("learn")))


def test_progress_counts_topics_questions_and_cases(desk, enrollment):
    read_everything(enrollment)
    countersigned_case(enrollment)
    told = text(desk.get(page("enrollment", enrollment.pk)))
    assert "2 of 2 topics read, questions to pass" in told
    assert '<span class="figure-n">1</span> of 2 supervised cases countersigned' in told


@pytest.mark.parametrize("name", ["learn", "logbook", "enrollment", "assess"])
def test_lists_cost_the_same_for_one_and_for_three(client, name):
    enrollment, by = enrolled(cases=5), assessor()
    client.force_login(by if name == "assess" else enrollment.learner)
    path = page(name) if name in {"learn", "assess"} else page(name, enrollment.pk)

    def grow():
        countersigned_case(enrollment, by)
        LogbookEntryFactory(enrollment=enrollment, status="awaiting", submitted_at=AT)
        TrainingDayFactory(intake=enrollment.intake)
        other = enrolled()
        Enrollment.objects.filter(pk=other.pk).update(learner=enrollment.learner)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    grow()
    cost()
    one = cost()
    grow()
    grow()
    assert cost() == one


# Reading


def test_marking_as_read_turns_the_page(desk, enrollment):
    module = module_of(enrollment)
    first, second = module.topics.all()
    path = page("learn_topic", enrollment.pk, module.slug, first.slug)
    for _click in range(2):
        response = desk.post(path)
        assert response["Location"] == page("learn_topic", enrollment.pk, module.slug, second.slug)
    assert TopicProgress.objects.count() == 1
    response = desk.post(page("learn_topic", enrollment.pk, module.slug, second.slug))
    assert response["Location"] == page("questions", enrollment.pk, module.slug)


def test_closed_record_can_be_read_and_not_marked(desk, enrollment):
    Enrollment.objects.update(status="withdrawn")
    module = module_of(enrollment)
    path = page("learn_topic", enrollment.pk, module.slug, module.topics.first().slug)
    assert "Mark as read" not in text(desk.get(path))
    assert "record is closed" in text(desk.post(path, follow=True))
    assert TopicProgress.objects.count() == 0


# Questions


@pytest.fixture
def questions(desk, enrollment):
    return page("questions", enrollment.pk, module_of(enrollment).slug)


def post_answers(desk, path, attempt, pick):
    data = {"attempt": attempt.number}
    for question in attempt.questions:
        data[f"question-{question['id']}"] = pick(question)
    return desk.post(path, data)


def right(question):
    return question["right"]


def wrong(question):
    return [option["id"] for option in question["options"] if option["id"] not in question["right"]][:1]


def test_starting_twice_opens_one_attempt(desk, questions):
    for _click in range(2):
        assert desk.post(questions, {"start": "1"})["Location"] == questions
    assert Attempt.objects.count() == 1


def test_key_and_reason_stay_behind_until_the_answers_are_in(desk, questions):
    desk.post(questions, {"start": "1"})
    told = text(desk.get(questions))
    assert "Because the source says so." not in told
    assert told.count('type="radio"') == 6
    attempt = Attempt.objects.get()
    values = re.findall(r'<input type="radio"[^>]*>', told)
    stripped = {re.sub(r'(value|id)="[^"]*"', "", value) for value in values}
    assert len(stripped) == attempt.total
    post_answers(desk, questions, attempt, right)
    assert text(desk.get(questions)).count("Because the source says so.") == 2


def test_question_that_must_be_right_says_so_before_it_is_answered(desk, enrollment, questions):
    QuestionFactory(module=module_of(enrollment), is_critical=True)
    desk.post(questions, {"start": "1"})
    assert text(desk.get(questions)).count("Must be right.") == 1


def test_missing_answers_are_named_and_the_rest_kept(desk, questions):
    desk.post(questions, {"start": "1"})
    attempt = Attempt.objects.get()
    first = attempt.questions[0]
    response = desk.post(questions, {"attempt": 1, f"question-{first['id']}": first["right"]})
    told = text(response)
    assert told.count("Answer question 2") == 2
    assert "Answer question 1" not in told
    assert told.count("checked") == 1
    attempt.refresh_from_db()
    assert attempt.submitted_at is None


def test_second_submission_shows_the_same_result(desk, questions):
    desk.post(questions, {"start": "1"})
    attempt = Attempt.objects.get()
    post_answers(desk, questions, attempt, right)
    response = post_answers(desk, questions, attempt, wrong)
    assert response["Location"] == questions
    assert "You passed" in text(desk.get(questions))


def test_failed_attempt_offers_another(desk, questions):
    desk.post(questions, {"start": "1"})
    post_answers(desk, questions, Attempt.objects.get(), wrong)
    told = text(desk.get(questions))
    assert "Not passed yet" in told
    assert told.count("(your answer)") == 2
    desk.post(questions, {"start": "1"})
    assert list(Attempt.objects.values_list("number", flat=True)) == [1, 2]


def test_stale_tab_of_an_older_attempt_changes_nothing(desk, questions):
    desk.post(questions, {"start": "1"})
    first = Attempt.objects.get()
    post_answers(desk, questions, first, wrong)
    desk.post(questions, {"start": "1"})
    post_answers(desk, questions, first, right)
    assert list(Attempt.objects.order_by("number").values_list("is_passed", "correct")) == [
        (False, 0),
        (False, None),
    ]


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_answers_are_refused_in_words(desk, questions, value):
    desk.post(questions, {"start": "1"})
    attempt = Attempt.objects.get()
    assert desk.post(questions, {"attempt": value}).status_code in {200, 302}
    assert post_answers(desk, questions, attempt, lambda question: [value]).status_code == 200
    assert desk.post(questions, value, content_type="application/json").status_code == 302
    attempt.refresh_from_db()
    assert attempt.submitted_at is None


# Logbook


def test_practice_is_saved_as_a_draft_and_sent(desk, enrollment):
    new = page("new_entry", enrollment.pk)
    assert desk.post(new, FORM)["Location"] == page("logbook", enrollment.pk)
    assert desk.post(new, FORM | {"send": "1"})["Location"] == page("logbook", enrollment.pk)
    assert desk.post(new, FORM | {"send": "1"})["Location"] == page("logbook", enrollment.pk)
    assert list(LogbookEntry.objects.values_list("patient_code", "status")) == [("P-014", "awaiting")]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("patient_code", "Ali bin Hassan", "never a name"),
        ("patient_code", "ALI", "looks like a name"),
        ("performed_on_year", "2999", "not one that is still to come"),
        ("performed_on_month", "13", "Enter a real date"),
        ("depth_mm", "17", "less than or equal to 5"),
        ("depth_mm", "NaN", "Enter a number"),
        ("passes", "0", "greater than or equal to 1"),
        ("phototype", "VII", "Select a valid choice"),
        ("role", "everything", "Select a valid choice"),
        ("outcome", "x" * 2001, "2001"),
    ],
)
def test_entry_that_does_not_fit_is_refused_beside_its_field(desk, enrollment, field, value, sentence):
    response = desk.post(page("new_entry", enrollment.pk), FORM | {field: value})
    assert (response.status_code, LogbookEntry.objects.count()) == (200, 0)
    assert text(response).count(sentence) == 2
    assert "LOT-7" in text(response)


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_in_every_field_is_no_error_page(desk, enrollment, value):
    response = desk.post(page("new_entry", enrollment.pk), dict.fromkeys(FORM, value))
    assert (response.status_code, LogbookEntry.objects.count()) == (200, 0)


def test_returned_entry_shows_why_and_goes_again(desk, enrollment):
    entry = LogbookEntryFactory(enrollment=enrollment, status="awaiting")
    practice.return_entry(entry=entry, by=assessor(), note="Which cartridge lot?")
    path = page("logbook_entry", enrollment.pk, entry.pk)
    assert "Which cartridge lot?" in text(desk.get(path))
    desk.post(path, FORM | {"cartridge_lot": "LOT-9", "send": "1"})
    entry.refresh_from_db()
    assert (entry.status, entry.cartridge_lot) == ("awaiting", "LOT-9")


def test_sent_entry_is_shown_and_not_changed(desk, enrollment):
    entry = LogbookEntryFactory(enrollment=enrollment, status="awaiting", area="Chin")
    path = page("logbook_entry", enrollment.pk, entry.pk)
    assert "<form" not in text(desk.get(path)).split("<main")[1].split("</main>")[0]
    assert "Awaiting countersignature" in text(desk.post(path, FORM, follow=True))
    entry.refresh_from_db()
    assert entry.area == "Chin"


def test_page_before_the_award_says_what_is_open(desk, enrollment):
    told = text(desk.get(page("certificate", enrollment.pk)))
    assert "No certificate yet" in told
    assert "0 of 2" in told
