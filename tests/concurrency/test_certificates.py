"""The same button pressed five times at the same instant: one record, and all are shown the same."""

import contextlib
from datetime import timedelta

from enrollment import certification, practice, renewals, study
from enrollment.models import Attempt, Certificate, Event, Letter, LogbookEntry, RenewalRule
from enrollment.workflow import MoveRefused
from tests.enrollment.learners import enrolled, finished, module_of, registrar
from tests.enrollment.test_practice import ENTRY
from tests.enrollment.test_renewals import paper

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


def test_five_corrections_at_once_make_one_certificate_that_follows():
    certificate = certification.issue_certificate(enrollment=finished(), by=registrar())

    def correct(by):
        one = Certificate.objects.get(pk=certificate.pk)
        with contextlib.suppress(MoveRefused):
            renewals.supersede(certificate=one, by=by, name="Right Name", evidence=paper(), note="Why.")

    people = [registrar() for _person in range(5)]
    at_once([lambda by=by: correct(by) for by in people])
    assert [one.status for one in renewals.chain(certificate)] == ["issued", "superseded"]
    assert Letter.objects.filter(name="certificate-superseded").count() == 1


def test_five_workers_remind_of_an_end_once_and_let_it_end_once():
    enrollment = finished()
    RenewalRule.objects.create(course=enrollment.course, valid_months=24)
    certificate = certification.issue_certificate(enrollment=enrollment, by=registrar())
    ends = certificate.valid_until
    at_once([lambda: renewals.remind_due(at=ends - timedelta(days=5)) for _worker in range(5)])
    at_once([lambda: renewals.expire_due(at=ends + timedelta(days=5)) for _worker in range(5)])
    told = Letter.objects.filter(certificate=certificate).values_list("name", flat=True)
    assert sorted(told) == ["certificate-expired", "certificate-expires", "certificate-issued"]


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
