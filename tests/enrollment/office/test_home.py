"""What waits for the registrar and the assessor: failed letters, and the counts at home."""

import pytest
from django.urls import reverse

from tests.enrollment.office.records import (
    ASSESSOR,
    AT,
    DONE,
    REGISTRAR,
    address,
    entry,
    learner,
    letter,
    said,
)
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db


def test_failed_letters_are_sent_again_and_others_stay(client, registrar, mailoutbox):
    failed, sent = letter(status="failed", attempts=5), letter(status="sent", sent_at=AT)
    response = client.post(
        address("letter", "changelist"),
        {"action": "send_again", "_selected_action": [failed.pk, sent.pk]},
        follow=True,
    )
    assert set(said(response)) == {"“A place” has not failed.", "1 letter is on its way again."}
    assert [message.to for message in mailoutbox] == [["nang@example.org"]]
    failed.refresh_from_db()
    assert failed.status == "sent"


def waiting(client):
    page = client.get(reverse("admin:index"))
    return {str(work.label): work.count for work in page.context["waiting"]}


def test_home_counts_what_waits_for_the_registrar(client, registrar, course):
    learner(course, **DONE), learner(course), letter(status="failed")
    assert waiting(client) == {"Learners ready for award": 1, "Letters that could not be sent": 1}


def test_home_counts_what_waits_for_the_assessor(client, assessor, course):
    entry(learner(course))
    assert waiting(client) == {"Logbook entries to countersign": 1}


def test_home_shows_an_editor_nothing_of_persons(client, course):
    client.force_login(StaffFactory(rights=["change_course", "view_course"]))
    entry(learner(course, **DONE))
    assert waiting(client) == {}


@pytest.mark.parametrize("number", [1, 3])
def test_home_asks_the_same_number_of_questions(client, course, django_assert_num_queries, number):
    client.force_login(StaffFactory(rights=[*REGISTRAR, *ASSESSOR, "review_application"]))
    for _each in range(number):
        entry(learner(course, **DONE))
    client.get(reverse("admin:index"))
    with django_assert_num_queries(14):
        client.get(reverse("admin:index"))
