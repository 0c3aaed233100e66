"""The assessor's desk and the certificate's page: what is signed, shown and shared, and by whom."""

from datetime import UTC, datetime

import pytest

from enrollment import certification
from tests.factories import (
    EnrollmentFactory,
    LogbookEntryFactory,
    UserFactory,
)

from .learners import (
    AT,
    assessor,
    enrolled,
    finished,
    registrar,
)
from .test_learner_pages import page, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrollment():
    return enrolled(cases=2)


@pytest.fixture
def desk(client, enrollment):
    """The learner's browser."""
    client.force_login(enrollment.learner)
    return client


# The assessor


@pytest.fixture
def waiting(enrollment):
    return LogbookEntryFactory(enrollment=enrollment, status="awaiting", submitted_at=AT)


@pytest.fixture
def office(client):
    """The assessor's browser."""
    client.force_login(assessor())
    return client


def test_entries_are_for_assessors_only(desk, waiting):
    assert {desk.get(path).status_code for path in (page("assess"), page("assess_entry", waiting.pk))} == {
        403
    }
    assert (
        desk.post(page("assess_entry", waiting.pk), {"password": "correct horse battery"}).status_code == 403
    )


def test_assessors_see_what_waits_and_no_draft(office, waiting):
    draft = LogbookEntryFactory()
    told = text(office.get(page("assess")))
    assert waiting.patient_code in told
    assert draft.enrollment.application.legal_name not in told or draft.patient_code not in told
    assert office.get(page("assess_entry", draft.pk)).status_code == 404


def test_assessors_own_entry_is_not_found(office, waiting):
    own = EnrollmentFactory(application__applicant=assessor())
    office.force_login(own.learner)
    entry = LogbookEntryFactory(enrollment=own, status="awaiting", submitted_at=AT)
    assert office.get(page("assess_entry", entry.pk)).status_code == 404
    assert entry.patient_code not in text(office.get(page("assess")))


def test_password_signs(office, waiting):
    path = page("assess_entry", waiting.pk)
    for _click in range(2):
        assert office.post(path, {"sign": "1", "password": "correct horse battery"}).status_code == 302
    waiting.refresh_from_db()
    assert (waiting.status, waiting.assessor.full_name) == ("countersigned", "Arun Chai")
    assert waiting.history.count() == 1


@pytest.mark.parametrize("password", ["", "wrong", "x" * 500])
def test_wrong_password_signs_nothing(office, waiting, password):
    response = office.post(page("assess_entry", waiting.pk), {"sign": "1", "password": password})
    assert response.status_code == 200
    assert 'role="alert"' in text(response)
    waiting.refresh_from_db()
    assert waiting.status == "awaiting"


def test_passwords_are_not_tried_without_end(office, waiting, fresh_rate_limits):
    path = page("assess_entry", waiting.pk)
    statuses = [office.post(path, {"sign": "1", "password": "wrong"}).status_code for _try in range(12)]
    assert (statuses[0], statuses[-1]) == (200, 429)


def test_return_needs_a_reason(office, waiting):
    path = page("assess_entry", waiting.pk)
    assert office.post(path, {"return": "1", "note": " "}).status_code == 200
    assert office.post(path, {"return": "1", "note": "Which lot?"}).status_code == 302
    waiting.refresh_from_db()
    assert waiting.status == "returned"
    assert "Returned" in text(office.post(path, {"return": "1", "note": "Again"}, follow=True))


# The certificate


@pytest.fixture
def certificate(client):
    certificate = certification.issue_certificate(enrollment=finished(), by=registrar(), at=AT)
    client.force_login(certificate.enrollment.learner)
    return certificate


def test_holder_sees_prints_and_shares(client, certificate):
    told = text(client.get(page("certificate", certificate.enrollment_id)))
    paths = [
        page(name, certificate.number) for name in ("certificate_pdf", "certificate_picture", "verify_number")
    ]
    assert [path for path in paths if path not in told] == []
    sheet = client.get(paths[0])
    assert (sheet.status_code, sheet["Content-Type"], sheet.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert sheet["Cache-Control"] == "private, no-store"
    assert client.get(paths[1]).content[8:12] == b"WEBP"


def test_sheet_is_for_the_holder_and_the_registrar(client, certificate):
    path = page("certificate_pdf", certificate.number)
    answers = {}
    for name, user in {"stranger": UserFactory(), "assessor": assessor(), "registrar": registrar()}.items():
        client.force_login(user)
        answers[name] = client.get(path).status_code
    assert answers == {"stranger": 404, "assessor": 404, "registrar": 200}


def test_revoked_certificate_has_no_sheet(client, certificate):
    certification.revoke(
        certificate=certificate,
        by=registrar(),
        reason_class="misconduct",
        note="Secret.",
        at=datetime.now(UTC),
    )
    response = client.get(page("certificate_pdf", certificate.number))
    assert response.status_code == 410
    assert "This certificate has been revoked" in text(response)
    assert client.get(page("certificate_picture", certificate.number)).status_code == 404
    assert "Secret." not in text(client.get(page("certificate", certificate.enrollment_id)))
