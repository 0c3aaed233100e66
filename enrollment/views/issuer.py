"""The issuer as verifiers find it: did document, public keys, status lists. For anyone, from any site."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from ..credentials import issuer, status_list
from ..credentials.keys import KeyMissing
from ..models import IssuerKey

# A new key must be found soon after it began to sign.
KEYS_MAY_BE_KEPT = 60
TOKEN_KINDS = ("application/vc+jwt", "application/jwt")


def for_anyone(response: HttpResponse, seconds: int) -> HttpResponse:
    """Readable by scripts of every site, and kept by caches for so long at most."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={seconds}"
    return response


@require_safe
def did_document(request: HttpRequest) -> HttpResponse:
    return for_anyone(JsonResponse(issuer.did_document()), KEYS_MAY_BE_KEPT)


@require_safe
def key_set(request: HttpRequest) -> HttpResponse:
    return for_anyone(JsonResponse(issuer.key_set()), KEYS_MAY_BE_KEPT)


@require_safe
def key(request: HttpRequest, kid: str) -> HttpResponse:
    """One bare public key: what `kid` of a token leads to."""
    return for_anyone(
        JsonResponse(issuer.published_jwk(get_object_or_404(IssuerKey, kid=kid))), KEYS_MAY_BE_KEPT
    )


@require_safe
def statuses(request: HttpRequest, purpose: str, number: int) -> HttpResponse:
    """A status list as it stands: with its proof inside, or as a token for whoever asks for one."""
    if purpose not in status_list.PURPOSES or not status_list.exists(number):
        raise Http404
    as_token = wants_token(request)
    try:
        content = status_list.signed(purpose, number, as_token=as_token)
    except KeyMissing:
        return HttpResponse("The list cannot be signed now.", status=503, content_type="text/plain")
    response = HttpResponse(content, content_type=TOKEN_KINDS[0] if as_token else "application/vc")
    response["Vary"] = "Accept"
    return for_anyone(response, status_list.MAY_BE_KEPT_SECONDS)


def wants_token(request: HttpRequest) -> bool:
    return any(kind in request.headers.get("Accept", "") for kind in TOKEN_KINDS)
