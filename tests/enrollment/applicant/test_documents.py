"""The page of slots and each document on screen: sent, replaced, removed, shown as pages, opened under strict headers."""

import re
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.db.models import Model
from django.urls import reverse
from PIL import Image

from enrollment import admissions, custody, evidence
from enrollment.evidence import pages
from enrollment.models import Document, EvidenceEvent
from tests import factories
from tests.enrollment import files

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def draft(applicant):
    intake = factories.IntakeFactory()
    factories.EvidenceRequirementFactory(course=intake.course, kind="photo-id", label="Photo identity")
    return admissions.start_application(applicant=applicant, intake=intake)


def stored():
    storage = Document._meta.get_field("file").storage
    return [path for path in Path(storage.location).rglob("*") if path.is_file()]


def address(name, application, *rest):
    return reverse(f"enrollment:{name}", args=[application.reference, *rest])


def page(response):
    return response.content.decode()


def send(client, application, *uploads, slot="photo-id", **more):
    return client.post(address("evidence", application), {slot: list(uploads), **more}, follow=True)


def test_a_document_is_stored_under_a_name_that_says_nothing(signed_in, draft):
    response = send(signed_in, draft, files.upload(files.pdf(), "passport of somchai.pdf"))

    document = draft.documents.get()
    assert document.original_name == "passport of somchai.pdf"
    assert "somchai" not in document.file.name
    assert (document.content_type, document.size) == ("application/pdf", len(files.pdf()))
    assert "One file received." in page(response)


def test_several_pages_fit_in_one_slot(signed_in, draft):
    response = send(
        signed_in, draft, files.upload(files.picture(), "page 1.jpg"), files.upload(files.pdf(), "page 2.pdf")
    )

    assert sorted(draft.documents.values_list("original_name", flat=True)) == ["page 1.jpg", "page 2.pdf"]
    assert "2 files received." in page(response)


def test_a_wrong_file_is_named_and_the_good_one_stays(signed_in, draft):
    response = send(
        signed_in,
        draft,
        files.upload(files.script_pdf(), "scripted.pdf"),
        files.upload(files.picture(), "good.jpg"),
        files.upload(b"", "nothing.pdf"),
    )

    words = page(response)
    assert list(draft.documents.values_list("original_name", flat=True)) == ["good.jpg"]
    assert words.count("“scripted.pdf”: ") == words.count("“nothing.pdf”: ") == 2
    assert "good.jpg" in words
    assert "<title>Error:" in words
    assert 'href="#id_photo-id"' in words


def test_the_same_file_twice_is_kept_once_and_said_kindly(signed_in, draft):
    send(signed_in, draft, files.upload(files.pdf(), "a.pdf"))
    response = send(signed_in, draft, files.upload(files.pdf(), "b.pdf"))

    assert draft.documents.count() == 1
    assert "“b.pdf” is here already, so we kept one copy." in page(response)


def test_a_slot_holds_ten_files(signed_in, draft):
    factories.DocumentFactory.create_batch(9, application=draft)
    response = send(
        signed_in, draft, files.upload(files.pdf(), "tenth.pdf"), files.upload(files.pdf(2), "eleventh.pdf")
    )

    assert draft.documents.count() == 10
    assert "Not taken: eleventh.pdf" in page(response)


def test_a_file_for_a_slot_that_nobody_asked_for_is_left(signed_in, draft):
    send(signed_in, draft, files.upload(files.pdf()), slot="love-letter")
    assert draft.documents.count() == 0


def test_a_document_can_be_removed_and_its_file_goes_too(
    signed_in, draft, django_capture_on_commit_callbacks
):
    document = factories.DocumentFactory(application=draft)
    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in.post(address("remove_document", draft, document.pk), follow=True)

    assert draft.documents.count() == 0
    assert not document.file.storage.exists(document.file.name)
    assert "“passport.pdf” has been removed." in page(response)
    assert signed_in.post(address("remove_document", draft, document.pk)).status_code == 404


def test_the_owner_gets_the_file_in_a_sandbox_and_the_view_is_on_record(signed_in, draft):
    document = factories.DocumentFactory(application=draft)

    response = signed_in.get(address("document", draft, document.pk))

    assert b"".join(response.streaming_content) == b"%PDF-1.7 passport"
    assert {name: response[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")} == {
        "Content-Type": "application/pdf",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    assert response["Content-Disposition"] == 'attachment; filename="passport.pdf"'
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    looks = EvidenceEvent.objects.values_list("document", "actor", "act", "page")
    assert list(looks) == [(document.pk, draft.applicant_id, "taken", None)]


def test_a_picture_is_shown_and_a_name_in_any_script_survives(signed_in, draft):
    document = factories.DocumentFactory(
        application=draft, content_type="image/jpeg", original_name='บัตร"\r\n.jpg'
    )
    response = signed_in.get(address("document", draft, document.pk))
    assert response["Content-Disposition"].startswith("inline; filename*=utf-8''")


def test_a_lost_file_is_not_found(signed_in, draft):
    document = factories.DocumentFactory(application=draft)
    document.file.storage.delete(document.file.name)
    assert signed_in.get(address("document", draft, document.pk)).status_code == 404
    assert EvidenceEvent.objects.count() == 0


def test_a_record_that_is_rolled_back_leaves_no_file_behind(draft, monkeypatch):
    file = evidence.check(files.upload(files.pdf(3), "a.pdf"))
    before, written = stored(), []

    def save_and_fail(document, **kwargs):
        Model.save(document, **kwargs)
        written.extend(set(stored()) - set(before))
        raise DatabaseError("gone")

    monkeypatch.setattr(Document, "save", save_and_fail)
    with pytest.raises(DatabaseError):
        custody.attach_document(
            application=draft, by=draft.applicant, kind="photo-id", label="Photo identity", file=file
        )

    assert len(written) == 1
    assert stored() == before
    assert draft.documents.count() == 0


# What a slot says of itself


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (None, "Missing"),
        ({}, "Uploaded"),
        ({"status": "accepted"}, "Accepted"),
        ({"status": "rejected", "reason": "The second page is missing."}, "Rejected"),
        ({"status": "accepted", "valid_until": date(2020, 1, 1)}, "Expired"),
    ],
)
def test_a_slot_says_where_it_stands_and_what_it_takes(signed_in, draft, fields, words):
    if fields is not None:
        factories.DocumentFactory(application=draft, **fields)

    shown = page(signed_in.get(address("evidence", draft)))

    slot = shown[shown.index('id="slot-photo-id"') :]
    assert re.search(r'class="tag tag-\w+">([^<]+)', slot).group(1) == words
    assert "PDF, JPEG or PNG. Up to 10.0\xa0MB a file, 10 files, 50 pages a PDF." in slot
    assert (fields or {}).get("reason", "") in slot


def test_an_expired_document_can_be_replaced_and_a_valid_one_not(signed_in, draft):
    old = factories.DocumentFactory(application=draft, status="accepted", valid_until=date(2020, 1, 1))
    good = factories.DocumentFactory(application=draft, status="accepted", valid_until=date(2099, 1, 1))

    send(signed_in, draft, files.upload(files.pdf(), "new.pdf"), slot=f"replace-{old.pk}")
    send(signed_in, draft, files.upload(files.pdf(2), "newer.pdf"), slot=f"replace-{good.pk}")

    assert list(draft.documents.values_list("original_name", flat=True)) == ["passport.pdf", "new.pdf"]
    assert draft.documents.filter(pk=good.pk).exists()


def test_a_wrong_replacement_leaves_what_was_there(signed_in, draft):
    old = factories.DocumentFactory(application=draft)
    response = send(signed_in, draft, files.upload(files.script_pdf(), "bad.pdf"), slot=f"replace-{old.pk}")

    assert list(draft.documents.all()) == [old]
    assert "“bad.pdf”: this PDF has a script" in page(response)


def test_a_script_gets_the_slot_alone(signed_in, draft):
    data = {"part": "photo-id", "photo-id": files.upload(files.pdf(), "a.pdf")}
    taken = signed_in.post(address("evidence", draft), data)
    data = {"part": "photo-id", "photo-id": files.upload(b"no", "b.pdf")}
    refused = signed_in.post(address("evidence", draft), data)
    unknown = signed_in.post(address("evidence", draft), {"part": "love-letter"})

    assert (taken.status_code, refused.status_code, unknown.status_code) == (200, 200, 404)
    assert page(taken).startswith('<div class="field slot"')
    assert "One file received." in page(taken)
    assert "“b.pdf”: this is not a PDF, JPEG or PNG" in page(refused)
    assert "a.pdf" in page(refused)


# A document on screen


def picture_of(response):
    return Image.open(BytesIO(response.content))


def attached(draft, content, name):
    file = evidence.check(files.upload(content, name))
    return custody.attach_document(
        application=draft, by=draft.applicant, kind="photo-id", label="Photo identity", file=file
    )


def test_pages_of_a_pdf_are_pictures_in_a_sandbox_and_each_look_is_on_record(signed_in, draft):
    document = attached(draft, files.pdf(2), "two.pdf")

    preview = page(signed_in.get(address("preview", draft, document.pk)))
    responses = [signed_in.get(address("document_page", draft, document.pk, n, "small")) for n in (1, 2)]

    assert [picture_of(response).format for response in responses] == ["WEBP", "WEBP"]
    assert max(picture_of(responses[0]).size) == pages.SIZES["small"]
    assert responses[0]["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert responses[0]["X-Content-Type-Options"] == "nosniff"
    assert responses[0]["Cache-Control"] == "private, no-store"
    assert preview.count("/large.webp") == 2
    looks = EvidenceEvent.objects.sightings().values_list("actor", "act", "page")
    assert list(looks) == [(draft.applicant_id, "seen", 1), (draft.applicant_id, "seen", 2)]


def test_a_photograph_is_reduced(signed_in, draft):
    document = attached(draft, files.picture(size=(2400, 1200)), "a.jpg")
    response = signed_in.get(address("document_page", draft, document.pk, 1, "large"))
    assert picture_of(response).size == (1800, 900)


@pytest.mark.parametrize(("number", "size"), [(0, "large"), (3, "large"), (1, "huge"), (99999, "small")])
def test_a_page_that_is_not_there_is_not_found(signed_in, draft, number, size):
    document = attached(draft, files.pdf(2), "two.pdf")
    assert signed_in.get(address("document_page", draft, document.pk, number, size)).status_code == 404
    assert not EvidenceEvent.objects.sightings().exists()


def test_a_page_that_cannot_be_drawn_is_not_found(signed_in, draft):
    document = factories.DocumentFactory(application=draft)
    assert signed_in.get(address("document_page", draft, document.pk, 1, "small")).status_code == 404


def test_a_busy_drawing_board_asks_to_come_again(signed_in, draft, monkeypatch):
    document = attached(draft, files.pdf(), "one.pdf")
    monkeypatch.setattr(pages, "WAIT_SECONDS", 0)
    for _place in range(pages.AT_ONCE):
        pages.drawing.acquire()
    try:
        response = signed_in.get(address("document_page", draft, document.pk, 1, "small"))
    finally:
        pages.drawing.release(pages.AT_ONCE)
    assert (response.status_code, response["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("fields", [{"scan": "waiting"}, {"purged_at": AT, "file": ""}])
def test_what_waits_for_the_scanner_or_is_deleted_is_not_shown(signed_in, draft, fields):
    document = factories.DocumentFactory(application=draft)
    Document.objects.filter(pk=document.pk).update(**fields)

    for name, rest in (("document", []), ("document_page", [1, "small"])):
        assert signed_in.get(address(name, draft, document.pk, *rest)).status_code == 404
    assert signed_in.get(address("evidence", draft)).status_code == 200
    assert not EvidenceEvent.objects.sightings().exists()


def test_evidence_of_others_is_not_found(client, draft):
    document = attached(draft, files.pdf(), "one.pdf")
    client.force_login(factories.UserFactory())
    for name, rest in (("document", []), ("preview", []), ("document_page", [1, "small"])):
        assert client.get(address(name, draft, document.pk, *rest)).status_code == 404
    client.force_login(factories.StaffFactory(rights=["review_application"]))
    assert client.get(address("document_page", draft, document.pk, 1, "small")).status_code == 200
