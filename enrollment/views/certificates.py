"""The holder's own certificate: the page, the sheet, its picture."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from .. import completion
from .. import permissions as who
from ..credentials import badge, pdf
from ..credentials.sealing import sealed
from ..credentials.sheets import hand_out
from ..models import Certificate, Sheet
from .desk import own_enrollment


@login_required
@require_safe
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The award, or how far away it is."""
    enrollment = own_enrollment(request, pk)
    context = {
        "enrollment": enrollment,
        "certificate": enrollment.certificates.first(),
        "requirements": completion.requirements(enrollment),
    }
    return render(request, "enrollment/learner/certificate.html", context)


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
    """The PDF, on A4 or with `?paper=letter`; of a revoked certificate there is none."""
    record = held_certificate(request, number)
    if record.status == Certificate.Status.REVOKED:
        context = {"enrollment": record.enrollment, "certificate": record}
        return render(request, "enrollment/learner/certificate.html", context, status=410)
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
    if record.status == Certificate.Status.REVOKED:
        raise Http404
    return HttpResponse(
        pdf.preview(record), content_type="image/webp", headers={"Cache-Control": "private, max-age=3600"}
    )
