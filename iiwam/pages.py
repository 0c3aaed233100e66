"""Public pages, made once and kept whole for visitors whom the site does not know.

A page lies in a cache that all workers share, under its address and the light it is shown in, with a stamp that says
which state of the content it tells. `content_changed()` is the one way to make all of them out of date.
"""

import gzip
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

import brotli
from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date

from iiwam import stamp as stamps
from iiwam.views import THEME_COOKIE, THEMES

# A proxy may answer for us this long without asking; a browser always asks, so that signing in and the light show.
SECONDS_AT_PROXIES = 60
DAY = 86_400
# Each process keeps the pages it has shown lately at hand; the stamp of the content says whether they still hold.
MOST_AT_HAND = 200
MOST_CHOICES = 12
LONGEST_CHOICE = 80
MESSAGES_COOKIE = "messages"
# How a page is packed, the best first: both take about as long, and a page is packed once.
PACKED = {
    "br": lambda content: brotli.compress(content, quality=5),
    "gzip": lambda content: gzip.compress(content, 6, mtime=0),
}
REFUSED = r"\s*;\s*q=0(?:\.0*)?\s*(?:,|$)"
TAKEN = {name: re.compile(rf"(?<![\w-]){name}(?![\w-])(?!{REFUSED})", re.IGNORECASE) for name in PACKED}
SOURCES = ("iiwam", "courses", "enrollment", "templates", "static")


class Kept(NamedTuple):
    """A page as it lies in the cache."""

    stamp: str
    etag: str
    modified: int
    until: float
    headers: dict[str, str]
    packed: dict[str, bytes]

    @classmethod
    def of(
        cls,
        response: HttpResponse,
        stamp: str,
        now: datetime,
        before: "Kept | None",
        codings: Iterable[str] = PACKED,
    ) -> "Kept":
        etag = f'W/"{sha256(response.content).hexdigest()[:32]}"'
        # Whoever asks by date alone must see two changes within one second as two.
        modified = max(int(now.timestamp()), before.modified + 1) if before else int(now.timestamp())
        if before and before.etag == etag:
            modified = before.modified
        headers = {name: value for name, value in response.items() if name not in OF_ONE_ANSWER}
        headers |= {"Vary": "Accept-Encoding, Cookie", "ETag": etag, "Last-Modified": http_date(modified)}
        until = good_until(now, getattr(response, "turning_points", []))
        packed = {name: PACKED[name](response.content) for name in codings}
        return cls(stamp, etag, modified, until.timestamp(), headers, packed)

    def tells(self, stamp: str, now: datetime) -> bool:
        """Whether it still says what is so."""
        return self.stamp == stamp and now.timestamp() < self.until


OF_ONE_ANSWER = {"Content-Length", "Vary", "Cache-Control", "ETag", "Last-Modified", "Date"}


@dataclass(frozen=True)
class Rules:
    """What of an address's query makes another page: choices from lists, and free text that is asked but not kept."""

    choices: frozenset[str]
    free: frozenset[str]


def public_page(*, choices: Iterable[str] = (), free: Iterable[str] = ()) -> Callable:
    """The view answers everybody alike, so its page is kept; parts of the query that it does not name are dropped."""

    def mark(view):
        view.public_page = Rules(frozenset(choices), frozenset(free))
        return view

    return mark


def true_until(response: HttpResponse, moments: Iterable[datetime | None]) -> HttpResponse:
    """The page is kept no longer than the first of these moments that is still to come."""
    # Compared with when it began to be drawn: one that passes meanwhile has made it out of date.
    response.turning_points = list(moments)
    return response


def good_until(now: datetime, moments: Iterable[datetime | None]) -> datetime:
    """How long what is drawn now may be shown: to the first of these moments to come, and never far or past midnight."""
    most = min(now + timedelta(seconds=settings.PAGES_KEPT_SECONDS), next_midnight(now))
    return min([most, *(moment for moment in moments if moment and moment > now)])


def not_kept(response: HttpResponse) -> HttpResponse:
    """The page answers something that only one visitor asked, such as a slip in the address."""
    patch_cache_control(response, no_store=True)
    return response


def content_changed() -> None:
    """Every public page is made afresh from now on, or from when the present transaction is committed."""
    transaction.on_commit(stamps.forget, robust=True)


def next_midnight(now: datetime) -> datetime:
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time()))


@cache
def release() -> str:
    """A name for the code that runs: another release draws other pages."""
    files = (path for folder in SOURCES for path in (settings.BASE_DIR / folder).rglob("*.*"))
    newest = max(path.stat().st_mtime_ns for path in files if path.suffix != ".pyc")
    return f"{newest:x}"


class KeptPages:
    """Answers from the cache where it can, and makes, shortens and keeps the page where it can't."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.at_hand: dict[str, Kept] = {}
        # Reckoned before the server divides into processes.
        release()

    def __call__(self, request):
        rules = rules_of(request)
        if rules is None:
            return self.get_response(request)
        request.get_host()
        key = key_of(request, rules)
        now = timezone.now()
        if key is None:
            codings = [taken(request) or "gzip"]
            return self.made(request, lambda response: Kept.of(response, "", now, None, codings))
        stamp, page = self.found(key, now)
        if page and page.tells(stamp, now):
            return shown(request, page, now)
        request.content_stamp = stamp
        return self.made(request, lambda response: keep(key, Kept.of(response, stamp, now, page)))

    def found(self, key: str, now: datetime) -> tuple[str, Kept | None]:
        """The stamp of the content as it is, and the last page under this key, whether or not it still holds."""
        told, page = stamps.told(), self.at_hand.get(key)
        stamp = stamps.at_hand(told)
        wanted = [name for name, there in ((stamps.NAME, stamp), (key, page)) if not there]
        lying = caches["pages"].get_many(wanted) if wanted else {}
        stamp = stamp or stamps.learn(told, lying.get(stamps.NAME))
        if page and page.tells(stamp, now):
            return stamp, page
        # Another process may have made it anew.
        page = caches["pages"].get(key) if page else lying.get(key)
        if len(self.at_hand) >= MOST_AT_HAND:
            self.at_hand.clear()
        if page:
            self.at_hand[key] = page
        return stamp, page

    def made(self, request, keep):
        response = self.get_response(request)
        if response.status_code != 200 or response.cookies or response.streaming:
            return response
        if response.has_header("Cache-Control"):
            return response
        return shown(request, keep(response), timezone.now())


def taken(request) -> str | None:
    """The best way to pack a page that the visitor's browser can unpack."""
    asked = request.META.get("HTTP_ACCEPT_ENCODING", "")
    return next((name for name, said in TAKEN.items() if said.search(asked)), None)


def rules_of(request) -> Rules | None:
    """The rules of the page asked for; None when it is no public page or the visitor is somebody."""
    if request.method not in ("GET", "HEAD") or not settings.PAGES_KEPT_SECONDS:
        return None
    if request.COOKIES.keys() & {settings.SESSION_COOKIE_NAME, MESSAGES_COOKIE}:
        return None
    try:
        return getattr(resolve(request.path_info).func, "public_page", None)
    except Resolver404:
        return None


def key_of(request, rules: Rules) -> str | None:
    """Where the page lies; None when its address asks for more than a few choices, and is answered without keeping."""
    # A question that was sent without an answer is asked for one.
    asked = parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True)
    if any(name in rules.free and value for name, value in asked):
        return None
    choices = sorted({(name, value) for name, value in asked if name in rules.choices})
    if len(choices) > MOST_CHOICES or any(len(value) > LONGEST_CHOICE for _name, value in choices):
        return None
    # The page is drawn as if nothing else had been asked, so that no visitor's words are shown to the next one.
    request.META["QUERY_STRING"] = urlencode(choices)
    theme = request.COOKIES.get(THEME_COOKIE)
    parts = [release(), request.path, request.META["QUERY_STRING"], theme if theme in THEMES else ""]
    return sha256("\n".join(parts).encode()).hexdigest()


def keep(key: str, page: Kept) -> Kept:
    # Longer than it holds good, so that the page after it can tell what has not changed.
    caches["pages"].set(key, page, DAY)
    return page


def shown(request, page: Kept, now: datetime) -> HttpResponse:
    """The page for this visitor: whole, packed, or a word that theirs is still right."""
    coding = taken(request)
    body = page.packed[coding] if coding else gzip.decompress(page.packed["gzip"])
    response = HttpResponse(body, headers=page.headers)
    if coding:
        response["Content-Encoding"] = coding
    seconds = max(min(SECONDS_AT_PROXIES, int(page.until - now.timestamp())), 0)
    response["Cache-Control"] = f"public, max-age=0, s-maxage={seconds}"
    response["Content-Length"] = str(len(response.content))
    return get_conditional_response(request, page.etag, page.modified, response)
