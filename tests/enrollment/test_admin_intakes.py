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


class TestFees:
    """The office types money as people write it; the row keeps minor units of its currency."""

    @pytest.fixture
    def send(self, client):
        """Sends the form of an intake with these answers; gives the answer and the intake as it then stands."""
        intake = IntakeFactory(fee_minor=680_050, currency="MYR")
        rights = [
            "view_intake",
            "change_intake",
            *(f"{act}_residencefee" for act in ("view", "add", "change")),
        ]
        client.force_login(StaffFactory(rights=rights))
        address = reverse("admin:courses_intake_change", args=[intake.pk])

        def send(**answers):
            answer = client.post(address, form_of(client.get(address)) | answers)
            intake.refresh_from_db()
            return answer, intake

        return send

    def test_unchanged_form_keeps_every_sen(self, send):
        answer, intake = send()
        assert (answer.status_code, intake.fee_minor) == (302, 680_050)

    @pytest.mark.parametrize(
        "currency, typed, kept",
        [
            ("MYR", "7000", 700_000),
            ("MYR", "7000.5", 700_050),
            ("KRW", "2500000", 2_500_000),
            ("USD", "0", 0),
        ],
    )
    def test_amount_is_kept_in_the_smallest_unit_of_its_currency(self, send, currency, typed, kept):
        answer, intake = send(currency=currency, fee_minor=typed)
        assert (answer.status_code, intake.fee_minor, intake.currency) == (302, kept, currency)

    @pytest.mark.parametrize(
        "currency, typed, sentence",
        [
            ("MYR", "7000.505", "MYR has 2 decimal places."),
            ("KRW", "2500000.50", "KRW has 0 decimal places."),
            ("MYR", "-1", "greater than or equal to 0"),
            ("MYR", "NaN", "Enter a number."),
            ("MYR", "RM 7000", "Enter a number."),
            ("MYR", "99999999999", "That is more than can be recorded here."),
        ],
    )
    def test_amount_that_no_bank_could_pay_is_refused(self, send, currency, typed, sentence):
        answer, intake = send(currency=currency, fee_minor=typed)
        assert sentence in answer.content.decode()
        assert (intake.fee_minor, intake.currency) == (680_050, "MYR")

    def test_fee_of_a_country_is_typed_alike(self, send):
        rows = {"residence_fees-TOTAL_FORMS": "1", "residence_fees-0-countries": "MY"}
        answer, intake = send(**rows, **{"residence_fees-0-fee_minor": "5600.25"})
        assert answer.status_code == 302
        assert list(intake.residence_fees.values_list("countries", "fee_minor")) == [("MY", 560_025)]
