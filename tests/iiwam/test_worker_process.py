"""A worker as the system runs it: a process that can be killed and can be asked to stop."""

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection


@pytest.fixture
def database_url(transactional_db, tmp_path):
    """The test database, where other processes can reach it."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with sqlite3.connect(tmp_path / "copy.sqlite3") as copy:
            connection.connection.backup(copy)
        return f"sqlite:///{tmp_path / 'copy.sqlite3'}"
    at = connection.settings_dict
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


@pytest.fixture
def manage(database_url, tmp_path):
    """Start `manage.py` with these words; the process is gone when the test is."""
    started = []

    def manage(*words):
        # PATH and the like only: the settings of the test run itself stay out of it.
        env = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "DATABASE_URL": database_url}
        process = subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=settings.BASE_DIR,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        started.append(process)
        return process

    yield manage
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def ask(manage):
    def ask(lines):
        out, _ = manage("shell", "-v0", "-c", lines).communicate(timeout=60)
        return out.strip()

    return ask


def wait_for(path):
    deadline = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} never came"
        time.sleep(0.05)


STATES = "from iiwam.accounts.models import Job; print([(job.status, len(job.worker_ids)) for job in Job.objects.filter(task_path__endswith='linger')])"


def put_up(ask, folder, seconds):
    ask(f"from tests.iiwam.chores import linger; linger.enqueue({str(folder)!r}, {seconds})")


def test_job_of_a_killed_worker_is_finished_by_the_next(manage, ask, tmp_path):
    put_up(ask, tmp_path, 3)
    worker = manage("run_worker")
    wait_for(tmp_path / "started-0")
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert ask(STATES) == "[('RUNNING', 1)]"
    assert manage("reap_jobs", "--older-than", "0").communicate()[0] == "1 taken back\n"
    manage("run_worker", "--drain").communicate()
    assert ask(STATES) == "[('SUCCESSFUL', 2)]"
    assert (tmp_path / "done").exists()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_worker_that_is_asked_twice_to_stop_finishes_the_job_in_hand(manage, ask, tmp_path, name):
    put_up(ask, tmp_path, 2)
    worker = manage("run_worker")
    wait_for(tmp_path / "started-0")
    worker.send_signal(getattr(signal, name))
    worker.send_signal(getattr(signal, name))
    assert worker.wait(timeout=20) == 0
    assert ask(STATES) == "[('SUCCESSFUL', 1)]"
