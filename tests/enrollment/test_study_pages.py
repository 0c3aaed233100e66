"""The learner's desk in study: what comes, where reading stopped, and answers that no lost connection takes away."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrollment import study
from enrollment.models import Application, Attempt, Reading
from tests.factories import DocumentFactory, QuestionFactory, TopicFactory, TrainingDayFactory

from .learners import enrolled, finished, module_of, right_answers

pytestmark = pytest.mark.django_db
NONSENSE = ["", "0", "-1", "9" * 400, "é", "[]", '{"a": 1}', "null", "1e5", "\x00"]


@pytest.fixture
def enrollment():
    return enrolled(questions=3)


@pytest.fixture
def desk(client, enrollment):
    client.force_login(enrollment.learner)
    return client


def page(name, enrollment, *more) -> str:
    return reverse(f"enrollment:{name}", args=[enrollment.pk, module_of(enrollment).slug, *more])


def text(response) -> str:
    return response.content.decode()


def soon(days):
    return timezone.now() + timedelta(days=days)


# What comes


def test_desk_shows_days_papers_time_and_points(desk, enrollment):
    TrainingDayFactory(
        intake=enrollment.intake, title="First day", starts_at=soon(20), ends_at=soon(20.3), venue=""
    )
    enrollment.application.license_valid_until = soon(10).date()
    enrollment.application.save()
    told = text(desk.get("/learn/"))
    assert f"First day, {enrollment.course.title}" in told
    assert "Practising certificate" in told
    assert "That is before your training day" in told
    assert "0 min of reading counted" in told
    assert "CPD transcript" in told


@pytest.mark.parametrize("name", ["learn", "enrollment"])
def test_day_that_a_lapsing_licence_holds_is_marked_with_the_reason_and_what_to_do(desk, enrollment, name):
    address = reverse("enrollment:learn") if name == "learn" else enrollment.get_absolute_url()
    lecture = TrainingDayFactory(
        intake=enrollment.intake, kind="theory", starts_at=soon(20), ends_at=soon(20.3)
    )
    practice = TrainingDayFactory(
        intake=enrollment.intake, kind="practice", starts_at=soon(30), ends_at=soon(30.3)
    )
    Application.objects.update(license_valid_until=soon(25).date())
    response = desk.get(address)
    held = [(day.pk, until) for day, until in response.context["days"]]
    assert held == [(lecture.pk, None), (practice.pk, soon(25).date())]
    assert text(response).count("Held: your practising certificate on record ends on") == 1
    assert reverse("courses:ask_anything") in response.content.decode()
    Application.objects.update(license_valid_until=soon(90).date())
    assert "Held: your practising" not in text(desk.get(address))


def test_empty_desk_says_so_in_each_part(desk, enrollment):
    told = text(desk.get("/learn/"))
    for words in ("No training days are ahead.", "Nothing runs out", "None yet. A certificate"):
        assert words in told


def test_calendar_address_is_made_renewed_and_closed_by_buttons(desk):
    def address():
        told = text(desk.get("/learn/"))
        return told.partition("<code>")[2].partition("</code>")[0]

    assert address() == ""
    desk.post("/learn/calendar/")
    first = address()
    assert first.endswith(".ics")
    desk.post("/learn/calendar/")
    assert address() not in {"", first}
    desk.post("/learn/calendar/", {"end": "1"})
    assert address() == ""


def test_picture_of_progress_says_in_words_what_it_draws(desk, enrollment):
    module = module_of(enrollment)
    first = module.topics.first()
    desk.post(page("learn_topic", enrollment, first.slug))
    told = text(desk.get("/learn/"))
    assert f"{module.number}. {module.title}: 1 of 2 topics read, questions to pass." in told
    assert told.count('class="read"') == 1
    assert 'class="tip open"' in told


def test_drawing_of_a_finished_course_is_filled(client):
    enrollment = finished()
    client.force_login(enrollment.learner)
    told = text(client.get(f"/learn/{enrollment.pk}/"))
    assert (told.count('class="read"'), told.count('class="tip on"')) == (2, 1)


def test_desk_costs_the_same_however_much_there_is(desk, enrollment):
    def grow():
        TrainingDayFactory(intake=enrollment.intake, starts_at=soon(20), ends_at=soon(20.3))
        DocumentFactory(application=enrollment.application, kind=f"k{soon(0)}", valid_until=soon(9).date())
        TopicFactory(module=module_of(enrollment))
        topic = module_of(enrollment).topics.last()
        Reading.objects.create(
            enrollment=enrollment, topic=topic, place=1, places=2, opened_at=timezone.now()
        )
        other = enrolled()
        type(other).objects.filter(pk=other.pk).update(learner=enrollment.learner)
        TrainingDayFactory(intake=other.intake, starts_at=soon(20), ends_at=soon(20.3))

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get("/learn/").status_code == 200
        return len(queries)

    grow()
    cost()
    one = cost()
    grow()
    grow()
    assert cost() == one


# Where reading stopped


def test_place_is_kept_across_machines(desk, client, enrollment):
    topic = module_of(enrollment).topics.first()
    assert (
        desk.post(page("reading_place", enrollment, topic.slug), {"place": 4, "places": 9}).status_code == 204
    )
    told = text(desk.get(page("learn_topic", enrollment, topic.slug)))
    assert 'data-left-at="4"' in told
    assert "44% read" in text(desk.get(page("learn_module", enrollment)))


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_place_is_the_head_of_the_topic(desk, enrollment, value):
    topic = module_of(enrollment).topics.first()
    response = desk.post(page("reading_place", enrollment, topic.slug), {"place": value, "places": "9"})
    assert response.status_code in {204, 400}
    assert not Reading.objects.exclude(place=0).exists()


def test_closed_record_takes_no_place(desk, enrollment):
    type(enrollment).objects.update(status="withdrawn")
    topic = module_of(enrollment).topics.first()
    assert desk.post(page("reading_place", enrollment, topic.slug), {"place": 1}).status_code == 409
    assert "data-report" not in text(desk.get(page("learn_topic", enrollment, topic.slug)))


# Answers


@pytest.fixture
def attempt(desk, enrollment):
    return study.start_attempt(enrollment=enrollment, module=module_of(enrollment), by=enrollment.learner)


def one(attempt, place, chosen=None):
    question = attempt.questions[place]
    chosen = question["right"] if chosen is None else chosen
    return {"attempt": attempt.number, "question": question["id"], f"question-{question['id']}": chosen}


def whole(attempt, **more):
    fields = {f"question-{key}": chosen for key, chosen in right_answers(attempt).items()}
    return {"attempt": attempt.number, "seen": 0, **fields, **more}


def test_answer_is_kept_at_once_and_found_again(desk, enrollment, attempt):
    told = desk.post(page("answer", enrollment), one(attempt, 0)).json()
    assert told == {"revision": 1, "answered": 1}
    again = text(desk.get(page("questions", enrollment)))
    assert again.count(" checked") == 1
    assert "1 of 3 answered." in again


def test_answer_sent_twice_counts_once(desk, enrollment, attempt):
    """As after a lost connection, when nobody knows whether the first one arrived."""
    told = [desk.post(page("answer", enrollment), one(attempt, 0)).json() for _twice in range(2)]
    assert told == [{"revision": 1, "answered": 1}] * 2


def test_other_questions_of_the_form_are_left_alone(desk, enrollment, attempt):
    desk.post(page("answer", enrollment), one(attempt, 0))
    desk.post(page("answer", enrollment), one(attempt, 1))
    attempt.refresh_from_db()
    assert attempt.answered == 2


def test_several_answers_can_be_taken_back(desk, enrollment):
    module_of(enrollment).questions.all().delete()
    QuestionFactory(
        module=module_of(enrollment), kind="multiple", options=[("A", True), ("B", True), ("C", False)]
    )
    attempt = study.start_attempt(enrollment=enrollment, module=module_of(enrollment), by=enrollment.learner)
    desk.post(page("answer", enrollment), one(attempt, 0))
    assert desk.post(page("answer", enrollment), one(attempt, 0, [])).json()["answered"] == 0


def test_submitted_attempt_refuses_a_late_answer(desk, enrollment, attempt):
    desk.post(page("questions", enrollment), whole(attempt))
    response = desk.post(page("answer", enrollment), one(attempt, 0, []))
    assert response.status_code == 409
    assert "was submitted" in response.json()["refused"]


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_answer_changes_nothing(desk, enrollment, attempt, value):
    path = page("answer", enrollment)
    assert desk.post(path, {"attempt": value}).status_code in {404, 400}
    sent = one(attempt, 0, value)
    assert desk.post(path, sent).status_code in {200, 400}
    assert desk.post(path, {"attempt": 1, "question": value}).status_code in {200, 400}
    attempt.refresh_from_db()
    assert attempt.answered == 0


def test_without_scripts_answers_are_kept_by_a_button(desk, enrollment, attempt):
    question = attempt.questions[0]
    form = {"attempt": 1, "seen": 0, "save": "1", f"question-{question['id']}": question["right"]}
    assert "Kept: 1 of 3 answered." in text(desk.post(page("questions", enrollment), form, follow=True))
    attempt.refresh_from_db()
    assert (attempt.answered, attempt.submitted_at) == (1, None)


def test_old_window_does_not_undo_what_another_answered(desk, enrollment, attempt):
    wrong = [
        option["id"]
        for option in attempt.questions[0]["options"]
        if option["id"] not in attempt.questions[0]["right"]
    ]
    desk.post(page("answer", enrollment), one(attempt, 0, wrong[:1]))
    response = desk.post(page("questions", enrollment), whole(attempt), follow=True)
    assert "You answered in another window" in text(response)
    attempt.refresh_from_db()
    assert attempt.submitted_at is None
    assert attempt.answers == {str(attempt.questions[0]["id"]): wrong[:1]}
    desk.post(page("questions", enrollment), whole(attempt, seen=attempt.revision))
    assert Attempt.objects.get().is_passed


def test_old_window_with_the_same_answers_is_submitted(desk, enrollment, attempt):
    """The answer arrived and word of it was lost: the window is behind by a number, and by nothing else."""
    desk.post(page("answer", enrollment), one(attempt, 0))
    desk.post(page("questions", enrollment), whole(attempt))
    assert Attempt.objects.get().is_passed


# Rules on screen


def fail(desk, enrollment):
    attempt = study.start_attempt(enrollment=enrollment, module=module_of(enrollment), by=enrollment.learner)
    study.grade_attempt(attempt=attempt, answers={}, by=enrollment.learner)


def rule(enrollment, **rules):
    type(module_of(enrollment)).objects.update(**rules)


def test_rules_are_told_before_the_first_attempt(desk, enrollment):
    rule(enrollment, attempts_allowed=3, cool_off_hours=24, questions_per_attempt=2)
    told = text(desk.get(page("questions", enrollment)))
    for words in ("2 questions, drawn at random.", "At most 3.", "you wait 24 hours."):
        assert words in told


def test_wait_is_told_with_its_end_and_the_next_module_comes_first(desk, enrollment):
    rule(enrollment, cool_off_hours=24)
    for topic in module_of(enrollment).topics.all():
        desk.post(page("learn_topic", enrollment, topic.slug))
    fail(desk, enrollment)
    told = text(desk.get(page("questions", enrollment)))
    assert "The next attempt has to wait." in told
    assert "Try again" not in told
    assert "The wait until the next attempt is not over." in text(desk.get("/learn/"))
    refused = desk.post(page("questions", enrollment), {"start": "1"}, follow=True)
    assert "24 hours after your last attempt" in text(refused)


def test_used_up_attempts_lead_to_the_office(desk, enrollment):
    rule(enrollment, attempts_allowed=1)
    fail(desk, enrollment)
    told = text(desk.get(page("questions", enrollment)))
    assert "Every attempt at this module is used." in told
    assert "Try again" not in told


def test_earlier_results_stay_within_reach(desk, enrollment):
    for _attempt in range(2):
        fail(desk, enrollment)
    told = text(desk.get(page("questions", enrollment), {"attempt": "1"}))
    assert "attempt 1" in told
    for nonsense in NONSENSE[:-1]:
        assert "attempt 2" in text(desk.get(page("questions", enrollment), {"attempt": nonsense}))
