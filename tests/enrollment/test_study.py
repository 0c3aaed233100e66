"""Reading and answering: what the verbs make true, and what they refuse."""

from datetime import timedelta

import pytest

from courses.models import Question
from enrollment import study
from enrollment.models import Enrollment, TopicProgress
from enrollment.workflow import MoveRefused
from tests.factories import (
    ModuleFactory,
    QuestionFactory,
    TopicFactory,
    UserFactory,
)

from .learners import AT, enrolled, module_of, pass_questions, right_answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrollment():
    return enrolled()


def start(enrollment, **given):
    return study.start_attempt(
        enrollment=enrollment, module=module_of(enrollment), by=enrollment.learner, at=AT, **given
    )


def grade(attempt, answers, **given):
    return study.grade_attempt(
        attempt=attempt, answers=answers, by=attempt.enrollment.learner, at=AT, **given
    )


def close(enrollment):
    Enrollment.objects.filter(pk=enrollment.pk).update(status="withdrawn")
    enrollment.refresh_from_db()


# Reading


def test_topic_read_twice_is_read_once(enrollment):
    topic = module_of(enrollment).topics.first()
    for minutes in (0, 30):
        study.record_progress(
            enrollment=enrollment, topic=topic, by=enrollment.learner, at=AT + timedelta(minutes=minutes)
        )
    assert list(TopicProgress.objects.values_list("enrollment", "topic", "read_at")) == [
        (enrollment.pk, topic.pk, AT)
    ]


def test_topic_of_another_course_is_refused(enrollment):
    with pytest.raises(MoveRefused, match="another course"):
        study.record_progress(enrollment=enrollment, topic=TopicFactory(), by=enrollment.learner)


def test_topic_of_a_closed_enrollment_is_refused(enrollment):
    close(enrollment)
    with pytest.raises(MoveRefused, match="record is closed"):
        study.record_progress(
            enrollment=enrollment, topic=module_of(enrollment).topics.first(), by=enrollment.learner
        )


def test_nobody_reads_for_a_learner(enrollment):
    with pytest.raises(MoveRefused, match="Only the learner"):
        study.record_progress(
            enrollment=enrollment, topic=module_of(enrollment).topics.first(), by=UserFactory()
        )


# Starting an attempt


def test_attempt_freezes_its_questions(enrollment):
    attempt = start(enrollment)
    Question.objects.update(stem="Changed later")
    attempt.refresh_from_db()
    assert {question["stem"] for question in attempt.questions} & {"Changed later"} == set()
    assert attempt.total == 2
    assert attempt.pass_mark == 80


def test_attempt_asks_what_is_in_use_and_uncontested(enrollment):
    module = module_of(enrollment)
    usable = set(module.questions.values_list("pk", flat=True))
    QuestionFactory(module=module, is_active=False)
    QuestionFactory(module=module, is_contested=True)
    QuestionFactory(module=module, options=[("No key", False), ("None here", False)])
    QuestionFactory(module=ModuleFactory(course=enrollment.course, number=2))
    attempt = study.start_attempt(enrollment=enrollment, module=module, by=enrollment.learner)
    assert {question["id"] for question in attempt.questions} == usable


def test_attempt_draws_as_many_as_the_module_says_and_all_that_must_be_right():
    enrollment = enrolled(questions=6)
    module = module_of(enrollment)
    critical = QuestionFactory(module=module, is_critical=True)
    module.questions_per_attempt = 3
    module.save()
    drawn = [question["id"] for question in start(enrollment, seed=4).questions]
    assert len(drawn) == 3
    assert critical.pk in drawn


def test_attempt_shuffles_by_its_seed():
    orders = set()
    for seed in range(8):
        enrollment = enrolled(questions=5)
        first = min(question["id"] for question in start(enrollment, seed=seed).questions)
        attempt = enrollment.attempts.get()
        orders.add(tuple(question["id"] - first for question in attempt.questions))
    assert len(orders) > 1


def test_open_attempt_is_resumed(enrollment):
    assert start(enrollment) == start(enrollment)
    assert enrollment.attempts.count() == 1


def test_next_attempt_follows_a_failed_one(enrollment):
    grade(start(enrollment), {})
    assert start(enrollment).number == 2


def test_passed_module_takes_no_further_attempt(enrollment):
    pass_questions(enrollment)
    with pytest.raises(MoveRefused, match="have passed"):
        start(enrollment)


def test_module_without_questions_takes_no_attempt():
    with pytest.raises(MoveRefused, match="no questions yet"):
        start(enrolled(questions=0))


# Grading


def test_all_right_passes(enrollment):
    attempt = start(enrollment)
    graded = grade(attempt, right_answers(attempt))
    assert (graded.correct, graded.is_passed, graded.submitted_at) == (2, True, AT)


@pytest.mark.parametrize(("wrong", "passed"), [(1, True), (2, False)])
def test_pass_mark_decides(wrong, passed):
    enrollment = enrolled(questions=5)
    attempt = start(enrollment)
    answers = right_answers(attempt)
    for question in attempt.questions[:wrong]:
        answers.pop(str(question["id"]))
    graded = grade(attempt, answers)
    assert (graded.correct, graded.is_passed) == (5 - wrong, passed)


def test_missed_critical_question_fails_whatever_the_total():
    enrollment = enrolled(questions=9)
    critical = QuestionFactory(module=module_of(enrollment), is_critical=True)
    attempt = start(enrollment)
    graded = grade(attempt, right_answers(attempt) | {str(critical.pk): []})
    assert (graded.correct, graded.is_passed) == (9, False)


@pytest.mark.parametrize("extra", [["Wrong"], []])
def test_several_answers_need_all_right_and_none_wrong(extra):
    enrollment = enrolled(questions=0)
    question = QuestionFactory(
        module=module_of(enrollment),
        kind=Question.Kind.MULTIPLE,
        options=[("One", True), ("Two", True), ("Wrong", False)],
    )
    keys = dict(question.options.values_list("text", "pk"))
    chosen = [keys["Two"], *(keys[text] for text in extra), keys["One"] if extra else keys["Two"]]
    assert grade(start(enrollment), {str(question.pk): chosen}).is_passed is False
    attempt = start(enrollment)
    assert grade(attempt, {str(question.pk): [keys["Two"], keys["One"]]}).is_passed is True


def test_second_submission_changes_nothing(enrollment):
    attempt = start(enrollment)
    grade(attempt, {})
    again = grade(attempt, right_answers(attempt))
    assert (again.correct, again.is_passed) == (0, False)
    assert set(map(tuple, again.answers.values())) == {()}


def test_foreign_answers_are_ignored(enrollment):
    attempt = start(enrollment)
    graded = grade(attempt, {"999999": [1], "no-number": [2]})
    assert set(graded.answers) == {str(question["id"]) for question in attempt.questions}


def test_attempt_of_a_closed_enrollment_is_not_graded(enrollment):
    attempt = start(enrollment)
    close(enrollment)
    with pytest.raises(MoveRefused, match="record is closed"):
        grade(attempt, right_answers(attempt))
