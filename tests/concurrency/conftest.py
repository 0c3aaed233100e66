"""Several server processes over the database of this test run, and many clients that act at the same instant."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from .crowd import TOO_LONG, Caller

SERVER_PROCESSES = 4


def pytest_collection_modifyitems(items):
    for item in items:
        if "concurrency" in item.path.parts:
            item.add_marker(pytest.mark.postgresql)


def missing(sentence: str) -> None:
    """A piece without which nothing can be proved: a failure in CI, a line elsewhere."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(autouse=True)
def row_locks(transactional_db):
    """Rows are committed, and the database is one that locks them."""
    if connection.vendor != "postgresql":
        missing("Races are proved closed on PostgreSQL only: set DATABASE_URL to one.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def address_of_test_database() -> str:
    where = connection.settings_dict
    who = ":".join(quote(where[part], safe="") for part in ("USER", "PASSWORD") if where[part])
    return f"postgres://{who}@{where['HOST'] or '127.0.0.1'}:{where['PORT'] or 5432}/{where['NAME']}"


@pytest.fixture(scope="session")
def server_processes(django_db_setup, django_db_blocker):
    """The port of gunicorn with several workers, serving the database of this test run."""
    if importlib.util.find_spec("gunicorn") is None:
        missing("Races over HTTP need gunicorn.")
    with django_db_blocker.unblock():
        if connection.vendor != "postgresql":
            missing("Races over HTTP need PostgreSQL: set DATABASE_URL to one.")
        address = address_of_test_database()
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "tests.concurrency.server_settings",
        "BIND": f"127.0.0.1:{port}",
        "WEB_WORKERS": str(SERVER_PROCESSES),
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "iiwam/gunicorn.py", "iiwam.wsgi"]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment)
    try:
        wait_until_it_answers(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(TOO_LONG)


def wait_until_it_answers(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + TOO_LONG
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if Caller(port).get("/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("The server did not start.")


@pytest.fixture
def caller(server_processes) -> Callable[..., Caller]:
    """A signed-in browser: `caller(user).post("/path/", note="Why.")`."""
    return lambda user=None: Caller(server_processes, user)
