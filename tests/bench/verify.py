"""`make bench-verify`: a million certificates on PostgreSQL, what one check costs the server, and what issuing one costs.

CERTIFICATES= says how many. A measurement, not a test; tests/enrollment/test_verification.py reads the plan.
"""

import os
import subprocess
import sys
import tempfile
import time
from statistics import median

from tests.bench.questions import asked
from tests.postgresql import temporary_server

ROUNDS, ISSUED = 200, 20


def copies(cursor, table: str, key: int, total: int, **changed: str) -> None:
    """So many copies of one real row, with these columns changed; `n` counts them."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'",
        [table],
    )
    names = [name for (name,) in cursor.fetchall()]
    values = ", ".join(changed.get(name, f'"{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    cursor.execute(
        f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table}, generate_series(1, %s) AS n "  # noqa: S608
        f"WHERE {table}.id = %s",
        [total, key],
    )


def fill(total: int):
    """So many certificates, each of an enrollment of its own, and one that was really issued."""
    from django.db import connection

    from enrollment import certification
    from tests.enrollment.learners import finished, registrar

    certificate = certification.issue_certificate(enrollment=finished(), by=registrar())
    enrollment = certificate.enrollment
    with connection.cursor() as cursor:
        # The rows are written for their number; what an enrollment belongs to is not asked here.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET statement_timeout = 0")
        offset = enrollment.application_id + 1_000
        copies(
            cursor,
            "enrollment_enrollment",
            enrollment.pk,
            total,
            application_id=f"{offset} + n",
            learner_id=f"{offset} + n",
        )
        cursor.execute("SELECT min(id) FROM enrollment_enrollment WHERE application_id > %s", [offset])
        [first] = cursor.fetchone()
        copies(
            cursor,
            "enrollment_certificate",
            certificate.pk,
            total,
            enrollment_id=f"{first} - 1 + n",
            number="'IIWAM-MN-2026-' || upper(substr(md5(n::text), 1, 20))",
        )
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE")
        cursor.execute("RESET statement_timeout")
    return certificate


def cost(client, address: str, expected: int) -> tuple[float, float, float, float]:
    """Questions, milliseconds of the database, of our processor and on the clock: the median of many rounds."""
    rounds = []
    for _round in range(ROUNDS):
        begun, used = time.perf_counter(), time.process_time()
        number, database = asked(client, address)
        worked, passed = time.process_time() - used, time.perf_counter() - begun
        rounds.append((number, database, worked * 1000, passed * 1000))
    assert client.get(address).status_code == expected, address
    return tuple(median(column) for column in zip(*rounds, strict=True))


def issue_cost() -> tuple[float, float]:
    """Milliseconds of our processor and on the clock for one act of issuing: snapshot, signatures, history and letter."""
    from enrollment import certification
    from tests.enrollment.learners import finished, registrar

    ready, by, spent = [finished() for _learner in range(ISSUED)], registrar(), []
    for enrollment in ready:
        begun, used = time.perf_counter(), time.process_time()
        certification.issue_certificate(enrollment=enrollment, by=by)
        worked, passed = time.process_time() - used, time.perf_counter() - begun
        spent.append((worked * 1000, passed * 1000))
    return tuple(median(column) for column in zip(*spent, strict=True))


def measure(total: int) -> None:
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client

    from enrollment import numbers
    from enrollment.models import Certificate

    certificate = fill(total)
    client = Client(headers={"Host": "127.0.0.1"})
    page = f"/verify/{certificate.number}/"
    pages = {"page of a valid one": page, "its JSON": f"{page}status.json", "the form": "/verify/"}
    print(f"{Certificate.objects.count()} certificates")
    print(f"{'page':<26}{'questions':>10}{'database ms':>13}{'CPU ms':>9}{'server ms':>11}")
    for name, address in pages.items():
        questions, database, used, passed = cost(client, address, 200)
        print(f"{name:<26}{questions:>10.0f}{database:>13.1f}{used:>9.1f}{passed:>11.1f}")
    cache.clear()
    begun = time.perf_counter()
    client.get(f"/verify/{numbers.mint('MN', 2026)}/")
    print(f"{'a number never issued':<26}{(time.perf_counter() - begun) * 1000:>43.1f}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_total_relation_size('enrollment_certificate'))")
        print(f"the table with its indexes: {cursor.fetchone()[0]}")
    worked, passed = issue_cost()
    print(f"{'issuing one':<26}{worked:>32.1f}{passed:>11.1f}")


def main() -> int:
    if len(sys.argv) > 1:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        measure(int(sys.argv[1]))
        return 0
    total = os.environ.get("CERTIFICATES", "").strip() or "1000000"
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
            [sys.executable, "-m", "tests.bench.verify", total],
            env={**os.environ, **environment},
            check=False,
        )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
