"""`make bench`: fills a catalog and prints what each page costs, beside a bare Django site in the same run.

COURSES= says how many courses (10,000), each with six modules. Nothing here is a test: machines differ, ratios less so.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.bench.server import Server, serving
from tests.postgresql import temporary_server

FLAGSHIP = "microneedling"
MODULE = "pre-and-post-procedure-protocols"
PAGES = {
    "home": "/",
    "catalog": "/courses/",
    "search": "/courses/?q=neurotica+laser",
    "every": "/courses/?q=skin",
    "facet": "/courses/?profession=nurse&mode=online",
    "country": "/courses/?country=MY&profession=doctor&q=skin",
    "course": f"/courses/{FLAGSHIP}/",
    "module": f"/courses/{FLAGSHIP}/{MODULE}/",
}
PLAIN = {"hello": "/hello/", "list": "/list/", "detail": f"/detail/{FLAGSHIP}/"}
BESIDE = {
    "home": "list",
    "catalog": "list",
    "search": "list",
    "every": "list",
    "facet": "list",
    "country": "list",
    "course": "detail",
    "module": "detail",
}
COLD_TIMES, WARM_TIMES = 30, 900
# Somebody whose page is not kept whole, as that of anybody who is signed in: it is put together from pieces.
STRANGE = "messages=none"


def run(module: str, *arguments: str, environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", f"tests.bench.{module}", *arguments]
    done = subprocess.run(
        command,
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return done.stdout


def questions(
    settings: str, addresses: Iterable[str], environment: dict[str, str], cookie: str = ""
) -> dict[str, dict]:
    environment = {**environment, "DJANGO_SETTINGS_MODULE": settings}
    told = run("questions", cookie, *addresses, environment=environment)
    return json.loads(told.splitlines()[-1])


def measure(environment: dict[str, str]) -> None:
    with serving("tests.bench.plain_settings", environment) as plain:
        floor = {
            name: plain.cpu(address, WARM_TIMES if name == "hello" else COLD_TIMES * 3)
            for name, address in PLAIN.items()
        }
    plain_asked = questions("tests.bench.plain_settings", PLAIN.values(), environment)
    print(f"\n{'bare Django':<12}{'questions':>10}{'database ms':>13}{'CPU ms':>9}")
    for name, address in PLAIN.items():
        asked = plain_asked[address]
        print(f"{name:<12}{asked['questions']:>10}{asked['ms']:>13.2f}{floor[name]:>9.2f}")
    measure_made(floor, environment)
    measure_kept(floor, environment)


def measure_made(floor: dict[str, float], environment: dict[str, str]) -> None:
    """Pages that are made: from nothing, as the first one after a change, and from pieces that others have seen."""
    anew, pieces = "tests.bench.cold_settings", "iiwam.settings"
    asked = questions(anew, PAGES.values(), environment)
    asked_of_pieces = questions(pieces, PAGES.values(), environment, STRANGE)
    with serving(anew, environment) as site:
        cold = {name: site.cpu(address, COLD_TIMES) for name, address in PAGES.items()}
    with serving(pieces, environment) as site:
        pieced = {name: site.cpu(address, COLD_TIMES, Cookie=STRANGE) for name, address in PAGES.items()}
    print(
        f"\n{'made':<9}{'from nothing: questions':>24}{'database ms':>13}{'CPU ms':>9}{'x bare page':>13}"
        f"{'from pieces: questions':>24}{'database ms':>13}{'CPU ms':>9}{'x bare page':>13}"
    )
    for name, address in PAGES.items():
        line = f"{name:<9}"
        for told, spent in ((asked, cold), (asked_of_pieces, pieced)):
            here, ratio = told[address], spent[name] / floor[BESIDE[name]]
            line += f"{here['questions']:>24}{here['ms']:>13.2f}{spent[name]:>9.2f}{ratio:>13.2f}"
        print(line, flush=True)


def measure_kept(floor: dict[str, float], environment: dict[str, str]) -> None:
    """Pages that were kept whole, and the word that the visitor's own copy still holds."""
    asked = questions("iiwam.settings", PAGES.values(), environment)
    print(
        f"\n{'kept':<9}{'questions':>10}{'CPU ms':>9}{'x hello':>9}{'304 ms':>8}{'x hello':>9}{'bytes':>9}{'packed':>8}"
    )
    with serving("iiwam.settings", environment) as site:
        for name, address in PAGES.items():
            number = asked[address]["questions"]
            warm, unchanged, whole, packed = warm_costs(
                site, address, WARM_TIMES if number <= 1 else COLD_TIMES
            )
            print(
                f"{name:<9}{number:>10}{warm:>9.2f}{warm / floor['hello']:>9.2f}"
                f"{unchanged:>8.2f}{unchanged / floor['hello']:>9.2f}{whole:>9}{packed:>8}",
                flush=True,
            )


def warm_costs(site: Server, address: str, times: int) -> tuple[float, float, int, int]:
    """Processor time of a kept page and of a 304, and the bytes of the page, plain and packed."""
    packed, whole = site.get(address), site.get(address, **{"Accept-Encoding": "identity"})
    known = {"If-None-Match": packed.headers["ETag"]}
    assert (packed.status, whole.status, site.get(address, **known).status) == (200, 200, 304)
    warm, unchanged = site.cpu(address, times), site.cpu(address, times, **known)
    return warm, unchanged, len(whole.body), len(packed.body)


def main() -> int:
    courses = os.environ.get("COURSES", "").strip() or "10000"
    with temporary_server() as server, tempfile.TemporaryDirectory() as folder:
        address = server or f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        environment = {
            "DATABASE_URL": address,
            "DATA_DIR": folder,
            "SECRET_KEY": "only-for-measuring",
            "DEBUG": "false",
            "ALLOWED_HOSTS": "127.0.0.1",
            "SITE_URL": "http://127.0.0.1:8000",
            "DJANGO_SETTINGS_MODULE": "iiwam.settings",
        }
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"],
            env={**os.environ, **environment},
            check=True,
        )
        print(
            f"Filling {courses} courses with six modules each on {'PostgreSQL' if server else 'SQLite'} ...",
            flush=True,
        )
        run("filling", courses, environment=environment)
        measure(environment)
    return 0


if __name__ == "__main__":
    sys.exit(main())
