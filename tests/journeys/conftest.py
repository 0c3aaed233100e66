"""A real browser, watched: a policy violation, a script error or a failed request fails the test."""

import os
import shlex
import shutil
import threading
import time
import weakref

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from enrollment.evidence import pages

# The browser driver keeps an event loop running in this thread; our own database calls stay synchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The address bar of a window is made of two pages of its own, which cost more than the page that we look at.
UNSEEN_FEATURES = "WebUIOmniboxPopup,WebUIOmniboxAimPopup"
# Chromium heeds the last list of features alone, and Playwright has one too: ours joins it.
LAUNCHER = """#!/bin/sh
for word do
    shift
    case $word in --disable-features=*) word=$word,{features} ;; esac
    set -- "$@" "$word"
done
exec {chromium} "$@"
"""
# How long a page may take to come on a busy machine; a page that is right answers at once.
expect.set_options(timeout=20_000)
SCREENS = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}
# axe is a script itself: in a window without scripts it would wait for its own clock for ever.
WITHOUT_SCRIPTS = weakref.WeakSet()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="session")
def launcher(tmp_path_factory):
    """Chromium without what nobody looks at."""
    path = tmp_path_factory.mktemp("browser") / "chromium"
    path.write_text(LAUNCHER.format(features=UNSEEN_FEATURES, chromium=shlex.quote(CHROMIUM)))
    path.chmod(0o700)
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, request):
    if not CHROMIUM and os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail("Browser tests need Chromium: install it or set CHROMIUM_PATH.")
    if not CHROMIUM:
        pytest.skip("Chromium is not installed: browser tests did not run")
    launcher = request.getfixturevalue("launcher")
    return {**browser_type_launch_args, "executable_path": launcher, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {
        **browser_context_args,
        "locale": "en-GB",
        "timezone_id": "Asia/Kuala_Lumpur",
        "reduced_motion": "reduce",
    }


@pytest.fixture(autouse=True)
def served_for_real(transactional_db, live_server, settings, monkeypatch):
    """Rows are committed for the server's thread, letters link to it, and rate limits start at nothing.

    A page of evidence may take long to draw: a machine that runs this suite is busy, and busy is no fault here.
    """
    monkeypatch.setattr(pages, "MOST_SECONDS", 60)
    monkeypatch.setattr(pages, "WAIT_SECONDS", 60)
    settings.SITE_URL = live_server.url
    cache.clear()
    yield
    let_requests_end()
    cache.clear()


def let_requests_end(seconds: float = 2) -> None:
    """Pictures that a closed window had asked for are still being drawn; the database is emptied after them."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and any(
        "process_request_thread" in thread.name for thread in threading.enumerate()
    ):
        time.sleep(0.02)


class Faults(list):
    """What the browser complained of; a journey that means to meet an error page names what it expects."""

    def __init__(self):
        super().__init__()
        self.expected = []

    def expect(self, part: str) -> None:
        """Complaints that contain this text are no fault in this test."""
        self.expected.append(part)

    def unexpected(self) -> list[str]:
        return [fault for fault in self if not any(part in fault for part in self.expected)]


def watch(context, faults: Faults) -> None:
    context.on(
        "console",
        lambda message: (
            faults.append(f"{message.text} ({message.location.get('url', '')})")
            if message.type == "error" or "Content Security Policy" in message.text
            else None
        ),
    )
    context.on("weberror", lambda error: faults.append(f"script error: {error.error}"))
    context.on(
        "response",
        lambda response: (
            faults.append(f"{response.status} from {response.url}") if response.status >= 500 else None
        ),
    )


@pytest.fixture
def faults():
    found = Faults()
    yield found
    assert found.unexpected() == []


@pytest.fixture
def new_context(faults, new_context):
    """Every context that a test opens is watched, the default one included."""

    def open_watched(**options):
        context = new_context(**options)
        watch(context, faults)
        return context

    return open_watched


@pytest.fixture(params=list(SCREENS))
def screen(request):
    """Runs the test twice: on a phone and on a desk."""
    return request.param


@pytest.fixture
def open_page(new_context, live_server):
    """Open a clean browser window: `open_page("/courses/", screen="phone", theme="dark", scripts=False)`."""

    def open_page(path="/", *, screen="desktop", theme="light", scripts=True):
        context = new_context(
            base_url=live_server.url,
            viewport=SCREENS[screen],
            color_scheme=theme,
            java_script_enabled=scripts,
            has_touch=screen == "phone",
        )
        context.set_default_timeout(30_000)
        page = context.new_page()
        if not scripts:
            WITHOUT_SCRIPTS.add(page)
        page.goto(path)
        return page

    return open_page


@pytest.fixture
def page(open_page, screen):
    """One clean window on each screen size, at the home page."""
    return open_page("/", screen=screen)


@pytest.fixture
def page_without_scripts(open_page, screen):
    """The same window with JavaScript switched off."""
    return open_page("/", screen=screen, scripts=False)


@pytest.fixture
def assert_accessible():
    """Fail with the rule and the element when a page breaks WCAG 2.0 to 2.2, level A or AA.

    Journeys are walked with and without scripts; it is the walk with scripts that asks.
    """
    from axe_playwright_python.sync_playwright import Axe

    def assert_accessible(page):
        if page in WITHOUT_SCRIPTS:
            return
        # Without its preloading: that writes inline styles, which the policy of the site rightly refuses.
        options = {
            "runOnly": {"type": "tag", "values": WCAG},
            "resultTypes": ["violations"],
            "preload": False,
        }
        found = Axe().run(page, options=options).response["violations"]
        assert [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]] == []

    return assert_accessible
