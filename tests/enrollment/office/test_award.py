"""The registrar's list of learners: who is ready for the award, who is given it, who gives a place up."""

import pytest

from enrollment import completion
from enrollment.admin.standing import outstanding_counts, ready_for_award
from enrollment.models import Certificate, Enrollment, Letter
from tests.enrollment.office.records import DONE, address, learner, said
from tests.factories import EnrollmentFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "done",
    [
        {},
        {"read": True},
        {"passed": True},
        {"case": True},
        {"skill": "not_met"},
        {"skill": "met not_met"},
        {"skill": "not_met met"},
        {**DONE, "skill": "not_met"},
        {**DONE, "skill": "met"},
        DONE,
    ],
)
def test_standing_in_bulk_is_the_rule_of_certification(course, done):
    enrollment = learner(course, **done)
    assert outstanding_counts([enrollment]) == {enrollment.pk: len(completion.outstanding(enrollment))}


def test_standing_of_a_course_without_content_is_never_ready():
    enrollment = EnrollmentFactory()
    assert outstanding_counts([enrollment]) == {enrollment.pk: 1}
    assert len(completion.outstanding(enrollment)) == 1


def test_ready_for_award_are_those_who_study_and_owe_nothing(course):
    ready, _owing = learner(course, **DONE), learner(course)
    gone = learner(course, **DONE)
    Enrollment.objects.filter(pk=gone.pk).update(status="withdrawn")
    assert list(ready_for_award(Enrollment.objects.all())) == [ready]


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_learners_asks_the_same_number_of_questions(
    client, registrar, course, django_assert_num_queries, number
):
    for _each in range(number):
        learner(course, read=True)
    client.get(address("enrollment", "changelist"))
    with django_assert_num_queries(28):
        page = client.get(address("enrollment", "changelist"))
    assert [one.owed for one in page.context["cl"].result_list] == [3] * number


def test_learner_page_offers_the_certificate_only_when_nothing_is_outstanding(client, registrar, course):
    owing, ready = learner(course), learner(course, **DONE)
    page = client.get(address("enrollment", "change", owing.pk))
    assert [str(button.label) for button in page.context["buttons"]] == [
        "Give up the place",
        "Record a renewed licence",
    ]
    assert "Questions of module" in page.content.decode()
    page = client.get(address("enrollment", "change", ready.pk))
    assert [str(button.label) for button in page.context["buttons"]] == [
        "Issue certificate",
        "Give up the place",
        "Record a renewed licence",
    ]


def test_certificate_is_issued_once_however_often_it_is_asked_for(client, registrar, course):
    enrollment = learner(course, **DONE)
    for _click in range(2):
        response = client.post(address("enrollment", "move", enrollment.pk, "complete"), follow=True)
    assert said(response)[-1] == "You have done this already: it is “Completed” now."
    assert Certificate.objects.get().issued_by == registrar


def test_certificate_is_refused_while_something_is_outstanding(client, registrar, course):
    enrollment = learner(course)
    response = client.post(address("enrollment", "move", enrollment.pk, "complete"), follow=True)
    assert said(response) == ["Still outstanding: see what the award asks for."]
    assert not Certificate.objects.exists()


def test_assessor_is_not_offered_the_award(client, assessor, course):
    enrollment = learner(course, **DONE)
    page = client.get(address("enrollment", "change", enrollment.pk))
    assert page.context["buttons"] == []
    client.post(
        address("enrollment", "changelist"),
        {"action": "issue_certificates", "_selected_action": [enrollment.pk]},
    )
    client.post(address("enrollment", "move", enrollment.pk, "complete"))
    assert not Certificate.objects.exists()


def test_place_is_given_up_with_a_reason_and_frees_its_seat(client, registrar, course):
    enrollment = learner(course)
    client.post(address("enrollment", "move", enrollment.pk, "withdraw"), {"note": "Moved abroad."})
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.application.status) == ("withdrawn", "withdrawn")
    assert "Moved abroad." in Letter.objects.get().body_text


def test_registrar_does_not_find_their_own_enrollment(client, registrar, course):
    enrollment = learner(course, **DONE)
    Enrollment.objects.filter(pk=enrollment.pk).update(learner=registrar)
    assert client.get(address("enrollment", "change", enrollment.pk)).status_code == 404
    client.post(address("enrollment", "move", enrollment.pk, "complete"))
    assert not Certificate.objects.exists()
