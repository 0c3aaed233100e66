"""The same button pressed five times at the same instant: one record, and all are shown the same."""

from enrollment import certification, practice
from enrollment.models import Attempt, Certificate, Event, Letter, LogbookEntry
from tests.enrollment.learners import enrolled, finished, module_of, registrar
from tests.enrollment.test_practice import ENTRY

from .crowd import at_once


def test_five_requests_to_issue_at_once_make_one_certificate():
    enrollment = finished()
    people = [registrar() for _person in range(5)]
    answers = at_once(
        [lambda by=by: certification.issue_certificate(enrollment=enrollment, by=by) for by in people]
    )
    assert {certificate.pk for certificate in answers} == {Certificate.objects.get().pk}
    assert Event.objects.filter(move__in=["complete", "issue"]).count() == 2
    assert Letter.objects.filter(name="certificate-issued").count() == 1


def test_five_starts_at_once_open_one_attempt():
    enrollment = enrolled()
    module, learner = module_of(enrollment), enrollment.learner
    answers = at_once(
        [lambda: study.start_attempt(enrollment=enrollment, module=module, by=learner) for _click in range(5)]
    )
    assert {attempt.pk for attempt in answers} == {Attempt.objects.get().pk}


def test_five_submissions_at_once_are_marked_once():
    enrollment = enrolled()
    learner = enrollment.learner
    attempt = study.start_attempt(enrollment=enrollment, module=module_of(enrollment), by=learner)
    right = {str(question["id"]): question["right"] for question in attempt.questions}
    sheets = [right, {}, right, {}, {}]
    answers = at_once(
        [
            lambda sheet=sheet: study.grade_attempt(attempt=attempt, answers=sheet, by=learner)
            for sheet in sheets
        ]
    )
    attempt.refresh_from_db()
    assert {(one.is_passed, one.correct, one.submitted_at) for one in answers} == {
        (attempt.is_passed, attempt.correct, attempt.submitted_at)
    }


def test_same_entry_five_times_at_once_is_one_entry():
    enrollment = enrolled()
    learner = enrollment.learner
    answers = at_once(
        [lambda: practice.log_practice(enrollment=enrollment, by=learner, **ENTRY) for _click in range(5)]
    )
    assert {entry.pk for entry in answers} == {LogbookEntry.objects.get().pk}
    assert Event.objects.filter(move="log").count() == 1
