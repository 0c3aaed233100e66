"""The cache that all workers share, telling "taken" apart from "could not be written"."""

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import OperationalError


class SharedCache(DatabaseCache):
    """A table of the database.

    A lock or a place in a rate limit is taken by adding a key. Django answers alike when somebody else holds it and
    when the database is busy; then a person would read of too many attempts after the first one.
    """

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        if super().add(key, value, timeout, version):
            return True
        if not self.has_key(key, version):
            raise OperationalError("The cache could not be written.")
        return False
