"""Certificates and the records beside them in the office: shown as they were frozen, revoked, never added or deleted."""

import pytest

from enrollment.models import Letter, LogbookEntry
from enrollment.workflow import record_birth
from tests.enrollment.office.records import address, entry
from tests.factories import EnrollmentFactory, LogbookEntryFactory, StaffFactory

pytestmark = pytest.mark.django_db


def test_certificate_is_shown_as_it_was_frozen(client, certificate):
    type(certificate.enrollment.application).objects.update(legal_name="Another Name")
    page = client.get(address("certificate", "change", certificate.pk)).content.decode()
    assert "Nang Mwe" in page and "Another Name" not in page


def test_certificate_can_be_downloaded(client, certificate):
    response = client.get(address("certificate", "pdf", certificate.pk))
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")


def test_certificate_is_revoked_with_a_class_of_reason_and_a_note(client, certificate):
    revoke = address("certificate", "move", certificate.pk, "revoke")
    page = client.post(revoke, {"note": "Wrong name."})
    assert page.context["form"].errors.keys() == {"reason_class"}
    client.post(revoke, {"note": "Wrong name.", "reason_class": "issued_in_error"})
    certificate.refresh_from_db()
    assert (certificate.status, certificate.reason_class) == ("revoked", "issued_in_error")


def test_revocation_letter_is_previewed_with_the_chosen_class(client, certificate):
    revoke = address("certificate", "move", certificate.pk, "revoke")
    assert "the class that you choose" in client.get(revoke).context["letter"]["body_text"]
    page = client.post(revoke, {"note": "Why.", "reason_class": "misconduct", "preview": "1"})
    assert "Misconduct" in page.context["letter"]["body_text"]
    certificate.refresh_from_db()
    assert certificate.status == "issued"


@pytest.mark.parametrize("name", ["add", "delete"])
@pytest.mark.parametrize("model", ["certificate", "enrollment", "logbookentry", "letter", "event"])
def test_records_are_neither_added_nor_deleted(client, certificate, model, name):
    client.force_login(StaffFactory(is_superuser=True))
    entry(certificate.enrollment)
    record = {
        "certificate": certificate,
        "enrollment": certificate.enrollment,
        "logbookentry": LogbookEntry.objects.first(),
        "letter": Letter.objects.first(),
        "event": certificate.history.first(),
    }[model]
    path = address(model, "changelist") + ("add/" if name == "add" else f"{record.pk}/delete/")
    assert client.post(path, {"post": "yes"}).status_code == 403


def test_history_of_ones_own_record_is_not_for_oneself(client, registrar):
    others, own = EnrollmentFactory(), EnrollmentFactory(learner=registrar, application__applicant=registrar)
    records = [
        record
        for enrollment in (others, own)
        for record in (enrollment.application, enrollment, LogbookEntryFactory(enrollment=enrollment))
    ]
    for record in records:
        record_birth(record, "start", by=registrar, note="Kept between colleagues.")
    page = client.get(address("event", "changelist"))
    assert {
        event.application or event.enrollment or event.entry for event in page.context["cl"].result_list
    } == {*records[:3]}
    assert client.get(address("event", "change", own.history.get().pk)).status_code == 302
