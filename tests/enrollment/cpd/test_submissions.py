"""A programme on its way to a scheme: the clock, the title, the approval, and the reopening."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from courses import programme
from courses.models import Accreditation, CpdScheme, TitleRule
from enrollment.cpd import submissions
from enrollment.models import CpdEvent, CpdSubmission
from enrollment.workflow import MoveRefused
from tests.factories import CourseFactory, CpdSchemeFactory, StaffFactory

from .made import AFTER, BEFORE, ENDS, STARTS, approved, awarded, planned, registrar, run

pytestmark = pytest.mark.django_db


def test_planning_twice_gives_one_record_with_its_history():
    intake, scheme, by = run(), CpdSchemeFactory(), registrar()
    first, again = planned(intake, scheme, by), planned(intake, scheme, by)
    assert first == again
    assert [(one.move, one.to_status, one.actor) for one in first.history.all()] == [("plan", "planned", by)]


def test_scheme_that_approves_runs_wants_a_run_of_that_course():
    scheme, by = CpdSchemeFactory(), registrar()
    for intake in (None, run(course=CourseFactory())):
        with pytest.raises(MoveRefused, match="choose an intake"):
            submissions.plan(scheme=scheme, course=CourseFactory(), intake=intake, by=by)


def test_scheme_that_approves_courses_takes_all_runs():
    submission = planned(scheme=CpdSchemeFactory(approves=CpdScheme.Approves.COURSE))
    assert (submission.intake, submission.submit_by) == (None, None)


def test_only_who_has_the_right_plans_and_moves():
    with pytest.raises(MoveRefused):
        planned(by=StaffFactory(rights=["view_cpdsubmission"]))
    with pytest.raises(MoveRefused, match="may not"):
        submissions.submit(submission=planned(), by=StaffFactory(), at=BEFORE)


def test_scheme_takes_programmes_until_thirty_days_before_and_no_longer():
    last = datetime(2026, 8, 2, 15, tzinfo=UTC)  # 23:00 of the last day in Kuala Lumpur
    assert planned().submit_by == date(2026, 8, 2) == STARTS - timedelta(days=30)
    with pytest.raises(MoveRefused, match="until 2 August 2026, 30 days before"):
        submissions.submit(submission=planned(), by=registrar(), at=last + timedelta(hours=2))
    assert submissions.submit(submission=planned(), by=registrar(), at=last).status == "submitted"


def test_title_with_a_brand_name_is_not_submitted():
    TitleRule.objects.create(word="SkinPen", instead="microneedling")
    submission = planned(run(course=CourseFactory(title="SkinPen® master day")))
    with pytest.raises(MoveRefused, match="“SkinPen”.*Write “microneedling”"):
        submissions.submit(submission=submission, by=registrar(), at=BEFORE)
    submission.refresh_from_db()
    assert submission.status == "planned"


def test_approval_stands_on_record_and_holds_the_programme():
    submission = approved(points=8, reference=" EV-77 ", valid_to=date(2027, 1, 1))
    approval = Accreditation.objects.get()
    assert (approval.reference, approval.cpd_points, approval.intake, approval.course) == (
        "EV-77",
        Decimal(8),
        submission.intake,
        submission.course,
    )
    assert approval.grants_points(STARTS) and not approval.grants_points(date(2027, 1, 2))
    CourseFactory._meta.model.objects.update(summary="Rewritten")
    with pytest.raises(programme.ProgrammeLocked, match="synopsis cannot change"):
        programme.keep_locked(STARTS)


def test_programme_that_changed_after_it_was_sent_is_not_approved():
    submission = planned()
    submissions.submit(submission=submission, by=registrar(), at=BEFORE)
    CourseFactory._meta.model.objects.update(title="Another")
    submission = CpdSubmission.objects.get()
    with pytest.raises(MoveRefused, match="has changed since"):
        submissions.approve(submission=submission, by=registrar(), reference="EV", points=Decimal(1))
    assert not Accreditation.objects.exists()


def test_reopening_ends_the_points_frees_the_programme_and_asks_for_a_new_approval():
    submission = approved()
    with pytest.raises(MoveRefused, match="reason"):
        submissions.reopen(submission=submission, by=registrar(), note=" ")
    renewed = submissions.reopen(submission=submission, by=registrar(), note="A speaker fell ill.", at=AFTER)
    approval = Accreditation.objects.get()
    assert (approval.ended_on, approval.ended_reason) == (date(2026, 9, 5), "A speaker fell ill.")
    assert approval.grants_points(ENDS) and not approval.grants_points(date(2026, 9, 5))
    CourseFactory._meta.model.objects.update(title="Another")
    programme.keep_locked(date(2026, 9, 5))
    assert (renewed.status, renewed.renews, renewed.submit_by) == ("planned", submission, date(2026, 8, 2))
    # By when a scheme wants a changed programme is to be confirmed: the clock of the first one does not hold it.
    renewed = CpdSubmission.objects.get(pk=renewed.pk)
    assert submissions.submit(submission=renewed, by=registrar(), at=AFTER).title == "Another"


def test_database_keeps_one_live_submission_per_scheme_and_run():
    submission = planned()
    fields = {"scheme": submission.scheme, "course": submission.course, "intake": submission.intake}
    with pytest.raises(IntegrityError), transaction.atomic():
        CpdSubmission.objects.create(planned_at=BEFORE, **fields)
    submissions.withdraw(submission=submission, by=registrar(), note="Not this year.")
    assert planned(submission.intake, submission.scheme).pk != submission.pk


def test_steps_are_only_added():
    planned()
    for act in (lambda: CpdEvent.objects.update(note="x"), lambda: CpdEvent.objects.all().delete()):
        with pytest.raises(TypeError):
            act()


def test_clock_shows_what_is_due_when():
    submission, on = planned(), date(2026, 7, 20)
    assert submissions.to_submit(on, timedelta(days=14)) == [submission]
    assert submissions.to_submit(on, timedelta(days=12)) == []
    submissions.submit(submission=submission, by=registrar(), at=BEFORE)
    assert submissions.to_submit(on, timedelta(days=14)) == []


def test_attendance_is_due_from_the_day_after_until_it_is_reported():
    submission = approved()
    assert submission.return_by == date(2026, 9, 16)
    assert submissions.to_report(ENDS) == []
    assert submissions.to_report(date(2026, 9, 3)) == [submission]
    assert submissions.to_report(date(2026, 9, 30)) == [submission]


def test_reopened_approval_owes_a_return_only_for_points_it_gave():
    without, with_points = approved(reference="EV-1"), approved(reference="EV-2")
    awarded(with_points)
    for submission in (without, with_points):
        submissions.reopen(submission=submission, by=registrar(), note="Changed.", at=AFTER)
    assert submissions.to_report(date(2026, 9, 10)) == [with_points]
