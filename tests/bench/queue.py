"""`make bench-queue`: fills applications on PostgreSQL and prints what each view of the desk costs the server.

APPLICATIONS= says how many (100,000). A measurement, not a test; tests/enrollment/test_desk_queue.py counts questions.
"""

import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from statistics import median

from tests.bench.questions import asked
from tests.postgresql import temporary_server

ROUNDS = 7
INTAKES = 20
CHUNK = 5_000
# Every status in turn, weighted towards what fills a queue.
STATUSES = (
    ["submitted"] * 4 + ["in_review"] * 3 + ["info_requested", "offered", "waitlisted"] + ["declined"] * 2
)
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
}


def fill(total: int):
    """So many applications on twenty intakes, a third with a document that runs out; a reviewer who has half of them."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from enrollment.models import Application, Document, InformationRequest
    from tests.factories import CourseFactory, IntakeFactory, StaffFactory

    now, people = timezone.now(), get_user_model()
    course = CourseFactory()
    intakes = [IntakeFactory(course=course, capacity=40) for _number in range(INTAKES)]
    person = StaffFactory(
        rights=["view_application", "review_application", "decide_application"],
        intakes=intakes[: INTAKES // 2],
    )
    profession = course.audiences.first().profession
    for start in range(0, total, CHUNK):
        numbers = range(start, min(start + CHUNK, total))
        users = people.objects.bulk_create(
            [people(email=f"person{n}@bench.example", full_name=f"Person {n}", password="!") for n in numbers]
        )
        applications = Application.objects.bulk_create(
            [
                Application(
                    applicant=user,
                    intake=intakes[n % INTAKES],
                    profession=profession,
                    legal_name=user.full_name,
                    status=STATUSES[n % len(STATUSES)],
                    reviewer=person if n % 50 == 0 else None,
                    submitted_at=now - timedelta(minutes=n),
                    waitlisted_at=now,
                    offer_expires_at=now + timedelta(days=n % 20),
                    license_valid_until=date.today() + timedelta(days=n % 900),
                )
                for n, user in zip(numbers, users, strict=True)
            ]
        )
        Document.objects.bulk_create(
            [
                Document(
                    application=one,
                    kind="license",
                    label="Licence",
                    file="x",
                    size=1,
                    sha256=f"{one.pk:064x}",
                    valid_until=date.today() + timedelta(days=one.pk % 900),
                )
                for one in applications[::3]
            ]
        )
        InformationRequest.objects.bulk_create(
            [
                InformationRequest(
                    application=one,
                    asked_by=one.applicant,
                    asked_at=now,
                    answer_by=now + timedelta(days=one.pk % 20),
                )
                for one in applications
                if one.status == "info_requested"
            ]
        )
    return person, intakes[0]


def cost(client, address: str) -> tuple[int, float, float, float]:
    """Questions, milliseconds of the database, of our processor and on the clock: the median of several rounds."""
    assert client.get(address).status_code == 200, address
    rounds = []
    for _round in range(ROUNDS):
        begun, used = time.perf_counter(), time.process_time()
        number, database = asked(client, address)
        worked, passed = time.process_time() - used, time.perf_counter() - begun
        rounds.append((number, database, worked * 1000, passed * 1000))
    return tuple(median(column) for column in zip(*rounds, strict=True))


def measure(total: int) -> None:
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    from enrollment.permissions import reviewable

    person, intake = fill(total)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(headers={"Host": "127.0.0.1"})
    client.force_login(person)
    queue = reverse("admin:enrollment_application_changelist")
    pages = {name: queue + query.format(intake=intake.pk) for name, query in VIEWS.items()}
    pages["one application"] = reverse(
        "admin:enrollment_application_change", args=[reviewable(person).awaiting_review()[50].pk]
    )
    pages["home of the office"] = reverse("admin:index")
    print(
        f"{total} applications\n{'page':<26}{'questions':>10}{'database ms':>13}{'CPU ms':>9}{'server ms':>11}"
    )
    for name, address in pages.items():
        number, database, worked, whole = cost(client, address)
        print(f"{name:<26}{number:>10.0f}{database:>13.1f}{worked:>9.1f}{whole:>11.1f}", flush=True)


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
            "DJANGO_SETTINGS_MODULE": "tests.bench.queue_settings",
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.queue", total], env={**os.environ, **environment}, check=False
        )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
