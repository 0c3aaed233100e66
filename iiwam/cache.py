"""The cache that all workers share, telling "taken" apart from "could not be written"."""

import time

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import OperationalError

# Shorter than either database waits for a lock, longer than it takes to be told that a key is there.
BUSY_AFTER = 3


class SharedCache(DatabaseCache):
    """A table of the database.

    A lock or a place in a rate limit is taken by adding a key. Django answers alike when somebody else holds it and
    when the database is busy; then a person would read of too many attempts after the first one.
    """

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        begun = time.monotonic()
        if super().add(key, value, timeout, version):
            return True
        # A key that is gone by now may have been somebody's a moment ago: only a long wait says that nobody could write.
        if time.monotonic() - begun >= BUSY_AFTER and not self.has_key(key, version):
            raise OperationalError("The cache could not be written.")
        return False
