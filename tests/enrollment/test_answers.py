"""Answers, declarations and documents: saved by their owner only, never over somebody's newer words."""

from datetime import UTC, date, datetime

import pytest

from enrollment import admissions
from enrollment.answers import MOST_DOCUMENTS
from enrollment.evidence import CheckedFile
from enrollment.models import Application, Document, DocumentView
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


def save(application, values, section="about", by=None, version=None):
    return admissions.save_section(
        application=application,
        by=by or application.applicant,
        section=section,
        values=values,
        version=version,
    )


# Answers


def test_saving_a_section_keeps_its_answers_and_counts_up():
    application = ApplicationFactory()
    save(application, {"city": "Penang", "birth_date": date(1990, 5, 17)}, version=1)
    application.refresh_from_db()
    assert (application.city, application.birth_date, application.version) == ("Penang", date(1990, 5, 17), 2)


def test_a_section_takes_its_own_fields_only():
    application = ApplicationFactory()
    save(application, {"city": "Penang", "status": "enrolled", "motivation": "Mine", "version": 99})
    application.refresh_from_db()
    assert (application.city, application.status, application.motivation, application.version) == (
        "Penang",
        "draft",
        "",
        2,
    )


def test_stale_answers_are_refused_with_what_stands_there():
    application = ApplicationFactory(city="Penang")
    save(application, {"city": "Ipoh"}, version=1)
    with pytest.raises(admissions.StaleAnswers) as stale:
        save(application, {"city": "Kuching"}, version=1)
    assert (stale.value.present["city"], stale.value.version) == ("Ipoh", 2)
    assert Application.objects.get().city == "Ipoh"


def test_the_same_form_sent_again_changes_nothing():
    application = ApplicationFactory()
    for _time in range(5):
        save(application, {"city": "Penang"}, version=1)
    assert Application.objects.get().version == 2


@pytest.mark.parametrize("status", ["draft", "info_requested"])
def test_answers_can_be_changed_while_open(status):
    application = ApplicationFactory(status=status)
    save(application, {"city": "Penang"})
    assert Application.objects.get().city == "Penang"


def test_answers_stay_as_they_were_sent():
    closed = set()
    for status in Application.Status.values:
        application = ApplicationFactory(status=status)
        try:
            save(application, {"city": "Penang"})
        except MoveRefused as refused:
            assert "so its answers stay as they are" in str(refused)
            closed.add(status)
    assert closed == set(Application.Status.values) - {"draft", "info_requested"}


def test_nobody_else_changes_answers_not_even_staff():
    application = ApplicationFactory()
    for by in (UserFactory(), StaffFactory(is_superuser=True)):
        with pytest.raises(MoveRefused, match="Only the applicant"):
            save(application, {"city": "Penang"}, by=by)
    assert Application.objects.get().city == ""


# Declarations


def test_declarations_are_kept_in_the_words_shown():
    application = ApplicationFactory()
    admissions.agree(
        application=application, by=application.applicant, declarations={"accurate": "It is true."}, at=AT
    )
    assert list(application.declarations.values_list("key", "text", "agreed_at")) == [
        ("accurate", "It is true.", AT)
    ]


def test_what_is_no_longer_declared_is_gone_and_the_rest_keeps_its_time():
    application = ApplicationFactory()
    for day, declared in [
        (1, {"accurate": "It is true.", "scope": "No licence."}),
        (2, {"accurate": "It is true."}),
    ]:
        admissions.agree(
            application=application,
            by=application.applicant,
            declarations=declared,
            at=datetime(2026, 3, day, tzinfo=UTC),
        )
    kept = list(application.declarations.values_list("key", "agreed_at"))
    assert kept == [("accurate", datetime(2026, 3, 1, tzinfo=UTC))]


def test_new_words_are_declared_anew():
    application = ApplicationFactory()
    for day, words in [(1, "It is true."), (2, "It is true and complete.")]:
        admissions.agree(
            application=application,
            by=application.applicant,
            declarations={"accurate": words},
            at=datetime(2026, 3, day, tzinfo=UTC),
        )
    kept = list(application.declarations.values_list("text", "agreed_at"))
    assert kept == [("It is true and complete.", datetime(2026, 3, 2, tzinfo=UTC))]


# Documents


@pytest.fixture
def application():
    """A draft for a course that asks for photo identity."""
    application = ApplicationFactory()
    EvidenceRequirementFactory(course=application.intake.course, kind="photo-id", label="Photo identity")
    return application


def attach(application, file=PASSPORT, kind="photo-id", by=None):
    return admissions.attach_document(
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
        admissions.remove_document(document=document, by=application.applicant)
        assert store.exists(name)
    assert not store.exists(name)
    assert not Document.objects.exists()


def test_removing_twice_is_no_fault(application):
    document = attach(application)
    admissions.remove_document(document=Document.objects.get(), by=application.applicant)
    admissions.remove_document(document=document, by=application.applicant)


def test_accepted_evidence_stays(application):
    document = DocumentFactory(application=application, status="accepted")
    with pytest.raises(MoveRefused, match="checked and accepted"):
        admissions.remove_document(document=document, by=application.applicant)
    assert Document.objects.exists()


@pytest.mark.parametrize("status", ["submitted", "enrolled"])
def test_evidence_is_closed_with_the_application(application, status):
    closed = ApplicationFactory(status=status, intake=application.intake)
    document = DocumentFactory(application=closed)
    with pytest.raises(MoveRefused):
        attach(closed)
    with pytest.raises(MoveRefused):
        admissions.remove_document(document=document, by=closed.applicant)
    assert list(closed.documents.all()) == [document]


def test_nobody_else_touches_evidence(application):
    document = attach(application)
    with pytest.raises(MoveRefused):
        attach(application, by=UserFactory())
    with pytest.raises(MoveRefused):
        admissions.remove_document(document=document, by=UserFactory())
    assert list(application.documents.all()) == [document]


def test_a_document_is_accepted_or_rejected_with_a_reason(application):
    document, reviewer = attach(application), StaffFactory(rights=["review_application"])
    admissions.assess_document(document=document, by=reviewer, accepted=False, reason=" Page 2 is missing. ")
    assert Document.objects.values_list("status", "reason").get() == ("rejected", "Page 2 is missing.")
    admissions.assess_document(document=document, by=reviewer, accepted=True, reason="ignored")
    assert Document.objects.values_list("status", "reason").get() == ("accepted", "")


def test_a_rejection_says_why(application):
    document, reviewer = attach(application), StaffFactory(rights=["review_application"])
    with pytest.raises(MoveRefused, match="Say what is wrong"):
        admissions.assess_document(document=document, by=reviewer, accepted=False, reason=" ")
    assert Document.objects.get().status == "uploaded"


def test_what_its_owner_has_removed_is_neither_judged_nor_shown(application):
    document, reviewer = attach(application), StaffFactory(rights=["review_application"])
    admissions.remove_document(document=Document.objects.get(), by=application.applicant)
    with pytest.raises(MoveRefused, match="has removed this document"):
        admissions.assess_document(document=document, by=reviewer, accepted=True)
    with pytest.raises(MoveRefused, match="has removed this document"):
        admissions.view_document(document=document, by=reviewer)


def test_only_reviewers_of_others_judge_evidence(application):
    document = attach(application)
    application.applicant.is_staff = application.applicant.is_superuser = True
    application.applicant.save()
    for by in (application.applicant, UserFactory(), StaffFactory(rights=["countersign_logbookentry"])):
        with pytest.raises(MoveRefused):
            admissions.assess_document(document=document, by=by, accepted=True)
    assert Document.objects.get().status == "uploaded"


def test_every_look_at_evidence_is_on_record(application):
    document, reviewer = attach(application), StaffFactory(rights=["review_application"])
    for by in (application.applicant, reviewer, reviewer):
        admissions.view_document(document=document, by=by)
    assert sorted(DocumentView.objects.values_list("viewer", flat=True)) == sorted(
        [application.applicant.pk, reviewer.pk, reviewer.pk]
    )


def test_evidence_is_not_for_strangers_or_other_staff(application):
    document = attach(application)
    for by in (UserFactory(), StaffFactory(rights=["change_course", "issue_certificate"])):
        with pytest.raises(MoveRefused, match="You may not see this document."):
            admissions.view_document(document=document, by=by)
    assert not DocumentView.objects.exists()
