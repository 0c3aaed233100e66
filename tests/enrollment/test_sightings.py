"""A breach can be answered: who saw what of whom, narrowed by person, viewer and day, on a page and as a table."""

import csv
from datetime import UTC, datetime

import pytest

from enrollment import custody
from enrollment.models import EvidenceEvent
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/admin/enrollment/evidenceevent/"


@pytest.fixture
def owner(client):
    owner = factories.StaffFactory(rights=["view_evidenceevent"])
    client.force_login(owner)
    return owner


@pytest.fixture
def looks():
    """Two reviewers, two applicants: Ann looked at both, Ben at the second, each applicant at their own."""
    ann = factories.StaffFactory(full_name="Ann Reviewer", rights=["review_application"])
    ben = factories.StaffFactory(full_name="Ben Reviewer", rights=["review_application"])
    first = factories.DocumentFactory(application__applicant__full_name="First Person")
    second = factories.DocumentFactory(application__applicant__full_name="=Second Person")
    for number, (document, by) in enumerate(
        [(first, ann), (second, ann), (second, ben), (first, first.application.applicant)]
    ):
        at = datetime(2026, 3, 1 + number, 9, tzinfo=UTC)
        custody.view_document(document=document, by=by, page=1, at=at)
    return first, second


def seen(client, **asked):
    page = client.get(PAGE, asked).context["page"]
    return [(look.actor_name, str(look.application.applicant), look.at.day) for look in page]


def test_looks_are_told_newest_first_without_those_at_ones_own(client, owner, looks):
    assert seen(client) == [
        ("Ben Reviewer", "=Second Person", 3),
        ("Ann Reviewer", "=Second Person", 2),
        ("Ann Reviewer", "First Person", 1),
    ]
    assert len(seen(client, own="on")) == 4


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ({"person": "first"}, [1]),
        ({"person": "second person"}, [3, 2]),
        ({"viewer": "ann"}, [2, 1]),
        ({"viewer": "ann", "person": "second"}, [2]),
        ({"since": "2026-03-02"}, [3, 2]),
        ({"until": "2026-03-02"}, [2, 1]),
        ({"since": "2026-03-02", "until": "2026-03-02"}, [2]),
        ({"since": "nonsense", "person": "first"}, [1]),
        ({"until": "9999-12-31"}, [3, 2, 1]),
        ({"person": "nobody"}, []),
    ],
)
def test_looks_are_narrowed(client, owner, looks, asked, days):
    assert [day for _who, _whose, day in seen(client, **asked)] == days


def test_a_reference_finds_its_person(client, owner, looks):
    assert [day for *_rest, day in seen(client, person=looks[0].application.reference.lower())] == [1]


def test_the_same_looks_come_as_a_table_without_formulas(client, owner, looks):
    response = client.get(f"{PAGE}table.csv", {"viewer": "ann"})
    lines = list(csv.DictReader(b"".join(response.streaming_content).decode().splitlines()))

    assert response["Content-Disposition"] == 'attachment; filename="who-saw-what.csv"'
    assert [(line["viewer"], line["person"], line["act"], line["page"]) for line in lines] == [
        ("Ann Reviewer", "'=Second Person", "seen", "1"),
        ("Ann Reviewer", "First Person", "seen", "1"),
    ]


def test_what_was_seen_is_told_after_the_document_is_gone(client, owner, looks):
    first, _second = looks
    factories.EvidenceRequirementFactory(course=first.application.intake.course, kind=first.kind)
    custody.remove_document(document=first, by=first.application.applicant)
    assert seen(client, person="first") == [("Ann Reviewer", "First Person", 1)]


def test_opening_an_application_at_the_desk_is_a_look(client, looks):
    application = factories.ApplicationFactory(status="submitted")
    reviewer = factories.StaffFactory(rights=["review_application", "view_application"])
    client.force_login(reviewer)

    client.get(f"/admin/enrollment/application/{application.pk}/change/")

    look = EvidenceEvent.objects.get(application=application)
    assert (look.actor, look.document, look.label, look.act) == (
        reviewer,
        None,
        "The whole application",
        "seen",
    )


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}table.csv", f"{PAGE}add/"])
def test_it_is_not_for_everybody_on_the_staff(client, address):
    client.force_login(factories.StaffFactory(rights=["review_application", "view_application"]))
    assert client.get(address).status_code == 403


@pytest.mark.parametrize(
    "junk", [{"page": "x"}, {"person": "x" * 5000}, {"since": "0001-01-01"}, {"own": "\\"}]
)
def test_junk_is_answered(client, owner, looks, junk):
    assert client.get(PAGE, junk).status_code == 200


def test_the_number_of_questions_does_not_grow(client, owner, looks, django_assert_max_num_queries):
    first, _second = looks
    ann = EvidenceEvent.objects.filter(actor_name="Ann Reviewer").first().actor
    for _time in range(20):
        custody.view_document(document=first, by=ann, page=1)
    with django_assert_max_num_queries(14):
        client.get(PAGE)
