"""What the site does by itself."""

from datetime import UTC, datetime

import pytest

from enrollment import schedule
from enrollment.models import Application
from iiwam.jobs import SCHEDULE
from tests.factories import ApplicationFactory


def test_offers_are_looked_at_on_time():
    assert SCHEDULE[schedule.expire_offers.module_path].task == schedule.expire_offers


@pytest.mark.django_db
def test_the_scheduled_look_lets_offers_run_out():
    ApplicationFactory(status="offered", offer_expires_at=datetime(2026, 1, 1, tzinfo=UTC))
    ApplicationFactory(status="offered")
    assert schedule.expire_offers.func() == 1
    assert set(Application.objects.values_list("status", flat=True)) == {"expired", "offered"}
