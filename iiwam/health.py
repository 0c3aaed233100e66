"""What the site leans on, each asked one small question."""

import logging
from datetime import timedelta

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.crypto import get_random_string

from iiwam import jobs

logger = logging.getLogger(__name__)

OLDEST_WAITING_JOB = timedelta(minutes=15)


def database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def migrations_are_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def cache_remembers() -> bool:
    word = get_random_string(12)
    cache.set("readyz", word, 30)
    # Another worker may have answered the same question in between: any fresh word will do.
    return bool(cache.get("readyz"))


def queue_moves() -> bool:
    return jobs.waiting_since(now := timezone.now()) > now - OLDEST_WAITING_JOB


def queue_facts() -> dict:
    """How long the first job has waited, and how many jobs have failed for good; empty when nobody can say."""
    now = timezone.now()
    try:
        waited = (now - jobs.waiting_since(now)).total_seconds()
        return {"oldest_waiting_seconds": round(waited), "failed": jobs.failed_count()}
    except DatabaseError:
        return {}


QUESTIONS = {
    "database": database_answers,
    "migrations": migrations_are_applied,
    "cache": cache_remembers,
    "queue": queue_moves,
}


def unwell() -> list[str]:
    """The names of what does not work; how it fails goes to the log only."""
    failed = []
    for name, is_well in QUESTIONS.items():
        try:
            well = is_well()
        except Exception:
            logger.exception("not_ready", extra={"part": name})
            well = False
        if not well:
            failed.append(name)
    return failed
