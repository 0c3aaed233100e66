"""Many signatures and many ticked lists at the same instant: one chain without a gap, one mark for each."""

from datetime import UTC, datetime, timedelta

from enrollment import attendance, chain, practice
from enrollment.models import Attendance, LogbookEntry, Signature
from enrollment.workflow import MoveRefused
from tests.enrollment.learners import AT, CONFIRMED, assessor, enrolled
from tests.factories import EnrollmentFactory, LogbookEntryFactory, TrainingDayFactory

from .crowd import at_once

SIGNERS = 8


def waiting(number):
    """Entries of as many learners, each sent."""
    entries = [LogbookEntryFactory(enrollment=enrolled(topics=0, questions=0)) for _each in range(number)]
    for entry in entries:
        practice.submit_entry(entry=entry, by=entry.enrollment.learner, at=AT)
    return entries


def sign(entry, by):
    def act():
        fresh = LogbookEntry.objects.get(pk=entry.pk)
        return practice.countersign(entry=fresh, by=by, confirmed=CONFIRMED, at=AT)

    return act


def test_signatures_given_at_once_make_one_chain():
    entries, by = waiting(SIGNERS), assessor()
    results = at_once([sign(entry, by) for entry in entries])
    assert [result for result in results if isinstance(result, Exception)] == []
    assert list(Signature.objects.values_list("number", flat=True)) == list(range(1, SIGNERS + 1))
    assert list(chain.faults()) == []


def test_one_entry_signed_by_many_is_signed_once():
    [entry], crowd = waiting(1), [assessor() for _each in range(4)]
    results = at_once([sign(entry, by) for by in crowd])
    assert sorted(type(result).__name__ for result in results) == [
        "LogbookEntry",
        *["MoveRefused"] * 3,
    ]
    assert all(isinstance(result, MoveRefused | LogbookEntry) for result in results)
    assert Signature.objects.count() == 1
    assert list(chain.faults()) == []


def test_one_entry_is_taken_back_once():
    [entry], by = waiting(1), assessor()
    sign(entry, by)()

    def take_back():
        fresh = LogbookEntry.objects.get(pk=entry.pk)
        return practice.counter(entry=fresh, by=by, confirmed=CONFIRMED, note="Wrong case.", at=AT)

    results = at_once([take_back] * 4)
    assert sorted(type(result).__name__ for result in results) == ["LogbookEntry", *["MoveRefused"] * 3]
    assert list(chain.faults()) == []


def test_lists_of_two_assessors_saved_at_once_add_up():
    first = enrolled(topics=0, questions=0)
    crowd = [first, *(EnrollmentFactory(application__intake=first.intake) for _each in range(5))]
    start = datetime(2026, 3, 2, 1, tzinfo=UTC)
    day = TrainingDayFactory(intake=first.intake, starts_at=start, ends_at=start + timedelta(hours=8))
    halves = [crowd[:4], crowd[2:]]

    def save(half, by):
        return lambda: attendance.save_list(
            day=day, present=[one.pk for one in half], closes=False, by=by, at=AT
        )

    results = at_once([save(half, assessor()) for half in halves * 2])
    assert [result for result in results if isinstance(result, Exception)] == []
    assert sum(result.marked for result in results) >= len(crowd)
    assert set(Attendance.objects.values_list("enrollment", "is_present")) == {
        (one.pk, True) for one in crowd
    }
