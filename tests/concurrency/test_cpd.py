"""Five registrars press the same button at the same instant: one entry, one counter-entry."""

from enrollment.cpd import awarding
from enrollment.models import CpdEntry
from tests.enrollment.cpd import made

from .crowd import at_once


def test_five_awards_at_once_are_one_entry_and_five_corrections_one_counter_entry():
    submission = made.approved()
    enrollment = made.learner(submission.intake)
    people = [made.registrar() for _person in range(5)]
    given = at_once(
        [
            lambda by=by: awarding.award(enrollment=enrollment, approval=submission.approval, by=by)
            for by in people
        ]
    )
    entry = CpdEntry.objects.get()
    assert {one.pk for one in given} == {entry.pk}
    taken = at_once(
        [lambda by=by: awarding.take_back(entry=entry, by=by, note="Left at noon.") for by in people]
    )
    assert {one.pk for one in taken} == {CpdEntry.objects.get(corrects=entry).pk}
