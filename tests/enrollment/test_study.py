"""Reading, answering, practising: what the verbs make true, and what they refuse."""

from datetime import date, timedelta

import pytest

from courses.models import Question
from enrollment import study
from enrollment.models import Attendance, Enrollment, Letter, LogbookEntry, TopicProgress
from enrollment.workflow import MoveRefused
from tests.factories import (
    CompetencyFactory,
    EnrollmentFactory,
    LogbookEntryFactory,
    ModuleFactory,
    QuestionFactory,
    TopicFactory,
    TrainingDayFactory,
    UserFactory,
)

from .learners import AT, assessor, enrolled, module_of, pass_questions, right_answers

pytestmark = pytest.mark.django_db
ENTRY = {
    "performed_on": date(2026, 3, 1),
    "patient_code": "P-014",
    "procedure": "Microneedling for acne scars",
    "area": "Cheeks",
    "phototype": "IV",
    "device": "Motorised pen",
    "cartridge_lot": "LOT-7",
    "depth_mm": "1.50",
    "passes": 5,
    "anesthetic": "",
    "role": "supervised",
    "outcome": "Even redness.",
    "reflection": "",
}


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


# The logbook


def log(enrollment, **changed):
    return study.log_practice(enrollment=enrollment, by=enrollment.learner, at=AT, **ENTRY | changed)


def test_practice_is_logged_as_a_draft_with_history(enrollment):
    entry = log(enrollment)
    assert (entry.status, entry.patient_code) == ("draft", "P-014")
    assert [(event.move, event.to_status, event.actor) for event in entry.history.all()] == [
        ("log", "draft", enrollment.learner)
    ]


def test_same_practice_sent_twice_is_one_entry(enrollment):
    assert log(enrollment) == log(enrollment)
    assert log(enrollment, area="Chin") != log(enrollment)
    assert enrollment.logbook.count() == 2


def test_practice_of_tomorrow_is_refused(enrollment):
    with pytest.raises(MoveRefused, match="still to come"):
        log(enrollment, performed_on=date(2026, 3, 3))


def test_today_is_the_day_where_the_course_is_held(enrollment):
    evening_in_london = AT.replace(hour=17)
    entry = study.log_practice(
        enrollment=enrollment,
        by=enrollment.learner,
        at=evening_in_london,
        **ENTRY | {"performed_on": date(2026, 3, 3)},
    )
    assert entry.performed_on == date(2026, 3, 3)


def test_draft_can_be_changed_and_a_sent_entry_not(enrollment):
    entry = log(enrollment)
    study.update_entry(entry=entry, by=enrollment.learner, area="Forehead", at=AT)
    assert LogbookEntry.objects.get().area == "Forehead"
    study.submit_entry(entry=entry, by=enrollment.learner, at=AT)
    with pytest.raises(MoveRefused, match="cannot be changed"):
        study.update_entry(entry=entry, by=enrollment.learner, area="Chin", at=AT)


def test_entry_sent_twice_is_sent_once(enrollment):
    entry = log(enrollment)
    for hours in (0, 1):
        study.submit_entry(entry=entry, by=enrollment.learner, at=AT + timedelta(hours=hours))
    entry.refresh_from_db()
    assert (entry.status, entry.submitted_at) == ("awaiting", AT)
    assert [event.move for event in entry.history.all()] == ["log", "submit"]


def test_countersignature_names_its_assessor_and_tells_the_learner(enrollment):
    entry, by = log(enrollment), assessor()
    study.submit_entry(entry=entry, by=enrollment.learner, at=AT)
    study.countersign(entry=entry, by=by, at=AT)
    entry.refresh_from_db()
    assert (entry.status, entry.assessor, entry.countersigned_at) == ("countersigned", by, AT)
    assert list(Letter.objects.values_list("name", "recipient", "event__move")) == [
        ("entry-countersigned", enrollment.learner.pk, "countersign")
    ]


def test_countersigned_entry_stays_as_it_is(enrollment):
    entry, by = log(enrollment), assessor()
    study.submit_entry(entry=entry, by=enrollment.learner, at=AT)
    study.countersign(entry=entry, by=by, at=AT)
    for act in (
        lambda: study.countersign(entry=entry, by=by),
        lambda: study.return_entry(entry=entry, by=by, note="No."),
        lambda: study.submit_entry(entry=entry, by=enrollment.learner),
    ):
        with pytest.raises(MoveRefused, match="Countersigned"):
            act()
    assert Letter.objects.count() == 1


def test_returned_entry_goes_round_again(enrollment):
    entry, by = log(enrollment), assessor()
    study.submit_entry(entry=entry, by=enrollment.learner, at=AT)
    study.return_entry(entry=entry, by=by, note="Which lot?", at=AT)
    study.update_entry(entry=entry, by=enrollment.learner, cartridge_lot="LOT-8", at=AT)
    study.submit_entry(entry=entry, by=enrollment.learner, at=AT)
    study.countersign(entry=entry, by=by, at=AT)
    assert [event.move for event in entry.history.all()] == [
        "log",
        "submit",
        "return",
        "submit",
        "countersign",
    ]
    assert set(Letter.objects.values_list("name", flat=True)) == {"entry-returned", "entry-countersigned"}


def test_entry_is_not_returned_without_a_reason(enrollment):
    entry = log(enrollment)
    study.submit_entry(entry=entry, by=enrollment.learner, at=AT)
    with pytest.raises(MoveRefused, match="Give a reason"):
        study.return_entry(entry=entry, by=assessor(), note="  ")


def test_nobody_countersigns_for_themselves(enrollment):
    learner = enrollment.learner
    learner.is_staff = True
    learner.save()
    entry = LogbookEntryFactory(enrollment=enrollment, status="awaiting")
    for by in (learner, UserFactory(), enrollment.learner):
        with pytest.raises(MoveRefused, match="may not do this"):
            study.countersign(entry=entry, by=by)


def test_entry_of_a_closed_enrollment_is_not_countersigned(enrollment):
    entry = LogbookEntryFactory(enrollment=enrollment, status="awaiting")
    close(enrollment)
    with pytest.raises(MoveRefused, match="record is closed"):
        study.countersign(entry=entry, by=assessor())


# In person


def test_competency_keeps_every_judgement(enrollment):
    competency, by = CompetencyFactory(course=enrollment.course), assessor()
    for result in ("not_met", "met"):
        study.check_competency(enrollment=enrollment, competency=competency, result=result, by=by, at=AT)
    assert [check.result for check in enrollment.competency_checks.order_by("pk")] == ["not_met", "met"]


def test_competency_of_another_course_is_refused(enrollment):
    with pytest.raises(MoveRefused, match="another course"):
        study.check_competency(
            enrollment=enrollment, competency=CompetencyFactory(), result="met", by=assessor()
        )


def test_competency_is_met_or_not(enrollment):
    competency = CompetencyFactory(course=enrollment.course)
    with pytest.raises(MoveRefused, match="Choose"):
        study.check_competency(enrollment=enrollment, competency=competency, result="great", by=assessor())


def test_attendance_is_marked_and_corrected(enrollment):
    day, by = TrainingDayFactory(intake=enrollment.intake), assessor()
    for is_present in (True, False):
        study.mark_attendance(enrollment=enrollment, training_day=day, is_present=is_present, by=by, at=AT)
    assert list(Attendance.objects.values_list("enrollment", "is_present", "marked_by")) == [
        (enrollment.pk, False, by.pk)
    ]


def test_attendance_of_another_intake_is_refused(enrollment):
    with pytest.raises(MoveRefused, match="another intake"):
        study.mark_attendance(
            enrollment=enrollment, training_day=TrainingDayFactory(), is_present=True, by=assessor()
        )


def test_only_assessors_judge(enrollment):
    day = TrainingDayFactory(intake=enrollment.intake)
    for by in (enrollment.learner, EnrollmentFactory().learner):
        with pytest.raises(MoveRefused, match="Only an assessor"):
            study.mark_attendance(enrollment=enrollment, training_day=day, is_present=True, by=by)
