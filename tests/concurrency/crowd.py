"""Many people who act at the same instant, in threads or through browsers."""

import http.client
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connections
from django.test import Client, RequestFactory

from enrollment.models import Application, Review

CSRF_TOKEN = "c" * 32
TOO_LONG = 30


@dataclass(frozen=True)
class Answer:
    """What came back, with the sentences that the next page will show."""

    status: int
    location: str
    sentences: tuple[str, ...]
    body: str


class Caller:
    """One person's browser, as far as a race needs one."""

    def __init__(self, port: int, user=None):
        self.port = port
        self.cookies = {settings.CSRF_COOKIE_NAME: CSRF_TOKEN}
        if user is not None:
            self.cookies[settings.SESSION_COOKIE_NAME] = session_of(user)

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post(self, path: str, **fields) -> Answer:
        return self.call("POST", path, urlencode(fields))

    def call(self, method: str, path: str, body: str | None = None) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TOO_LONG)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-CSRFToken": CSRF_TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            line.request(method, path, body, headers)
            response = line.getresponse()
            page = response.read().decode()
            return Answer(response.status, response.headers.get("Location", ""), sentences_in(response), page)
        finally:
            line.close()


def session_of(user) -> str:
    client = Client()
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def sentences_in(response) -> tuple[str, ...]:
    """The notices that the server put into a cookie for the next page."""
    cookies = SimpleCookie()
    for header in response.headers.get_all("Set-Cookie") or []:
        cookies.load(header)
    if CookieStorage.cookie_name not in cookies:
        return ()
    request = RequestFactory().get("/")
    request.COOKIES[CookieStorage.cookie_name] = cookies[CookieStorage.cookie_name].value
    return tuple(str(message) for message in CookieStorage(request))


def at_once(acts: Iterable[Callable]) -> list:
    """All acts begun at the same instant, each in a thread of its own; what they returned or raised, in order."""
    acts = list(acts)
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(position: int, act: Callable) -> None:
        try:
            start.wait(TOO_LONG)
            results[position] = act()
        except Exception as error:
            results[position] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TOO_LONG)
    return results


def thought_over(applications: list[Application]) -> list[Application]:
    """Each with the one opinion that a decision waits for."""
    [colleague] = persons(1, f"colleague-{applications[0].pk}")
    Review.objects.bulk_create(
        Review(application=one, reviewer=colleague, recommendation="offer", note="Good.")
        for one in applications
    )
    return applications


def persons(number: int, prefix: str, **fields) -> list:
    """Many people in one statement."""
    people = get_user_model()
    return people.objects.bulk_create(
        people(email=f"{prefix}{index}@example.org", full_name=f"{prefix} {index}", password="!", **fields)
        for index in range(number)
    )
