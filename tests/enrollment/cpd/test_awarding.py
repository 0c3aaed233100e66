"""Points are given by a registrar, once, to whoever earned them; the ledger is only ever added to."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from courses.models import Accreditation, CpdScheme
from enrollment import certification
from enrollment.cpd import awarding
from enrollment.models import CpdEntry, Enrollment
from enrollment.workflow import MoveRefused
from tests.enrollment.learners import finished
from tests.enrollment.learners import registrar as issuing_registrar
from tests.factories import CpdSchemeFactory, ProfessionFactory, StaffFactory

from .made import AFTER, approved, awarded, learner, registrar, run

pytestmark = pytest.mark.django_db


def award(enrollment, submission, by=None):
    return awarding.award(enrollment=enrollment, approval=submission.approval, by=by or registrar(), at=AFTER)


def test_points_are_given_once_as_of_the_last_day_attended():
    submission = approved(points=8)
    enrollment = learner(submission.intake)
    first, again = award(enrollment, submission), award(enrollment, submission)
    assert first == again == CpdEntry.objects.get()
    assert (first.amount, first.earned_on, first.event_code, first.title, first.learner) == (
        Decimal(8),
        date(2026, 9, 2),
        "EV-77",
        "Microneedling",
        enrollment.learner,
    )


@pytest.mark.parametrize(("there", "sentence"), [(1, "1 of 2 training days"), (0, "0 of 2 training days")])
def test_who_missed_a_day_is_told_apart(there, sentence):
    submission = approved()
    with pytest.raises(MoveRefused, match=sentence):
        award(learner(submission.intake, there=there), submission)


def test_course_without_training_days_is_earned_with_its_certificate():
    enrollment = finished()
    scheme = CpdSchemeFactory(approves=CpdScheme.Approves.COURSE, unit="hours")
    submission = approved(enrollment.intake, scheme, points="7.5")
    with pytest.raises(MoveRefused, match="certificate is not issued"):
        award(enrollment, submission)
    certification.issue_certificate(enrollment=enrollment, by=issuing_registrar(), at=AFTER)
    assert award(enrollment, submission).earned_on == date(2026, 9, 5)


def test_scheme_for_doctors_keeps_no_record_of_others():
    doctor = ProfessionFactory()
    scheme = CpdSchemeFactory()
    scheme.professions.add(doctor)
    submission = approved(scheme=scheme)
    with pytest.raises(MoveRefused, match="does not keep records of this profession"):
        award(learner(submission.intake), submission)
    assert award(learner(submission.intake, profession=doctor), submission)


@pytest.mark.parametrize(
    "gone",
    [{"valid_to": date(2026, 9, 1)}, {"ended_on": date(2026, 9, 2)}, {"reference": ""}, {"cpd_points": None}],
)
def test_nothing_is_given_by_an_approval_that_did_not_stand(gone):
    submission = approved()
    enrollment = learner(submission.intake)
    Accreditation.objects.update(**gone)
    submission.approval.refresh_from_db()
    with pytest.raises(MoveRefused, match="did not stand on 2 September 2026"):
        award(enrollment, submission)


def test_learner_of_another_run_gets_nothing():
    submission = approved()
    with pytest.raises(MoveRefused, match="not for this learner"):
        award(learner(run(course=submission.course)), submission)


def test_nobody_awards_their_own_points_or_without_the_right():
    submission = approved()
    enrollment = learner(submission.intake)
    own = registrar()
    Enrollment.objects.filter(pk=enrollment.pk).update(learner=own)
    for by in (own, StaffFactory(), enrollment.learner):
        with pytest.raises(MoveRefused, match="Only a registrar"):
            award(enrollment, submission, by=by)


def test_many_are_awarded_and_one_refusal_keeps_nobody_from_theirs():
    submission = approved()
    there, absent = learner(submission.intake), learner(submission.intake, there=0)
    for _time in range(2):
        done = awarding.award_many(approval=submission.approval, enrollments=[there, absent], by=registrar())
        assert [(one, entry is not None, bool(why)) for one, entry, why in done] == [
            (there, True, False),
            (absent, False, True),
        ]
    assert CpdEntry.objects.count() == 1


def test_standings_ask_the_same_number_of_questions_for_one_and_three():
    submission = approved()
    learner(submission.intake)
    with CaptureQueriesContext(connection) as one:
        assert len(awarding.standings(Accreditation.objects.get())) == 1
    learner(submission.intake), learner(submission.intake)
    with CaptureQueriesContext(connection) as three:
        assert len(awarding.standings(Accreditation.objects.get())) == 3
    assert len(three) == len(one)


# Corrections


def test_award_is_taken_back_by_a_counter_entry_once_and_may_be_given_again():
    entry = awarded()
    first = awarding.take_back(entry=entry, by=registrar(), note="Signed for a colleague.", at=AFTER)
    again = awarding.take_back(entry=entry, by=registrar(), note="Another reason.", at=AFTER)
    assert first == again
    assert (first.amount, first.corrects, first.note) == (-entry.amount, entry, "Signed for a colleague.")
    assert list(CpdEntry.objects.standing()) == []
    new = awarding.award(enrollment=entry.enrollment, approval=entry.approval, by=registrar(), at=AFTER)
    assert (new.round, list(CpdEntry.objects.standing())) == (2, [new])


def test_counter_entry_needs_a_reason_and_is_not_taken_back_itself():
    entry = awarded()
    with pytest.raises(MoveRefused, match="reason"):
        awarding.take_back(entry=entry, by=registrar(), note="  ")
    counter = awarding.take_back(entry=entry, by=registrar(), note="Wrong person.")
    with pytest.raises(MoveRefused, match="counter-entry already"):
        awarding.take_back(entry=counter, by=registrar(), note="Back again.")
    with pytest.raises(MoveRefused, match="never their own"):
        awarding.take_back(entry=entry, by=entry.learner, note="Mine.")


# Only ever added


def test_ledger_refuses_changes_through_its_manager():
    awarded()
    for act in (lambda: CpdEntry.objects.update(amount=9), lambda: CpdEntry.objects.all().delete()):
        with pytest.raises(TypeError):
            act()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE enrollment_cpdentry SET amount = 99",
        "UPDATE enrollment_cpdentry SET earned_on = '2020-01-01'",
        "UPDATE enrollment_cpdentry SET by_name = 'Somebody'",
        "DELETE FROM enrollment_cpdentry",
    ],
)
def test_database_itself_refuses_changes_to_the_ledger(statement):
    entry = awarded()
    refused = pytest.raises(DatabaseError, match="ledger never changes")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    entry.refresh_from_db()
    assert entry.amount == Decimal(8)


@pytest.mark.parametrize("amount", [0, -8])
def test_database_knows_no_award_that_takes(amount):
    entry = awarded()
    values = {f.name: getattr(entry, f.name) for f in entry._meta.concrete_fields if f.name != "id"}
    with pytest.raises(DatabaseError), transaction.atomic():
        CpdEntry.objects.create(**values | {"amount": amount, "round": 2})
    with pytest.raises(DatabaseError), transaction.atomic():
        CpdEntry.objects.create(**values | {"at": AFTER + timedelta(days=1)})
