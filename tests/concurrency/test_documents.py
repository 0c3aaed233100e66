"""A reviewer judges and reads a document while its owner removes it: whoever came first is right, and nobody meets a fault."""

from enrollment import admissions
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
