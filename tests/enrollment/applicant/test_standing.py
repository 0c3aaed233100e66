"""What a sent application says of itself, and what its person may still do: answer, withdraw, leave."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from enrollment import admissions
from enrollment.models import Application
from tests import factories
from tests.enrollment.applicant.answers import ABOUT, address, page, said, save

pytestmark = pytest.mark.django_db


STANDS = {
    "submitted": "We have your application",
    "in_review": "We are reading your application",
    "info_requested": "We need something from you",
    "offered": "You have been offered a place",
    "waitlisted": "You are on the waiting list",
    "enrolled": "You are enrolled",
    "declined": "We could not offer you a place",
    "offer_declined": "You declined the place",
    "expired": "The offer has run out",
    "withdrawn": "This application is withdrawn",
    "cancelled": "This intake is cancelled",
}


def test_every_state_but_draft_has_its_words():
    assert set(STANDS) | {"draft"} == set(Application.Status.values)


@pytest.mark.parametrize(("status", "heading"), STANDS.items())
def test_a_state_is_said_in_words(signed_in, applicant, status, heading):
    application = factories.ApplicationFactory(
        applicant=applicant, status=status, submitted_at=timezone.now()
    )
    assert f"<h1>{heading}</h1>" in page(signed_in.get(application.get_absolute_url()))


def test_what_was_asked_is_shown_until_it_is_sent(signed_in, complete):
    reviewer = factories.UserFactory(is_staff=True, is_superuser=True)
    admissions.submit_application(application=complete, by=complete.applicant)
    admissions.start_review(application=complete, by=reviewer, note="For the reviewer's eyes")
    admissions.request_information(application=complete, by=reviewer, note="Page 2 of the licence, please.")

    for name in ("application", "check"):
        assert "Page 2 of the licence, please." in page(signed_in.get(address(name, complete)))
    save(signed_in, complete, "about", ABOUT)
    response = signed_in.post(address("check", complete), follow=True)

    complete.refresh_from_db()
    assert complete.status == "in_review"
    words = page(response)
    assert "We are reading your application" in words
    assert "eyes" not in words


def test_an_offer_shows_its_deadline_on_the_clock_of_the_intake(signed_in, applicant):
    application = factories.ApplicationFactory(
        applicant=applicant, status="offered", offer_expires_at=datetime(2098, 6, 1, 15, 59, 59, tzinfo=UTC)
    )
    words = page(signed_in.get(application.get_absolute_url()))
    assert "1 Jun 2098" in words
    assert "23:59" in words
    assert "Kuala Lumpur time" in words


def test_letters_stay_readable(signed_in, draft):
    letter = draft.letters.get()
    assert letter.subject in page(signed_in.get(draft.get_absolute_url()))


@pytest.mark.parametrize(
    ("name", "before", "after", "data"),
    [
        ("accept_offer", "offered", "enrolled", {}),
        ("decline_offer", "offered", "offer_declined", {}),
        ("decline_offer", "offered", "offer_declined", {"note": "I found another course."}),
        ("withdraw", "draft", "withdrawn", {}),
        ("withdraw", "waitlisted", "withdrawn", {"note": "Too late for me."}),
        ("leave", "enrolled", "withdrawn", {"note": "I am moving."}),
    ],
)
def test_a_step_is_asked_once_and_done_once(signed_in, applicant, name, before, after, data):
    application = factories.ApplicationFactory(applicant=applicant, status=before)

    assert signed_in.get(address(name, application)).status_code == 200
    responses = [signed_in.post(address(name, application), data, follow=True) for _click in range(2)]

    application.refresh_from_db()
    assert application.status == after
    assert [said(response) for response in responses] == [[], []]
    assert application.history.get().note == data.get("note", "")


def test_giving_up_a_place_needs_a_reason(signed_in, applicant):
    application = factories.ApplicationFactory(applicant=applicant, status="enrolled")

    response = signed_in.post(address("leave", application), {"note": " "})

    application.refresh_from_db()
    assert application.status == "enrolled"
    assert "Fill in “Your reason”" in page(response)


def test_an_offer_that_ran_out_is_refused_in_a_sentence(signed_in, applicant):
    application = factories.ApplicationFactory(
        applicant=applicant, status="offered", offer_expires_at=timezone.now() - timedelta(minutes=1)
    )
    response = signed_in.post(address("accept_offer", application), follow=True)

    application.refresh_from_db()
    assert application.status == "offered"
    assert "This offer ran out" in page(response)


def test_a_step_that_is_no_longer_possible_says_what_is(signed_in, applicant):
    application = factories.ApplicationFactory(applicant=applicant, status="declined")
    response = signed_in.post(address("accept_offer", application), follow=True)
    assert "This is “Declined by the institute” now" in page(response)
