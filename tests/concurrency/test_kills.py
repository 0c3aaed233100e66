"""Server and worker are killed fifty times while people write: what was answered is there, each letter came once."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from enrollment import invariants
from enrollment.models import Application, Letter
from iiwam import jobs
from tests.factories import ApplicationFactory, IntakeFactory

from .conftest import address_of_test_database, free_port, wait_until_it_answers
from .crowd import TOO_LONG, Caller, persons
from .post_office import handed_over, kept

KILLS, WRITERS, MOST = 50, 3, 4_000
SERVICES = {
    "server": ["-m", "gunicorn", "--config", "iiwam/gunicorn.py", "tests.concurrency.warm_wsgi"],
    "worker": ["-m", "tests.concurrency.mortal_worker"],
}


class House:
    """Both services, as processes that can be killed at any instant and come back."""

    def __init__(self, folder: Path):
        self.port, self.folder, self.chance = free_port(), folder, random.Random(50)
        self.environment = {
            **os.environ,
            "DATABASE_URL": address_of_test_database(),
            "DJANGO_SETTINGS_MODULE": "tests.concurrency.kill_settings",
            "BIND": f"127.0.0.1:{self.port}",
            "WEB_WORKERS": "2",
            "POST_OFFICE": str(folder),
        }
        self.server, self.worker = self.start("server"), self.start("worker")
        self.lives = int(self.worker.stdout.readline())
        wait_until_it_answers(self.port, self.server)
        threading.Thread(target=self.follow, daemon=True).start()

    def start(self, service: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, *SERVICES[service]],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    def follow(self) -> None:
        for line in self.worker.stdout:
            self.lives = int(line)

    def serving(self) -> list[int]:
        """The processes that answer, which the first one of the server watches over."""
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text()
        return [int(child) for child in children.split()]

    def kill_one(self, number: int) -> None:
        """By turns a process that answers and the worker; the end comes without warning."""
        victims = [self.lives] if number % 2 else self.serving()
        if victims:
            kill(self.chance.choice(victims))

    def kill_all(self) -> None:
        """The whole server falls at once, and is started again."""
        for process in [self.server.pid, *self.serving()]:
            kill(process)
        self.server.wait(TOO_LONG)
        self.server = self.start("server")
        wait_until_it_answers(self.port, self.server)

    def end(self) -> None:
        for service in (self.server, self.worker):
            service.terminate()
        kill(self.lives, signal.SIGTERM)
        for service in (self.server, self.worker):
            service.wait(TOO_LONG)


def kill(process: int, how: int = signal.SIGKILL) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, how)


@pytest.fixture
def house(tmp_path):
    standing = House(tmp_path)
    try:
        yield standing
    finally:
        standing.end()


@pytest.fixture
def desk(house):
    [reviewer] = persons(1, "reviewer", is_staff=True)
    reviewer.user_permissions.set(
        Permission.objects.filter(
            codename__in=["view_application", "review_application", "review_every_intake"]
        )
    )
    return Caller(house.port, reviewer)


def write(desk: Caller, applications, answered: dict, until: threading.Event) -> None:
    """One review begun after the other; what the server said yes to is written down, what it left open is not."""
    try:
        for application in applications:
            if until.is_set():
                break
            address = reverse("admin:enrollment_application_move", args=[application.pk, "start_review"])
            note = f"Begun by {application.reference}."
            try:
                answer = desk.post(address, note=note)
            except (OSError, HTTPException):
                time.sleep(0.02)
                continue
            if answer.status == 302:
                answered[application.pk] = note
            else:
                answered[application.pk] = f"An error page: {answer.status}"
    finally:
        connections.close_all()


class Applicant:
    """Somebody whose window saves by itself, as fast as it is answered."""

    def __init__(self, port: int):
        [person] = persons(1, "applicant")
        self.draft = ApplicationFactory(applicant=person, status="draft")
        self.address = reverse("enrollment:section", args=[self.draft.reference, "about"])
        self.caller, self.sent, self.acknowledged = Caller(port, person), 0, 0
        page = self.caller.get(self.address).body
        self.seen, window = (
            re.search(f'name="{name}" value="([^"]+)"', page)[1] for name in ("seen", "window")
        )
        self.window = window.partition(":")[0]

    def type(self, until: threading.Event) -> None:
        """One save after the other; whoever got no answer goes on writing, as the script of the page does."""
        try:
            while not until.is_set():
                self.sent += 1
                fields = {"city": self.city(self.sent), "seen": self.seen, "autosave": "1"}
                try:
                    answer = self.caller.post(self.address, window=f"{self.window}:{self.sent}", **fields)
                except (OSError, HTTPException):
                    time.sleep(0.02)
                    continue
                assert answer.status == 200, answer
                self.seen, self.acknowledged = json.loads(answer.body)["seen"], self.sent
                time.sleep(0.02)
        finally:
            connections.close_all()

    @staticmethod
    def city(number: int) -> str:
        return f"Town {number}"


def submitted() -> list[Application]:
    return Application.objects.bulk_create(
        Application(
            applicant=person, intake=intake, status="submitted", submitted_at=timezone.now(), legal_name="A"
        )
        for intake in [IntakeFactory()]
        for person in persons(MOST, "person")
    )


def kill_again_and_again(house: House, answered: dict) -> None:
    """Fifty times, at any instant after somebody was answered again."""
    for number in range(KILLS):
        wait_until_more_is(answered)
        time.sleep(house.chance.uniform(0, 0.25))
        if number in (20, 40):
            house.kill_all()
        else:
            house.kill_one(number)


def wait_until_more_is(answered: dict) -> None:
    so_far, deadline = len(answered), time.monotonic() + TOO_LONG
    while len(answered) == so_far and time.monotonic() < deadline:
        time.sleep(0.005)


def drained() -> bool:
    return not jobs.table().exclude(status="SUCCESSFUL").exists()


def wait_for_the_post() -> None:
    deadline = time.monotonic() + 2 * TOO_LONG
    while not drained() and time.monotonic() < deadline:
        time.sleep(0.1)


def test_fifty_kills_lose_no_save_and_send_each_letter_once(house, desk):
    applications, answered, until = submitted(), {}, threading.Event()
    applicant = Applicant(house.port)
    writers = [
        threading.Thread(target=write, args=(desk, applications[turn::WRITERS], answered, until))
        for turn in range(WRITERS)
    ]
    writers.append(threading.Thread(target=applicant.type, args=(until,)))
    for writer in writers:
        writer.start()
    kill_again_and_again(house, answered)
    until.set()
    for writer in writers:
        writer.join(TOO_LONG)
    wait_for_the_post()
    assert len(answered) >= KILLS
    every_answer_is_kept(answered)
    what_was_typed_is_kept(applicant)
    nothing_is_half_done()
    every_letter_came_once(house.folder)


def every_answer_is_kept(answered: dict) -> None:
    begun = Application.objects.filter(pk__in=answered, status="in_review", history__move="start_review")
    assert dict(begun.values_list("pk", "history__note")) == answered


def what_was_typed_is_kept(applicant: Applicant) -> None:
    """The last save that was answered stands, or one after it whose answer was lost."""
    assert applicant.acknowledged > KILLS
    stands = {applicant.city(number) for number in range(applicant.acknowledged, applicant.sent + 1)}
    assert Application.objects.get(pk=applicant.draft.pk).city in stands


def nothing_is_half_done() -> None:
    """Also what nobody was told of happened wholly or not at all."""
    moved = Application.objects.filter(status="in_review")
    assert {one.history.count() for one in moved} == {1}
    assert invariants.every_step_has_its_letter().breaches == []
    assert not Application.objects.filter(status="submitted", history__isnull=False).exists()


def every_letter_came_once(folder: Path) -> None:
    written = dict(Letter.objects.values_list("message_id", "to_email"))
    assert set(Letter.objects.values_list("status", flat=True)) == {"sent"}
    assert kept(folder) == written
    # A worker killed in the moment of handing over is followed by one that does it again, under the same Message-ID.
    repeated = len(handed_over(folder)) - len(set(handed_over(folder)))
    assert repeated <= KILLS // 2
