"""The virus scanner over a real socket: clean, infected, away, and back again with nothing lost."""

import pytest
from django.urls import reverse

from enrollment import custody, evidence, schedule
from enrollment.evidence import clamav, scanning
from enrollment.models import Document, EvidenceEvent
from enrollment.workflow import MoveRefused
from tests import factories
from tests.enrollment import files
from tests.enrollment.scanners import VIRUS, clamd, nobody_there

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    draft = factories.ApplicationFactory()
    factories.EvidenceRequirementFactory(course=draft.intake.course, kind="photo-id", label="Photo identity")
    return draft


def infected_pdf() -> bytes:
    """A PDF that nothing but a scanner objects to."""
    return files.pdf().replace(b"%PDF-1.3\n", b"%PDF-1.3\n%" + VIRUS + b"\n", 1)


def attach(draft, content):
    file = evidence.check(files.upload(content, "a.pdf"))
    return custody.attach_document(
        application=draft, by=draft.applicant, kind="photo-id", label="Photo identity", file=file
    )


def name_of(document) -> str:
    return Document.objects.get(pk=document.pk).scan


def test_without_a_scanner_files_are_taken_unscanned(draft):
    assert name_of(attach(draft, files.pdf())) == "none"
    assert custody.scan_waiting() == 0


@pytest.mark.parametrize("kind", ["tcp", "unix"])
def test_a_clean_file_is_scanned_whole(draft, settings, tmp_path, kind):
    with clamd(settings, path=tmp_path / "clamd.ctl" if kind == "unix" else None) as server:
        document = attach(draft, files.pdf(3))

    assert name_of(document) == "clean"
    assert (server.commands, server.scanned) == ([b"zINSTREAM\0"], [files.pdf(3)])


def test_a_file_longer_than_a_chunk_arrives_whole(settings):
    content = bytes(range(256)) * 600
    with clamd(settings) as server:
        assert clamav.scan(content) == ""
    assert server.scanned == [content]


def test_an_infected_file_is_refused_by_name(settings):
    with clamd(settings), pytest.raises(evidence.EvidenceRefused) as refused:
        evidence.check(files.upload(infected_pdf(), "a.pdf"))
    assert "the virus scanner found “Eicar-Test-Signature” in this file" in str(refused.value)


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: what?\0", b"\xff\xfe"]
)
def test_an_answer_that_is_no_verdict_counts_as_none(settings, answer):
    with clamd(settings, answer=answer or b"\0"), pytest.raises(scanning.ScannerDown):
        clamav.scan(files.pdf())


def test_a_scanner_that_is_away_costs_nobody_a_file(client, draft, settings, tmp_path):
    nobody_there(settings, tmp_path / "nowhere.ctl")
    document = attach(draft, files.pdf())
    client.force_login(draft.applicant)

    page = client.get(reverse("enrollment:evidence", args=[draft.reference])).content.decode()

    assert name_of(document) == "waiting"
    assert "It waits for the virus scanner, which did not answer" in page
    for by in (draft.applicant, factories.StaffFactory(rights=["review_application"])):
        with pytest.raises(MoveRefused, match="waits for the virus scanner"):
            custody.view_document(document=document, by=by)
    with pytest.raises(MoveRefused, match="waits for the virus scanner"):
        custody.assess_document(
            document=document, by=factories.StaffFactory(rights=["review_application"]), accepted=True
        )
    assert schedule.scan_evidence.func() == 0
    assert name_of(document) == "waiting"

    with clamd(settings):
        assert schedule.scan_evidence.func() == 1

    assert name_of(document) == "clean"
    assert custody.view_document(document=document, by=draft.applicant)


def test_what_came_before_there_was_a_scanner_is_scanned_too(draft, settings):
    document = attach(draft, files.pdf())
    with clamd(settings):
        assert custody.scan_waiting() == 1
    assert name_of(document) == "clean"


def test_a_virus_found_later_deletes_the_file_and_tells_its_owner(
    draft, settings, tmp_path, django_capture_on_commit_callbacks
):
    nobody_there(settings, tmp_path / "nowhere.ctl")
    document = attach(draft, infected_pdf())
    storage, name = document.file.storage, document.file.name

    with clamd(settings), django_capture_on_commit_callbacks(execute=True):
        assert custody.scan_waiting() == 1

    assert not storage.exists(name)
    document.refresh_from_db()
    assert (document.scan, document.status, document.file.name) == ("infected", "rejected", "")
    assert "carried a virus" in document.reason
    last = EvidenceEvent.objects.last()
    assert (last.act, last.note, last.actor) == ("infected", "Eicar-Test-Signature", None)


def test_any_function_can_be_the_scanner(draft, settings):
    settings.EVIDENCE_SCANNER = "tests.enrollment.test_scanning.suspicious"
    with pytest.raises(evidence.EvidenceRefused, match="found “Everything”"):
        evidence.check(files.upload(files.pdf(), "a.pdf"))


def suspicious(content: bytes) -> str:
    return "Everything"
