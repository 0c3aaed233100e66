"""The application desk: what a reviewer finds, sees and does there, and what becomes of wrong clicks."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from enrollment import admissions
from enrollment.completeness import DECLARATIONS
from enrollment.models import Application, Event, Letter
from tests.factories import (
    ApplicationFactory,
    DocumentFactory,
    EvidenceRequirementFactory,
    IntakeFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db

REVIEWING = ["view_application", "review_application", "decide_application"]
QUEUE = reverse("admin:enrollment_application_changelist")


@pytest.fixture
def reviewer(client):
    person = StaffFactory(full_name="Rev Iewer", rights=REVIEWING)
    client.force_login(person)
    return person


def sent(status="submitted", **fields):
    fields = {"complete": True, "submitted_at": datetime(2026, 1, 5, tzinfo=UTC), **fields}
    return ApplicationFactory(status=status, **fields)


def desk(application):
    return reverse("admin:enrollment_application_change", args=[application.pk])


def move(application, name):
    return reverse("admin:enrollment_application_move", args=[application.pk, name])


def said(response):
    return [str(message) for message in response.context["messages"]]


def status_of(application):
    return Application.objects.get(pk=application.pk).status


# The queue


def listed(client, **query):
    page = client.get(QUEUE, query)
    return {application.reference for application in page.context["cl"].result_list}


def test_queue_opens_on_what_awaits_review_oldest_first(client, reviewer):
    younger = sent(submitted_at=datetime(2026, 1, 6, tzinfo=UTC))
    older = sent("in_review")
    for status in ("info_requested", "offered", "waitlisted", "declined", "enrolled"):
        sent(status)
    page = client.get(QUEUE)
    assert [one.reference for one in page.context["cl"].result_list] == [older.reference, younger.reference]


def test_queue_never_shows_a_draft_nor_what_was_never_sent_nor_ones_own(client, reviewer):
    seen = sent("withdrawn")
    ApplicationFactory()
    ApplicationFactory(status="withdrawn")
    sent(applicant=reviewer)
    assert listed(client, status="all") == {seen.reference}


@pytest.mark.parametrize(("value", "status"), [("offered", "offered"), ("declined", "declined")])
def test_queue_narrows_to_one_status(client, reviewer, value, status):
    sent()
    assert listed(client, status=value) == set()
    assert listed(client, status=value) | {sent(status).reference} == listed(client, status=value)


def test_queue_finds_those_who_have_answered_a_question(client, reviewer):
    waiting, answered = sent("in_review"), sent("in_review")
    admissions.request_information(application=answered, by=reviewer, note="Which clinic?")
    admissions.agree(application=answered, by=answered.applicant, declarations=DECLARATIONS)
    admissions.send_information(application=answered, by=answered.applicant)
    assert status_of(waiting) == status_of(answered) == "in_review"
    assert listed(client, show="received") == {answered.reference}


def test_queue_tells_mine_from_nobodys_and_others(client, reviewer):
    mine, nobodys = sent(reviewer=reviewer), sent()
    others = sent(reviewer=StaffFactory())
    assert listed(client, reviewer="me") == {mine.reference}
    assert listed(client, reviewer="nobody") == {nobodys.reference}
    assert listed(client, reviewer="others") == {others.reference}


@pytest.mark.parametrize("field", ["reference", "legal_name", "email"])
def test_queue_is_searched_by_reference_name_and_address(client, reviewer, field):
    wanted = sent(legal_name="Nang Mwe", applicant__email="nang@example.org", complete=False)
    sent(legal_name="Somebody Else", complete=False)
    query = {"reference": wanted.reference, "legal_name": "nang", "email": "nang@example"}[field]
    assert listed(client, q=query) == {wanted.reference}


@pytest.mark.parametrize("number", [1, 3])
def test_queue_asks_the_same_number_of_questions_for_one_and_three(
    client, reviewer, django_assert_num_queries, number
):
    for _each in range(number):
        sent(reviewer=StaffFactory())
    client.get(QUEUE)
    with django_assert_num_queries(7):
        client.get(QUEUE)


@pytest.mark.parametrize("query", ["status=nonsense", "reviewer=%F0%9F%98%80", "intake=x", "p=99999"])
def test_queue_answers_any_question(client, reviewer, query):
    assert client.get(f"{QUEUE}?{query}", follow=True).status_code == 200


# The desk


def test_desk_shows_answers_evidence_declarations_letters_and_history(client, reviewer):
    application = sent(workplace="A clinic in Chiang Mai")
    EvidenceRequirementFactory(course=application.intake.course, kind="photo-id", label="Photo identity")
    DocumentFactory(application=application, original_name="passport.pdf")
    admissions.start_review(application=application, by=reviewer, note="We have begun.")
    application.declarations.create(key="accurate", text="All true.", agreed_at=application.submitted_at)
    page = client.get(desk(application)).content.decode()
    for words in (
        "A clinic in Chiang Mai",
        "Thailand",
        "passport.pdf",
        "All true.",
        "Rev Iewer",
        "We have begun.",
    ):
        assert words in page
    assert Letter.objects.get().subject in page


def test_desk_offers_exactly_the_moves_that_are_possible(client, reviewer):
    application = sent("in_review")
    page = client.get(desk(application))
    assert [str(button.label) for button in page.context["buttons"]] == [
        "Request information",
        "Offer a place",
        "Decline",
    ]


def test_desk_says_why_a_place_cannot_be_offered(client, reviewer):
    intake = IntakeFactory(capacity=1)
    sent("offered", intake=intake)
    page = client.get(desk(sent("in_review", intake=intake)))
    assert [str(label) for label, _why in page.context["blocked"]] == ["Offer a place"]
    assert "All seats of this intake are taken or offered." in page.content.decode()


@pytest.mark.parametrize(
    "rights", [[], ["view_course", "change_course"], ["view_certificate", "issue_certificate"]]
)
def test_desk_is_not_there_for_staff_who_do_not_review(client, rights):
    application = sent()
    client.force_login(StaffFactory(rights=rights))
    assert client.get(QUEUE).status_code == 403
    assert client.get(desk(application)).status_code == 404
    assert client.post(move(application, "start_review"), {"note": "Why."}).status_code == 404
    assert status_of(application) == "submitted"


def test_desk_of_ones_own_application_is_not_there(client, reviewer):
    application = sent(applicant=reviewer)
    assert client.get(desk(application)).status_code == 404
    assert client.post(move(application, "start_review"), {"note": "Why."}).status_code == 404
    assert status_of(application) == "submitted"


@pytest.mark.parametrize("pk", ["0", "99999999999999999999999", "abc", "1_5F2"])
def test_desk_of_an_unknown_application_is_a_missing_page(client, reviewer, pk):
    address = reverse("admin:enrollment_application_changelist") + f"{pk}/change/"
    assert client.get(address).status_code == 404


# Moves

MOVES = {
    "start_review": ("submitted", "in_review"),
    "request_information": ("in_review", "info_requested"),
    "offer_place": ("in_review", "offered"),
    "decline": ("in_review", "declined"),
    "rescind_offer": ("offered", "in_review"),
    "reopen": ("declined", "in_review"),
}


# What a request for information names beside its words.
ASKED = {
    "request_information": {
        "sections": ["about"],
        "answer_by": (timezone.localdate() + timedelta(days=3)).isoformat(),
    }
}
QUOTED = {"request_information", "decline", "rescind_offer"}


@pytest.mark.parametrize("name", MOVES)
def test_move_shows_its_letter_and_sends_nothing(client, reviewer, mailoutbox, name):
    before, _after = MOVES[name]
    application = sent(before)
    page = client.post(move(application, name), {"note": "Because of the rain.", "preview": "1"})
    assert page.status_code == 200
    assert ("Because of the rain." in page.context["letter"]["body_text"]) == (name in QUOTED)
    assert ("The letter quotes it" in page.content.decode()) == (name in QUOTED)
    assert status_of(application) == before
    assert not Letter.objects.exists() and not Event.objects.exists() and not mailoutbox


@pytest.mark.parametrize("name", MOVES)
def test_move_is_made_with_its_reason_and_leads_back_to_the_desk(client, reviewer, name):
    before, after = MOVES[name]
    application = sent(before)
    response = client.post(move(application, name), {"note": "Because of the rain.", **ASKED.get(name, {})})
    assert (response.status_code, response["Location"]) == (302, desk(application))
    assert status_of(application) == after
    event = Event.objects.get()
    assert (event.move, event.actor, event.note) == (name, reviewer, "Because of the rain.")
    assert Letter.objects.get().event == event


def test_offer_is_previewed_with_the_terms_it_would_have(client, reviewer):
    application = sent("in_review", intake=IntakeFactory(fee_minor=680000, currency="MYR"))
    letter = client.get(move(application, "offer_place")).context["letter"]
    assert "6,800" in letter["body_text"]


def test_waitlist_is_offered_when_no_seat_is_free(client, reviewer):
    intake = IntakeFactory(capacity=1)
    sent("offered", intake=intake)
    application = sent("in_review", intake=intake)
    client.post(move(application, "waitlist"), {"note": "All seats are taken."})
    assert status_of(application) == "waitlisted"


def test_move_without_a_reason_is_asked_for_one(client, reviewer):
    application = sent("in_review")
    page = client.post(move(application, "decline"), {"note": "  "})
    assert page.status_code == 200
    assert page.context["form"].errors == {
        "note": ["Write the reason: it goes into the letter and the history."]
    }
    assert status_of(application) == "in_review"


def test_move_made_twice_is_made_once_and_says_so(client, reviewer):
    application = sent("in_review")
    client.post(move(application, "offer_place"), {"note": "Well prepared."})
    response = client.post(move(application, "offer_place"), {"note": "Well prepared."}, follow=True)
    assert said(response)[-1] == "You have done this already: it is “Place offered” now."
    assert Event.objects.count() == Letter.objects.count() == 1


def test_move_from_a_stale_tab_is_refused_with_the_present_state(client, reviewer):
    application = sent("in_review")
    admissions.decline(application=application, by=StaffFactory(rights=REVIEWING), note="No register.")
    response = client.post(move(application, "offer_place"), {"note": "Well prepared."}, follow=True)
    assert said(response) == ["This is “Declined by the institute” now, so “Offer a place” is not possible."]
    assert status_of(application) == "declined"


@pytest.mark.parametrize("name", ["submit", "accept_offer", "withdraw", "expire_offer", "nonsense"])
def test_move_that_is_not_the_offices_is_a_missing_page(client, reviewer, name):
    application = sent("in_review")
    assert client.get(move(application, name)).status_code == 404
    assert client.post(move(application, name), {"note": "Why."}).status_code == 404


@pytest.mark.parametrize("note", ["\0", "x" * 2001, "\ud800"], ids=["nul", "long", "half a sign"])
def test_move_with_an_impossible_reason_changes_nothing(client, reviewer, note):
    application = sent("in_review")
    body = b"note=" + note.encode("utf-8", "surrogatepass")
    response = client.post(
        move(application, "decline"), body, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code < 500
    assert status_of(application) in {"in_review", "declined"}


def test_move_needs_a_decider_where_it_decides(client):
    client.force_login(StaffFactory(rights=["review_application"]))
    application = sent("in_review")
    response = client.post(move(application, "offer_place"), {"note": "Why."}, follow=True)
    assert said(response) == ["You may not do this: “Offer a place”."]
    assert [str(button.label) for button in response.context["buttons"]] == ["Request information"]


def test_move_page_answers_no_other_method(client, reviewer):
    assert client.put(move(sent(), "start_review")).status_code == 405


# Opinions, evidence, who answers for it


def test_review_is_recorded_and_changed_by_its_writer(client, reviewer):
    application = sent("in_review", opinions=0)
    address = reverse("admin:enrollment_application_review", args=[application.pk])
    client.post(address, {"recommendation": "unsure", "note": "Register unclear."})
    client.post(address, {"recommendation": "offer", "note": "Register confirmed."})
    review = application.reviews.get()
    assert (review.reviewer, review.recommendation, review.note) == (reviewer, "offer", "Register confirmed.")


def test_review_without_a_note_keeps_the_rest_and_says_what_is_missing(client, reviewer):
    application = sent("in_review", opinions=0)
    address = reverse("admin:enrollment_application_review", args=[application.pk])
    page = client.post(address, {"recommendation": "offer"})
    assert page.context["review_form"].errors.keys() == {"note"}
    assert not application.reviews.exists()


def verdict(application, document, name):
    return reverse("admin:enrollment_application_document", args=[application.pk, document.pk, name])


def test_document_is_accepted_or_rejected_with_a_reason(client, reviewer):
    application = sent("in_review")
    good, bad = DocumentFactory(application=application), DocumentFactory(application=application)
    client.post(verdict(application, good, "accept"))
    client.post(verdict(application, bad, "reject"), {"reason": "The page is cut off."})
    states = set(application.documents.values_list("pk", "status", "reason"))
    assert states == {(good.pk, "accepted", ""), (bad.pk, "rejected", "The page is cut off.")}


def test_document_is_not_rejected_without_a_reason(client, reviewer):
    application = sent("in_review")
    document = DocumentFactory(application=application)
    response = client.post(verdict(application, document, "reject"), follow=True)
    assert said(response) == ["Say what is wrong with the document: the applicant reads it."]
    assert application.documents.get().status == "uploaded"


def test_document_of_another_application_is_not_judged_here(client, reviewer):
    application, document = sent("in_review"), DocumentFactory()
    assert client.post(verdict(application, document, "accept")).status_code == 404
    assert client.post(verdict(document.application, document, "burn")).status_code == 404


def test_reviewer_takes_an_application_over_and_gives_it_back(client, reviewer):
    application = sent("in_review")
    address = reverse("admin:enrollment_application_reviewer", args=[application.pk])
    client.post(address, {"act": "take"})
    assert Application.objects.get().reviewer == reviewer
    client.post(address, {"act": "give"})
    assert Application.objects.get().reviewer is None


@pytest.mark.parametrize("name", ["add", "delete"])
def test_nobody_adds_or_deletes_an_application_in_the_office(client, name):
    client.force_login(StaffFactory(is_superuser=True))
    application = sent()
    path = QUEUE + ("add/" if name == "add" else f"{application.pk}/delete/")
    assert client.get(path).status_code == 403
    assert client.post(path, {"post": "yes"}).status_code == 403
    assert Application.objects.count() == 1
