"""The holder's own certificate: the page, its files, and the switch that makes them public."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import certification, completion, verification
from .. import permissions as who
from .. import renewal_terms as terms
from ..credentials import badge, pdf
from ..credentials.sealing import sealed
from ..credentials.sheets import hand_out
from ..models import Certificate, Sheet
from ..social import sharing_links
from ..transitions import CERTIFICATE
from ..workflow import MoveRefused, refusal
from .desk import own_enrollment


@login_required
@require_safe
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The award, or how far away it is."""
    enrollment = own_enrollment(request, pk)
    chain = list(enrollment.certificates.all())
    if not chain:
        context = {"enrollment": enrollment, "requirements": completion.requirements(enrollment)}
        return render(request, "enrollment/learner/no_certificate.html", context)
    return render(request, "enrollment/learner/certificate.html", about(chain[0], chain[1:], timezone.now()))


def about(certificate: Certificate, former: list[Certificate], at: datetime) -> dict[str, Any]:
    """What its holder reads of a certificate: how it stands, what renews it, where it can be shown."""
    rule = terms.rule_of(certificate) if certificate.valid_until else None
    result = verification.told(certificate, at)
    return {
        "enrollment": certificate.enrollment,
        "certificate": certificate,
        "result": result,
        "former": former,
        "has_sheet": certificate.status in Certificate.PRINTED,
        "ways": terms.ways(certificate, rule, at) if rule else [],
        "opens_at": terms.opens_at(certificate, rule) if rule else None,
        "may_share": not refusal(CERTIFICATE, certificate, "share", by=certificate.enrollment.learner, at=at),
        "public_files": [
            whole_address(name, certificate.number)
            for name in ("shared_pdf", "shared_credential", "shared_token")
        ],
        "links": sharing_links(certificate) if result.is_valid else [],
    }


def whole_address(name: str, number: str) -> str:
    return f"{settings.SITE_URL}{reverse(f'enrollment:{name}', args=[number])}"


@login_required
@require_POST
def sharing(request: HttpRequest, number: str) -> HttpResponse:
    """The holder turns the switch; pressing twice changes nothing."""
    certificate = held_certificate(request, number)
    act, words = certification.stop_sharing, _("The files of your certificate are private.")
    if request.POST.get("public") == "yes":
        act, words = (
            certification.share,
            _("The files of your certificate are public for whoever has its number."),
        )
    try:
        act(certificate=certificate, by=request.user)
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, words)
    return redirect("enrollment:certificate", certificate.enrollment_id)


def held_certificate(request: HttpRequest, number: str) -> Certificate:
    """For the holder and for registrars; nobody else finds it."""
    records = Certificate.objects.select_related("enrollment__intake__course")
    record = get_object_or_404(records, number=number)
    if not (who.is_learner(request.user, record.enrollment) or who.may(request.user, "issue_certificate")):
        raise Http404
    return record


@login_required
@require_safe
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """The PDF, on A4 or with `?paper=letter`; of one that may not be shown there is none."""
    record = held_certificate(request, number)
    if record.status not in Certificate.PRINTED:
        return render(
            request, "enrollment/learner/certificate.html", about(record, [], timezone.now()), status=410
        )
    paper = request.GET.get("paper", "")
    paper = paper if paper in Sheet.Paper.values else Sheet.Paper.A4
    suffix = "" if paper == Sheet.Paper.A4 else f"-{paper}"
    return handed_out(hand_out(record, paper), "application/pdf", f"{record.number}{suffix}.pdf", "inline")


def handed_out(content: bytes | str, kind: str, name: str, disposition: str = "attachment") -> HttpResponse:
    """A file for its holder, kept by no cache."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'{disposition}; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_safe
def credential(request: HttpRequest, number: str) -> HttpResponse:
    """The signed credential as JSON-LD; a revoked one is told by its status list, so it may still be had."""
    record = held_certificate(request, number)
    return handed_out(sealed(record).credential, "application/ld+json", f"{record.number}.json")


@login_required
@require_safe
def token(request: HttpRequest, number: str) -> HttpResponse:
    """The same claims as a signed token."""
    record = held_certificate(request, number)
    return handed_out(sealed(record).token, "application/jwt", f"{record.number}.jwt")


@login_required
@require_safe
def badge_picture(request: HttpRequest, number: str) -> HttpResponse:
    """The badge with the credential baked in."""
    record = held_certificate(request, number)
    return handed_out(badge.png(record), "image/png", f"{record.number}.png")


@login_required
@require_safe
def badge_drawing(request: HttpRequest, number: str) -> HttpResponse:
    record = held_certificate(request, number)
    return handed_out(badge.svg(record), "image/svg+xml", f"{record.number}.svg")


@login_required
@require_safe
def picture(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet as it looks, for the screen."""
    record = held_certificate(request, number)
    if record.status not in Certificate.PRINTED:
        raise Http404
    return HttpResponse(
        pdf.preview(record), content_type="image/webp", headers={"Cache-Control": "private, max-age=3600"}
    )
