"""Training days: ticked once, safely by several people, corrected by named moves; held where a licence is over."""

from datetime import UTC, date, datetime, timedelta

import pytest

from enrollment import attendance, licenses
from enrollment.models import Attendance, Enrollment, Event, Letter
from enrollment.workflow import MoveRefused
from tests.factories import EnrollmentFactory, TrainingDayFactory

from .learners import AT, assessor, enrolled, registrar

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def day():
    return TrainingDayFactory(
        intake=enrolled().intake, title="Day one", starts_at=MORNING, ends_at=MORNING + timedelta(hours=8)
    )


@pytest.fixture
def crowd(day):
    """Three people with a place on the day's intake, by name."""
    more = [EnrollmentFactory(application__intake=day.intake) for _each in range(2)]
    first = Enrollment.objects.exclude(pk__in=[one.pk for one in more]).get(intake=day.intake)
    return [first, *more]


def save(day, *present, closes=False, by=None):
    keys = [one.pk for one in present]
    return attendance.save_list(day=day, present=keys, closes=closes, by=by or assessor(), at=AT)


def marks():
    return dict(Attendance.objects.values_list("enrollment", "is_present"))


def mark(enrollment, day, is_present=True, **given):
    given = {"by": assessor(), "at": AT} | given
    return attendance.mark_attendance(enrollment=enrollment, training_day=day, is_present=is_present, **given)


# The list


def test_ticks_are_saved_and_the_others_stay_open(day, crowd):
    assert save(day, crowd[0], crowd[2]).marked == 2
    assert marks() == {crowd[0].pk: True, crowd[2].pk: True}


def test_closing_the_list_marks_the_others_as_not_there(day, crowd):
    save(day, crowd[0])
    assert save(day, crowd[1], closes=True).marked == 2
    assert marks() == {crowd[0].pk: True, crowd[1].pk: True, crowd[2].pk: False}


def test_second_press_and_a_colleagues_list_take_nothing_away(day, crowd):
    first = assessor()
    save(day, crowd[0], by=first)
    again, other = save(day, crowd[0], by=first), save(day, crowd[1])
    assert (again.marked, again.refused, other.marked, other.refused) == (0, [], 1, [])
    assert Attendance.objects.get(enrollment=crowd[0]).marked_by == first


def test_list_knows_only_those_with_a_place(day, crowd):
    stranger = EnrollmentFactory()
    Enrollment.objects.filter(pk=crowd[1].pk).update(status="withdrawn")
    assert save(day, stranger, crowd[1]).marked == 0


def test_nobody_marks_themselves_and_the_others_are_saved(day, crowd):
    by = assessor()
    Enrollment.objects.filter(pk=crowd[0].pk).update(learner=by)
    saved = save(day, *crowd, by=by)
    assert saved.marked == 2
    assert [words.partition(": ")[2] for words in saved.refused] == [
        "Only an assessor can do this, and never for their own record."
    ]


def test_day_to_come_is_not_marked(crowd):
    later = TrainingDayFactory(intake=crowd[0].intake)
    with pytest.raises(MoveRefused, match="still to come"):
        mark(crowd[0], later)


def test_day_has_come_on_its_morning_where_the_course_is_held(day, crowd):
    before_dawn_in_kuala_lumpur = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    assert mark(crowd[0], day, at=before_dawn_in_kuala_lumpur).is_present


def test_another_mark_is_a_correction_and_needs_a_reason(day, crowd):
    mark(crowd[0], day)
    with pytest.raises(MoveRefused, match="correct it with a reason"):
        mark(crowd[0], day, is_present=False)


# Corrections


def correct(day, enrollment, is_present, **given):
    given = {"by": assessor(), "note": "Came after the break.", "at": AT} | given
    row = Attendance.objects.get(enrollment=enrollment, training_day=day)
    return attendance.correct_attendance(mark=row, is_present=is_present, **given)


def test_correction_is_a_named_move_with_a_reason_and_a_letter(day, crowd):
    save(day, closes=True)
    by = assessor()
    correct(day, crowd[0], True, by=by)
    event = Event.objects.get(enrollment=crowd[0])
    assert (event.move, event.actor, event.note) == (
        "mark_present",
        by,
        "Day one, 2 March 2026: not there, corrected to there. Came after the break.",
    )
    assert "Came after the break." in Letter.objects.get(name="attendance-corrected").body_text
    assert marks()[crowd[0].pk] is True
    correct(day, crowd[0], False, note="Another person.")
    assert [event.move for event in crowd[0].history.order_by("pk")] == ["mark_present", "mark_absent"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"note": "  "}, "Give a reason"),
        ({"is_present": False}, "It says “not there” already"),
        ({"by": None}, "You may not do this"),
    ],
)
def test_correction_is_refused(day, crowd, given, words):
    save(day, closes=True)
    given = {"is_present": True} | given
    if "by" in given:
        given["by"] = crowd[0].learner
    with pytest.raises(MoveRefused, match=words):
        correct(day, crowd[0], given.pop("is_present"), **given)
    assert marks()[crowd[0].pk] is False
    assert not Letter.objects.exists()


# Licences


def licensed(enrollment, until):
    enrollment.application.license_valid_until = until
    enrollment.application.save()
    return enrollment


def test_licence_that_is_over_holds_the_day_and_not_the_place(day, crowd):
    licensed(crowd[0], date(2026, 3, 1))
    saved = save(day, crowd[0], crowd[1])
    assert (saved.marked, len(saved.refused)) == (1, 1)
    assert "This day is held: the practising certificate on record ended on 1 March 2026." in saved.refused[0]
    crowd[0].refresh_from_db()
    assert crowd[0].status == "active"


def test_licence_holds_on_its_last_day_and_holds_no_day_of_theory(day, crowd):
    licensed(crowd[0], date(2026, 3, 2))
    mark(crowd[0], day)
    theory = TrainingDayFactory(
        intake=day.intake, kind="theory", starts_at=MORNING, ends_at=MORNING + timedelta(hours=1)
    )
    licensed(crowd[1], date(2026, 1, 1))
    assert mark(crowd[1], theory).is_present


def test_held_learner_is_marked_as_absent_when_the_list_closes(day, crowd):
    licensed(crowd[0], date(2026, 3, 1))
    save(day, closes=True)
    assert marks()[crowd[0].pk] is False
    with pytest.raises(MoveRefused, match="held"):
        correct(day, crowd[0], True)


def test_renewal_lifts_the_hold_and_tells_the_learner(day, crowd):
    licensed(crowd[0], date(2026, 3, 1))
    by = registrar()
    licenses.record_license(
        enrollment=crowd[0], valid_until=date(2026, 12, 31), by=by, note="Seen in the register.", at=AT
    )
    assert mark(Enrollment.objects.get(pk=crowd[0].pk), day).is_present
    event = Event.objects.get(move="renew_license")
    assert (event.actor, event.note) == (by, "Valid until 31 December 2026. Seen in the register.")
    assert "31 December 2026" in Letter.objects.get(name="license-renewed").body_text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"note": ""}, "Give a reason"),
        ({"valid_until": date(2026, 2, 1)}, "valid for longer"),
        ({"by": None}, "You may not do this"),
    ],
)
def test_renewal_is_refused(day, crowd, given, words):
    licensed(crowd[0], date(2026, 3, 1))
    given = {"valid_until": date(2027, 1, 1), "by": registrar(), "note": "Seen.", "at": AT} | given
    given["by"] = given["by"] or assessor()
    with pytest.raises(MoveRefused, match=words):
        licenses.record_license(enrollment=crowd[0], **given)
    crowd[0].application.refresh_from_db()
    assert crowd[0].application.license_valid_until == date(2026, 3, 1)


def warned(at):
    return licenses.warn_of_licenses(at=at)


def test_warning_goes_out_in_time_once_for_each_date(day, crowd):
    licensed(crowd[0], date(2026, 2, 1))
    licensed(crowd[1], date(2026, 12, 1))
    start = day.starts_at
    assert warned(start - timedelta(days=61)) == 0
    assert warned(start - timedelta(days=60)) == 1
    assert warned(start - timedelta(days=59)) == 0
    assert warned(start - timedelta(days=14)) == 1
    assert warned(start - timedelta(days=1)) == 0
    assert warned(start + timedelta(days=1)) == 0
    letters = Letter.objects.filter(name="license-lapses")
    assert {letter.recipient for letter in letters} == {crowd[0].learner}
    assert "ends on 1 February 2026" in letters[0].body_text
    assert "Monday 2 March 2026, 09:00 (Kuala Lumpur time)" in letters[0].body_text


def test_new_date_that_is_still_too_early_is_warned_of_anew(day, crowd):
    licensed(crowd[0], date(2026, 2, 1))
    assert warned(day.starts_at - timedelta(days=30)) == 1
    licensed(crowd[0], date(2026, 2, 20))
    assert warned(day.starts_at - timedelta(days=29)) == 1
    licensed(crowd[0], date(2026, 3, 20))
    assert warned(day.starts_at - timedelta(days=10)) == 0


def test_those_who_left_are_not_warned(day, crowd):
    licensed(crowd[0], date(2026, 2, 1))
    Enrollment.objects.update(status="withdrawn")
    assert warned(day.starts_at - timedelta(days=10)) == 0
