"""The holder's own certificate: the page, the sheet, its picture."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from .. import certification
from .. import permissions as who
from ..credentials import pdf
from ..models import Certificate
from .desk import own_enrollment


@login_required
@require_safe
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The award, or how far away it is."""
    enrollment = own_enrollment(request, pk)
    context = {
        "enrollment": enrollment,
        "certificate": enrollment.certificates.first(),
        "requirements": certification.requirements(enrollment),
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
    """The PDF; of a revoked certificate there is none."""
    record = held_certificate(request, number)
    if record.status == Certificate.Status.REVOKED:
        context = {"enrollment": record.enrollment, "certificate": record}
        return render(request, "enrollment/learner/certificate.html", context, status=410)
    return HttpResponse(
        pdf.render(record),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{record.number}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )


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
