"""A key that somebody holds is one thing, a database that takes none is another."""

import pytest
from django.core.cache import cache
from django.core.cache.backends.db import DatabaseCache
from django.db import OperationalError
from django.urls import reverse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_rate_limits")]


@pytest.fixture
def locked(monkeypatch):
    """Django's answer when the database is locked for longer than it waits."""
    monkeypatch.setattr(DatabaseCache, "_base_set", lambda *args, **kwargs: False)
    monkeypatch.setattr("iiwam.cache.BUSY_AFTER", 0)


def test_a_key_is_taken_once():
    assert [cache.add("seat", 1), cache.add("seat", 2), cache.get("seat")] == [True, False, 1]


def test_a_key_that_cannot_be_written_is_not_called_taken(locked):
    with pytest.raises(OperationalError):
        cache.add("seat", 1)


def test_a_key_that_was_let_go_at_that_moment_was_taken(monkeypatch):
    monkeypatch.setattr(DatabaseCache, "_base_set", lambda *args, **kwargs: False)
    assert cache.add("seat", 1) is False


def test_signing_in_while_the_database_is_locked_is_answered_with_try_again(client, locked):
    answer = client.post(reverse("account_login"), {"login": "ada@example.org", "password": "wrong"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
