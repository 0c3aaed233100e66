"""An offer declined from the letter, by whoever holds its link and without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from .. import admissions, declining
from ..models import Application
from ..transitions import APPLICATION
from ..workflow import MoveRefused, refusal

S = Application.Status
STATES = {S.OFFERED: "ask", S.OFFER_DECLINED: "declined", S.WAITLISTED: "waiting"}


# The link itself is the key, and no cookie adds to it. A program that looks through mail follows links but presses no
# button, so looking changes nothing.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def decline_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Asks once, then declines; whoever waited for another intake before says whether they still do."""
    try:
        application = declining.offer_of(token)
    except declining.BadLink:
        return answer(request, None, "broken", status=404)
    if request.method == "POST":
        verb = admissions.keep_waiting if request.POST.get("then") == "wait" else admissions.decline_offer
        try:
            verb(application=application, by=application.applicant)
        except MoveRefused:
            application.refresh_from_db()
    return answer(request, application, STATES.get(application.status, "over"))


def answer(
    request: HttpRequest, application: Application | None, state: str, *, status: int = 200
) -> HttpResponse:
    """One person's page: no cache keeps it, no search engine lists it, and its address is told to nobody."""
    context = {"application": application, "intake": application and application.intake, "state": state}
    context["may_wait"] = state == "ask" and not refusal(
        APPLICATION, application, "keep_waiting", by=application.applicant
    )
    response = render(request, f"enrollment/offer/{state}.html", context, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
