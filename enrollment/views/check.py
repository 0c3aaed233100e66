"""Check your answers: everything that will be sent, each with its way back; the same to print and to keep."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from .. import admissions, copies
from ..eligibility import concerns
from ..models import Application
from ..opinions import open_request, still_asked
from ..workflow import MoveRefused
from .answered import groups
from .finding import answer_refusal, asked, own_application, request_note, to_application
from .sections import closed


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, reference: str) -> HttpResponse:
    """What is missing with links to it, or everything in order and a button to send it."""
    application = own_application(request, reference)
    if request.method == "POST":
        return send(request, application)
    if not application.is_editable:
        return closed(request, application)
    return show(request, application)


@login_required
@require_safe
def sent(request: HttpRequest, reference: str) -> HttpResponse:
    """What the institute has, to read and to print."""
    application = own_application(request, reference)
    context = {"application": application, "groups": groups(application)}
    context["documents"] = application.documents.kept()
    return render(request, "enrollment/applicant/sent.html", context)


@login_required
@require_safe
def copy(request: HttpRequest, reference: str) -> HttpResponse:
    """The answers as they stand now, as a PDF to keep."""
    application = own_application(request, reference)
    said = [
        (str(group.label), [(str(asked), answer) for asked, answer, _id in group.rows])
        for group in groups(application)
    ]
    response = HttpResponse(
        copies.render(application, said, at=timezone.now()), content_type="application/pdf"
    )
    response["Content-Disposition"] = content_disposition_header(True, f"{application.reference}.pdf")
    response["Cache-Control"] = "private, no-store"
    return response


def show(request: HttpRequest, application: Application, status: int = 200) -> HttpResponse:
    request_made = open_request(application)
    missing = still_asked(application, on=timezone.localdate())
    context = {
        "application": application,
        "groups": groups(application, missing, request_made),
        "missing": missing,
        "request_note": request_note(application),
        "asked": asked(application),
        "concerns": [] if request_made else concerns(application),
    }
    return render(request, "enrollment/applicant/check.html", context, status=status)


def send(request: HttpRequest, application: Application) -> HttpResponse:
    """Sent once, however often the button was pressed; what is missing is shown on the same page."""
    verb = admissions.submit_application
    if application.status != Application.Status.DRAFT:
        verb = admissions.send_information
    try:
        verb(application=application, by=request.user)
    except admissions.IncompleteApplication:
        return show(request, application)
    except MoveRefused as refused:
        if application.status in (Application.Status.SUBMITTED, Application.Status.IN_REVIEW):
            return to_application(application)
        return answer_refusal(request, application, refused)
    return to_application(application)
