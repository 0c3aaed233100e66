"""Several processes keep one shelf of public pages: what one makes all show, and what is changed no one shows any more."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import caches

from courses.publishing import publish, unpublish
from iiwam import stamp
from tests.factories import CourseFactory, UserFactory

VISITS = 40
# A change is called out to all processes within milliseconds; how soon this machine gets to it is no part of the promise.
SECONDS_TO_HEAR = 20


@pytest.fixture
def visits(server_processes):
    """What so many visitors get at once from all processes: `visits("/path/")`."""
    from .crowd import Caller

    caches["pages"].clear()
    stamp.forget()

    def visit(address: str) -> list:
        with ThreadPoolExecutor(8) as crowd:
            return list(crowd.map(lambda _number: Caller(server_processes).get(address), range(VISITS)))

    return visit


def heard(holds) -> bool:
    """Whether it holds as soon as the change has been called out."""
    until = time.monotonic() + SECONDS_TO_HEAR
    while not (held := holds()) and time.monotonic() < until:
        time.sleep(0.02)
    return held


def test_every_process_shows_a_change_as_soon_as_it_is_called_out(visits):
    course, editor = CourseFactory(title="Peels at once"), UserFactory(is_staff=True, is_superuser=True)

    def shown() -> set[bool]:
        return {"Peels at once" in answer.body for answer in visits("/courses/")}

    assert heard(lambda: shown() == {True})
    for verb, seen in ((unpublish, {False}), (publish, {True}), (unpublish, {False})):
        verb(item=course, by=editor)
        assert heard(lambda seen=seen: shown() == seen)


def test_every_process_shows_the_same_page(visits):
    CourseFactory()
    assert heard(lambda: len({answer.body for answer in visits("/courses/")}) == 1)
