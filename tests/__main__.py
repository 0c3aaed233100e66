"""`make test`: every test this machine can run, on SQLite and on PostgreSQL, naming what it can't run.

With REQUIRE_ALL=1 (as in CI) a missing piece is a failure instead of a line.
"""

import os
import shutil
import subprocess
import sys
import time

from tests.postgresql import temporary_server

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
CHROMIUM = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
TOOLS = ("qpdf", "pdftoppm", "pdfinfo", "pdffonts", "zbarimg")
HAS_TOOLS = all(map(shutil.which, TOOLS))
WORKERS = os.environ.get("TEST_WORKERS", "2")


def say(sentence: str) -> None:
    print(f"\n== {sentence}", flush=True)


def run(title: str, *command: str, **environment: str) -> bool:
    say(title)
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-m", *command], env={**os.environ, **environment})
    print(
        f"-- {title}: {'passed' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s",
        flush=True,
    )
    return done.returncode == 0


def pytest(title: str, *arguments: str, **environment: str) -> bool:
    return run(
        title, "pytest", "-q", "-n", WORKERS, "--dist", "worksteal", *arguments, *sys.argv[1:], **environment
    )


def missing(sentence: str) -> bool:
    say(f"Not run: {sentence}")
    return not REQUIRE_ALL


def main() -> int:
    missed = [*([] if CHROMIUM else ["not journey"]), *([] if HAS_TOOLS else ["not tools"])]
    everything = ["-m", " and ".join(missed)] if missed else []
    # What asks no database is not told twice. Pages look the same on either: only journeys whose outcome could differ
    # are walked again. A sheet does not know its database at all.
    again = [
        "-m",
        f"database and not tools and ({'not journey or both_databases' if CHROMIUM else 'not journey'})",
    ]
    results = [
        run("Style", "ruff", "check", "."),
        run("Format", "ruff", "format", "--check", "."),
        pytest("Tests on SQLite", "--ignore=tests/concurrency", *everything),
    ]
    if not CHROMIUM:
        results.append(missing("browser journeys, because there is no Chromium on this machine."))
    if not HAS_TOOLS:
        results.append(
            missing("checks of the PDF, because one of these is not on this machine: " + ", ".join(TOOLS))
        )
    with temporary_server() as server:
        if server is None:
            results.append(
                missing("tests on PostgreSQL, because there is no PostgreSQL server on this machine.")
            )
        else:
            results.append(pytest("Tests on PostgreSQL", *again, DATABASE_URL=server))
    say("Everything passed." if all(results) else "Something failed: see above.")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
