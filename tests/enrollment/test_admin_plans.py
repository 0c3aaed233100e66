"""Review plans and duties in the office: rows of a rubric, and who reviews which intake."""

import pytest
from django.urls import reverse

from enrollment.models import ReviewDuty, ReviewPlan
from tests.factories import CourseFactory, IntakeFactory, StaffFactory

pytestmark = pytest.mark.django_db
PLAN = reverse("admin:enrollment_reviewplan_add")


@pytest.fixture
def owner(client):
    person = StaffFactory(is_superuser=True)
    client.force_login(person)
    return person


def answers(**rows):
    management = {"criteria-TOTAL_FORMS": "1", "criteria-INITIAL_FORMS": "0"}
    return {"reviews_needed": "2", "days_to_answer": "7", "reminder_days": "3, 1", **management, **rows}


def test_a_plan_is_made_with_its_criteria_and_stays_with_its_course(client, owner):
    course, other = CourseFactory(), CourseFactory()
    row = {"criteria-0-title": "Skill", "criteria-0-guidance": "Five: teaches.", "criteria-0-most": "5"}
    client.post(PLAN, answers(course=course.pk, **row, **{"criteria-0-position": "0"}))
    plan = ReviewPlan.objects.get()
    assert (plan.course, plan.reviews_needed, plan.criteria.get().title) == (course, 2, "Skill")

    address = reverse("admin:enrollment_reviewplan_change", args=[plan.pk])
    page = client.get(address).content.decode()
    assert "Criteria (one that is retired is not asked any more; what was scored stays)" in page
    assert 'name="course"' not in page and "related-widget-wrapper-link" not in page
    client.post(address, answers(course=other.pk, reviews_needed="3", **{"criteria-TOTAL_FORMS": "0"}))
    plan.refresh_from_db()
    assert (plan.course, plan.reviews_needed) == (course, 3)


def test_a_duty_is_chosen_among_what_there_is(client, owner):
    intake, reviewer = IntakeFactory(), StaffFactory(rights=["review_application"])
    address = reverse("admin:enrollment_reviewduty_add")
    assert "related-widget-wrapper-link" not in client.get(address).content.decode()
    client.post(address, {"reviewer": reviewer.pk, "intake": intake.pk})
    assert (ReviewDuty.objects.get().reviewer, ReviewDuty.objects.get().intake) == (reviewer, intake)
