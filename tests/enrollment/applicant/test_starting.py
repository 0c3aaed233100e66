"""How an application begins, and the lists that lead on: the start page, my applications, the task list."""

from datetime import UTC, datetime

import pytest

from courses.models import Course, Intake
from enrollment.completeness import SECTIONS
from enrollment.models import Application, Document
from tests import factories
from tests.enrollment.applicant.answers import address, page, said

pytestmark = pytest.mark.django_db


def test_the_start_page_tells_a_stranger_what_applying_takes(client, intake):
    response = client.get("/apply/mn-2099/")

    assert response.status_code == 200
    for words in (
        "Apply for Microneedling",
        "Photo identity",
        "18 or older",
        "Kuala Lumpur time",
        "12 of 12",
    ):
        assert words in page(response)


def test_the_start_page_sets_no_cookie_for_a_stranger(client, intake):
    response = client.get("/apply/mn-2099/")
    assert response.cookies == {}
    assert "csrfmiddlewaretoken" not in page(response)


def test_the_start_page_leads_a_stranger_to_an_account_and_back(client, intake):
    words = page(client.get("/apply/mn-2099/"))
    assert 'href="/apply/mn-2099/about/"' in words
    assert "/accounts/login/?next=/apply/mn-2099/" in words


def test_a_stranger_who_posts_is_sent_to_sign_in(client, intake):
    response = client.post("/apply/mn-2099/")

    assert response.url == "/accounts/login/?next=/apply/mn-2099/"
    assert Application.objects.count() == 0


def test_starting_twice_makes_one_application(signed_in, intake):
    first, second = (signed_in.post("/apply/mn-2099/") for _click in range(2))

    application = Application.objects.get()
    assert first.url == second.url == application.get_absolute_url()
    assert application.letters.count() == 1


def test_who_has_begun_is_led_back_to_it(signed_in, draft):
    words = page(signed_in.get("/apply/mn-2099/"))
    assert "Continue your application" in words
    assert "Start application" not in words


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Intake.Status.CLOSED},
        {"applications_close_at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"applications_open_at": datetime(2098, 1, 1, tzinfo=UTC)},
    ],
)
def test_a_closed_intake_says_so_and_takes_nothing(signed_in, intake, changes):
    Intake.objects.update(**changes)

    assert "takes no applications now" in page(signed_in.get("/apply/mn-2099/"))
    response = signed_in.post("/apply/mn-2099/", follow=True)
    assert response.redirect_chain == [("/apply/mn-2099/", 302)]
    assert len(said(response)) == 1 or "note-wait" in page(response)
    assert Application.objects.count() == 0


@pytest.mark.parametrize(
    "hide",
    [
        lambda intake: Intake.objects.update(status=Intake.Status.CANCELLED),
        lambda intake: Course.objects.update(published_at=None),
        lambda intake: Course.objects.update(enrolment=Course.Enrolment.INTEREST),
    ],
)
def test_an_intake_that_is_not_offered_is_not_found(signed_in, intake, hide):
    hide(intake)
    assert signed_in.get("/apply/mn-2099/").status_code == 404


def test_my_applications_begin_empty_and_lead_to_courses(signed_in):
    words = page(signed_in.get("/applications/"))
    assert "You have not applied for a course yet" in words
    assert 'href="/courses/"' in words


@pytest.mark.parametrize("number", [1, 3])
def test_my_applications_cost_the_same_however_many(signed_in, applicant, number, django_assert_num_queries):
    factories.ApplicationFactory.create_batch(number, applicant=applicant)
    factories.ApplicationFactory()

    with django_assert_num_queries(3):
        response = signed_in.get("/applications/")

    assert page(response).count("<tr>") == number + 1


def test_the_task_list_shows_how_far_each_section_is(signed_in, draft):
    words = page(signed_in.get(draft.get_absolute_url()))

    assert words.count("Not started") == 7
    assert words.count("In progress") == 1
    assert "0 of 8 done" in words
    assert all(address("section", draft, section) in words for section in SECTIONS)


def test_the_task_list_opens_sending_when_all_is_there(signed_in, complete):
    words = page(signed_in.get(complete.get_absolute_url()))
    assert "8 of 8 done" in words
    assert words.count("Completed") == 8
    assert "Ready" in words


def test_the_task_list_says_when_a_document_was_not_accepted(signed_in, complete):
    complete.documents.update(status=Document.Status.REJECTED, reason="The date can't be read.")

    assert "Action needed" in page(signed_in.get(complete.get_absolute_url()))
    assert "The date can&#x27;t be read." in page(signed_in.get(address("evidence", complete)))
