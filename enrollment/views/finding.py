"""How applicants reach their records: through themselves, so that what is not theirs is not found."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from .. import notifications
from ..models import Application
from ..opinions import open_request
from ..questionnaire import SECTIONS
from ..workflow import MoveRefused


def own_application(request: HttpRequest, reference: str) -> Application:
    """The person's own application, or “not found”."""
    mine = Application.objects.of(request.user).select_related("intake__course", "profession", "applicant")
    return get_object_or_404(mine, reference=reference)


def to_application(application: Application) -> HttpResponse:
    return redirect("enrollment:application", application.reference)


def answer_refusal(request: HttpRequest, application: Application, refused: MoveRefused) -> HttpResponse:
    """The present state, and a sentence on why the move was not made."""
    messages.warning(request, str(refused))
    return to_application(application)


def request_note(application: Application) -> str:
    """What the institute asked for last, while it waits for it."""
    if application.status != Application.Status.INFO_REQUESTED:
        return ""
    asked = application.history.filter(move="request_information").order_by("at", "pk").last()
    return asked.note if asked else ""


def asked(application: Application) -> dict[str, str | bool]:
    """What a reviewer's request leaves open, and until when; nothing when there is none."""
    if (request := open_request(application)) is None:
        return {}
    until = notifications.moment(request.answer_by, application.intake)
    return {
        "parts": notifications.asked_for(application, request),
        "until": until,
        "is_partial": len(request.sections) < len(SECTIONS),
    }
