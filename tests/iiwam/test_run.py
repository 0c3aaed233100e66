"""`make run` as a stranger meets it: an empty folder, one command, a page, Ctrl-C."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """The command running in a folder of its own."""

    def __init__(self, folder: Path):
        self.folder, self.port = folder, free_port()
        self.output = (folder / "output").open("a+")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "DATA_DIR": str(folder / "var"),
            "PORT": str(self.port),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "iiwam.run"],
            cwd=ROOT,
            env=environment,
            stdout=self.output,
            stderr=subprocess.STDOUT,
        )

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.read().decode()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.get("/readyz")
                return
            except OSError:
                time.sleep(0.2)
        pytest.fail(f"The site did not come up:\n{self.said()}")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    def said(self) -> str:
        self.output.seek(0)
        return self.output.read()

    def children(self) -> list[str]:
        listing = subprocess.run(
            ["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
        ).stdout
        return [line for line in listing.splitlines() if str(self.process.pid) in line.split()[:2]]


@pytest.fixture
def start(tmp_path):
    sites = []

    def start() -> Site:
        sites.append(Site(tmp_path))
        sites[-1].wait_until_ready()
        return sites[-1]

    yield start
    for site in sites:
        if site.process.poll() is None:
            site.process.terminate()
            site.process.wait(timeout=60)


@pytest.fixture
def start_again(start, tmp_path, prepared_folder):
    """Where everything is prepared already, a start takes a few seconds."""
    shutil.copytree(prepared_folder, tmp_path / "var")
    return start


def people(folder: Path) -> list[tuple]:
    with closing(sqlite3.connect(folder / "var" / "iiwam.sqlite3")) as database:
        return database.execute("select email, password from accounts_user order by email").fetchall()


def test_first_start_prepares_everything_and_a_second_loses_nothing(start, tmp_path):
    first = start()
    said = first.said()
    assert re.findall(r"Password, printed this once: (\S{12,})", said) != []
    assert f"Ready at http://127.0.0.1:{first.port}" in said
    course = first.get("/courses/microneedling/")
    assert "sample" in course and "/apply/" in course
    assert first.stop() == 0
    owners = people(tmp_path)
    assert len(owners) == 1

    second = start()
    assert second.said().count("Password, printed this once") == 1
    assert people(tmp_path) == owners
    assert second.stop() == 0


def test_ctrl_c_stops_server_and_worker(start_again):
    site = start_again()
    assert len(site.children()) >= 3
    assert site.stop() == 0
    assert site.children() == []
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", site.port)) != 0


def test_a_dead_server_ends_the_command_with_a_failure(start_again):
    site = start_again()
    gunicorn = next(line for line in site.children() if "gunicorn" in line)
    os.kill(int(gunicorn.split()[0]), signal.SIGKILL)
    assert site.process.wait(timeout=60) == 1
