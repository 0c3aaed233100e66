"""The outermost door: refuses what no page could answer, and turns what breaks inside into a page that helps."""

import logging
import re
import secrets
from urllib.parse import unquote_to_bytes

import structlog
from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError

from iiwam import views

logger = logging.getLogger(__name__)
requests = logging.getLogger("iiwam.requests")

ANSWERED_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
# Asked by machines that know no host name: answered before the name is checked, and before anything is logged.
PROBES = {"/healthz": views.healthz, "/readyz": views.readyz}
# How Django refuses what is no number, no date and no UUID.
NONSENSE = (ValueError, ValidationError)
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def is_readable(raw: bytes) -> bool:
    """Text that every database and template can hold: UTF-8 without NUL."""
    if b"\0" in raw:
        return False
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_unstorable(error: Exception) -> bool:
    """Input that passed every form and still cannot be held: a NUL, half a character, too long a number, too deep a list."""
    if isinstance(error, DataError | UnicodeEncodeError | RecursionError | OverflowError):
        return True
    return isinstance(error, ValueError) and "NUL" in str(error)


def asks_nonsense_of_a_list(request, error: Exception) -> bool:
    """Django looks up whatever an office list is asked for by address or tick, and only some of it has no answer."""
    place = request.resolver_match
    is_list = place is not None and (place.url_name or "").endswith("_changelist")
    return (
        is_list and bool(request.GET or ACTION_CHECKBOX_NAME in request.POST) and isinstance(error, NONSENSE)
    )


def announced_length(request) -> int:
    """How much the sender says will come; what is announced in no number at all is read as nothing."""
    given = request.META.get("CONTENT_LENGTH") or ""
    return int(given) if given.isdecimal() and len(given) < 20 else 0


def request_id(request) -> str:
    """The proxy's number for this request when it looks like one, else our own."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(16)


def without_body(response):
    """What HEAD asks for: the same head, told how long the body would have been. The server complains of the rest."""
    if not response.streaming:
        response.headers.setdefault("Content-Length", str(len(response.content)))
        response.content = b""
    return response


class PlainRefusals:
    """No request ends in a traceback, and nothing made for one signed-in person is kept by a cache."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = request.META["HTTP_X_REQUEST_ID"] = request_id(request)
        answer = PROBES.get(request.path_info, self.get_response)
        response = self.refusal(request) or answer(request)
        if response.status_code == 405 and not response.content:
            response = views.method_not_allowed(request, response["Allow"])
        response["X-Request-ID"] = request.id
        if (
            settings.SESSION_COOKIE_NAME in request.COOKIES
            or settings.SESSION_COOKIE_NAME in response.cookies
        ):
            response["Cache-Control"] = "private, no-store"
        return without_body(response) if request.method == "HEAD" else response

    def refusal(self, request):
        if request.method not in ANSWERED_METHODS:
            return views.method_not_allowed(request, ", ".join(ANSWERED_METHODS))
        if announced_length(request) > settings.REQUEST_MAX_BYTES:
            return views.too_large(request)
        # Django writes bytes of a path that are no UTF-8 as %XX again, so unquoting shows both kinds of fault.
        told = unquote_to_bytes(request.path_info), unquote_to_bytes(request.META.get("QUERY_STRING", ""))
        return None if all(map(is_readable, told)) else views.bad_request(request)

    def process_exception(self, request, exception):
        """A database that is busy or away is answered with "try again"; text it cannot hold with "check your words"."""
        if isinstance(exception, views.BUSY):
            logger.warning("database_busy", exc_info=exception)
            return views.busy(request)
        if is_unstorable(exception) or asks_nonsense_of_a_list(request, exception):
            logger.warning("unstorable_input", exc_info=exception)
            return views.bad_request(request)
        if isinstance(exception, IntegrityError):
            # Forms look first; this is two of them at the same instant, or one that no page of ours has made.
            logger.warning("overtaken", exc_info=exception)
            return views.overtaken(request)
        return None


class RequestLine:
    """One line a request says what was asked and what came of it; every line on the way carries the same number.

    Who asked is told by an internal number, once the page has had to know. A traceback is a line of Django's own.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        structlog.contextvars.bind_contextvars(request_id=request.id)
        try:
            response = self.get_response(request)
            facts = {"code": response.status_code, "request": f"{request.method} {request.path}"}
            if user := getattr(request, "_cached_user", None):
                facts["user_id"] = user.pk
            facts["request_id"] = request.id
            level = level_of(response.status_code)
            requests.log(level, "request_finished", extra={"request_facts": facts})
            return response
        finally:
            structlog.contextvars.clear_contextvars()


def level_of(code: int) -> int:
    if code >= 500:
        return logging.ERROR
    return logging.WARNING if code >= 400 else logging.INFO


class ContentPolicy:
    """Every answer carries the content security policy; it names no page and no nonce, so it is written once."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault(HEADER, self.policy)
        return response
