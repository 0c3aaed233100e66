"""Search in the queue: which words are looked for where, and that the list stays what it was."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.urls import reverse

from enrollment.admin import search
from enrollment.models import Application
from tests.factories import ApplicationFactory, StaffFactory

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:enrollment_application_changelist")
RIGHTS = ["view_application", "review_application"]


@pytest.fixture
def reviewer(client):
    person = StaffFactory(full_name="Rev Iewer", rights=RIGHTS)
    client.force_login(person)
    return person


def sent(**fields):
    fields = {"complete": True, "submitted_at": datetime(2026, 1, 5, tzinfo=UTC), **fields}
    return ApplicationFactory(status="submitted", **fields)


def listed(client, **query) -> list[str]:
    page = client.get(QUEUE, query)
    return [application.reference for application in page.context["cl"].result_list]


@pytest.fixture
def three():
    """Two people of one name, and one of another."""
    return [
        sent(legal_name=name, applicant__full_name=called, applicant__email=email)
        for name, called, email in [
            ("Aye Mya Thant", "Aye Thant", "aye.one@clinic.example"),
            ("Aye Mya Win", "Daw Aye", "two@clinic.example"),
            ("O’Neill 100%", "", "three@home.example"),
        ]
    ]


@pytest.mark.parametrize(
    ("sought", "whose"),
    [
        ("aye", {0, 1}),
        ("AYE thant", {0}),
        ("win mya", {1}),
        ('"mya win"', {1}),
        ('"win mya"', set()),
        ("clinic.example", {0, 1}),
        ("daw TWO@clinic", {1}),
        ("100%", {2}),
        ("%", {2}),
        ("_", set()),
        ("’", {2}),
        ("", {0, 1, 2}),
        ('"', set()),
        ("nobody", set()),
    ],
)
@pytest.mark.parametrize("few", [2_000, 0])
def test_search_finds_all_words_in_the_application_or_in_its_person(
    client, reviewer, three, monkeypatch, sought, whose, few
):
    monkeypatch.setattr(search, "FEW", few)
    assert set(listed(client, q=sought)) == {three[number].reference for number in whose}


def test_search_finds_a_reference_and_stays_within_the_list(client, reviewer, three):
    one = three[0]
    assert listed(client, q=one.reference[3:].lower()) == [one.reference]
    assert listed(client, q=one.reference, show="mine") == []


def test_reviewers_find_only_what_was_given_to_them(client, three):
    client.force_login(StaffFactory(rights=RIGHTS, intakes=[three[0].intake]))
    assert listed(client, q="aye") == [three[0].reference]


@pytest.mark.parametrize("sought", ["a " * 2_000, "'", '"\\', "\\", "x" * 3_000])
def test_any_search_is_borne(client, reviewer, three, sought):
    assert client.get(QUEUE, {"q": sought}).status_code == 200


def test_search_is_answered_from_trigrams_where_the_database_has_them():
    questions = [
        Application.objects.filter(search.holds(["4711", "thant"], search.OWN)),
        get_user_model().objects.filter(search.holds(["4711", "thant"], search.PERSON)),
    ]
    indexes = ["enrollment_application", "accounts_user"]
    if connection.vendor == "postgresql":
        indexes = ["applications_by_trigrams", "people_by_trigrams"]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    plans = [question.order_by().explain() for question in questions]
    assert [index in plan for index, plan in zip(indexes, plans, strict=True)] == [True, True], plans
