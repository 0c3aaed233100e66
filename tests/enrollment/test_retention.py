"""Periods as rows, the nightly deletion, and files that no record names."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.core.management import call_command

from enrollment import retention, schedule
from enrollment.models import Application, Document, Event, EvidenceEvent, RetentionClock
from enrollment.models.document import evidence_storage
from tests import factories

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def day(number):
    return AT + timedelta(days=number)


def clock(start, days, kind="", is_confirmed=True):
    said = {"confirmed_at": AT, "confirmed_by": factories.UserFactory()} if is_confirmed else {}
    clock, _is_new = RetentionClock.objects.update_or_create(
        start=start, kind=kind, defaults={"days": days, **said}
    )
    return clock


def document(status, **fields):
    """A document of an application that came into this state at AT."""
    application = factories.ApplicationFactory(status=status)
    Event.objects.create(application=application, move="x", to_status=status, actor_name="somebody", at=AT)
    Application.objects.filter(pk=application.pk).update(updated_at=AT)
    return factories.DocumentFactory(application=application, **fields)


def kept():
    return set(Document.objects.kept())


def test_proposals_delete_nothing_until_somebody_confirms_them():
    document("withdrawn")
    assert set(RetentionClock.objects.values_list("start", "kind", "confirmed_at")) == {
        *((start, "", None) for start in RetentionClock.Start.values),
        ("ended", "register-page", None),
        ("course", "register-page", None),
    }
    assert retention.purge_due(at=day(36_000)) == 0
    assert len(kept()) == 1


@pytest.mark.parametrize("status", ["withdrawn", "declined", "expired", "offer_declined", "cancelled"])
def test_evidence_goes_when_its_period_after_the_end_is_over(status, django_capture_on_commit_callbacks):
    clock("ended", 30)
    old = document(status)
    storage, name = old.file.storage, old.file.name

    assert retention.purge_due(at=day(29)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.purge_due(at=day(30)) == 1
    assert retention.purge_due(at=day(31)) == 0

    old.refresh_from_db()
    assert not storage.exists(name)
    assert (old.file.name, old.original_name, old.purged_at, old.label) == ("", "", day(30), "Photo identity")
    last = EvidenceEvent.objects.get(act="purged")
    assert (last.document, last.actor, last.actor_name, last.at) == (old, None, "nightly run", day(30))


def test_live_applications_keep_their_evidence():
    for start in ("ended", "course", "draft"):
        clock(start, 1)
    live = {document(s) for s in set(Application.LIVE) - {"draft", "enrolled"}}
    assert retention.purge_due(at=day(9_999)) == 0
    assert kept() == live


def test_a_draft_that_nobody_touched_and_a_course_that_is_over_have_clocks_of_their_own():
    clock("draft", 10)
    clock("course", 20)
    silent, enrollment = document("draft"), factories.EnrollmentFactory(status="completed")
    Event.objects.create(
        enrollment=enrollment, move="complete", to_status="completed", actor_name="somebody", at=AT
    )
    over = factories.DocumentFactory(application=enrollment.application)

    assert [set(retention.due(one, day(15))) for one in RetentionClock.objects.confirmed()] == [
        set(),
        {silent},
    ]
    assert retention.purge_due(at=day(20)) == 2
    assert kept().isdisjoint({silent, over})


def test_a_kind_may_have_a_period_of_its_own():
    clock("ended", 10)
    clock("ended", 100, kind="licence")
    document("withdrawn", kind="photo-id")
    licence = document("withdrawn", kind="licence")

    assert retention.purge_due(at=day(50)) == 1
    assert kept() == {licence}
    assert retention.purge_due(at=day(100)) == 1


def test_the_log_of_views_has_its_own_period():
    seen = document("withdrawn")
    for act, at in (("seen", AT), ("taken", day(5)), ("accepted", AT)):
        EvidenceEvent.objects.create(
            application=seen.application, document=seen, label="x", act=act, actor_name="a", at=at
        )
    assert retention.forget_sightings(at=day(9_999)) == 0
    clock("seen", 4)
    assert retention.forget_sightings(at=day(5)) == 1
    assert set(EvidenceEvent.objects.values_list("act", flat=True)) == {"taken", "accepted"}


def test_history_of_evidence_is_only_ever_added_to():
    document("draft")
    with pytest.raises(TypeError):
        EvidenceEvent.objects.update(note="changed")
    with pytest.raises(TypeError):
        EvidenceEvent.objects.all().delete()


def test_files_that_no_record_names_are_swept_after_a_day():
    known, storage = factories.DocumentFactory(), evidence_storage()
    storage.save(known.file.name, BytesIO(b"named by a record"))
    lost = storage.save("ab/forgotten", BytesIO(b"passport"))
    written = storage.get_modified_time(lost)

    assert retention.sweep(at=written + timedelta(hours=23)) == 0
    assert retention.sweep(at=written + timedelta(hours=25)) == 1
    assert not storage.exists(lost)
    assert storage.exists(known.file.name)


def test_the_night_does_all_of_it(capsys):
    clock("ended", 30)
    document("withdrawn")
    call_command("nightly")
    assert "Files deleted, their time being up: 1" in capsys.readouterr().out
    assert schedule.purge_evidence.func() == 0


def test_an_application_reopened_in_the_meantime_keeps_its_evidence(monkeypatch):
    clock("ended", 30)
    late = document("declined")
    real = retention._purge_one

    def reopened_first(*asked):
        Application.objects.filter(pk=late.application_id).update(status="in_review")
        return real(*asked)

    monkeypatch.setattr(retention, "_purge_one", reopened_first)
    assert retention.purge_due(at=day(40)) == 0
    assert kept() == {late}
