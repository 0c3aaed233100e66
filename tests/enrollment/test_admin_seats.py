"""The page of an intake's seats, its acts, and the account of a place, as the office uses them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from courses.models import Intake
from enrollment.models import Application, Payment
from tests.enrollment.files import picture
from tests.factories import ApplicationFactory, CourseFactory, IntakeFactory, StaffFactory

pytestmark = pytest.mark.django_db
WHY = {"note": "The room is closed."}


@pytest.fixture
def intake():
    made = IntakeFactory(course=CourseFactory(), capacity=3)
    for state, name in (("enrolled", "Anan"), ("offered", "Budi"), ("waitlisted", "Chea"), ("draft", "Dewi")):
        ApplicationFactory(
            intake=made,
            status=state,
            legal_name=name,
            offer_fee_minor=680_000,
            offer_deposit_minor=150_000,
            offer_currency="MYR",
        )
    return made


@pytest.fixture
def registrar(client):
    person = StaffFactory(
        rights=["view_intake", "change_intake", "view_enrollment", "view_payment", "add_payment"]
    )
    client.force_login(person)
    return person


def seats_page(intake) -> str:
    return reverse("admin:courses_intake_seats", args=[intake.pk])


def act(client, of, name, **fields):
    address = reverse("admin:courses_intake_seats_act", args=[of.pk, name])
    return client.post(address, WHY | fields, follow=True)


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_the_sum_has_a_row_behind_each_number(client, intake, registrar):
    page = client.get(seats_page(intake))
    assert "3 seats = 1 enrolled + 1 offered + 1 free; 1 waiting" in text(page)
    names = {
        "enrolled": [row.application.legal_name for row, *_standing in page.context["enrolled"]],
        "offered": [row.legal_name for row in page.context["offered"]],
        "waiting": [row.legal_name for row in page.context["waiting"]],
    }
    assert names == {"enrolled": ["Anan"], "offered": ["Budi"], "waiting": ["Chea"]}
    assert all(name in text(page) for name in ("Anan", "Budi", "Chea")) and "Dewi" not in text(page)


def test_names_are_for_the_reviewers_of_this_intake(client, intake):
    seen = {}
    for who, given in (("its own", intake), ("another's", IntakeFactory())):
        client.force_login(StaffFactory(rights=["view_intake", "review_application"], intakes=[given]))
        seen[who] = "Budi" in text(client.get(seats_page(intake)))
    assert seen == {"its own": True, "another's": False}


def test_names_are_for_those_who_work_with_the_people(client, intake):
    client.force_login(StaffFactory(rights=["view_intake", "change_intake"]))
    page = client.get(seats_page(intake))
    assert "3 seats = 1 enrolled" in text(page) and "Anan" not in text(page)
    assert set(page.context["acts"]) == {"capacity", "close"}
    for name in ("move", "cancel"):
        assert act(client, intake, name).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_few_and_many(client, registrar, number, django_assert_max_num_queries):
    made = IntakeFactory(capacity=20)
    for state in ("enrolled", "offered", "waitlisted"):
        for _person in range(number):
            ApplicationFactory(intake=made, status=state)
    with django_assert_max_num_queries(20):
        client.get(seats_page(made))


def test_more_seats_go_to_the_waiting_list_and_into_the_history(client, intake, registrar):
    Intake.objects.filter(pk=intake.pk).update(capacity=2)
    answer = act(client, intake, "capacity", capacity="3")
    assert "3 seats = 1 enrolled + 2 offered + 0 free; 0 waiting" in text(answer)
    assert "2 &rarr; 3" in text(answer) or "2 → 3" in text(answer)
    assert "1 would be too few" in text(act(client, intake, "capacity", capacity="1"))


@pytest.mark.parametrize("fields", [{"capacity": ""}, {"capacity": "x"}, {"capacity": "5", "note": " "}])
def test_half_a_form_changes_nothing(client, intake, registrar, fields):
    assert act(client, intake, "capacity", **fields).context["form"].errors
    assert Intake.objects.get(pk=intake.pk).capacity == 3


def test_people_are_moved_from_the_page(client, intake, registrar):
    other = IntakeFactory(course=intake.course)
    chosen = Application.objects.exclude(status="draft").values_list("pk", flat=True)
    answer = act(client, intake, "move", applications=list(chosen), target=other.pk)
    assert "3 people have moved, and each has a letter." in text(answer)
    assert set(Application.objects.filter(intake=other).values_list("pk", flat=True)) == set(chosen)


def test_an_intake_is_closed_and_cancelled_from_the_page(client, intake, registrar):
    assert "takes no more applications" in text(act(client, intake, "close"))
    assert "4 people have a letter each" in text(act(client, intake, "cancel"))
    assert Intake.objects.get(pk=intake.pk).status == "cancelled"
    assert client.get(seats_page(intake)).context["acts"] == {}


# The account of a place


@pytest.fixture
def account(intake):
    place = Application.objects.get(status="enrolled")
    return reverse("admin:enrollment_payment_account", args=[place.pk])


def payment(client, account, **fields):
    given = {
        "key": "11111111-1111-4111-8111-111111111111",
        "direction": "in",
        "amount": "1500.00",
        "received_on": "2026-03-01",
        "method": "transfer",
        "reference": "TT-77",
    }
    return client.post(account, given | fields, follow=True)


def test_a_payment_is_recorded_with_its_proof_once(client, account, registrar):
    assert "Unpaid" in text(client.get(account))
    for _press in range(2):
        answer = payment(
            client, account, proof=SimpleUploadedFile("slip.png", picture("PNG"), content_type="image/png")
        )
    assert "Confirmed" in text(answer)
    row = Payment.objects.get()
    assert (row.amount_minor, row.currency, row.recorded_by) == (150_000, "MYR", registrar)
    proof = client.get(reverse("admin:enrollment_payment_proof", args=[row.pk]))
    assert proof["Content-Type"] == "image/png" and "sandbox" in proof["Content-Security-Policy"]
    row.proof.storage.delete(row.proof.name)
    assert client.get(reverse("admin:enrollment_payment_proof", args=[row.pk])).status_code == 404


def test_a_slip_is_corrected_from_the_account(client, account, registrar):
    payment(client, account, amount="15000")
    row = Payment.objects.get()
    answer = client.post(reverse("admin:enrollment_payment_correct", args=[row.pk]), WHY, follow=True)
    assert "counter-row" in text(answer) and "Unpaid" in text(answer)
    assert sorted(Payment.objects.values_list("amount_minor", flat=True)) == [-1_500_000, 1_500_000]


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": "1.005"},
        {"amount": "-5"},
        {"amount": "NaN"},
        {"amount": "9" * 40},
        {"received_on": "yesterday"},
        {"key": "1"},
        {"reference": "\x00"},
        {"proof": SimpleUploadedFile("slip.html", b"<script>", content_type="image/png")},
    ],
)
def test_nonsense_is_refused_at_its_field(client, account, registrar, fields):
    answer = payment(client, account, **fields)
    assert answer.status_code == 200 and answer.context["payment_form"].errors
    assert not Payment.objects.exists()


def test_a_sponsor_is_recorded_from_the_account(client, account, registrar):
    answer = client.post(f"{account}sponsor/", WHY | {"sponsor": "A clinic"}, follow=True)
    assert "Sponsor" in text(answer) and "A clinic" in text(answer)


def test_accounts_are_for_those_who_may_see_payments(client, account):
    for person in (StaffFactory(rights=["view_enrollment", "change_intake"]), StaffFactory()):
        client.force_login(person)
        assert client.get(account).status_code == 404
    reader = StaffFactory(rights=["view_payment"])
    client.force_login(reader)
    assert client.get(account).context["payment_form"] is None
    assert "You may not do this" in text(payment(client, account))
    assert not Payment.objects.exists()


def test_nobody_sees_their_own_account_in_the_office(client, account, registrar):
    Application.objects.filter(status="enrolled").update(applicant=registrar)
    assert client.get(account).status_code == 404
