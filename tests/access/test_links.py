"""No page of the office leads somebody to a refusal."""

import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from enrollment.models import ReviewDuty
from enrollment.roles import apply_roles
from tests.factories import IntakeFactory, ModuleFactory, StaffFactory

pytestmark = pytest.mark.django_db
LINK = re.compile(r'href="(/admin/[^"#?]+)')


@pytest.fixture
def registrar(client):
    apply_roles()
    person = StaffFactory(rights=[])
    person.groups.add(Group.objects.get(name="Registrar"))
    client.force_login(person)
    return client


def page_of(client, name, *args) -> str:
    response = client.get(reverse(f"admin:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def test_registrar_is_led_nowhere_that_refuses_a_registrar(registrar):
    module, intake = ModuleFactory(), IntakeFactory()
    reviewer = StaffFactory(rights=["review_application"], full_name="Rahim Yusof")
    duty = ReviewDuty.objects.create(reviewer=reviewer, intake=intake)
    course = page_of(registrar, "courses_course_change", module.course_id)
    given = page_of(registrar, "enrollment_reviewduty_change", duty.pk)
    assert module.title in course and "Rahim Yusof" in given
    links = {link for page in (course, given) for link in LINK.findall(page)}
    assert {link for link in links if registrar.get(link).status_code == 403} == set()


def test_intake_that_is_not_saved_has_no_seats_to_count(registrar):
    page = page_of(registrar, "courses_intake_add")
    assert "Counted once the intake is saved." in page and ">None<" not in page
