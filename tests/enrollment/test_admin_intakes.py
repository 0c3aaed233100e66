"""Planning an intake in the office: what its dates and seats mean for those who wait."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from enrollment.invariants import nobody_waits_while_a_seat_is_free
from enrollment.models import Application
from tests.courses.test_admin import form_of
from tests.factories import ApplicationFactory, IntakeFactory, StaffFactory

pytestmark = pytest.mark.django_db


def test_an_intake_that_starts_later_after_all_serves_its_waiting_list(client):
    intake = IntakeFactory(capacity=1, starts_on=date(2020, 1, 1))
    for _person in range(2):
        ApplicationFactory(intake=intake, status="waitlisted", waitlisted_at=timezone.now())
    client.force_login(StaffFactory(rights=["view_intake", "change_intake"]))
    address = reverse("admin:courses_intake_change", args=[intake.pk])
    answer = client.post(address, form_of(client.get(address)) | {"starts_on": "2099-03-01"})
    assert answer.status_code == 302
    assert sorted(Application.objects.values_list("status", flat=True)) == ["offered", "waitlisted"]
    assert nobody_waits_while_a_seat_is_free().breaches == []


def test_status_changes_on_the_form_tell_the_people_or_are_refused(client):
    intake = IntakeFactory()
    draft = ApplicationFactory(intake=intake)
    client.force_login(StaffFactory(rights=["view_intake", "change_intake"]))
    address = reverse("admin:courses_intake_change", args=[intake.pk])
    sent = form_of(client.get(address))
    refused = client.post(address, sent | {"status": "cancelled"})
    assert "1 person has an application for this intake." in refused.content.decode()
    assert client.post(address, sent | {"status": "closed", "capacity": "9"}).status_code == 302
    intake.refresh_from_db()
    assert (intake.status, intake.capacity) == ("closed", 9)
    assert list(draft.letters.values_list("name", flat=True)) == ["intake-closed"]
    assert set(intake.changes.values_list("what", "before", "after")) == {
        ("status", "confirmed", "closed"),
        ("seats", "12", "9"),
    }
