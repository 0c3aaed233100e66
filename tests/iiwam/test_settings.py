import pytest
from django.core.cache import cache
from django.db import connection
from django.db.backends.postgresql.psycopg_any import is_psycopg3


def test_database_driver_stays_psycopg2():
    assert not is_psycopg3


@pytest.mark.django_db
def test_cache_table_exists_after_migrate():
    assert "site_cache" in connection.introspection.table_names()
    cache.set("greeting", "hello", 60)
    assert cache.get("greeting") == "hello"
