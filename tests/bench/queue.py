"""`make bench-queue`: fills applications on PostgreSQL and prints what each view of the desk costs the server.

APPLICATIONS= says how many (100,000). A measurement, not a test; tests/enrollment/test_desk_queue.py counts questions.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from statistics import median

from tests.bench.questions import counted
from tests.postgresql import temporary_server

ROUNDS = 7
VIEWS = {
    "awaiting review": "",
    "mine": "?show=mine",
    "unassigned": "?show=nobody",
    "information received": "?show=received",
    "waiting on the applicant": "?show=applicant",
    "evidence expiring": "?show=expiring",
    "deadline this week": "?show=week",
    "one intake": "?intake={intake}",
    "older than a week": "?age=7",
    "everything": "?status=all",
    "page 30": "?p=30",
    "search": "?q=Person+4711&status=all",
    "search by address": "?q=person4711%40bench.example&status=all",
    "search that finds everybody": "?q=bench.example&status=all",
    "search that finds nobody": "?q=Nobody+at+all&status=all",
}


def cost(act: Callable) -> tuple[int, float, float, float]:
    """Questions, milliseconds of the database, of our processor and on the clock: the median of several rounds."""
    act()
    rounds = []
    for _round in range(ROUNDS):
        begun, used = time.perf_counter(), time.process_time()
        number, database = counted(act)
        worked, passed = time.process_time() - used, time.perf_counter() - begun
        rounds.append((number, database, worked * 1000, passed * 1000))
    return tuple(median(column) for column in zip(*rounds, strict=True))


def measure(total: int) -> None:
    from django.db import connection

    from tests.bench.desk_rows import fill

    reviewer, owner, intake = fill(total)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(
        f"{total} applications\n{'page':<32}{'questions':>10}{'database ms':>13}{'CPU ms':>9}{'server ms':>11}"
    )
    for name, act in (desk_of(reviewer, intake) | home_of(owner) | saves(intake)).items():
        number, database, worked, whole = cost(act)
        print(f"{name:<32}{number:>10.0f}{database:>13.1f}{worked:>9.1f}{whole:>11.1f}", flush=True)


def desk_of(reviewer, intake) -> dict[str, Callable]:
    """The queue in all its views, one application, and the home page, for a reviewer of half the intakes."""
    from django.urls import reverse

    from enrollment.permissions import reviewable

    queue = reverse("admin:enrollment_application_changelist")
    pages = {name: queue + query.format(intake=intake.pk) for name, query in VIEWS.items()}
    pages["one application"] = reverse(
        "admin:enrollment_application_change", args=[reviewable(reviewer).awaiting_review()[50].pk]
    )
    pages["home of the office, reviewer"] = reverse("admin:index")
    return {name: partial(seen, browser_of(reviewer), address) for name, address in pages.items()}


def home_of(owner) -> dict[str, Callable]:
    from django.urls import reverse

    browser = browser_of(owner)
    search = reverse("admin:enrollment_application_changelist") + VIEWS["search"]
    return {
        "home of the office, owner": partial(seen, browser, reverse("admin:index")),
        "search in every intake": partial(seen, browser, search),
    }


def browser_of(person):
    from django.test import Client

    client = Client(headers={"Host": "127.0.0.1"})
    client.force_login(person)
    return client


def seen(browser, address: str) -> None:
    assert browser.get(address).status_code == 200, address


def saves(intake) -> dict[str, Callable]:
    """A page of the form saved by its button, and by the script while somebody types; each time another answer."""
    from django.urls import reverse

    from enrollment.questionnaire import fingerprint
    from tests.factories import ApplicationFactory

    draft = ApplicationFactory(intake=intake, complete=True)
    address, browser = (
        reverse("enrollment:section", args=[draft.reference, "about"]),
        browser_of(draft.applicant),
    )
    cities = count()

    def save(status: int, **how) -> None:
        draft.refresh_from_db()
        answers = {"legal_name": draft.legal_name, "city": f"Town {next(cities)}"}
        said = browser.post(address, {**answers, "seen": fingerprint(draft, "about"), **how})
        assert said.status_code == status, said.content

    return {"save a section": partial(save, 302), "save while typing": partial(save, 200, autosave="1")}


def main() -> int:
    if len(sys.argv) > 1:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        measure(int(sys.argv[1]))
        return 0
    total = os.environ.get("APPLICATIONS", "").strip() or "100000"
    with temporary_server() as server, tempfile.TemporaryDirectory() as folder:
        if server is None:
            print("PostgreSQL is not installed here, and only there the numbers mean something.")
            return 1
        environment = {
            "DATABASE_URL": server,
            "DATA_DIR": folder,
            "SECRET_KEY": "only-for-measuring",
            "DEBUG": "true",
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "tests.bench.queue_settings",
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.queue", total], env={**os.environ, **environment}, check=False
        )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
