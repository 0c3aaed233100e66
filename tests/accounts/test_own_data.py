"""People take away all that the site holds of them, or have it erased but for what the register needs."""

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import models

from courses.models import Interest
from enrollment import ahead, certification, custody, reading
from enrollment.models import (
    Application,
    CalendarFeed,
    Certificate,
    Document,
    Enrollment,
    Event,
    EvidenceEvent,
    InformationRequest,
    Letter,
    LicenseCheck,
    Note,
    Reading,
    StudyClock,
)
from enrollment.workflow import record_birth
from iiwam.accounts import own_data, people
from iiwam.accounts.models import User
from tests import factories
from tests.enrollment import learners

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
NAME, ADDRESS = "Zacharias Quillfeather", "zacharias@quillfeather.example"
SECRET = "Quillfeather"


@pytest.fixture
def person():
    person = factories.UserFactory(email=ADDRESS, full_name=NAME, password="a long and quiet road")
    people.vouch_for_address(user=person)
    return person


@pytest.fixture
def reviewer():
    return factories.StaffFactory(full_name="Ann Reviewer", rights=["review_application"])


@pytest.fixture
def history(person, reviewer, tmp_path):
    """An application that was declined, with traces of the person wherever people write."""
    words = f"{SECRET} said so"
    application = factories.ApplicationFactory(
        applicant=person,
        status="declined",
        legal_name=NAME,
        city=SECRET,
        motivation=words,
        phone="+60123456789",
    )
    record_birth(application, "decline", by=reviewer, note=words, at=AT)
    record_birth(application, "start", by=person, at=AT)
    document = factories.DocumentFactory(application=application, original_name=f"{SECRET}.pdf")
    custody.assess_document(document=document, by=reviewer, accepted=False, reason=words, at=AT)
    custody.view_document(document=document, by=reviewer, page=1, at=AT)
    application.reviews.create(reviewer=reviewer, recommendation="decline", note=words)
    application.notes.create(author=reviewer, text=words, at=AT)
    application.waivers.create(key="practice", says=words, reason=words, by=reviewer, at=AT)
    application.license_checks.create(
        register="A register", number=SECRET[:12], result="good", note=words, by=reviewer, at=AT
    )
    InformationRequest.objects.create(
        application=application,
        asked_by=reviewer,
        asked_at=AT,
        answer_by=AT,
        former={"city": words},
        answered_at=AT,
    )
    Letter.objects.create(
        name="application-declined",
        recipient=person,
        application=application,
        to_email=ADDRESS,
        subject=words,
        body_text=words,
        body_html=words,
        message_id="<1@x>",
        status="sent",
        sent_at=AT,
        written_at=AT,
    )
    factories.InterestFactory(email=ADDRESS.upper())
    return application


def exported(person):
    archive = zipfile.ZipFile(io.BytesIO(b"".join(own_data.export(person=person, at=AT))))
    assert archive.testzip() is None
    return archive


def chapter(archive, name):
    return json.loads(archive.read(f"{name}.json"))


# Export


def test_an_export_holds_every_chapter_and_the_files(person, history):
    archive = exported(person)
    document = history.documents.get()
    place = f"documents/{history.reference}/photo-id/{document.pk} {SECRET}.pdf"

    assert set(archive.namelist()) == {
        "README.txt",
        "account.json",
        "interests.json",
        "applications.json",
        "courses.json",
        "cpd.json",
        place,
    }
    assert archive.read(place) == b"%PDF-1.7 passport"
    told = chapter(archive, "applications")[0]
    assert (told["reference"], told["legal_name"], told["motivation"]) == (
        history.reference,
        NAME,
        f"{SECRET} said so",
    )
    assert told["documents"][0]["file"] == place
    assert told["letters"][0]["text"] == f"{SECRET} said so"
    assert [line["email"] for line in chapter(archive, "interests")] == [ADDRESS.upper()]
    assert chapter(archive, "account")["email"] == ADDRESS


def test_what_colleagues_noted_for_each_other_is_not_in_it(person, history, reviewer):
    history.notes.update(text="between us")
    history.reviews.update(note="between us")
    archive = exported(person)
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode(errors="ignore")
    assert "between us" not in everything
    assert "Ann Reviewer" not in everything
    assert {"document": "Photo identity", "what": "seen", "by": "IIWAM"}.items() <= chapter(
        archive, "applications"
    )[0]["who_saw_your_documents"][1].items()


def test_a_learner_takes_the_logbook_and_the_certificate():
    enrollment = learners.finished()
    factories.LogbookEntryFactory(enrollment=enrollment, patient_code="P-777")
    certificate = certification.issue_certificate(
        enrollment=enrollment, by=factories.StaffFactory(rights=["issue_certificate"])
    )
    archive = exported(enrollment.learner)
    told = chapter(archive, "courses")[0]

    assert "P-777" in [entry["patient_code"] for entry in told["logbook"]]
    assert told["certificates"][0]["number"] == certificate.number
    assert archive.read(f"certificates/{certificate.number}.pdf").startswith(b"%PDF-")


def test_an_erased_learner_leaves_no_reading_and_no_calendar():
    enrollment = learners.finished()
    learner = enrollment.learner
    topic = enrollment.course.modules.get().topics.first()
    address = ahead.feed_path(ahead.make_feed(learner=learner))
    Enrollment.objects.filter(pk=enrollment.pk).update(status="active")
    enrollment.refresh_from_db()
    reading.report(enrollment=enrollment, topic=topic, by=learner, place=2, places=5)
    assert chapter(exported(learner), "courses")[0]["reading"][0]["place"] == 2
    Enrollment.objects.filter(pk=enrollment.pk).update(status="completed")
    own_data.erase(person=learner, by=learner)
    for model in (Reading, StudyClock, CalendarFeed):
        assert not model.objects.exists()
    with pytest.raises(ahead.BadAddress):
        ahead.feed_of(address.split("/")[3].removesuffix(".ics"))


def test_an_export_is_on_record_and_leaves_out_what_waits_for_the_scanner(person, history):
    Document.objects.update(scan="waiting")
    assert not [name for name in exported(person).namelist() if name.startswith("documents/")]
    Document.objects.update(scan="clean")
    exported(person)
    assert EvidenceEvent.objects.filter(act="exported", actor=person).count() == 1


def test_a_lost_file_does_not_break_the_archive_off(person, history):
    document = history.documents.get()
    document.file.storage.delete(document.file.name)
    assert [name for name in exported(person).namelist() if name.endswith(".missing.txt")]


def test_an_export_comes_piece_by_piece(person, history):
    assert len(list(own_data.export(person=person))) > 4


def test_the_page_gives_the_archive_after_the_password(client, person, history):
    client.force_login(person)
    page = client.get("/account/data/").content.decode()
    assert ("/accounts/reauthenticate/?next=/account/data/" in page, "Download my data" in page) == (
        True,
        False,
    )
    stopped = client.post("/account/data/export/")
    assert stopped["Location"].startswith("/accounts/reauthenticate/")

    client.post("/accounts/reauthenticate/", {"password": "a long and quiet road"})
    assert "Download my data" in client.get("/account/data/").content.decode()
    response = client.post("/account/data/export/")

    assert (response["Content-Type"], response["Cache-Control"]) == ("application/zip", "private, no-store")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert "applications.json" in archive.namelist()


def test_exports_are_limited(client, person, fresh_rate_limits):
    client.force_login(person)
    client.post("/accounts/reauthenticate/", {"password": "a long and quiet road"})
    answers = [client.post("/account/data/export/").status_code for _time in range(7)]
    assert answers == [200] * 6 + [302]


# Erasure


def traces(word: str) -> set[str]:
    """Every column of the database in which this word still stands."""
    found = set()
    for model in apps.get_models():
        if not model._meta.managed or model._meta.proxy:
            continue
        for column in model._meta.concrete_fields:
            if isinstance(column, models.CharField | models.TextField | models.JSONField | models.FileField):
                values = model._base_manager.values_list(column.name, flat=True)
                if any(word.lower() in str(value).lower() for value in values):
                    found.add(f"{model.__name__}.{column.name}")
    return found


def test_an_erasure_leaves_no_trace_of_the_person(
    person, history, reviewer, django_capture_on_commit_callbacks
):
    LogEntry.objects.create(
        user=reviewer,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(person.pk),
        object_repr=NAME,
        action_flag=CHANGE,
        change_message=f"Closed: {ADDRESS}",
    )
    document = history.documents.get()
    assert {"Application.city", "Event.note", "Letter.body_text", "LogEntry.object_repr"} <= traces(SECRET)

    with django_capture_on_commit_callbacks(execute=True):
        own_data.erase(person=person, by=person, at=AT)

    assert traces(SECRET) == set()
    assert not document.file.storage.exists(document.file.name)
    person.refresh_from_db()
    assert (person.is_active, person.has_usable_password(), str(person)) == (
        False,
        False,
        f"Erased person {person.pk}",
    )
    assert not Interest.objects.exists()


def test_what_was_done_stays_without_a_name(person, history):
    before = list(Event.objects.values_list("move", "to_status", "at"))
    own_data.erase(person=person, by=person, at=AT)

    history.refresh_from_db()
    assert list(Event.objects.values_list("move", "to_status", "at")) == before
    assert (history.status, history.applicant) == ("declined", person)
    assert Note.objects.count() == LicenseCheck.objects.count() == 1
    assert set(EvidenceEvent.objects.values_list("act", flat=True)) == {"rejected", "seen", "erased"}


def test_the_register_keeps_its_certificates(client):
    enrollment = learners.finished()
    certificate = certification.issue_certificate(
        enrollment=enrollment, by=factories.StaffFactory(rights=["issue_certificate"])
    )
    before = Certificate.objects.values().get()
    own_data.erase(person=enrollment.learner, by=enrollment.learner)

    assert Certificate.objects.values().get() == before
    assert client.get(f"/verify/{certificate.number}/").status_code == 200


@pytest.mark.parametrize("status", ["submitted", "offered", "waitlisted", "enrolled"])
def test_what_others_wait_for_is_given_back_first(person, status):
    application = factories.ApplicationFactory(applicant=person, status=status)
    with pytest.raises(people.Refused, match=application.reference):
        own_data.erase(person=person, by=person)
    person.refresh_from_db()
    assert person.email == ADDRESS


def test_a_draft_is_withdrawn_and_its_letter_forgotten_the_night_after(person):
    draft = factories.ApplicationFactory(applicant=person, legal_name=NAME)
    Letter.objects.update(status="queued")
    own_data.erase(person=person, by=person, at=AT)
    assert Application.objects.get(pk=draft.pk).status == "withdrawn"
    Letter.objects.filter(status="queued").update(status="sent", sent_at=AT)
    call_command("nightly")
    assert traces(SECRET) == set()


def test_staff_do_not_erase_themselves(reviewer):
    with pytest.raises(people.Refused, match="staff account"):
        own_data.erase(person=reviewer, by=reviewer)


def test_erasing_twice_is_no_fault(person, history):
    own_data.erase(person=person, by=person, at=AT)
    own_data.erase(person=person, by=person)
    person.refresh_from_db()
    assert person.erased_at == AT


def test_the_page_asks_once_and_signs_out(client, person, history, mailoutbox):
    client.force_login(person)
    client.post("/accounts/reauthenticate/", {"password": "a long and quiet road"})
    unsure = client.post("/account/data/erase/", {})
    assert b"Tick the box" in unsure.content

    done = client.post("/account/data/erase/", {"sure": "on"})

    assert b"Your data has been erased" in done.content
    assert client.get("/account/")["Location"].startswith("/accounts/login/")
    assert [(mail.to, mail.subject) for mail in mailoutbox[-1:]] == [
        ([ADDRESS], "Your data at IIWAM has been erased")
    ]
    assert not client.login(email=ADDRESS, password="a long and quiet road")
