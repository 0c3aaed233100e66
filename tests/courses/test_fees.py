"""What an intake costs: by day, by country of residence, with a deposit; shown before anybody applies."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.html import strip_tags

from courses.models import ResidenceFee, Terms
from tests.factories import IntakeFactory

pytestmark = pytest.mark.django_db
LAST_EARLY_DAY = date(2099, 1, 10)


@pytest.fixture
def intake():
    made = IntakeFactory(
        fee_minor=680_000,
        currency="MYR",
        early_fee_minor=620_000,
        early_fee_until=LAST_EARLY_DAY,
        deposit_minor=150_000,
    )
    ResidenceFee.objects.create(intake=made, countries="MY SG", fee_minor=560_000, early_fee_minor=120_000)
    ResidenceFee.objects.create(intake=made, countries="KH", fee_minor=400_000)
    return made


@pytest.mark.parametrize(
    "residence, sent_on, terms",
    [
        ("TH", date(2099, 1, 10), Terms(620_000, "MYR", 150_000)),
        ("TH", date(2099, 1, 11), Terms(680_000, "MYR", 150_000)),
        ("", date(2099, 1, 11), Terms(680_000, "MYR", 150_000)),
        ("SG", date(2099, 1, 11), Terms(560_000, "MYR", 150_000)),
        ("MY", date(2099, 1, 10), Terms(120_000, "MYR", 120_000)),
        ("KH", date(2099, 1, 10), Terms(400_000, "MYR", 150_000)),
    ],
)
def test_terms_follow_residence_and_day(intake, residence, sent_on, terms):
    assert intake.terms(residence=residence, sent_on=sent_on) == terms


def test_terms_of_an_intake_without_a_fee_are_to_be_confirmed():
    assert IntakeFactory().terms(residence="MY", sent_on=LAST_EARLY_DAY) is None
    assert IntakeFactory().prices == []


def test_the_early_fee_ends_with_its_last_day_where_the_course_is_held(intake):
    assert intake.early_fee_ends_at == datetime(2099, 1, 11, tzinfo=ZoneInfo("Asia/Kuala_Lumpur"))
    assert IntakeFactory().early_fee_ends_at is None


@pytest.mark.parametrize(
    "fault",
    [
        {"early_fee_minor": 700_000},
        {"early_fee_until": None},
        {"deposit_minor": 700_000},
        {"fee_minor": None, "currency": ""},
    ],
)
def test_fees_that_contradict_each_other_are_refused(intake, fault):
    for name, value in fault.items():
        setattr(intake, name, value)
    with pytest.raises(IntegrityError):
        intake.save()


@pytest.mark.parametrize(
    "countries, words", [("MY XX", "“XX” is no country"), ("MY MY", "stands here twice")]
)
def test_countries_of_a_fee_are_checked(intake, countries, words):
    row = ResidenceFee(intake=intake, countries=countries, fee_minor=1)
    with pytest.raises(ValidationError, match=words):
        row.full_clean()


@pytest.mark.parametrize(
    "days, fine", [("", True), ("3, 1", True), ("0", False), ("3; 1", False), ("61", False)]
)
def test_days_of_reminders_are_numbers(intake, days, fine):
    intake.offer_reminders = days
    if fine:
        intake.full_clean()
    else:
        with pytest.raises(ValidationError, match="numbers of days from 1 to 60"):
            intake.full_clean()


@pytest.mark.parametrize("place", ["/courses/{course}/", "/intakes/", "/apply/{code}/"])
def test_price_list_is_shown_before_applying(client, intake, place):
    address = place.format(course=intake.course.slug, code=intake.code)
    words = " ".join(strip_tags(client.get(address).content.decode()).split()).replace("\xa0", " ")
    for price in (
        "MYR 6,800",
        "MYR 6,200 if you apply by 10 Jan 2099",
        "MYR 5,600 if you live in Malaysia, Singapore",
        "MYR 4,000 if you live in Cambodia",
    ):
        assert price in words, price
    assert ("MYR 1,500" in words) == ("apply" in place)


def test_an_early_fee_that_is_over_is_not_shown(client, intake):
    intake.early_fee_until = datetime(2026, 1, 1, tzinfo=UTC).date()
    intake.save()
    page = client.get(f"/apply/{intake.code}/").content.decode()
    assert "MYR\xa06,800" in page and "MYR\xa06,200" not in page and "MYR\xa01,200" not in page
