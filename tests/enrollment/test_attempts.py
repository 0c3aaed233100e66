"""Attempts at a module's questions: what is kept, when another may begin, and what a lost connection leaves."""

import random
from datetime import timedelta

import pytest

from courses.models import Question
from enrollment import study
from enrollment.models import ExtraAttempt, ItemResponse
from enrollment.workflow import MoveRefused
from tests.factories import QuestionFactory, UserFactory

from .learners import AT, assessor, enrolled, module_of, registrar, right_answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrollment():
    return enrolled(questions=4)


def ruled(enrollment, **rules):
    module = module_of(enrollment)
    type(module).objects.filter(pk=module.pk).update(**rules)
    return enrollment


def start(enrollment, at=AT):
    return study.start_attempt(
        enrollment=enrollment, module=module_of(enrollment), by=enrollment.learner, at=at
    )


def fail(enrollment, at=AT):
    return study.grade_attempt(attempt=start(enrollment, at), answers={}, by=enrollment.learner, at=at)


def allow(enrollment, by=None, note="The connection broke during the last attempt."):
    return study.allow_attempt(
        enrollment=enrollment, module=module_of(enrollment), by=by or registrar(), note=note, at=AT
    )


def keep(attempt, answers):
    return study.save_answers(attempt=attempt, answers=answers, by=attempt.enrollment.learner)


# Attempts and the wait between them


def test_wait_begins_with_the_submission(enrollment):
    ruled(enrollment, cool_off_hours=24)
    fail(enrollment)
    with pytest.raises(MoveRefused, match="24 hours after"):
        start(enrollment, AT + timedelta(hours=23, minutes=59))
    assert start(enrollment, AT + timedelta(hours=24)).number == 2


def test_attempts_are_used_up(enrollment):
    ruled(enrollment, attempts_allowed=2)
    fail(enrollment)
    assert study.turn_of(enrollment, module_of(enrollment)).left == 1
    fail(enrollment)
    with pytest.raises(MoveRefused, match="used every attempt"):
        start(enrollment)


def test_open_attempt_is_resumed_whatever_the_rules(enrollment):
    ruled(enrollment, attempts_allowed=1, cool_off_hours=24)
    assert start(enrollment) == start(enrollment, AT + timedelta(days=30))


def test_extra_attempt_is_given_once_with_its_reason(enrollment):
    ruled(enrollment, attempts_allowed=1)
    fail(enrollment)
    by = registrar()
    allow(enrollment, by)
    with pytest.raises(MoveRefused, match="still has an attempt"):
        allow(enrollment, by)
    assert list(ExtraAttempt.objects.values_list("enrollment", "given_by", "note")) == [
        (enrollment.pk, by.pk, "The connection broke during the last attempt.")
    ]
    assert start(enrollment).number == 2


def test_extra_attempt_is_a_registrars_and_says_why(enrollment):
    ruled(enrollment, attempts_allowed=1)
    fail(enrollment)
    for by in (assessor(), enrollment.learner, UserFactory()):
        with pytest.raises(MoveRefused, match="Only a registrar"):
            allow(enrollment, by)
    with pytest.raises(MoveRefused, match="Write the reason"):
        allow(enrollment, note="  ")
    assert not ExtraAttempt.objects.exists()


def test_module_without_a_limit_needs_no_leave(enrollment):
    fail(enrollment)
    with pytest.raises(MoveRefused, match="still has an attempt"):
        allow(enrollment)


# Answers saved one by one


def test_answers_are_kept_one_by_one(enrollment):
    attempt = start(enrollment)
    right = right_answers(attempt)
    first, second = list(right)[:2]
    keep(attempt, {first: right[first]})
    kept = keep(attempt, {second: right[second]})
    assert (kept.answers, kept.revision, kept.answered) == (
        {first: right[first], second: right[second]},
        2,
        2,
    )
    assert start(enrollment).answers == kept.answers


def test_same_answer_again_changes_nothing(enrollment):
    attempt = start(enrollment)
    answers = right_answers(attempt)
    assert keep(attempt, answers).revision == 1
    assert keep(attempt, answers).revision == 1


def test_what_is_no_option_of_the_question_is_left_out(enrollment):
    attempt = start(enrollment)
    first, second = (question["id"] for question in attempt.questions[:2])
    foreign = attempt.questions[1]["right"]
    assert keep(attempt, {str(first): foreign, "999999": foreign, "x": [1]}).answers == {str(first): []}
    assert keep(attempt, {str(second): [*foreign, 10**9]}).answers[str(second)] == foreign


def test_submitted_attempt_takes_no_more_answers(enrollment):
    attempt = fail(enrollment)
    with pytest.raises(MoveRefused, match="was submitted"):
        keep(attempt, right_answers(attempt))
    attempt.refresh_from_db()
    assert set(map(tuple, attempt.answers.values())) == {()}


def test_nobody_answers_for_a_learner(enrollment):
    attempt = start(enrollment)
    with pytest.raises(MoveRefused, match="Only the learner"):
        study.save_answers(attempt=attempt, answers=right_answers(attempt), by=UserFactory())


def test_submitting_twice_marks_once(enrollment):
    attempt = start(enrollment)
    for answers in (right_answers(attempt), {}):
        graded = study.grade_attempt(attempt=attempt, answers=answers, by=enrollment.learner, at=AT)
    assert graded.is_passed
    assert ItemResponse.objects.count() == 4


# What is left for the figures


def test_submission_leaves_a_row_for_each_question_still_there(enrollment):
    attempt = start(enrollment)
    right = right_answers(attempt)
    gone, missed, *others = list(right)
    Question.objects.get(pk=int(gone)).delete()
    study.grade_attempt(attempt=attempt, answers={**right, missed: []}, by=enrollment.learner, at=AT)
    rows = ItemResponse.objects.values_list("question", "is_right", "rest", "is_first")
    assert {(question, right, round(rest, 3), first) for question, right, rest, first in rows} == {
        (int(missed), False, 1.0, True),
        *((int(other), True, 0.667, True) for other in others),
    }


def test_wording_follows_stem_options_and_key_but_not_their_order(enrollment):
    question = QuestionFactory(module=module_of(enrollment))
    seen = set()
    for seed in range(6):
        chance = random.Random(seed)
        seen.add(study.wording(study.frozen(question, chance)))
    assert len(seen) == 1
    question.options.filter(text="Wrong").update(is_correct=True)
    question.refresh_from_db()
    assert study.wording(study.frozen(question, chance)) not in seen
