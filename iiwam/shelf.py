"""The database cache for whole pages: one statement a write, and counted only now and then."""

import base64
import pickle
import random
from datetime import UTC, datetime

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import DatabaseError, connections, router, transaction
from django.utils import timezone

WRITES_BETWEEN_COUNTS = 50


class PageShelf(DatabaseCache):
    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        """The value is kept; when the database is busy it is not, and the next visitor's page is made again."""
        row = [self.make_and_validate_key(key, version=version), packed(value), self.expiry(timeout)]
        alias = router.db_for_write(self.cache_model_class)
        try:
            with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
                cursor.execute(self.upsert(connections[alias].ops.quote_name), row)
                if random.randrange(WRITES_BETWEEN_COUNTS) == 0:  # noqa: S311
                    self.make_room(alias, cursor)
        except DatabaseError:
            return False
        return True

    def upsert(self, quote) -> str:
        table, key, value, expires = map(quote, (self._table, "cache_key", "value", "expires"))
        return (
            f"INSERT INTO {table} ({key}, {value}, {expires}) VALUES (%s, %s, %s) "  # noqa: S608
            f"ON CONFLICT ({key}) DO UPDATE SET {value} = excluded.{value}, {expires} = excluded.{expires}"
        )

    def expiry(self, timeout):
        seconds = self.get_backend_timeout(timeout)
        moment = datetime.max if seconds is None else datetime.fromtimestamp(seconds, tz=UTC)
        operations = connections[router.db_for_write(self.cache_model_class)].ops
        return operations.adapt_datetimefield_value(moment.replace(microsecond=0))

    def make_room(self, alias, cursor) -> None:
        cursor.execute(f"SELECT COUNT(*) FROM {connections[alias].ops.quote_name(self._table)}")  # noqa: S608
        count = cursor.fetchone()[0]
        if count > self._max_entries:
            self._cull(alias, cursor, timezone.now().replace(microsecond=0), count)


def packed(value) -> str:
    return base64.b64encode(pickle.dumps(value, pickle.HIGHEST_PROTOCOL)).decode("ascii")
