"""Several processes keep one shelf of public pages: what one makes all show, and what is changed no one shows any more."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import caches

from courses.publishing import publish, unpublish
from tests.factories import CourseFactory, UserFactory

VISITS = 40


@pytest.fixture
def visits(server_processes):
    """What so many visitors get at once from all processes: `visits("/path/")`."""
    from .crowd import Caller

    caches["pages"].clear()

    def visit(address: str) -> list:
        with ThreadPoolExecutor(8) as crowd:
            return list(crowd.map(lambda _number: Caller(server_processes).get(address), range(VISITS)))

    return visit


def test_every_process_shows_a_change_at_once(visits):
    course, editor = CourseFactory(title="Peels at once"), UserFactory(is_staff=True, is_superuser=True)
    seen = []
    for verb in (None, unpublish, publish):
        if verb:
            verb(item=course, by=editor)
        seen.append({"Peels at once" in answer.body for answer in visits("/courses/")})
    assert seen == [{True}, {False}, {True}]


def test_every_process_shows_the_same_page(visits):
    CourseFactory()
    assert len({answer.body for answer in visits("/courses/")}) == 1
