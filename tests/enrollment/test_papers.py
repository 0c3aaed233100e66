"""Papers of an earlier application: offered again slot by slot, copied with one press, refused in a sentence."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from enrollment import admissions, custody, papers
from enrollment.evidence import CheckedFile
from enrollment.models import Document, EvidenceEvent
from enrollment.workflow import MoveRefused
from tests import factories
from tests.enrollment import files

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 3)
PDF = CheckedFile("licence.pdf", "application/pdf", b"%PDF-1.7 licence", pages=2)


def course():
    found = factories.CourseFactory()
    factories.EvidenceRequirementFactory(course=found, kind="licence", label=f"Licence for {found.title}")
    factories.EvidenceRequirementFactory(course=found, kind="photo-id", label="Photo identity")
    return found


@pytest.fixture
def person():
    return factories.UserFactory(full_name="Somchai Prasert")


def applied(person, **fields):
    return factories.ApplicationFactory(
        applicant=person, intake=factories.IntakeFactory(course=course()), **fields
    )


def attach(application, file=PDF, kind="licence"):
    return custody.attach_document(
        application=application, by=application.applicant, kind=kind, label="Licence", file=file
    )


@pytest.fixture
def earlier(person):
    """Declined in the end; its licence had been accepted."""
    application = applied(person)
    reviewer = factories.StaffFactory(rights=["review_application"])
    custody.assess_document(
        document=attach(application), by=reviewer, accepted=True, valid_until=date(2099, 12, 31)
    )
    type(application).objects.filter(pk=application.pk).update(status="declined")
    application.refresh_from_db()
    return application


@pytest.fixture
def licence(earlier):
    return earlier.documents.get()


@pytest.fixture
def draft(person, earlier):
    return applied(person)


def use(application, source, by=None):
    return papers.use_again(application=application, by=by or application.applicant, source=source)


def offered(application, kinds=("licence", "photo-id")):
    return papers.offered(application, kinds, on=TODAY)


def why_not(application, source, by=None):
    before = Document.objects.count(), EvidenceEvent.objects.count()
    with pytest.raises(MoveRefused) as refused:
        use(application, source, by)
    assert (Document.objects.count(), EvidenceEvent.objects.count()) == before
    return str(refused.value)


def test_the_copy_is_a_document_of_its_own_that_nobody_has_judged(draft, licence):
    copy = use(draft, licence)

    assert copy.file.name != licence.file.name and copy.file.read() == PDF.content
    same = ("sha256", "original_name", "content_type", "size", "pages", "scan", "valid_until")
    assert [getattr(copy, name) for name in same] == [getattr(licence, name) for name in same]
    assert (copy.application, copy.status, copy.assessed_by, copy.assessed_at) == (
        *(draft, "uploaded"),
        *(None, None),
    )
    assert copy.label == f"Licence for {draft.intake.course.title}"


def test_both_applications_know_of_it(draft, earlier, licence):
    use(draft, licence)
    taken = earlier.evidence_history.get(act="taken")
    assert (taken.document, taken.actor, taken.note) == (
        *(licence, draft.applicant),
        f"Used again in {draft.reference}",
    )
    came = draft.evidence_history.get()
    assert (came.act, came.note) == ("uploaded", f"Used again from {earlier.reference}")


def test_two_presses_are_one_document(draft, licence):
    assert {use(draft, licence).pk for _press in range(3)} == {draft.documents.get().pk}
    assert EvidenceEvent.objects.filter(act="taken").count() == 1


def test_the_end_of_one_file_leaves_the_other(draft, licence, django_capture_on_commit_callbacks):
    copy = use(draft, licence)
    with django_capture_on_commit_callbacks(execute=True):
        custody.purge(
            licence, EvidenceEvent.Act.PURGED, by=draft.applicant, at=datetime(2026, 3, 4, tzinfo=UTC)
        )
    copy.refresh_from_db()
    with copy.file.open() as stored:
        assert stored.read() == PDF.content


def test_what_is_good_is_offered_for_its_slot(draft, licence):
    assert offered(draft) == {"licence": [licence], "photo-id": []}
    use(draft, licence)
    assert offered(draft) == {"licence": [], "photo-id": []}


def test_pages_of_the_latest_application_are_offered_in_order_and_each_once(person, draft, earlier, licence):
    later = applied(person)
    first = attach(later, CheckedFile("page 1.jpg", "image/jpeg", b"one"))
    second = attach(later, CheckedFile("page 2.jpg", "image/jpeg", b"two"))
    assert offered(draft)["licence"] == [first, second]
    use(draft, first)
    assert offered(draft)["licence"] == [second]


def test_a_slot_with_something_new_in_it_is_left_alone(draft, licence):
    attach(draft, CheckedFile("new.pdf", "application/pdf", b"%PDF-1.7 new"))
    assert offered(draft)["licence"] == []


SPOILT = [
    ({"status": "rejected", "reason": "Page two is missing."}, "not accepted before: Page two is missing."),
    ({"valid_until": date(2020, 1, 31)}, "“licence.pdf” was valid until 31 January 2020."),
    ({"scan": "waiting"}, "waits for the virus scanner"),
    ({"purged_at": datetime(2026, 3, 1, tzinfo=UTC), "file": ""}, "has been deleted"),
    (
        {
            "purged_at": datetime(2026, 3, 1, tzinfo=UTC),
            "file": "",
            "scan": "infected",
            "status": "rejected",
            "reason": "It carried a virus.",
        },
        "has been deleted",
    ),
]


@pytest.mark.parametrize(("fields", "words"), SPOILT)
def test_what_is_not_good_any_more_is_neither_offered_nor_taken(draft, licence, fields, words):
    Document.objects.filter(pk=licence.pk).update(**fields)
    assert offered(draft)["licence"] == []
    assert words in why_not(draft, licence)


@pytest.mark.parametrize(("fields", "words"), SPOILT[:2])
def test_a_file_that_was_turned_down_elsewhere_does_not_come_back_through_a_copy(
    person, draft, licence, fields, words
):
    copy = use(applied(person), licence)
    Document.objects.filter(pk=licence.pk).update(**fields)
    assert offered(draft)["licence"] == []
    assert words in why_not(draft, copy)


def test_a_paper_of_somebody_else_is_refused(draft, licence):
    stranger = applied(factories.UserFactory())
    assert offered(stranger)["licence"] == []
    assert why_not(stranger, licence) == "You may not see this document."
    assert why_not(draft, licence, by=stranger.applicant) == "Only the applicant can change this application."


def test_a_file_that_was_lost_or_changed_is_refused(draft, licence):
    licence.file.storage.delete(licence.file.name)
    assert "We cannot read “licence.pdf” any more" in why_not(draft, licence)


def test_a_slot_that_is_closed_full_or_not_asked_for_is_refused(draft, licence):
    factories.DocumentFactory.create_batch(10, application=draft, kind="licence")
    assert "A slot holds up to 10 files" in why_not(draft, licence)
    draft.documents.all().delete()
    draft.intake.course.evidence_requirements.filter(kind="licence").delete()
    assert "does not ask you for that document" in why_not(draft, licence)
    type(draft).objects.filter(pk=draft.pk).update(status="in_review")
    assert "stay as they are" in why_not(draft, licence)


# On the page


@pytest.fixture
def owner(client, person):
    client.force_login(person)
    return client


def evidence(application):
    return reverse("enrollment:evidence", args=[application.reference])


def test_the_slot_offers_the_paper_with_one_button(owner, draft, earlier, licence):
    words = owner.get(evidence(draft)).content.decode()
    day = f"{timezone.localdate(licence.uploaded_at):%-d %B %Y}"
    assert f'name="again" value="{licence.pk}"' in words
    assert f'Use licence.pdf, sent {day} with <span class="nw">{earlier.reference}</span>' in words

    for _press in range(2):
        answer = owner.post(evidence(draft), {"again": licence.pk, "from": "check"})
        assert answer.url == f"{evidence(draft)}?from=check#slot-licence"
    words = owner.get(evidence(draft)).content.decode()
    assert "“licence.pdf” is used again." in words and "Use licence.pdf" not in words
    assert draft.documents.get().original_name == "licence.pdf"


def test_files_chosen_beside_it_are_kept_as_well(owner, draft, licence):
    owner.post(evidence(draft), {"again": licence.pk, "photo-id": files.upload(files.pdf(), "id.pdf")})
    assert sorted(draft.documents.values_list("original_name", flat=True)) == ["id.pdf", "licence.pdf"]


def test_a_script_gets_the_slot_alone(owner, draft, licence):
    answer = owner.post(evidence(draft), {"again": licence.pk, "part": "licence"})
    words = answer.content.decode()
    assert words.startswith('<div class="field slot"') and "is used again" in words


def test_an_old_page_is_told_why_not(owner, draft, licence):
    Document.objects.filter(pk=licence.pk).update(purged_at=datetime(2026, 3, 1, tzinfo=UTC), file="")
    words = owner.post(evidence(draft), {"again": licence.pk}).content.decode()
    assert 'href="#id_licence"' in words and "has been deleted" in words


@pytest.mark.parametrize("named", ["0", "-1", "x", "9" * 18, "9" * 400, "\0", "٣", "1.5"])
def test_a_paper_that_is_not_there_is_not_found(owner, draft, named):
    assert owner.post(evidence(draft), {"again": named}).status_code == 404


def test_papers_of_others_and_of_this_application_are_not_found(owner, draft):
    foreign, own = attach(applied(factories.UserFactory())), attach(draft)
    for document in (foreign, own):
        assert owner.post(evidence(draft), {"again": document.pk}).status_code == 404


def test_only_the_slots_that_a_request_opens_offer_papers(owner, draft, licence):
    type(draft).objects.filter(pk=draft.pk).update(status="in_review")
    draft.refresh_from_db()
    reviewer = factories.StaffFactory(rights=["review_application"])
    admissions.request_information(
        application=draft, by=reviewer, note="Your passport, please.", documents=["photo-id"]
    )
    words = owner.get(evidence(draft)).content.decode()
    assert 'id="slot-photo-id"' in words and 'name="again"' not in words
    answer = owner.post(evidence(draft), {"again": licence.pk})
    assert "This document stays as you sent it" in answer.content.decode()
    assert not draft.documents.exists()


def test_looking_at_an_earlier_paper_leads_back_to_where_it_may_be_used(owner, draft, earlier, licence):
    look = reverse("enrollment:preview", args=[earlier.reference, licence.pk])
    assert f"{look}?for={draft.reference}" in owner.get(evidence(draft)).content.decode()
    words = owner.get(look, {"for": draft.reference}).content.decode()
    assert f'href="{evidence(draft)}"' in words and f"with {earlier.reference}. Check" in words
    for nonsense in ("", "x" * 500, "AP-0000-0000", earlier.reference):
        words = owner.get(look, {"for": nonsense}).content.decode()
        assert "Back to the documents" not in words
