"""An offer declined from the letter, by whoever holds its link and without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from .. import admissions, declining
from ..models import Application
from ..workflow import MoveRefused

STATES = {Application.Status.OFFERED: "ask", Application.Status.OFFER_DECLINED: "declined"}


# The link itself is the key, and no cookie adds to it. A program that looks through mail follows links but presses no
# button, so looking changes nothing.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def decline_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Asks once, then declines."""
    try:
        application = declining.offer_of(token)
    except declining.BadLink:
        return answer(request, None, "broken", status=404)
    if request.method == "POST":
        try:
            admissions.decline_offer(application=application, by=application.applicant)
        except MoveRefused:
            application.refresh_from_db()
    return answer(request, application, STATES.get(application.status, "over"))


def answer(
    request: HttpRequest, application: Application | None, state: str, *, status: int = 200
) -> HttpResponse:
    """One person's page: no cache keeps it, no search engine lists it, and its address is told to nobody."""
    context = {"application": application, "intake": application and application.intake, "state": state}
    response = render(request, f"enrollment/offer/{state}.html", context, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
