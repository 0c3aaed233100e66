"""The list of sections leads on: to the first that is not complete, and in the end to the check page."""

import pytest

from enrollment.models import Application
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(client):
    course = factories.CourseFactory()
    for kind in ("photo-id", "licence"):
        factories.EvidenceRequirementFactory(course=course, kind=kind, label=kind)
    draft = factories.ApplicationFactory(intake=factories.IntakeFactory(course=course))
    client.force_login(draft.applicant)
    return draft


def test_the_list_leads_to_the_first_section_that_is_not_complete(client, draft):
    words = client.get(draft.get_absolute_url()).content.decode()
    assert f'href="{draft.get_absolute_url()}about/">Continue with “About you”' in words


def test_what_is_missing_is_named_for_what_it_is(client, draft):
    Application.objects.update(city="Penang")
    factories.DocumentFactory(application=draft)
    draft.declarations.create(key="accurate", text="True.", agreed_at=draft.created_at)
    words = client.get(draft.get_absolute_url()).content.decode()
    assert "One document is missing" in words and "answers are missing" in words
    assert "2 statements to agree to" in words
