"""Anyone may check a certificate: no account, no cookie, nothing learned but name and award."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from iiwam.forgery import is_from_here
from iiwam.limits import address_of, allow, is_used_up
from iiwam.views import csrf_failure

from ..credentials.checking import Finding
from ..forms.verify import CredentialForm, FileForm, VerifyForm
from ..verification import Answer, Verification, check_credential, check_file, look_up

# Whoever checks real certificates is never stopped, not even in an office where others guess: beyond so many misses
# only misses are refused. Who goes on all the same is no office, and is refused whole.
MISSES_ALLOWED, REFUSALS_ALLOWED = 30, 60
COUNTED_SECONDS = 600
# With the minute that a proxy may be slow to drop it, a withdrawn certificate is never shown as valid for longer.
KEPT_BY_CACHES = 30
LARGEST_FILE = 1_000_000
LARGEST_BODY = LARGEST_FILE + 20_000


# Guessing


def counted(request: HttpRequest, find: Callable[[], Any], is_hit: Callable[[Any], bool]) -> Any:
    """What was found; None when this address has had too many misses."""
    asker = address_of(request)
    if is_used_up("verify-closed", asker, most=1):
        return None
    found = find()
    if is_hit(found) or allow("verify-misses", asker, most=MISSES_ALLOWED, seconds=COUNTED_SECONDS):
        return found
    if not allow("verify-refusals", asker, most=REFUSALS_ALLOWED, seconds=COUNTED_SECONDS):
        allow("verify-closed", asker, most=1, seconds=COUNTED_SECONDS)
    return None


def looked_up(request: HttpRequest, number: str) -> Verification | None:
    at = timezone.now()
    return counted(request, lambda: look_up(number, at=at), lambda result: result.is_found)


def too_many(request: HttpRequest) -> HttpResponse:
    sentence = _(
        "Many numbers that we never issued were tried from your address. Wait ten minutes and try again, "
        "or ask the institute to check the certificate for you."
    )
    response = render(request, "errors/429.html", {"sentence": sentence}, status=429)
    response["Retry-After"] = str(COUNTED_SECONDS)
    return unseen(response)


# Caches


def unseen(response: HttpResponse) -> HttpResponse:
    """Neither kept by caches nor listed by search engines."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def kept_briefly(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Kept for half a minute by caches that serve strangers, so that a change shows within one."""
    unseen(response)
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        response["Cache-Control"] = f"public, max-age=0, s-maxage={KEPT_BY_CACHES}"
    patch_vary_headers(response, ["Cookie"])
    return response


# By number


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a number; one that can be read leads on to its answer."""
    form = VerifyForm(request.GET if "number" in request.GET else None)
    if form.is_bound and form.is_valid():
        return unseen(redirect("enrollment:verify_number", form.cleaned_data["number"]))
    return ask(request, number_form=form)


def ask(request: HttpRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page with its three ways; the form that has a fault is the one that was sent."""
    shown = {
        "number_form": VerifyForm(),
        "file_form": FileForm(),
        "credential_form": CredentialForm(),
        "form": next(iter(forms.values())),
        **forms,
    }
    return unseen(render(request, "enrollment/public/verify.html", shown, status=status))


@require_safe
def verify_number(request: HttpRequest, number: str) -> HttpResponse:
    """The verdict in words; a revoked certificate is found, an unknown number is not."""
    result = looked_up(request, number)
    if result is None:
        return too_many(request)
    if not result.is_found:
        return unseen(show_verdict(request, result))
    if number != result.number:
        return unseen(redirect("enrollment:verify_number", result.number))
    return kept_briefly(request, show_verdict(request, result))


def show_verdict(request: HttpRequest, result: Verification, **context: Any) -> HttpResponse:
    context = {
        "result": result,
        "checked_at": timezone.now(),
        "form": VerifyForm(initial={"number": "" if result.is_found else result.number}),
        **context,
    }
    status = 200 if result.is_found else 404
    return render(request, f"enrollment/public/verdict/{result.state}.html", context, status=status)


@require_safe
def verify_json(request: HttpRequest, number: str) -> HttpResponse:
    """The same verdict for machines of any site."""
    result = looked_up(request, number)
    if result is None:
        return too_many(request)
    response = JsonResponse(as_facts(result), status=200 if result.is_found else 404)
    response["Access-Control-Allow-Origin"] = "*"
    return kept_briefly(request, response) if result.is_found else unseen(response)


def as_facts(result: Verification) -> dict[str, Any]:
    if not result.is_found:
        return {"number": result.number, "state": result.state}
    return {
        "number": result.number,
        "state": result.state,
        "is_valid": result.is_valid,
        "since": result.since,
        "name": result.name,
        "native_name": result.native_name,
        "award": result.award or result.course,
        "issued_on": result.issued_on,
        "valid_until": result.valid_until,
        "reason": str(result.reason),
        "successor": address_of_number(result.successor),
        "page": address_of_number(result.number),
        "is_sample": result.is_sample,
        "checked_at": timezone.now(),
    }


def address_of_number(number: str) -> str:
    return f"{settings.SITE_URL}{reverse('enrollment:verify_number', args=[number])}" if number else ""


# By file and by credential


class Held(MemoryFileUploadHandler):
    """A file is held in memory while it is looked at, never written down; more than the largest is dropped."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):  # noqa: N803
        self.activated, self.held = True, 0

    def receive_data_chunk(self, raw_data, start):
        self.held += len(raw_data)
        if self.held > LARGEST_FILE:
            raise StopUpload(connection_reset=False)
        return super().receive_data_chunk(raw_data, start)


def is_too_large(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdigit() or int(length) > LARGEST_BODY


# Without a token: nothing changes by these forms, and there is no right of the visitor's to abuse.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify_file(request: HttpRequest) -> HttpResponse:
    """Whether a PDF is one that we handed out, or what the credential in a badge says."""
    if request.method != "POST":
        return redirect("enrollment:verify")
    if not is_from_here(request):
        return csrf_failure(request)
    if is_too_large(request):
        return ask(request, file_form=FileForm({}, {}), status=413)
    request.upload_handlers = [Held(request)]
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return ask(request, file_form=form)
    upload: UploadedFile = form.cleaned_data["file"]
    return answered(request, lambda: check_file(upload.read(), at=timezone.now()))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify_credential(request: HttpRequest) -> HttpResponse:
    """Whether a credential is one that we signed, and what became of its certificate."""
    if request.method != "POST":
        return redirect("enrollment:verify")
    if not is_from_here(request):
        return csrf_failure(request)
    if is_too_large(request):
        return ask(request, credential_form=CredentialForm({}), status=413)
    request.upload_handlers = [Held(request)]
    form = CredentialForm(request.POST)
    if not form.is_valid():
        return ask(request, credential_form=form)
    text = form.cleaned_data["credential"]
    return answered(request, lambda: check_credential(text, at=timezone.now()))


def answered(request: HttpRequest, find: Callable[[], Answer]) -> HttpResponse:
    """The finding in a plain sentence, with the verdict on the certificate where it is ours."""
    answer = counted(request, find, lambda found: found.result is not None)
    if answer is None:
        return too_many(request)
    if answer.finding == Finding.GENUINE:
        return unseen(show_verdict(request, answer.result, is_genuine=True, inside=answer.inside))
    context = {
        "finding": answer.finding,
        "inside": answer.inside,
        "found_inside": answer.result,
        "checked_at": timezone.now(),
        "form": VerifyForm(),
    }
    return unseen(render(request, "enrollment/public/finding.html", context))
