"""Beginning without an account; the draft, its letter and its copy; saving while somebody types."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.core.cache import cache
from django.urls import reverse
from pypdf import PdfReader

from enrollment import beginnings
from enrollment.models import Application, Beginning, EntryRule
from enrollment.questionnaire import fingerprint
from tests import factories
from tests.enrollment.form_rows import ExtraQuestionFactory, RegisterFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
SAVING = 17
TYPED = {"email": "Somchai@Clinic.example", "legal_name": "Somchai Prasert", "city": "Chiang Mai"}


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def intake():
    return factories.IntakeFactory(code="mn-2099", course__title="Microneedling")


@pytest.fixture
def applicant():
    return factories.UserFactory(email="somchai@clinic.example", full_name="S. Prasert")


@pytest.fixture
def draft(client, applicant, intake):
    client.force_login(applicant)
    return factories.ApplicationFactory(applicant=applicant, intake=intake, complete=True)


def begin(client, **more):
    return client.post("/apply/mn-2099/about/", {**TYPED, **more})


# Without an account


def test_the_first_section_is_kept_and_leads_to_the_account(client, intake):
    response = begin(client, birth_date_day="31", birth_date_month="2", birth_date_year="1990")
    assert "Enter a real date" in response.content.decode() and not Beginning.objects.exists()

    response = begin(client)
    assert response.url == "/accounts/signup/?next=%2Fapply%2Fmn-2099%2Fbegun%2F"
    kept = Beginning.objects.get()
    assert (kept.email, kept.intake, kept.answers) == (
        "somchai@clinic.example",
        intake,
        {"legal_name": "Somchai Prasert", "city": "Chiang Mai"},
    )
    assert not Application.objects.exists()


def test_the_address_is_filled_in_for_whoever_gave_it_and_stands_in_no_url(client, intake, fresh_rate_limits):
    answer = begin(client)
    assert 'value="Somchai@Clinic.example"' in client.get(answer.url).content.decode()

    password = {"password1": "violet needle harbour", "password2": "violet needle harbour"}
    client.post(answer.url, {"email": "somchai@clinic.example", **password})
    assert "Somchai@Clinic.example" not in str(dict(client.session))


def test_the_address_is_forgotten_by_whoever_signs_in_instead(client, intake, applicant):
    begin(client)
    client.force_login(applicant)
    client.get("/apply/mn-2099/begun/")
    assert "Somchai@Clinic.example" not in str(dict(client.session))


def test_back_with_an_account_the_first_section_is_a_draft(client, intake):
    question = ExtraQuestionFactory(section="about")
    begin(client, **{question.name: "Hokkien"})
    client.force_login(factories.UserFactory(email="other@clinic.example"))
    response = client.get("/apply/mn-2099/begun/")

    draft = Application.objects.get()
    assert response.url == reverse("enrollment:section", args=[draft.reference, "profession"])
    assert (draft.legal_name, draft.city) == ("Somchai Prasert", "Chiang Mai")
    assert draft.extra_answers.get().value == "Hokkien"
    assert not Beginning.objects.exists()
    assert client.get("/apply/mn-2099/begun/").url == "/apply/mn-2099/"


def test_on_another_device_the_confirmed_address_finds_what_was_typed(client, intake, applicant):
    begin(client)
    client.logout()
    client.force_login(applicant)
    assert "What you wrote before you had an account" in client.get("/apply/mn-2099/").content.decode()
    client.post("/apply/mn-2099/")
    assert Application.objects.get().city == "Chiang Mai"


def test_nobody_else_takes_up_what_was_typed(client, intake):
    begin(client)
    client.logout()
    client.force_login(factories.UserFactory())
    assert client.get("/apply/mn-2099/begun/").url == "/apply/mn-2099/"
    client.post("/apply/mn-2099/")
    assert Application.objects.get().city == ""
    assert Beginning.objects.exists()


def test_what_was_typed_without_an_account_overwrites_nothing(client, intake, applicant):
    begin(client)
    client.logout()
    draft = factories.ApplicationFactory(applicant=applicant, intake=intake, city="Bangkok", legal_name="")
    client.force_login(applicant)
    client.post("/apply/mn-2099/")
    draft.refresh_from_db()
    assert (draft.city, draft.legal_name) == ("Bangkok", "Somchai Prasert")


def test_beginnings_are_limited_and_forgotten(client, intake):
    for _time in range(20):
        begin(client)
    assert "Too many applications" in begin(client).content.decode()
    Beginning.objects.update(begun_at=AT)
    assert beginnings.forget_beginnings(at=AT + timedelta(days=30)) == 0
    assert beginnings.forget_beginnings(at=AT + timedelta(days=30, seconds=1)) == 20


@pytest.mark.parametrize("junk", ["\0", "x" * 9000, "a@b", "<b>", "😀" * 400, ""])
def test_junk_in_the_first_section_is_answered(client, intake, junk):
    fields = [*TYPED, "birth_date_day", "birth_date_month", "birth_date_year", "phone", "nationality"]
    assert client.post("/apply/mn-2099/about/", dict.fromkeys(fields, junk)).status_code == 200


# The letter and the copy


def test_the_letter_says_how_to_return_what_is_missing_and_by_when(client, intake, applicant):
    client.force_login(applicant)
    client.post("/apply/mn-2099/")
    draft = Application.objects.get()
    letter = draft.letters.get()
    for words in (draft.reference, draft.get_absolute_url(), "- About you (5)", "- Register and licence (6)"):
        assert words in letter.body_text
    assert "Submit by" in letter.body_text and "Submit by" in letter.body_html


def test_the_copy_holds_every_question_and_answer(client, draft):
    answer = ExtraQuestionFactory(section="training", label="Which device?")
    draft.extra_answers.create(question=answer, asked_as=answer.label, value="A pen.")
    draft.native_name = "สมชาย ประเสริฐ"
    draft.save()
    response = client.get(reverse("enrollment:copy", args=[draft.reference]))
    assert (response["Content-Type"], response["Cache-Control"]) == ("application/pdf", "private, no-store")
    words = " ".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages)
    for said in (
        draft.reference,
        "Microneedling",
        "Chiang Mai",
        "Which device?",
        "A pen.",
        "Not submitted yet",
    ):
        assert said in words


# While somebody types


def type_into(client, draft, section, **answers):
    address = reverse("enrollment:section", args=[draft.reference, section])
    return client.post(address, {"autosave": "1", "seen": fingerprint(draft, section), **answers})


def test_saving_by_itself_goes_through_the_same_door(client, draft):
    response = type_into(client, draft, "training", prior_training="Peels, Bangkok, 2024.")
    draft.refresh_from_db()
    assert draft.prior_training == "Peels, Bangkok, 2024."
    assert response.json()["seen"] == fingerprint(draft, "training")


def test_saving_by_itself_keeps_what_is_good_and_waits_with_the_rest(client, draft):
    response = type_into(client, draft, "profession", years_in_practice="4.5", workplace="A new clinic")
    draft.refresh_from_db()
    assert response.status_code == 200
    assert (draft.workplace, draft.years_in_practice) == ("A new clinic", 8)


def test_an_old_window_is_told_and_writes_nothing(client, draft):
    address = reverse("enrollment:section", args=[draft.reference, "training"])
    response = client.post(address, {"autosave": "1", "seen": "old", "prior_training": "Other."})
    draft.refresh_from_db()
    assert (response.status_code, list(response.json())) == (409, ["refused"])
    assert draft.prior_training == "None."


@pytest.mark.parametrize("extras", [1, 3])
def test_saving_a_section_asks_the_database_the_same_few_questions(
    client, draft, extras, django_assert_num_queries
):
    for _each in range(extras):
        ExtraQuestionFactory(section="training")
        EntryRule.objects.create(course=draft.intake.course, kind="practice", years=1)
    seen = fingerprint(draft, "training")
    with django_assert_num_queries(SAVING):
        type_into(client, draft, "training", prior_training="Peels.", seen=seen)


# Registers


def register(client, draft, **answers):
    response = type_into(client, draft, "license", register_country="TH", **answers)
    draft.refresh_from_db()
    return response, draft.register_body


def test_a_register_is_chosen_from_the_list_of_its_country(client, draft):
    RegisterFactory(country="TH", name="Thai Nursing Council")
    RegisterFactory(country="MM", name="Myanmar Medical Council")
    page = client.get(reverse("enrollment:section", args=[draft.reference, "license"])).content.decode()
    assert '<optgroup label="Thailand">' in page
    assert register(client, draft, register_body_known="Thai Nursing Council")[1] == "Thai Nursing Council"
    for wrong in (
        {"register_body_known": "Myanmar Medical Council"},
        {"register_body_known": "Invented Council"},
        {"register_body_known": "Thai Nursing Council", "register_body_other": "Another Council"},
        {"register_body_other": "MMC"},
    ):
        assert register(client, draft, **wrong)[1] == "Thai Nursing Council"
    assert register(client, draft, register_body_other="Council of Phuket")[1] == "Council of Phuket"
