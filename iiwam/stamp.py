"""The stamp of the content: a word in the database that all processes share, and that every public page is kept under.

It need not be read for each visitor. PostgreSQL calls whoever listens when it changes; SQLite counts what other
connections have written. While neither has told anything, the stamp that was read last still holds.
"""

import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Hashable
from contextlib import suppress

import psycopg2
from django.core.cache import caches
from django.db import connection, transaction

NAME = "content-stamp"
CHANNEL = "content_changed"
# A call may be lost on its way (a pooler between, a line cut without a word): so long it may go unnoticed.
SECONDS_UNREAD = 5


class Known(threading.local):
    """What this thread has read last, and what its database had told until then."""

    told: Hashable = None
    stamp: str = ""


class Ear:
    """A line of this process to PostgreSQL that nothing is asked over: it hears of changes."""

    def __init__(self):
        self.calls = 0
        self.begin()

    def begin(self) -> None:
        """There is no line; one that was open when a process divided stays its parent's."""
        self.lock, self.line, self.tried = threading.Lock(), None, -SECONDS_UNREAD

    def count(self) -> int | None:
        """How many changes were heard of so far; None while nothing can be heard."""
        if not self.lock.acquire(blocking=False):
            return None
        try:
            if self.line is None:
                self.open()
            return self.heard() if self.line else None
        except psycopg2.Error:
            self.line = None
            return None
        finally:
            self.lock.release()

    def open(self) -> None:
        if time.monotonic() - self.tried < SECONDS_UNREAD:
            return
        self.tried = time.monotonic()
        self.line = psycopg2.connect(
            **{"connect_timeout": SECONDS_UNREAD, **connection.get_connection_params()}
        )
        self.line.autocommit = True
        with self.line.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        # What was called while nobody listened.
        self.calls += 1

    def heard(self) -> int:
        self.line.poll()
        if self.line.notifies:
            self.line.notifies.clear()
            self.calls += 1
        return self.calls

    def hang_up(self) -> None:
        with self.lock, suppress(psycopg2.Error):
            if self.line:
                self.line.close()
            self.line, self.tried = None, -SECONDS_UNREAD


known, ear = Known(), Ear()
os.register_at_fork(after_in_child=ear.begin)
# Another one after each change: two threads that count at once might count one change.
changed_here = object()


def told() -> Hashable:
    """Something that stays the same as long as nobody has changed the stamp; None when only reading it can tell."""
    if connection.in_atomic_block:
        return None
    if connection.vendor == "postgresql":
        calls = ear.count()
        return None if calls is None else (changed_here, calls, int(time.monotonic() / SECONDS_UNREAD))
    if (line := connection.connection) is None:
        return None
    try:
        # Past Django, which would count it among the questions of the page: nothing is read from the database's pages.
        return changed_here, line, line.execute("PRAGMA data_version").fetchone()[0]
    except sqlite3.Error:
        return None


def at_hand(now_told: Hashable) -> str | None:
    """The stamp that was read last, if it still holds."""
    return known.stamp if now_told is not None and now_told == known.told else None


def learn(now_told: Hashable, read: str | None) -> str:
    """The stamp as it was read, which is remembered with what the database had told before; a new one where none was."""
    stamp = read or secrets.token_hex(8)
    # Of two that are made at the same instant one is stored.
    if read or caches["pages"].add(NAME, stamp, None):
        known.told, known.stamp = now_told, stamp
    return stamp


def current() -> str:
    """The stamp as it is now."""
    now_told = told()
    return at_hand(now_told) or learn(now_told, caches["pages"].get(NAME))


def forget() -> None:
    """The content is another from now on, and every process knows."""
    global changed_here
    with transaction.atomic():
        caches["pages"].delete(NAME)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"NOTIFY {CHANNEL}")
    changed_here = object()
