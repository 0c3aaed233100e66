"""Periods in the office: that they wait is plain, that somebody confirmed them is on record, and pictures have theirs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from enrollment import admissions, retention
from enrollment.evidence import CheckedFile
from enrollment.models import Application, Enrollment, Event, EvidenceEvent, LicenseCheck, RetentionClock
from enrollment.workflow import MoveRefused
from iiwam.accounts import own_data
from tests import factories

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
LIST = reverse("admin:enrollment_retentionclock_changelist")


@pytest.fixture
def owner(client):
    person = factories.StaffFactory(
        full_name="Ow Ner", rights=["view_retentionclock", "change_retentionclock", "add_retentionclock"]
    )
    client.force_login(person)
    return person


def period(start="ended", kind=""):
    return RetentionClock.objects.get(start=start, kind=kind)


def address(clock, verb):
    return reverse(f"admin:enrollment_retentionclock_{verb}", args=[clock.pk])


def looked_into(status="withdrawn") -> LicenseCheck:
    """A look into a register, with a picture, for an application that came into this state at AT."""
    application = factories.ApplicationFactory(status=status, complete=True, submitted_at=AT)
    Event.objects.create(application=application, move="x", to_status=status, actor_name="somebody", at=AT)
    check = LicenseCheck(
        application=application,
        register="Medical Council",
        number="123",
        result="good",
        by=factories.UserFactory(),
        at=AT,
        screenshot=ContentFile(factories.DOT, name="page.png"),
        screenshot_type="image/png",
    )
    check.save()
    return check


def confirmed(start, days, kind=""):
    said = {"days": days, "confirmed_at": AT, "confirmed_by": factories.UserFactory()}
    return RetentionClock.objects.update_or_create(start=start, kind=kind, defaults=said)[0]


def after(days):
    return AT + timedelta(days=days)


# Confirming


def test_home_says_that_periods_wait_and_leads_to_them(client, owner):
    home = client.get("/admin/").content.decode()
    assert "<b>6</b> <span>Retention periods wait for confirmation; until then they delete nothing" in home
    assert f'href="{LIST}?state=waiting"' in home
    period().delete()
    confirmed("draft", 10)
    assert {clock.pk for clock in client.get(LIST, {"state": "waiting"}).context["cl"].result_list} == set(
        RetentionClock.objects.unconfirmed().values_list("pk", flat=True)
    )


def test_confirming_is_one_act_with_who_and_when(client, owner):
    check = looked_into()
    clock = period("ended", "register-page")
    clock.days = 30
    clock.save()
    page = client.get(address(clock, "change")).content.decode()
    assert "Waits for confirmation" in page and "the coming night deletes 1 file." in page

    answer = client.post(address(clock, "confirm"), {"days": "30"}, follow=True)

    clock.refresh_from_db()
    assert clock.confirmed_by == owner and timezone.now() - clock.confirmed_at < timedelta(minutes=5)
    assert "by Ow Ner on" in answer.content.decode()
    assert LogEntry.objects.get(object_id=str(clock.pk)).user == owner
    first = clock.confirmed_at
    client.post(address(clock, "confirm"), {"days": "30"})
    clock.refresh_from_db()
    assert clock.confirmed_at == first
    assert retention.purge_due() == 1
    check.refresh_from_db()
    assert check.purged_at


@pytest.mark.parametrize("days", ["29", "", "x", "9" * 50, "²", "-1"])
def test_a_period_that_was_changed_meanwhile_is_looked_at_again(client, owner, days):
    clock = period()
    said = client.post(address(clock, "confirm"), {"days": days}, follow=True)
    assert [str(one) for one in said.context["messages"]] == [
        "The period was changed to 365 days meanwhile. Look at it again."
    ]
    clock.refresh_from_db()
    assert clock.confirmed_at is None


@pytest.mark.parametrize(
    "changed", [{"days": 31}, {"basis": "Act 709"}, {"kind": "photo-id"}, {"start": "draft", "kind": "x"}, {}]
)
def test_whoever_sets_another_period_takes_its_confirmation_away(owner, changed):
    clock = confirmed("ended", 30)
    for name, value in changed.items():
        setattr(clock, name, value)
    assert retention.set_period(clock=clock, by=owner) == bool(changed)
    clock.refresh_from_db()
    assert (clock.confirmed_at, clock.confirmed_by is None) == ((None, True) if changed else (AT, False))
    assert {name: getattr(clock, name) for name in changed} == changed


def test_a_new_period_waits_whatever_it_is_given(owner):
    clock = RetentionClock(start="ended", kind="photo-id", days=9, confirmed_at=AT, confirmed_by=owner)
    assert retention.set_period(clock=clock, by=owner) is False
    assert RetentionClock.objects.unconfirmed().filter(pk=clock.pk).exists()


def test_a_page_from_before_somebody_confirmed_keeps_what_they_said(owner):
    stale = confirmed("ended", 30)
    stale.confirmed_at = stale.confirmed_by = None
    retention.set_period(clock=stale, by=owner)
    assert period().confirmed_at == AT


def test_nobody_else_sets_a_period(owner):
    clock, stranger = confirmed("ended", 30), factories.StaffFactory(rights=["view_retentionclock"])
    clock.days = 1
    for one in (clock, RetentionClock(start="ended", kind="photo-id", days=1)):
        with pytest.raises(MoveRefused, match="Only the owner"):
            retention.set_period(clock=one, by=stranger)
    assert period().days == 30


def test_a_changed_period_waits_again_and_one_can_be_suspended(client, owner):
    clock = confirmed("ended", 30)
    same = {"start": "ended", "kind": "", "days": "30", "basis": ""}
    client.post(address(clock, "change"), same)
    clock.refresh_from_db()
    assert clock.confirmed_at == AT
    client.post(address(clock, "change"), {**same, "days": "40"})
    clock.refresh_from_db()
    assert (clock.days, clock.confirmed_at, clock.confirmed_by) == (40, None, None)
    retention.confirm(clock=clock, by=owner, days=40)
    client.post(address(clock, "suspend"))
    clock.refresh_from_db()
    assert clock.confirmed_at is None


def test_only_who_may_set_periods_confirms_them(client):
    person = factories.StaffFactory(rights=["view_retentionclock"])
    client.force_login(person)
    clock = period()
    for verb in ("confirm", "suspend"):
        client.post(address(clock, verb), {"days": clock.days})
        assert client.get(address(clock, verb)).status_code == 405
    with pytest.raises(MoveRefused):
        retention.suspend(clock=clock, by=person)
    clock.refresh_from_db()
    assert clock.confirmed_at is None
    assert "Retention periods wait" not in client.get("/admin/").content.decode()


# Pictures of registers


def test_picture_goes_when_its_period_is_over_and_the_look_stays(django_capture_on_commit_callbacks):
    clock, check = confirmed("ended", 30, LicenseCheck.KIND), looked_into()
    storage, name = check.screenshot.storage, check.screenshot.name
    assert retention.purge_due(at=after(29)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.purge_due(at=after(30)) == 1
    assert retention.purge_due(at=after(31)) == 0
    check.refresh_from_db()
    assert not storage.exists(name)
    assert (check.screenshot.name, check.purged_at, check.number, check.result) == (
        "",
        after(30),
        "123",
        "good",
    )
    event = EvidenceEvent.objects.get()
    assert (event.act, event.label, event.actor_name, event.note) == (
        "purged",
        "Picture of a page of Medical Council",
        "nightly run",
        str(clock),
    )


def test_picture_follows_the_general_period_only_without_a_row_of_its_own():
    check = looked_into()
    general = confirmed("ended", 10)
    assert not retention.due_pictures(general, after(20)).exists()
    period("ended", LicenseCheck.KIND).delete()
    assert set(retention.due_pictures(general, after(20))) == {check}
    assert not retention.due_pictures(confirmed("ended", 1, "photo-id"), after(20)).exists()
    assert retention.purge_due(at=after(20)) == 1


def test_picture_of_a_live_application_stays():
    confirmed("ended", 1, LicenseCheck.KIND)
    looked_into("in_review")
    assert retention.purge_due(at=after(9_999)) == 0


def test_picture_of_a_completed_course_has_the_clock_of_the_course():
    confirmed("course", 20, LicenseCheck.KIND)
    enrollment = looked_into("enrolled").application.enrollment
    Enrollment.objects.update(status="completed")
    Event.objects.create(
        enrollment=enrollment, move="complete", to_status="completed", actor_name="somebody", at=AT
    )
    assert (retention.purge_due(at=after(19)), retention.purge_due(at=after(20))) == (0, 1)


def test_night_takes_the_picture_and_says_so(capsys):
    confirmed("ended", 30, LicenseCheck.KIND)
    looked_into()
    call_command("nightly")
    assert "Files deleted, their time being up: 1" in capsys.readouterr().out


def test_desk_says_that_the_picture_is_gone_and_logs_who_saw_it(client, django_capture_on_commit_callbacks):
    reviewer = factories.StaffFactory(rights=["view_application", "review_application"])
    client.force_login(reviewer)
    check = looked_into()
    desk = reverse("admin:enrollment_application_change", args=[check.application_id])
    picture = reverse("admin:enrollment_application_screenshot", args=[check.application_id, check.pk])
    assert client.get(picture).status_code == 200
    seen = EvidenceEvent.objects.get(label__startswith="Picture")
    assert (seen.act, seen.actor, seen.application) == ("seen", reviewer, check.application)
    confirmed("ended", 30, LicenseCheck.KIND)
    with django_capture_on_commit_callbacks(execute=True):
        retention.purge_due()
    assert client.get(picture).status_code == 404
    page = client.get(desk).content.decode()
    assert "The picture was deleted on" in page and picture not in page


def test_erasure_takes_the_picture_with_record(django_capture_on_commit_callbacks):
    check = looked_into()
    storage, name = check.screenshot.storage, check.screenshot.name
    person = check.application.applicant
    with django_capture_on_commit_callbacks(execute=True):
        own_data.erase(person=person, by=person, at=after(1))
    check.refresh_from_db()
    assert not storage.exists(name) and check.purged_at == after(1) and check.number == "[erased]"
    assert EvidenceEvent.objects.get(label__startswith="Picture").act == "erased"


def test_a_look_without_note_outlives_its_picture_alone():
    application = factories.ApplicationFactory(status="in_review", complete=True, opinions=0)
    reviewer = factories.StaffFactory(rights=["view_application", "review_application"])
    check = admissions.record_license_check(
        application=application,
        by=reviewer,
        register="Council",
        number="1",
        result="good",
        screenshot=CheckedFile("page.png", "image/png", factories.DOT),
    )
    Application.objects.filter(pk=application.pk).update(status="declined")
    Event.objects.create(application=application, move="decline", to_status="declined", actor_name="x", at=AT)
    confirmed("ended", 1, LicenseCheck.KIND)
    assert retention.purge_due() == 1
    check.refresh_from_db()
    assert (check.note, check.screenshot.name) == ("", "")
