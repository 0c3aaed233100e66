"""The documents that a course page names: everyone's, or those of the reader whom the address names."""

import re

import pytest

from courses import models
from tests.factories import CourseFactory, EvidenceRequirementFactory, ProfessionFactory, ScopeRuleFactory

pytestmark = pytest.mark.django_db


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def course():
    return CourseFactory()


@pytest.fixture
def nurse(course):
    """Photo identity from everyone; a licence from nurses, who show more in the Philippines and in Malaysia."""
    nurse = ProfessionFactory(slug="nurse", name="Nurse", name_plural="Nurses")
    models.CourseAudience.objects.create(course=course, profession=nurse)
    doctor = ProfessionFactory(slug="doctor", name="Doctor", name_plural="Doctors")
    for label, profession, country in [
        ("Photo identity", None, ""),
        ("Translation", None, "TH"),
        ("Nursing licence", nurse, ""),
        ("PRC card", nurse, "PH"),
        ("Annual certificate", nurse, "MY"),
        ("Doctor of the Philippines", doctor, "PH"),
    ]:
        EvidenceRequirementFactory(course=course, label=label, profession=profession, country=country)
    for country in ("PH", "MY"):
        ScopeRuleFactory(profession=nurse, country=country)
    return nurse


def asked(client, course, **reader) -> list[str]:
    page = client.get(course.get_absolute_url(), reader)
    part = text_of(page).split('id="who"')[1].split('id="assessment"')[0].split("Documents you will")[1]
    return re.findall(r"<dt>([^<]+?)\s*<", part)


@pytest.mark.parametrize(
    ("country", "more"), [("PH", ["PRC card"]), ("MY", ["Annual certificate"]), ("", [])]
)
def test_reader_meets_what_their_profession_shows_in_their_country(client, course, nurse, country, more):
    shown = asked(client, course, profession="nurse", country=country)
    whole = ["Photo identity", "Translation", "Nursing licence", "PRC card", "Annual certificate"]
    expected = (
        ["Photo identity", "Nursing licence", *more] if country else [*whole, "Doctor of the Philippines"]
    )
    assert sorted(shown) == sorted(expected)


def test_page_says_for_whom_it_lists_and_where_the_rest_is(client, course, nurse):
    page = text_of(client.get(course.get_absolute_url(), {"profession": "nurse", "country": "PH"}))
    assert "What is asked of this reader alone: Nurse, Philippines." in page
    assert f'href="{course.get_absolute_url()}#who"' in page


def test_country_stands_beside_a_document_of_one_country_alone(client, course, nurse):
    page = text_of(client.get(course.get_absolute_url()))
    assert '<dt>PRC card <span class="meta">Philippines</span>' in page
    assert "<dt>Nursing licence</dt>" in page
