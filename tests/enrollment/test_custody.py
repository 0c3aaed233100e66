"""Evidence in our hands: taken, replaced and given back by its owner only, judged by others, each look on record."""

from datetime import UTC, date, datetime

import pytest

from enrollment import custody
from enrollment.completeness import unfilled_slots
from enrollment.custody import MOST_DOCUMENTS
from enrollment.evidence import CheckedFile
from enrollment.models import Document, EvidenceEvent
from enrollment.workflow import MoveRefused
from tests.factories import (
    ApplicationFactory,
    DocumentFactory,
    EvidenceRequirementFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PASSPORT = CheckedFile("passport.pdf", "application/pdf", b"%PDF-1.7 passport")


@pytest.fixture
def application():
    """A draft for a course that asks for photo identity."""
    application = ApplicationFactory()
    EvidenceRequirementFactory(course=application.intake.course, kind="photo-id", label="Photo identity")
    return application


def attach(application, file=PASSPORT, kind="photo-id", by=None):
    return custody.attach_document(
        application=application, by=by or application.applicant, kind=kind, label="Photo identity", file=file
    )


def test_a_document_is_kept_as_it_was_checked(application):
    document = attach(application)
    with document.file.open() as stored:
        assert stored.read() == PASSPORT.content
    assert (document.original_name, document.content_type, document.size, document.sha256) == (
        "passport.pdf",
        "application/pdf",
        len(PASSPORT.content),
        PASSPORT.sha256,
    )
    assert "passport" not in document.file.name


def test_the_same_file_sent_again_is_one_document(application):
    assert {attach(application).pk for _time in range(5)} == {Document.objects.get().pk}


def test_a_slot_that_the_course_does_not_have_is_refused(application):
    with pytest.raises(MoveRefused, match="does not ask you for that document"):
        attach(application, kind="tax-return")


def test_documents_are_limited_in_number(application):
    for _number in range(MOST_DOCUMENTS):
        DocumentFactory(application=application)
    with pytest.raises(MoveRefused, match=f"holds up to {MOST_DOCUMENTS} files"):
        attach(application)


def test_a_removed_document_takes_its_file_along(application, django_capture_on_commit_callbacks):
    document = attach(application)
    store, name = document.file.storage, document.file.name
    with django_capture_on_commit_callbacks(execute=True):
        custody.remove_document(document=document, by=application.applicant)
        assert store.exists(name)
    assert not store.exists(name)
    assert not Document.objects.exists()


def test_removing_twice_is_no_fault(application):
    document = attach(application)
    custody.remove_document(document=Document.objects.get(), by=application.applicant)
    custody.remove_document(document=document, by=application.applicant)


def test_accepted_evidence_stays(application):
    document = DocumentFactory(application=application, status="accepted")
    with pytest.raises(MoveRefused, match="checked and accepted"):
        custody.remove_document(document=document, by=application.applicant)
    assert Document.objects.exists()


@pytest.mark.parametrize("status", ["submitted", "enrolled"])
def test_evidence_is_closed_with_the_application(application, status):
    closed = ApplicationFactory(status=status, intake=application.intake)
    document = DocumentFactory(application=closed)
    with pytest.raises(MoveRefused):
        attach(closed)
    with pytest.raises(MoveRefused):
        custody.remove_document(document=document, by=closed.applicant)
    assert list(closed.documents.all()) == [document]


def test_nobody_else_touches_evidence(application):
    document = attach(application)
    with pytest.raises(MoveRefused):
        attach(application, by=UserFactory())
    with pytest.raises(MoveRefused):
        custody.remove_document(document=document, by=UserFactory())
    assert list(application.documents.all()) == [document]


def test_a_document_is_accepted_or_rejected_with_a_reason(application):
    document, reviewer = attach(application), StaffFactory(rights=["review_application"])
    custody.assess_document(document=document, by=reviewer, accepted=False, reason=" Page 2 is missing. ")
    assert Document.objects.values_list("status", "reason").get() == ("rejected", "Page 2 is missing.")
    custody.assess_document(document=document, by=reviewer, accepted=True, reason="ignored")
    assert Document.objects.values_list("status", "reason").get() == ("accepted", "")


def test_a_rejection_says_why(application):
    document, reviewer = attach(application), StaffFactory(rights=["review_application"])
    with pytest.raises(MoveRefused, match="Say what is wrong"):
        custody.assess_document(document=document, by=reviewer, accepted=False, reason=" ")
    assert Document.objects.get().status == "uploaded"


def test_what_its_owner_has_removed_is_neither_judged_nor_shown(application):
    document, reviewer = attach(application), StaffFactory(rights=["review_application"])
    custody.remove_document(document=Document.objects.get(), by=application.applicant)
    with pytest.raises(MoveRefused, match="has removed this document"):
        custody.assess_document(document=document, by=reviewer, accepted=True)
    with pytest.raises(MoveRefused, match="has removed this document"):
        custody.view_document(document=document, by=reviewer)


def test_only_reviewers_of_others_judge_evidence(application):
    document = attach(application)
    application.applicant.is_staff = application.applicant.is_superuser = True
    application.applicant.save()
    for by in (application.applicant, UserFactory(), StaffFactory(rights=["countersign_logbookentry"])):
        with pytest.raises(MoveRefused):
            custody.assess_document(document=document, by=by, accepted=True)
    assert Document.objects.get().status == "uploaded"


def test_every_look_at_evidence_is_on_record(application):
    document, reviewer = attach(application), StaffFactory(rights=["review_application"])
    for by in (application.applicant, reviewer, reviewer):
        custody.view_document(document=document, by=by)
    looks = EvidenceEvent.objects.sightings().values_list("actor", flat=True)
    assert sorted(looks) == sorted([application.applicant.pk, reviewer.pk, reviewer.pk])


def test_evidence_is_not_for_strangers_or_other_staff(application):
    document = attach(application)
    for by in (UserFactory(), StaffFactory(rights=["change_course", "issue_certificate"])):
        with pytest.raises(MoveRefused, match="You may not see this document."):
            custody.view_document(document=document, by=by)
    assert not EvidenceEvent.objects.sightings().exists()


def test_a_replacement_takes_the_place_of_what_was_there(application, django_capture_on_commit_callbacks):
    old = attach(application)
    storage, name = old.file.storage, old.file.name
    with django_capture_on_commit_callbacks(execute=True):
        new = custody.attach_document(
            application=application,
            by=application.applicant,
            kind="photo-id",
            label="Photo identity",
            file=CheckedFile("new.pdf", "application/pdf", b"%PDF-1.7 new", pages=3),
            replaces=old,
        )
    assert list(application.documents.values_list("pk", "pages")) == [(new.pk, 3)]
    assert not storage.exists(name)
    assert list(EvidenceEvent.objects.values_list("act", flat=True)) == ["uploaded", "replaced", "uploaded"]


def test_a_full_application_can_still_have_a_file_replaced(application):
    old, *_rest = DocumentFactory.create_batch(MOST_DOCUMENTS, application=application)
    custody.attach_document(
        application=application,
        by=application.applicant,
        kind="photo-id",
        label="Photo identity",
        file=PASSPORT,
        replaces=old,
    )
    assert application.documents.count() == MOST_DOCUMENTS


def test_what_has_run_out_no_longer_fills_its_slot(application):
    document, reviewer = attach(application), StaffFactory(rights=["review_application"])
    custody.assess_document(
        document=document, by=reviewer, accepted=True, valid_until=date(2020, 1, 1), at=AT
    )
    document.refresh_from_db()
    assert (document.assessed_by, document.assessed_at, document.valid_until) == (
        reviewer,
        AT,
        date(2020, 1, 1),
    )
    assert [slot.kind for slot in unfilled_slots(application)] == ["photo-id"]
    custody.remove_document(document=document, by=application.applicant)
    assert not application.documents.exists()


def test_each_act_is_on_the_record_that_outlives_the_document(application):
    document, reviewer = attach(application), StaffFactory(rights=["review_application"])
    custody.assess_document(document=document, by=reviewer, accepted=False, reason="Blurred.", at=AT)
    custody.view_document(document=document, by=reviewer, page=2, at=AT)
    custody.remove_document(document=document, by=application.applicant)

    told = EvidenceEvent.objects.order_by("pk").values_list("act", "actor", "page", "note", "document")
    assert list(told) == [
        ("uploaded", application.applicant_id, None, "", None),
        ("rejected", reviewer.pk, None, "Blurred.", None),
        ("seen", reviewer.pk, 2, "", None),
        ("removed", application.applicant_id, None, "", None),
    ]


def test_a_deleted_document_is_not_judged(application):
    document, reviewer = attach(application), StaffFactory(rights=["review_application"])
    Document.objects.update(purged_at=AT, file="")
    with pytest.raises(MoveRefused, match="has been deleted"):
        custody.assess_document(document=document, by=reviewer, accepted=True)
