"""The attendance return: who is in it, in which columns, safe in a spreadsheet, and on record each time."""

import csv
import io

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from enrollment.cpd import awarding, identity, returns
from enrollment.models import Application, CpdReturn
from enrollment.workflow import MoveRefused
from tests.factories import CpdSchemeFactory, StaffFactory

from .made import AFTER, IC, approved, awarded, registrar

pytestmark = pytest.mark.django_db


def rows(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def with_number(submission, **fields):
    entry = awarded(submission, **fields)
    identity.give(person=entry.learner, number=IC, consent="Yes.", at=AFTER)
    return entry


def test_return_has_the_columns_of_the_scheme_and_one_line_for_each_person():
    submission = approved(scheme=CpdSchemeFactory(by_ic=True))
    entry = with_number(submission)
    record, content = returns.take(submission=submission, by=registrar(), at=AFTER)
    assert rows(content) == [
        ["ic_number", "name", "event_code", "event_title", "attended_on", "amount"],
        [IC, "Nurul Aisyah binti Rahman", "EV-77", "Microneedling", "2026-09-02", "8"],
    ]
    assert (record.lines, list(record.entries.all()), record.by_name) == (1, [entry], "Grace Lim")


def test_scheme_that_knows_names_gets_no_identity_number():
    submission = approved(scheme=CpdSchemeFactory(unit="hours"), points="7.5")
    awarded(submission)
    _record, content = returns.take(submission=submission, by=registrar(), at=AFTER)
    assert rows(content) == [
        ["name", "event_code", "event_title", "attended_on", "amount", "unit"],
        ["Nurul Aisyah binti Rahman", "EV-77", "Microneedling", "2026-09-02", "7.5", "hours"],
    ]


def test_who_gave_no_number_waits_for_the_next_return():
    submission = approved(scheme=CpdSchemeFactory(by_ic=True))
    without, _with = awarded(submission, name="Without"), with_number(submission, name="With")
    assert [one[1] for one in rows(returns.take(submission=submission, by=registrar())[1])[1:]] == ["With"]
    identity.give(person=without.learner, number="880229105678", consent="Yes.")
    names = {one[1] for one in rows(returns.take(submission=submission, by=registrar())[1])[1:]}
    assert names == {"With", "Without"}
    assert [record.lines for record in CpdReturn.objects.order_by("pk")] == [1, 2]


def test_what_was_taken_back_is_in_no_return_and_named_when_it_was_reported():
    submission = approved()
    entry = awarded(submission)
    returns.take(submission=submission, by=registrar())
    assert returns.taken_back_since(submission) == []
    awarding.take_back(entry=entry, by=registrar(), note="Left at noon.")
    assert returns.taken_back_since(submission) == [entry]
    with pytest.raises(MoveRefused, match="nobody to report"):
        returns.take(submission=submission, by=registrar())
    assert CpdReturn.objects.count() == 1


def test_return_is_taken_by_who_has_the_right_alone():
    submission = approved()
    awarded(submission)
    with pytest.raises(MoveRefused, match="may not take"):
        returns.take(submission=submission, by=StaffFactory(rights=["run_cpd"]))
    assert not CpdReturn.objects.exists()


def test_record_of_returns_is_only_added_to():
    submission = approved()
    awarded(submission)
    returns.take(submission=submission, by=registrar(), at=timezone.now())
    with pytest.raises(TypeError):
        CpdReturn.objects.update(lines=0)


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+60123", "-1", "@SUM(A1)", "\t=1", "＝1+1", "  =1"])
def test_name_that_a_spreadsheet_would_run_is_text(name):
    submission = approved()
    awarded(submission)
    Application.objects.update(legal_name=name)
    _record, content = returns.take(submission=submission, by=registrar())
    assert rows(content)[1][0].startswith("'")


@given(st.text(max_size=40))
def test_no_cell_is_ever_run_or_breaks_its_line(text):
    cell = returns.safe(text)
    assert not cell.startswith(returns.FORMULA)
    assert not set(cell) & {"\n", "\r", "\x00", "\t"}
