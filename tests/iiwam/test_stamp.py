"""A process knows which state of the content holds without reading it for each visitor, and hears of every change."""

import os
import threading
import time
from contextlib import contextmanager

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.models import Course
from iiwam import stamp
from tests.factories import CourseFactory

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/courses/"
SECONDS_TO_HEAR = 20


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch, settings):
    """As in a process that has just begun, and in which nothing is read again for its age alone."""
    settings.PAGES_KEPT_SECONDS = 300
    monkeypatch.setattr(stamp, "SECONDS_UNREAD", 3_600)
    stamp.ear.hang_up()
    stamp.known.told = None
    caches["pages"].clear()
    yield
    stamp.known.told = None
    stamp.ear.hang_up()


def elsewhere(act) -> None:
    """Do it over another connection to the database, as another process does."""

    def run():
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def forgotten_elsewhere() -> None:
    """As `stamp.forget` in another process, which tells this one nothing but through the database."""
    here = stamp.changed_here
    elsewhere(stamp.forget)
    stamp.changed_here = here


def heard_within(seconds: float, holds) -> bool:
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.01)
    return holds()


@contextmanager
def questions():
    with CaptureQueriesContext(connection) as asked:
        yield asked


def test_page_shown_again_asks_the_database_nothing():
    visitor = Client()
    CourseFactory()
    for _visit in range(3):
        visitor.get(PAGE)
    with questions() as asked:
        assert visitor.get(PAGE).status_code == 200
    assert [question["sql"] for question in asked] == []


def test_stamp_is_read_once_and_then_known():
    first = stamp.current()
    stamp.current()
    with questions() as asked:
        assert stamp.current() == first
    assert len(asked) == 0


def test_change_in_this_process_is_known_at_once():
    known = [stamp.current() for _time in range(2)]
    stamp.forget()
    assert stamp.current() not in known


def test_change_in_another_process_is_heard_of():
    first = [stamp.current() for _time in range(2)][-1]
    forgotten_elsewhere()
    assert heard_within(SECONDS_TO_HEAR, lambda: stamp.current() != first)


def test_page_changed_by_another_process_is_shown():
    visitor, course = Client(), CourseFactory(title="Peels")
    for _visit in range(3):
        assert b"Peels" in visitor.get(PAGE).content
    Course.objects.filter(pk=course.pk).update(title="Lasers")
    forgotten_elsewhere()
    assert heard_within(SECONDS_TO_HEAR, lambda: b"Lasers" in visitor.get(PAGE).content)


def test_line_that_breaks_is_no_fault_and_is_mended():
    """Whoever can hear nothing reads the stamp, and listens again before long."""
    first = [stamp.current() for _time in range(2)][-1]
    if stamp.ear.line:
        stamp.ear.line.close()
    assert stamp.current() == first
    stamp.ear.hang_up()
    forgotten_elsewhere()
    assert stamp.current() != first


def test_change_before_anybody_listened_is_not_missed():
    """What was read before the line stood may be out of date once it stands."""
    first = stamp.current()
    stamp.ear.hang_up()
    forgotten_elsewhere()
    assert stamp.current() != first


def test_process_that_is_divided_off_does_not_listen_on_the_line_of_another():
    """Of several that share one line only the first hears what is called."""
    stamp.current()
    assert (stamp.ear.line is not None) == (connection.vendor == "postgresql")
    reads, writes = os.pipe()
    if not (child := os.fork()):
        try:
            os.write(writes, repr(stamp.ear.line).encode())
        finally:
            os._exit(0)
    os.close(writes)
    os.waitpid(child, 0)
    with open(reads) as told:
        assert told.read() == "None"


def test_inside_a_transaction_the_stamp_is_read():
    """What the transaction has changed itself is told to nobody yet, and may be taken back."""
    for _time in range(2):
        stamp.current()
    with transaction.atomic():
        assert stamp.told() is None


def test_stamp_that_another_process_made_first_is_the_one_that_holds():
    told = stamp.told()
    theirs = stamp.learn(None, None)
    ours = stamp.learn(told, None)
    assert (ours != theirs, stamp.current()) == (True, theirs)
