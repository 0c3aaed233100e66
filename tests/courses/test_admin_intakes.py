"""Intakes in the office: read in their own zone, and never smaller than what is taken."""

from datetime import UTC, datetime

import pytest

from courses.models import Intake
from tests.courses.test_admin import address, faults, form_of
from tests.factories import (
    ApplicationFactory,
    EnrollmentFactory,
    IntakeFactory,
    TrainingDayFactory,
)

pytestmark = pytest.mark.django_db


# Intakes


def test_intake_is_read_in_its_own_zone(client, editor):
    intake = IntakeFactory(
        timezone="Asia/Bangkok", applications_close_at=datetime(2099, 2, 1, 0, 0, tzinfo=UTC)
    )
    day = TrainingDayFactory(intake=intake, starts_at=datetime(2099, 3, 1, 2, tzinfo=UTC))
    page = client.get(address("intake", "change", intake.pk))
    assert 'value="07:00:00"' in page.content.decode() and 'value="09:00:00"' in page.content.decode()
    sent = form_of(page) | {"training_days-0-starts_at_1": "10:30:00"}
    assert client.post(address("intake", "change", intake.pk), sent).status_code == 302
    day.refresh_from_db()
    assert day.starts_at == datetime(2099, 3, 1, 3, 30, tzinfo=UTC)
    assert Intake.objects.get().applications_close_at == datetime(2099, 2, 1, tzinfo=UTC)


def test_intake_with_an_unknown_zone_is_refused_in_a_sentence(client, editor):
    intake = IntakeFactory()
    sent = form_of(client.get(address("intake", "change", intake.pk))) | {"timezone": "Mars/Olympus"}
    page = client.post(address("intake", "change", intake.pk), sent)
    assert faults(page) == {
        "timezone": ["“Mars/Olympus” is no time zone. Use a name such as Asia/Kuala_Lumpur."]
    }


def test_intake_does_not_shrink_below_what_is_taken(client, editor):
    intake = IntakeFactory(capacity=3)
    ApplicationFactory(intake=intake, status="offered")
    EnrollmentFactory(application__intake=intake)
    sent = form_of(client.get(address("intake", "change", intake.pk)))
    page = client.post(address("intake", "change", intake.pk), sent | {"capacity": 1})
    assert faults(page) == {"capacity": ["2 seats are taken or offered, so 1 would be too few."]}
    assert client.post(address("intake", "change", intake.pk), sent | {"capacity": 2}).status_code == 302
    assert Intake.objects.get().capacity == 2


def test_intake_that_grows_offers_its_seats_to_the_waiting_list(client, editor):
    intake = IntakeFactory(capacity=1)
    ApplicationFactory(intake=intake, status="offered")
    waiting = ApplicationFactory(intake=intake, status="waitlisted")
    sent = form_of(client.get(address("intake", "change", intake.pk)))
    client.post(address("intake", "change", intake.pk), sent | {"capacity": 2, "city": "Ipoh"})
    waiting.refresh_from_db()
    assert (waiting.status, Intake.objects.get().city) == ("offered", "Ipoh")
