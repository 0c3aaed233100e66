"""The history of an application, twice: all of it for the office, the calmer half for the applicant."""

from datetime import UTC, datetime

import pytest

from enrollment import custody
from enrollment.workflow import record_birth
from tests import factories

pytestmark = pytest.mark.django_db


def at(day):
    return datetime(2026, 3, day, 9, tzinfo=UTC)


@pytest.fixture
def application():
    application = factories.ApplicationFactory(status="in_review")
    reviewer = factories.StaffFactory(rights=["review_application", "view_application"])
    record_birth(application, "start", by=application.applicant, at=at(1))
    record_birth(application, "start_review", by=reviewer, note="Between us", at=at(3))
    for label in ("Photo identity", "Licence"):
        document = factories.DocumentFactory(application=application, label=label)
        custody.assess_document(document=document, by=reviewer, accepted=True, at=at(4))
    blurred = factories.DocumentFactory(application=application, label="Degree")
    custody.assess_document(document=blurred, by=reviewer, accepted=False, reason="Blurred.", at=at(5))
    custody.view_document(document=blurred, by=reviewer, page=1, at=at(5))
    application.reviewer = reviewer
    return application


def test_the_applicant_reads_the_calm_half(client, application):
    client.force_login(application.applicant)
    response = client.get(application.get_absolute_url())

    assert [str(stop.title) for stop in response.context["done"]] == [
        "You began the application",
        "A reviewer began to read it",
        "We accepted “Photo identity”, “Licence”",
        "We could not accept “Degree”",
    ]
    assert b"Between us" not in response.content


def test_the_office_reads_all_of_it_newest_first(client, application):
    client.force_login(application.reviewer)
    response = client.get(f"/admin/enrollment/application/{application.pk}/change/")

    assert [str(step.title) for step in response.context["steps"]] == [
        "Rejected: Degree",
        "Accepted: Licence",
        "Accepted: Photo identity",
        "Start review",
        "Begun",
    ]
    assert b"Between us" in response.content
