"""Figures of questions, worked out by hand beside what the database adds up."""

import math
import random
import statistics

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrollment import item_figures, study
from enrollment.models import ItemResponse
from tests.factories import EnrollmentFactory, QuestionFactory, StaffFactory

from .learners import AT, enrolled, module_of, right_answers

pytestmark = pytest.mark.django_db
PAGE = "/admin/enrollment/itemresponse/"


def answered(enrollment, wrong=()):
    """An attempt with these questions wrong."""
    learner, module = enrollment.learner, module_of(enrollment)
    attempt = study.start_attempt(enrollment=enrollment, module=module, by=learner, at=AT)
    answers = {key: ([] if int(key) in wrong else right) for key, right in right_answers(attempt).items()}
    return study.grade_attempt(attempt=attempt, answers=answers, by=learner, at=AT)


def crowd(number, *, questions=4):
    first = enrolled(questions=questions)
    others = [EnrollmentFactory(application__intake=first.intake) for _one in range(number - 1)]
    return [first, *others]


def by_question(module=None):
    return {one.question.pk: one for one in item_figures.figures(module)}


def test_difficulty_is_the_share_right_of_first_attempts():
    people = crowd(5)
    first, *_rest = module_of(people[0]).questions.values_list("pk", flat=True)
    for number, enrollment in enumerate(people):
        answered(enrollment, wrong=[first] if number < 2 else [])
    answered(people[0])
    assert by_question()[first].difficulty == 3 / 5
    assert by_question()[first].answers == 5


def test_discrimination_is_the_correlation_with_the_other_questions():
    people = crowd(item_figures.ENOUGH, questions=5)
    keys = list(module_of(people[0]).questions.values_list("pk", flat=True))
    chance, pairs = random.Random(7), []
    for enrollment in people:
        wrong = [key for key in keys if chance.random() < 0.5]
        answered(enrollment, wrong=wrong)
        others = sum(key not in wrong for key in keys[1:]) / (len(keys) - 1)
        pairs.append((int(keys[0] not in wrong), others))
    expected = statistics.correlation(*zip(*pairs, strict=True))
    assert math.isclose(by_question()[keys[0]].discrimination, expected, abs_tol=1e-6)


@pytest.mark.parametrize(
    ("pairs", "r"),
    [
        ([(1, 1.0), (0, 0.0)] * 15, 1.0),
        ([(1, 0.0), (0, 1.0)] * 15, -1.0),
        ([(1, 0.5)] * 30, None),
        ([(1, 0.3), (0, 0.3)] * 15, None),
        ([(1, 1.0), (0, 0.0)] * 14, None),
        ([], None),
    ],
)
def test_correlation_is_told_where_there_is_one(pairs, r):
    found = item_figures.correlation(
        paired=len(pairs),
        x=sum(x for x, _y in pairs),
        y=sum(y for _x, y in pairs) if pairs else None,
        yy=sum(y * y for _x, y in pairs),
        xy=sum(x * y for x, y in pairs),
    )
    assert found is None if r is None else math.isclose(found, r, abs_tol=1e-9)


@pytest.mark.parametrize(
    ("figures", "remark"),
    [
        ({"answers": 5, "difficulty": 0.0}, "nobody"),
        ({"answers": 5, "difficulty": 1.0}, "everybody"),
        ({"answers": 4, "difficulty": 1.0}, ""),
        ({"answers": 40, "difficulty": 0.5, "discrimination": -0.01}, "backwards"),
        ({"answers": 40, "difficulty": 0.5, "discrimination": 0.19}, "poor"),
        ({"answers": 40, "difficulty": 0.5, "discrimination": 0.2}, ""),
        ({}, ""),
    ],
)
def test_remark_points_out_what_needs_a_look(figures, remark):
    assert item_figures.Figures(question=None, **figures).remark == remark


def test_questions_nobody_or_everybody_gets_right_come_first():
    people = crowd(item_figures.SEEN, questions=3)
    hard, mixed, easy = module_of(people[0]).questions.order_by("pk").values_list("pk", flat=True)
    for number, enrollment in enumerate(people):
        answered(enrollment, wrong=[hard, mixed] if number % 2 else [hard])
    found = [(one.question.pk, one.remark) for one in item_figures.figures()]
    assert found == [(hard, "nobody"), (easy, "everybody"), (mixed, "")]


def test_answers_to_an_earlier_wording_are_left_out():
    people = crowd(2, questions=1)
    question = module_of(people[0]).questions.get()
    answered(people[0])
    question.stem = "Worded anew?"
    question.save()
    answered(people[1], wrong=[question.pk])
    figures = by_question()[question.pk]
    assert (figures.answers, figures.difficulty, figures.earlier) == (1, 0, 1)


def test_figures_cost_the_same_for_one_and_for_many():
    people = crowd(1, questions=1)
    answered(people[0])

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            item_figures.figures()
        return len(queries)

    before = cost()
    for enrollment in crowd(3, questions=6):
        answered(enrollment)
    assert cost() == before == 3


def test_page_is_for_those_who_write_questions(client):
    enrollment = enrolled(questions=1)
    answered(enrollment)
    QuestionFactory(module=module_of(enrollment), stem="Never asked?")
    client.force_login(StaffFactory(rights=["view_itemresponse"]))
    for query in ({}, {"module": module_of(enrollment).pk}, {"module": "x"}, {"module": "9" * 30}):
        page = client.get(PAGE, query)
        assert page.status_code == 200
        assert "Never asked?" in page.content.decode()
        assert enrollment.learner.email not in page.content.decode()
    assert client.get(f"{PAGE}{ItemResponse.objects.first().pk}/change/").status_code in {302, 403}
    client.force_login(StaffFactory(rights=["view_enrollment"]))
    assert client.get(PAGE).status_code == 403


# How often each option was chosen


def answering(people, picks):
    """Each person's first attempt at the one question, with the options of these places."""
    for enrollment, places in zip(people, picks, strict=True):
        question = module_of(enrollment).questions.get()
        keys = list(question.options.values_list("pk", flat=True))
        attempt = study.start_attempt(
            enrollment=enrollment, module=question.module, by=enrollment.learner, at=AT
        )
        answers = {str(question.pk): sorted(keys[place] for place in places)}
        study.grade_attempt(attempt=attempt, answers=answers, by=enrollment.learner, at=AT)
    return module_of(people[0]).questions.get()


def counted(question):
    answers, found = item_figures.choices(question)
    return answers, [(one.times, one.share, one.remark) for one in found]


def test_choices_are_counted_over_first_attempts_at_the_present_wording():
    people = crowd(3, questions=1)
    question = answering(people, [[0], [1], [1]])
    assert counted(question)[0] == 3
    assert [times for times, _share, _remark in counted(question)[1]][:2] == [1, 2]
    attempt = study.start_attempt(
        enrollment=people[1], module=question.module, by=people[1].learner, at=AT.replace(year=2027)
    )
    study.grade_attempt(attempt=attempt, answers=right_answers(attempt), by=people[1].learner, at=AT)
    assert counted(question)[0] == 3
    question.stem = "Worded anew?"
    question.save()
    assert counted(question) == (0, [(0, None, "")] * question.options.count())


def test_option_that_nobody_chose_and_one_that_beats_the_key_are_pointed_out():
    people = crowd(item_figures.SEEN, questions=1)
    options = list(module_of(people[0]).questions.get().options.all())
    right = next(place for place, one in enumerate(options) if one.is_correct)
    wrong = [place for place, one in enumerate(options) if not one.is_correct]
    question = answering(people, [[right]] + [[wrong[0]]] * (item_figures.SEEN - 1))
    _answers, found = item_figures.choices(question)
    remarks = {place: one.remark for place, one in enumerate(found)}
    assert remarks == {right: "", wrong[0]: "beats", **dict.fromkeys(wrong[1:], "idle")}
    assert found[wrong[0]].share == (item_figures.SEEN - 1) / item_figures.SEEN


def test_option_brought_in_anew_with_the_same_words_keeps_its_count():
    people = crowd(2, questions=1)
    question = answering(people, [[0], [1]])
    before = counted(question)
    for option in list(question.options.all()):
        option.delete()
        option.pk = None
        option.save()
    assert counted(type(question).objects.get(pk=question.pk)) == before


def test_question_page_tells_what_was_chosen_to_those_who_see_figures(client):
    people = crowd(2, questions=1)
    question = answering(people, [[0], [1]])
    address = reverse("admin:courses_question_change", args=[question.pk])
    shown = {}
    for rights in (["change_question"], ["change_question", "view_itemresponse"]):
        client.force_login(StaffFactory(rights=rights))
        shown[len(rights)] = client.get(address).content.decode()
    assert ["What was chosen" in shown[number] for number in (1, 2)] == [False, True]
    assert ("2 first attempts" in shown[2], shown[2].count("<td>50 %</td>")) == (True, 2)
    assert people[0].learner.email not in shown[2]
    assert "What was chosen" not in client.get(reverse("admin:courses_question_add")).content.decode()
