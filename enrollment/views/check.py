"""Check your answers: everything that will be sent, each with its way back."""

from copy import copy
from dataclasses import dataclass, field

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import admissions
from ..completeness import CHOICES, DECLARATIONS, SECTIONS, evidence_slots, missing_answers
from ..forms.sections import SECTION_FORMS, in_words
from ..models import Application
from ..workflow import MoveRefused
from .finding import answer_refusal, own_application, request_note, to_application
from .sections import closed


@dataclass(frozen=True)
class Group:
    """One section as it will be sent: what was asked and what was answered, with the control to change it."""

    key: str
    label: str | Promise
    rows: list[tuple[str | Promise, str, str]]
    missing: list[str] = field(default_factory=list)


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
    context = {"application": application, "groups": groups(application, {})}
    context["documents"] = application.documents.kept()
    return render(request, "enrollment/applicant/sent.html", context)


def show(request: HttpRequest, application: Application, status: int = 200) -> HttpResponse:
    missing = missing_answers(application)
    context = {"application": application, "groups": groups(application, missing), "missing": missing}
    context["request_note"] = request_note(application)
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


def groups(application: Application, missing: dict[str, list[str]]) -> list[Group]:
    """Every section in the order of the task list."""
    rows = {key: answered(application, key) for key in SECTION_FORMS}
    rows |= {"evidence": files_by_slot(application), "declarations": declared(application)}
    return [Group(key, section.label, rows[key], missing.get(key, [])) for key, section in SECTIONS.items()]


def answered(application: Application, section: str) -> list[tuple[str | Promise, str, str]]:
    form = SECTION_FORMS[section](instance=copy(application))
    return [
        (bound.label, in_words(bound.field, getattr(application, bound.name)), bound.first_control)
        for bound in form
    ]


def files_by_slot(application: Application) -> list[tuple[str | Promise, str, str]]:
    names: dict[str, list[str]] = {}
    for document in application.documents.kept():
        names.setdefault(document.kind, []).append(document.original_name)
    return [
        (slot.label, ", ".join(names.get(slot.kind, [])), f"id_{slot.kind}")
        for slot in evidence_slots(application)
    ]


def declared(application: Application) -> list[tuple[str | Promise, str, str]]:
    """Each declaration in the words that were agreed to, or in those that will be asked."""
    made = dict(application.declarations.values_list("key", "text"))
    asked = {**DECLARATIONS, **CHOICES}
    return [
        (made.get(key, text), _("Agreed") if key in made else "", f"id_{key}") for key, text in asked.items()
    ]
