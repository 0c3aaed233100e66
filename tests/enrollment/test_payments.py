"""What is owed for a place and what came: rows only ever added, slips taken back by a counter-row, a sum that stands."""

import uuid
from datetime import UTC, date, datetime

import pytest

from enrollment import payments
from enrollment.evidence import CheckedFile
from enrollment.models import Letter, Payment
from enrollment.payments import Account, PlaceStanding
from enrollment.permissions import PAYMENTS
from enrollment.workflow import MoveRefused
from tests.factories import ApplicationFactory, StaffFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
GIVEN = {"received_on": date(2026, 3, 1), "method": "transfer", "reference": "TT-77", "at": AT}


@pytest.fixture
def registrar():
    return StaffFactory(rights=["view_payment", "add_payment"])


@pytest.fixture
def place():
    """A seat at MYR 6,800 of which 1,500 confirm it."""
    return ApplicationFactory(
        status="enrolled", offer_fee_minor=680_000, offer_deposit_minor=150_000, offer_currency="MYR"
    )


def pay(place, by, amount, **given):
    return payments.record_payment(application=place, by=by, amount_minor=amount, **GIVEN | given)


@pytest.mark.parametrize(
    "fee, deposit, received, sponsor, standing",
    [
        (680_000, 150_000, 149_999, "", PlaceStanding.UNPAID),
        (680_000, 150_000, 150_000, "", PlaceStanding.CONFIRMED),
        (680_000, None, 150_000, "", PlaceStanding.UNPAID),
        (680_000, None, 680_000, "", PlaceStanding.CONFIRMED),
        (680_000, 150_000, 0, "A clinic", PlaceStanding.SPONSOR),
        (680_000, 150_000, 150_000, "A clinic", PlaceStanding.CONFIRMED),
        (None, None, 0, "", PlaceStanding.FEE_OPEN),
        (0, None, 0, "", PlaceStanding.CONFIRMED),
    ],
)
def test_standing_follows_from_what_is_on_record(fee, deposit, received, sponsor, standing):
    assert Account(fee, deposit, "MYR", received, sponsor).standing == standing


def test_a_payment_is_a_row_an_event_and_a_letter(place, registrar):
    row = pay(place, registrar, 150_000, note="Seen on the statement.")
    assert (row.amount_minor, row.currency, row.recorded_by, row.recorded_at) == (
        150_000,
        "MYR",
        registrar,
        AT,
    )
    assert payments.account(place).due_minor == 530_000
    [event] = place.history.all()
    assert (event.move, event.from_status, event.to_status) == ("record_payment", "enrolled", "enrolled")
    letter = Letter.objects.get(event=event)
    assert "Amount: MYR\xa01,500" in letter.body_text and "Still to pay: MYR\xa05,300" in letter.body_text


def test_a_slip_is_taken_back_once_by_a_counter_row(place, registrar):
    slip = pay(place, registrar, 1_500_000)
    counter = payments.correct_payment(payment=slip, by=registrar, note="A zero too many.", at=AT)
    assert (counter.amount_minor, counter.corrects) == (-1_500_000, slip)
    assert payments.account(place).received_minor == 0
    assert Payment.objects.standing().count() == 0
    with pytest.raises(MoveRefused, match="corrected already"):
        payments.correct_payment(payment=slip, by=registrar, note="Again.", at=AT)
    with pytest.raises(MoveRefused, match="itself a correction"):
        payments.correct_payment(payment=counter, by=registrar, note="Back.", at=AT)


def test_the_same_act_twice_is_recorded_once(place, registrar):
    key = uuid.uuid4()
    assert pay(place, registrar, 150_000, key=key) == pay(place, registrar, 150_000, key=key)
    assert Payment.objects.count() == Letter.objects.count() == 1


def test_a_provider_of_payments_is_one_more_caller(place):
    row = pay(place, PAYMENTS, 680_000, reference="pi_123", key=uuid.uuid5(uuid.NAMESPACE_URL, "pi_123"))
    assert (row.recorded_by, row.recorded_name) == (None, "online payment")
    assert payments.account(place).standing == PlaceStanding.CONFIRMED


@pytest.mark.parametrize(
    "amount, given, why",
    [
        (0, {}, "Give an amount"),
        (3_000_000_000, {}, "Give an amount"),
        (1, {"received_on": date(2026, 3, 3)}, "still to come"),
        (-1, {}, "no more than that can be paid back"),
    ],
)
def test_what_makes_no_sense_is_refused(place, registrar, amount, given, why):
    with pytest.raises(MoveRefused, match=why):
        pay(place, registrar, amount, **given)
    assert not Payment.objects.exists() and not Letter.objects.exists()


def test_no_more_is_paid_back_than_came(place, registrar):
    pay(place, registrar, 150_000)
    pay(place, registrar, -100_000)
    with pytest.raises(MoveRefused, match="Only MYR\xa0500 came"):
        pay(place, registrar, -50_001)
    assert payments.account(place).received_minor == 50_000


def test_nothing_is_paid_where_no_fee_was_offered(registrar):
    with pytest.raises(MoveRefused, match="nothing to pay yet"):
        pay(ApplicationFactory(status="enrolled"), registrar, 1)


def test_nobody_keeps_their_own_account(registrar, place):
    place.applicant = registrar
    place.save()
    with pytest.raises(MoveRefused, match="You may not do this"):
        pay(place, registrar, 1)
    with pytest.raises(MoveRefused, match="You may not do this"):
        pay(place, StaffFactory(rights=["view_payment"]), 1)
    assert not Payment.objects.exists()


def test_rows_are_only_ever_added(place, registrar):
    pay(place, registrar, 150_000)
    with pytest.raises(TypeError):
        Payment.objects.update(amount_minor=1)
    with pytest.raises(TypeError):
        Payment.objects.all().delete()


def test_a_sponsor_is_recorded_and_taken_off(place, registrar):
    for name, standing in (("  A   clinic ", PlaceStanding.SPONSOR), ("", PlaceStanding.UNPAID)):
        payments.record_sponsor(application=place, by=registrar, sponsor=name, note="A letter.", at=AT)
        assert payments.account(place).standing == standing
    assert [letter.subject.partition(":")[0] for letter in Letter.objects.all()] == ["Sponsor on record"] * 2


def test_a_proof_is_kept_privately_under_a_name_that_tells_nothing(place, registrar):
    row = pay(place, registrar, 1, proof=CheckedFile("slip.png", "image/png", b"picture"))
    assert row.proof.name.startswith("payments/") and "slip" not in row.proof.name
    assert (row.proof_name, row.proof.read()) == ("slip.png", b"picture")


@pytest.mark.parametrize("number", [1, 3])
def test_accounts_of_many_cost_one_question(registrar, number, django_assert_num_queries):
    places = [
        ApplicationFactory(status="enrolled", offer_fee_minor=100, offer_currency="MYR")
        for _place in range(number)
    ]
    for place in places:
        pay(place, registrar, 40)
    with django_assert_num_queries(1):
        assert {one.due_minor for one in payments.accounts(places).values()} == {60}
