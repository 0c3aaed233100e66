"""The registrar and the assessor at their desks, and a course with one thing of each kind."""

import pytest

from enrollment import certification
from tests.enrollment.office.records import ASSESSOR, DONE, REGISTRAR, learner
from tests.factories import (
    CompetencyFactory,
    CourseFactory,
    ModuleFactory,
    QuestionFactory,
    StaffFactory,
    TopicFactory,
)


@pytest.fixture
def registrar(client):
    person = StaffFactory(full_name="Reg Istrar", rights=REGISTRAR)
    client.force_login(person)
    return person


@pytest.fixture
def assessor(client):
    person = StaffFactory(full_name="Ass Essor", rights=ASSESSOR)
    client.force_login(person)
    return person


@pytest.fixture
def course():
    """One topic, one question, one case, one critical skill."""
    course = CourseFactory(supervised_cases_required=1)
    module = ModuleFactory(course=course)
    TopicFactory(module=module)
    QuestionFactory(module=module)
    CompetencyFactory(course=course, is_critical=True)
    return course


@pytest.fixture
def certificate(registrar, course):
    return certification.issue_certificate(enrollment=learner(course, **DONE), by=registrar)
