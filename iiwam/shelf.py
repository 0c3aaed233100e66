"""The database cache for whole pages: one statement a reading or a write, and counted only now and then.

Nobody waits for it: a page that cannot be kept because the database is busy is shown all the same.
"""

import base64
import pickle
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import DatabaseError, InterfaceError, OperationalError, connections, router, transaction
from django.utils import timezone

WRITES_BETWEEN_COUNTS = 50
PATIENCE_MS = 50
SET = "value = excluded.value, expires = excluded.expires"


class PageShelf(DatabaseCache):
    def get(self, key, default=None, version=None):
        return self.get_many([key], version).get(key, default)

    def get_many(self, keys, version=None):
        """What lies there under these keys; nothing is tidied away while somebody waits for a page."""
        made = {self.make_and_validate_key(key, version=version): key for key in keys}
        places = ", ".join(["%s"] * len(made))
        sql = f"SELECT cache_key, value FROM {self._table} WHERE cache_key IN ({places}) AND expires > %s"  # noqa: S608
        connection = connections[router.db_for_read(self.cache_model_class)]
        rows = answer(connection, sql, [*made, moment(connection, timezone.now())])
        return {made[key]: unpacked(value) for key, value in rows}

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        """The value is kept, unless the database is busy: then the next visitor's page is made again."""
        return self.write(f"DO UPDATE SET {SET}", key, value, timeout, version)

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        """The value is kept where none is, and this says whether it is."""
        return self.write(
            f"DO UPDATE SET {SET} WHERE {self._table}.expires <= %s", key, value, timeout, version, now=True
        )

    def write(self, otherwise: str, key, value, timeout, version, *, now: bool = False) -> bool:
        alias = router.db_for_write(self.cache_model_class)
        connection = connections[alias]
        seconds = self.get_backend_timeout(timeout)
        expires = datetime.max if seconds is None else datetime.fromtimestamp(seconds, tz=UTC)
        row = [self.make_and_validate_key(key, version=version), packed(value), moment(connection, expires)]
        row += [moment(connection, timezone.now())] if now else []
        sql = f"INSERT INTO {self._table} (cache_key, value, expires) VALUES (%s, %s, %s) ON CONFLICT (cache_key)"  # noqa: S608
        try:
            with impatient(connection), transaction.atomic(using=alias), connection.cursor() as cursor:
                cursor.execute(f"{sql} {otherwise}", row)
                written = cursor.rowcount == 1
                if random.randrange(WRITES_BETWEEN_COUNTS) == 0:  # noqa: S311
                    self.make_room(alias, cursor)
        except DatabaseError:
            return False
        return written

    def make_room(self, alias, cursor) -> None:
        cursor.execute(f"SELECT COUNT(*) FROM {self._table}")  # noqa: S608
        count = cursor.fetchone()[0]
        if count > self._max_entries:
            self._cull(alias, cursor, timezone.now().replace(microsecond=0), count)


def answer(connection, sql: str, params: list) -> list[tuple]:
    """The rows; a connection that has died is noticed by asking, and renewed.

    Django would ask another question before the first one of each request, which for a kept page is the only one.
    """
    connection.health_check_done = True
    try:
        return fetched(connection, sql, params)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close_if_unusable_or_obsolete()
        return fetched(connection, sql, params)


def fetched(connection, sql: str, params: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


@contextmanager
def impatient(connection) -> Iterator[None]:
    """Writes inside give up soon where one writer at a time holds the whole database."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    # Past Django, which would count it among the questions of the page.
    tell = connection.connection.execute
    tell(f"PRAGMA busy_timeout = {PATIENCE_MS}")
    try:
        yield
    finally:
        tell(f"PRAGMA busy_timeout = {connection.settings_dict['OPTIONS'].get('timeout', 5) * 1000}")


def moment(connection, when: datetime):
    return connection.ops.adapt_datetimefield_value(when.replace(microsecond=0))


def packed(value) -> str:
    return base64.b64encode(pickle.dumps(value, pickle.HIGHEST_PROTOCOL)).decode("ascii")


def unpacked(text: str):
    return pickle.loads(base64.b64decode(text))  # noqa: S301 - nobody but us writes there
