"""The mechanism: one door for every change of state, which checks, writes and records in one breath."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from enrollment.models import Application, Event
from enrollment.workflow import (
    Move,
    MoveRefused,
    SystemActor,
    available_moves,
    perform,
    record_birth,
    refusal,
)
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
TABLE = {
    "send": Move(
        "Send", frozenset({"draft"}), "submitted", who=lambda by, record: by.pk == record.applicant_id
    ),
    "refuse": Move(
        "Refuse", frozenset({"submitted"}), "declined", who=lambda by, record: True, needs_note=True
    ),
    "hold": Move(
        "Hold",
        frozenset({"draft"}),
        "offered",
        who=lambda by, record: True,
        guard=lambda record, at: None if at > AT else "Not before March.",
    ),
}


def test_a_move_changes_the_state_and_is_recorded():
    application = ApplicationFactory()
    event = perform(TABLE, application, "send", by=application.applicant, note="  At last.  ", at=AT)
    application.refresh_from_db()
    assert application.status == "submitted"
    assert list(application.history.all()) == [event]
    assert (event.move, event.from_status, event.to_status) == ("send", "draft", "submitted")
    assert (event.actor, event.actor_name) == (application.applicant, str(application.applicant))
    assert (event.note, event.at) == ("At last.", AT)


def test_a_move_writes_the_fields_that_belong_to_it():
    application = ApplicationFactory()
    perform(TABLE, application, "send", by=application.applicant, at=AT, submitted_at=AT)
    application.refresh_from_db()
    assert application.submitted_at == AT


def test_a_move_looks_at_the_record_as_it_is_now():
    application = ApplicationFactory()
    stale = Application.objects.get(pk=application.pk)
    perform(TABLE, application, "send", by=application.applicant)
    with pytest.raises(MoveRefused, match="This is “Submitted” now, so “Send” is not possible."):
        perform(TABLE, stale, "send", by=application.applicant)
    assert application.history.count() == 1


def test_a_move_forgets_what_was_changed_in_memory_only():
    application = ApplicationFactory(city="Penang")
    application.city = "Nowhere"
    perform(TABLE, application, "send", by=application.applicant)
    application.refresh_from_db()
    assert application.city == "Penang"


def test_a_stranger_is_refused_in_a_sentence():
    application = ApplicationFactory()
    with pytest.raises(MoveRefused, match="You may not do this: “Send”."):
        perform(TABLE, application, "send", by=UserFactory())
    assert Application.objects.get().status == "draft"
    assert not Event.objects.exists()


def test_a_move_that_is_kept_with_its_why_needs_one():
    application = ApplicationFactory(status="submitted")
    with pytest.raises(MoveRefused, match="Give a reason: “Refuse” is kept with its why."):
        perform(TABLE, application, "refuse", by=UserFactory(), note=" \n ")
    assert Application.objects.get().status == "submitted"


def test_a_guard_refuses_with_its_own_sentence():
    application = ApplicationFactory()
    assert refusal(TABLE, application, "hold", by=UserFactory(), at=AT) == "Not before March."


def test_nothing_is_recorded_when_the_database_refuses_the_state():
    application = ApplicationFactory()
    with pytest.raises(IntegrityError):
        perform(TABLE, application, "hold", by=UserFactory(), at=datetime(2026, 4, 1, tzinfo=UTC))
    assert not Event.objects.exists()
    assert Application.objects.get().status == "draft"


def test_available_moves_are_those_that_would_be_made():
    application = ApplicationFactory()
    assert list(available_moves(TABLE, application, by=application.applicant, at=AT)) == ["send"]
    assert list(available_moves(TABLE, application, by=UserFactory(), at=AT)) == []


def test_the_site_acts_under_a_name_that_history_keeps():
    application = ApplicationFactory(status="submitted")
    event = perform(TABLE, application, "refuse", by=SystemActor("clockwork"), note="Time is up.")
    assert (event.actor, event.actor_name) == (None, "clockwork")


def test_a_birth_is_the_first_row_of_history():
    application = ApplicationFactory()
    event = record_birth(application, "start", by=application.applicant, at=AT)
    assert (event.move, event.from_status, event.to_status, event.at) == ("start", "", "draft", AT)


@pytest.mark.parametrize(
    "change", [lambda: Event.objects.all().update(note="x"), lambda: Event.objects.all().delete()]
)
def test_history_is_only_ever_added_to(change):
    record_birth(ApplicationFactory(), "start", by=UserFactory())
    with pytest.raises(TypeError):
        change()
    assert Event.objects.get().note == ""
