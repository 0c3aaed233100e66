"""The page on which the institute tells of itself."""

import pytest
from django.urls import reverse

from courses import models
from tests.factories import AccreditationFactory, FacultyMemberFactory

pytestmark = pytest.mark.django_db


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_about_tells_facts_director_and_statements(client):
    models.InstituteFact.objects.create(key="maxim", heading="Maxim", text="x", text_html="<p>Teach.</p>")
    models.InstituteFact.objects.create(
        key="wellness", heading="Wellness Centre", link="https://www.iiwam.ac/wellness"
    )
    FacultyMemberFactory(name="Prof. Dr. Example", is_director=True)
    FacultyMemberFactory(name="Somebody else")
    AccreditationFactory(statement="IIWAM states that it is certified.")
    page = text_of(client.get(reverse("courses:about")))
    for words in (
        "<p>Teach.</p>",
        "https://www.iiwam.ac/wellness",
        "Prof. Dr. Example",
        "IIWAM states that it",
    ):
        assert words in page
    assert "Somebody else" not in page


def test_about_names_what_is_unknown_instead_of_leaving_it_out(client):
    models.InstituteFact.objects.create(key="telephone", heading="Telephone")
    page = text_of(client.get(reverse("courses:about")))
    assert '<dt>Telephone</dt><dd><span class="tbc">To be confirmed</span></dd>' in page
