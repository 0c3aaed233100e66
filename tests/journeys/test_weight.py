"""What a page costs a reader on a slow line: counted by the browser, from the site as it is deployed."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.postgresql import free_port

pytestmark = pytest.mark.journey

KB = 1_000
# Any public page: with fonts, and all but the fonts.
FIRST_VIEW, WITHOUT_FONTS, SECOND_VIEW, REQUESTS = 110 * KB, 30 * KB, 15 * KB, 8
PATIENCE_SECONDS = 120
LOADED = "performance.getEntriesByType('resource').map(entry => entry.name)"
LAID_OUT = "async () => { document.body.getBoundingClientRect(); await document.fonts.ready }"
PAGES = {
    "home": "/",
    "catalog": "/courses/",
    "course": "/courses/microneedling/",
    "module": "/courses/microneedling/skin-anatomy-and-physiology/",
    "protocols": "/courses/microneedling/pre-and-post-procedure-protocols/",
    "article": "/articles/reading-a-needle-depth-claim/",
    "intakes": "/intakes/",
    "eligibility": "/eligibility/",
    "about": "/about/",
}
# Two figures and the tables behind them, with what every source says of every site: no lighter without leaving out.
WITHOUT_FONTS_AT_MOST = {PAGES["protocols"]: 38 * KB}


@pytest.fixture(scope="module")
def deployed(tmp_path_factory, prepared_folder) -> Iterator[str]:
    """The real catalog behind gunicorn, with static files collected, hashed and compressed."""
    folder, port = tmp_path_factory.mktemp("deployed") / "var", free_port()
    shutil.copytree(prepared_folder, folder)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "WEB_WORKERS": "1",
        "LOG_LEVEL": "ERROR",
    }
    options = {"cwd": settings.BASE_DIR, "env": environment, "stdout": subprocess.DEVNULL}
    site = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "iiwam/gunicorn.py", "iiwam.wsgi"], **options
    )
    try:
        wait_for(site, f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        site.terminate()
        site.wait(PATIENCE_SECONDS)


def wait_for(site: subprocess.Popen, address: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while site.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("The site did not come up.")


class Line:
    """What comes over the line to one window, heads of answers included, by the kind of file."""

    def __init__(self, page):
        self.page, self.under_way, self.kinds, self.came = page, set(), {}, {}
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", lambda event: self.under_way.add(event["requestId"]))
        session.on("Network.responseReceived", self.note)
        session.on("Network.loadingFinished", self.count)
        session.on("Network.loadingFailed", lambda event: self.under_way.discard(event["requestId"]))
        session.send("Network.enable")

    def note(self, event) -> None:
        self.kinds[event["requestId"]] = event["type"]

    def count(self, event) -> None:
        self.came[event["requestId"]] = event["encodedDataLength"]
        self.under_way.discard(event["requestId"])

    def of(self, path: str) -> dict[str, int]:
        """Bytes by kind of file that a view of this path brought, the last font included.

        A font is asked for when its letters are laid out, which a busy machine may do long after the page
        and its files have come: a quiet line alone does not say that all is there.
        """
        self.under_way.clear()
        self.came.clear()
        assert self.page.goto(path, wait_until="networkidle").ok
        self.page.evaluate(LAID_OUT)
        until = time.monotonic() + PATIENCE_SECONDS
        while self.under_way and time.monotonic() < until:
            self.page.wait_for_timeout(50)
        sums = {}
        for number, size in self.came.items():
            kind = self.kinds.get(number, "Other")
            sums[kind] = sums.get(kind, 0) + int(size)
        return sums

    @property
    def requests(self) -> int:
        return sum(size > 0 for size in self.came.values())


@pytest.fixture
def window(new_context, deployed):
    return new_context(base_url=deployed, viewport={"width": 390, "height": 844}).new_page()


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_page_is_light_at_first_and_lighter_again(window, path):
    line = Line(window)

    first = line.of(path)
    assert sum(first.values()) < FIRST_VIEW, first
    assert sum(first.values()) - first["Font"] < WITHOUT_FONTS_AT_MOST.get(path, WITHOUT_FONTS), first
    assert line.requests <= REQUESTS

    window.goto("about:blank")
    second = line.of(path)
    assert sum(second.values()) < SECOND_VIEW, second


def test_fonts_of_another_script_come_only_with_its_letters(window):
    line = Line(window)
    line.of(PAGES["course"])
    fonts = {path.rpartition("/")[2].split(".")[0] for path in window.evaluate(LOADED) if "/fonts/" in path}
    assert fonts == {"brygada-1918-latin", "brygada-1918-latin-italic", "iiwam-sans-latin"}
