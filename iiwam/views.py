"""What belongs to the whole house: is it well, what went wrong, who may look, which light."""

import sys
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from iiwam import health
from iiwam.specimens import specimens

BUSY = (OperationalError, InterfaceError)
BUSY_FORM = _(
    "What you sent could not be saved just now. Go back and send it again in a few seconds: nothing is saved twice."
)
TOO_MUCH_AT_ONCE = _(
    "Files sent together may have up to 100 MB. Choose fewer of them and send the rest afterwards. Nothing of this "
    "arrived; what you had already saved is safe."
)
TOO_MUCH = {
    RequestDataTooBig: _(
        "The text in this form is longer than 2 MB. Shorten it and send it again. Answers you had already saved are safe."
    ),
    TooManyFieldsSent: _(
        "This form was sent with more than 2,000 answers. Open its page again and send it from there. Answers you had "
        "already saved are safe."
    ),
    TooManyFilesSent: _(
        "More than 100 files came at once. Choose fewer of them and send the rest afterwards. Nothing of this arrived; "
        "what you had already saved is safe."
    ),
}
THEMES = ("light", "dark")
THEME_COOKIE = "theme"
THEME_KEPT = timedelta(days=365)


def site_facts(request) -> dict:
    """What every page may say of the site itself; reads no session, so that public pages stay anonymous."""
    theme = request.COOKIES.get(THEME_COOKIE)
    return {
        "SITE_URL": settings.SITE_URL,
        "local_demo": settings.LOCAL_DEMO,
        "theme": theme if theme in THEMES else "",
        "request_id": getattr(request, "id", ""),
    }


# Is it well?


@require_safe
@never_cache
def healthz(request):
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request):
    """The process and all that it leans on can do their work; otherwise 503 with the names of what cannot."""
    failed = health.unwell()
    queue = health.queue_facts()
    # Letters and other jobs that have failed for good need a person; the site itself serves on.
    well = "degraded" if queue.get("failed") else "ok"
    facts = {"status": "unwell" if failed else well, "failed": failed, "queue": queue}
    return JsonResponse(facts, status=503 if failed else 200)


# What went wrong


def error_page(request, status: int, template: str = "", sentence: str = ""):
    response = render(request, template or f"errors/{status}.html", {"sentence": sentence}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def bare_page(request, status: int, sentence: str = ""):
    """A page that asks neither database nor session, for the moment when those are what broke."""
    context = {"request_id": getattr(request, "id", ""), "sentence": sentence}
    page = render_to_string(f"errors/{status}.html", context)
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})


def bad_request(request, exception=None):
    sentence = TOO_MUCH.get(type(exception))
    return error_page(request, 413, sentence=sentence) if sentence else error_page(request, 400)


def too_large(request):
    return error_page(request, 413, sentence=TOO_MUCH_AT_ONCE)


def permission_denied(request, exception=None):
    return error_page(request, 403)


def page_not_found(request, exception=None):
    return error_page(request, 404)


def method_not_allowed(request, allowed: str):
    response = error_page(request, 405)
    response["Allow"] = allowed
    return response


def overtaken(request):
    """The database has kept its rules: what was sent does not fit what has been saved meanwhile, and changed nothing."""
    return error_page(request, 409)


def too_many_requests(request):
    response = error_page(request, 429)
    response["Retry-After"] = "300"
    return response


def server_error(request):
    """The page of last resort; a database that is busy or away is told apart, wherever on the way it failed."""
    return busy(request) if isinstance(sys.exc_info()[1], BUSY) else bare_page(request, 500)


def busy(request):
    response = bare_page(request, 503, BUSY_FORM if request.method == "POST" else "")
    response["Retry-After"] = "5"
    return response


def csrf_failure(request, reason=""):
    """The form was open for too long, or cookies are switched off: nothing was saved, and Back keeps the answers."""
    return error_page(request, 403, "errors/csrf.html")


# Who may look


@require_safe
@cache_control(public=True, max_age=86_400)
def robots(request):
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in ("/admin/", "/accounts/", "/applications/", "/learn/")),
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=86_400)
def favicon(request):
    """Where the icon is, for what asks for it without reading a page."""
    return HttpResponseRedirect(static("icon.svg"))


@require_safe
@cache_control(public=True, max_age=86_400)
def security_txt(request):
    """Where to report a weakness, in the form of RFC 9116."""
    expires = timezone.now().replace(microsecond=0, second=0, minute=0) + timedelta(days=180)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


# Which light


def safe_return(request) -> str:
    """Where the visitor came from when that is ours, else home."""
    target = request.POST.get("next", "")
    return (
        target if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()) else "/"
    )


# Without a token, for a public page must set no cookie before it is asked to; all it can change is the light.
@csrf_exempt
@require_POST
def choose_theme(request):
    """This browser shows the site light, dark, or as its system asks."""
    response = HttpResponseRedirect(safe_return(request))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE, theme, max_age=THEME_KEPT, secure=settings.HTTPS, httponly=True, samesite="Lax"
        )
    elif theme == "auto":
        response.delete_cookie(THEME_COOKIE)
    return response


# The component sheet, for those who build pages


@require_GET
def components(request):
    if not (settings.DEBUG or request.user.is_staff):
        raise Http404
    return render(request, "components.html", specimens())
