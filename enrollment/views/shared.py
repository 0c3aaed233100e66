"""Files of a certificate that its holder made public; for everybody else there is nothing here."""

import hashlib
from collections.abc import Callable

from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.outward import pictures

from .. import numbers, verification
from ..credentials import sheets
from ..credentials.sealing import sealed
from ..models import Certificate
from .public import counted, kept_briefly, too_many, unseen

S = Certificate.Status
DRAWN_KEPT = 3_600


def shared_certificate(number: str) -> Certificate | None:
    """Under its own spelling alone: these addresses are copied, not typed."""
    if numbers.read(number) != number:
        return None
    return Certificate.objects.filter(number=number, shared_at__isnull=False).first()


def answer(
    request: HttpRequest, number: str, kinds: frozenset[str], respond: Callable[[Certificate], HttpResponse]
) -> HttpResponse:
    """What is shared, for anyone and any site; 404 for a private one and an unknown one alike, 410 for one withdrawn."""
    found = counted(request, lambda: [shared_certificate(number)], lambda found: found[0] is not None)
    if found is None:
        return too_many(request)
    certificate = found[0]
    if certificate is None:
        raise Http404
    if certificate.status not in kinds:
        words = _("This file is withdrawn. What became of the certificate is told on its page.")
        return unseen(HttpResponse(words, status=410, content_type="text/plain; charset=utf-8"))
    response = respond(certificate)
    response["Access-Control-Allow-Origin"] = "*"
    return kept_briefly(request, response)


def as_file(content: bytes | str, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


@require_safe
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """The PDF, as long as what is printed on it may be shown."""

    def respond(certificate: Certificate) -> HttpResponse:
        return as_file(drawn(certificate), "application/pdf", f"{certificate.number}.pdf")

    return answer(request, number, Certificate.PRINTED, respond)


def drawn(certificate: Certificate) -> bytes:
    """The sheet, drawn once an hour at most: strangers may ask for it as often as they like."""
    shelf, key = caches["pages"], f"sheet-{certificate.snapshot_sha256}-{sheets.MADE_WITH}"
    key = hashlib.sha256(key.encode()).hexdigest()
    if (content := shelf.get(key)) is None:
        content = sheets.hand_out(certificate)
        shelf.set(key, content, DRAWN_KEPT)
    return content


# A revoked credential may be had: whoever checks it reads of the revocation in the status list. One whose name was put
# right may not, for the former name is nobody's business.
SIGNED = frozenset(S) - {S.SUPERSEDED}


@require_safe
def credential(request: HttpRequest, number: str) -> HttpResponse:
    return answer(
        request,
        number,
        SIGNED,
        lambda one: as_file(sealed(one).credential, "application/ld+json", f"{one.number}.json"),
    )


@require_safe
def token(request: HttpRequest, number: str) -> HttpResponse:
    return answer(
        request,
        number,
        SIGNED,
        lambda one: as_file(sealed(one).token, "application/jwt", f"{one.number}.jwt"),
    )


@require_safe
def picture(request: HttpRequest, number: str) -> HttpResponse:
    """What a link to a shared certificate shows; no more than its page says, and only while it is valid."""

    def respond(certificate: Certificate) -> HttpResponse:
        result = verification.told(certificate, timezone.now())
        if not result.is_valid:
            raise Http404
        facts = [result.printed_name or result.name, date_format(result.issued_on, "j F Y")]
        if result.is_sample:
            facts.append(_("specimen"))
        return HttpResponse(pictures.picture(result.award or result.course, facts), content_type="image/png")

    return answer(request, number, Certificate.PRINTED, respond)
