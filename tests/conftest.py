import fcntl
import gc
import os
import subprocess
import sys
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache

# A busy machine is no failure: what is promised is the answer, not how long one example took. Where a run decides over
# a change its examples are the same each time; at a desk they are new ones.
hypothesis.settings.register_profile(
    "site",
    deadline=None,
    derandomize=os.environ.get("REQUIRE_ALL") == "1",
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("site")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """What asks the database at all is run on each database; the rest need not be told twice.

    A walk through a real browser is begun once more if it fails, and the report names it: the browser shares two
    cores with the site, the database and the other walks. What fails twice is wrong.
    """
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.flaky(reruns=1))
        if item.get_closest_marker("django_db") or {"db", "transactional_db"} & {*item.fixturenames}:
            item.add_marker("database")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """PostgreSQL drops no database that somebody still listens at."""
    from iiwam import stamp

    yield
    stamp.ear.hang_up()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """What was loaded before the first test stays to the last: the collector need not go through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def letters_and_files_stay_here(settings, tmp_path):
    """What a test stores or sends is gone with the test."""
    for name, value in kept_in(tmp_path).items():
        setattr(settings, name, value)


def kept_in(folder: Path) -> dict:
    """The settings with which everything stored or sent lies in this folder."""
    stores = {name: {**store} for name, store in settings.STORAGES.items()}
    for name, part in (("default", "files"), ("evidence", "evidence")):
        stores[name]["OPTIONS"] = {**stores[name].get("OPTIONS", {}), "location": folder / part}
    return {"DATA_DIR": folder, "EMAIL_FILE_PATH": folder / "mail", "STORAGES": stores}


@pytest.fixture(scope="session")
def prepared_folder(tmp_path_factory, worker_id) -> Path:
    """A DATA_DIR as `manage.py prepare` leaves it, made once for all processes of this run: to be copied, not used."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared if worker_id == "master" else shared.parent
    folder, is_ready = shared / "prepared", shared / "is-prepared"
    with (shared / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_ready.exists():
            environment = {"PATH": os.environ["PATH"], "HOME": str(shared), "DATA_DIR": str(folder)}
            command = [sys.executable, "manage.py", "prepare"]
            subprocess.run(
                command, check=True, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL
            )
            is_ready.touch()
    return folder


@pytest.fixture
def second_factor_required(settings):
    """The office as it stands on a public host: no entry with a password alone."""
    settings.STAFF_SECOND_FACTOR = True


@pytest.fixture
def fresh_rate_limits(db):
    """Attempts counted before this test, or during it, trouble nobody else."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def signed_rows_go_with_their_test():
    """SQLite empties a table row by row and would ask the guards of signed entries; PostgreSQL does not ask them."""
    from django.db.backends.sqlite3.base import DatabaseOperations

    from enrollment import guards

    flush = DatabaseOperations.execute_sql_flush

    def flush_unguarded(operations, statements):
        guards.lift(operations.connection.alias)
        flush(operations, statements)
        guards.set_up(operations.connection.alias)

    DatabaseOperations.execute_sql_flush = flush_unguarded
    yield
    DatabaseOperations.execute_sql_flush = flush
