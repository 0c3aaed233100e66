"""Documents of which several people think at once: whoever came first is right, nobody meets a fault, nothing is doubled."""

from functools import partial

from enrollment import admissions, custody, papers
from enrollment.evidence import CheckedFile
from enrollment.models import Document
from enrollment.workflow import MoveRefused
from tests import factories

from .crowd import at_once

ROUNDS = 12


def race():
    """What judging, removing and looking came to, and whether the document is still there."""
    document = factories.DocumentFactory(application__status="info_requested")
    reviewer = factories.StaffFactory(rights=["review_application"])
    judged, removed, seen = at_once(
        [
            lambda: admissions.assess_document(document=document, by=reviewer, accepted=True),
            lambda: admissions.remove_document(document=document, by=document.application.applicant),
            lambda: admissions.view_document(document=document, by=reviewer),
        ]
    )
    return judged, removed, seen, Document.objects.filter(pk=document.pk).exists()


def test_an_accepted_document_is_never_removed_at_the_same_instant():
    for judged, removed, seen, is_there in (race() for _round in range(ROUNDS)):
        faults = [answer for answer in (judged, removed, seen) if isinstance(answer, Exception)]
        assert [fault for fault in faults if not isinstance(fault, MoveRefused)] == []
        assert is_there == isinstance(judged, Document) == isinstance(removed, MoveRefused)


def test_a_paper_used_again_eight_times_at_once_is_one_document():
    person = factories.UserFactory()
    course = factories.CourseFactory()
    factories.EvidenceRequirementFactory(course=course, kind="licence", label="Licence")
    earlier, draft = (
        factories.ApplicationFactory(applicant=person, intake=factories.IntakeFactory(course=course))
        for _number in range(2)
    )
    paper = CheckedFile("licence.pdf", "application/pdf", b"%PDF-1.7 licence")
    source = custody.attach_document(
        application=earlier, by=person, kind="licence", label="Licence", file=paper
    )
    copies = at_once(
        [partial(papers.use_again, application=draft, by=person, source=source) for _press in range(8)]
    )
    assert {copy.pk for copy in copies} == {draft.documents.get().pk}
    assert list(draft.evidence_history.values_list("act", flat=True)) == ["uploaded"]
