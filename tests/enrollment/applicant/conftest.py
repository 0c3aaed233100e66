"""Somebody who applies for an intake, with a draft just begun or with one that only has to be sent."""

import pytest

from enrollment import admissions
from enrollment.completeness import DECLARATIONS
from enrollment.models import Application
from tests import factories


@pytest.fixture
def applicant():
    return factories.UserFactory(email="somchai@example.org", full_name="Somchai Prasert")


@pytest.fixture
def signed_in(client, applicant):
    client.force_login(applicant)
    return client


@pytest.fixture
def intake():
    intake = factories.IntakeFactory(code="mn-2099", course__title="Microneedling")
    factories.EvidenceRequirementFactory(course=intake.course, kind="photo-id", label="Photo identity")
    return intake


@pytest.fixture
def draft(applicant, intake):
    return admissions.start_application(applicant=applicant, intake=intake)


@pytest.fixture
def complete(draft):
    """A draft that only has to be sent."""
    profession = draft.intake.course.audiences.get().profession
    Application.objects.filter(pk=draft.pk).update(
        birth_date="1990-05-17",
        nationality="TH",
        residence_country="TH",
        city="Chiang Mai",
        phone="+66812345678",
        profession=profession,
        qualification="MD",
        register_country="TH",
        register_body="Medical Council of Thailand",
        register_number="12345",
        license_valid_from="2026-01-01",
        license_valid_until="2099-12-31",
        standing="clear",
        prior_training="None.",
        payer="self",
        years_in_practice=8,
        workplace="A clinic",
        motivation="Safety.",
    )
    factories.DocumentFactory(application=draft)
    admissions.agree(
        application=draft,
        by=draft.applicant,
        declarations=DECLARATIONS,
    )
    draft.refresh_from_db()
    return draft
