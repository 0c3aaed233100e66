"""Anyone may check a certificate: no account, no cookie, nothing learned but name and award."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from iiwam.limits import address_of, allow, is_used_up

from ..certification import State, Verification, look_up
from ..forms.verify import VerifyForm

# Whoever checks real certificates is never stopped; numbers that nobody was given are counted.
MISSES_ALLOWED = 30
MISSES_KEPT = 600


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a number; one that can be read leads on to its answer."""
    form = VerifyForm(request.GET if "number" in request.GET else None)
    if form.is_bound and form.is_valid():
        return unseen(redirect("enrollment:verify_number", form.cleaned_data["number"]))
    return unseen(render(request, "enrollment/public/verify.html", {"form": form}))


@require_safe
def verify_number(request: HttpRequest, number: str) -> HttpResponse:
    """The verdict in words; a revoked certificate is found, an unknown number is not."""
    asker = address_of(request)
    if is_used_up("verify-misses", asker, most=MISSES_ALLOWED):
        return too_many(request)
    result = look_up(number)
    if result.state == State.UNKNOWN and not allow(
        "verify-misses", asker, most=MISSES_ALLOWED, seconds=MISSES_KEPT
    ):
        return too_many(request)
    if result.is_found and number != result.number:
        return unseen(redirect("enrollment:verify_number", result.number))
    return unseen(show_verdict(request, result))


def show_verdict(request: HttpRequest, result: Verification) -> HttpResponse:
    context = {
        "result": result,
        "checked_at": timezone.now(),
        "form": VerifyForm(initial={"number": "" if result.is_found else result.number}),
    }
    status = 200 if result.is_found else 404
    return render(request, f"enrollment/public/verdict/{result.state}.html", context, status=status)


def unseen(response: HttpResponse) -> HttpResponse:
    """Neither kept by caches, for a verdict can change at once, nor listed by search engines."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def too_many(request: HttpRequest) -> HttpResponse:
    sentence = _(
        "Many numbers that we never issued were tried from your address. Wait ten minutes and try again, "
        "or ask the institute to check the certificate for you."
    )
    response = render(request, "errors/429.html", {"sentence": sentence}, status=429)
    response["Retry-After"] = str(MISSES_KEPT)
    return unseen(response)
