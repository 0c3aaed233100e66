"""The catalog of the measurement: the institute's own, and as many made-up courses as asked for."""

import sys

import django


def main() -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests.bench.catalog import fill

    call_command("migrate", verbosity=0)
    call_command("load_catalog", verbosity=0)
    call_command("load_samples", verbosity=0)
    fill(courses=int(sys.argv[1]))
    # What either database does by itself before long.
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


if __name__ == "__main__":
    main()
