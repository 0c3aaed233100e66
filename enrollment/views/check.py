"""Check your answers: everything that will be sent, each with its way back; the same to print and to keep."""

from copy import copy as copied
from dataclasses import dataclass, field

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import admissions, copies
from ..completeness import missing_answers
from ..eligibility import concerns
from ..forms.sections import SECTION_FORMS
from ..models import Application
from ..questionnaire import SECTIONS, Questionnaire
from ..workflow import MoveRefused
from .finding import answer_refusal, own_application, request_note, to_application
from .sections import closed

Row = tuple[str | Promise, str, str]


@dataclass(frozen=True)
class Group:
    """One section as it will be sent: what was asked and what was answered, with the control to change it."""

    key: str
    label: str | Promise
    rows: list[Row]
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


@login_required
@require_safe
def copy(request: HttpRequest, reference: str) -> HttpResponse:
    """The answers as they stand now, as a PDF to keep."""
    application = own_application(request, reference)
    said = [
        (str(group.label), [(str(asked), answer) for asked, answer, _id in group.rows])
        for group in groups(application, {})
    ]
    response = HttpResponse(
        copies.render(application, said, at=timezone.now()), content_type="application/pdf"
    )
    response["Content-Disposition"] = content_disposition_header(True, f"{application.reference}.pdf")
    response["Cache-Control"] = "private, no-store"
    return response


def show(request: HttpRequest, application: Application, status: int = 200) -> HttpResponse:
    missing = missing_answers(application)
    context = {"application": application, "groups": groups(application, missing), "missing": missing}
    context |= {"request_note": request_note(application), "concerns": concerns(application)}
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
    """Every section that is asked, in the order of the task list."""
    asked = Questionnaire(application)
    return [Group(key, SECTIONS[key].label, rows(asked, key), missing.get(key, [])) for key in asked.sections]


def rows(asked: Questionnaire, section: str) -> list[Row]:
    if section in SECTION_FORMS:
        return answered(asked, section)
    return files_by_slot(asked) if section == "evidence" else declared(asked, section)


def answered(asked: Questionnaire, section: str) -> list[Row]:
    form = SECTION_FORMS[section](instance=copied(asked.application), asked=asked)
    return [
        (bound.label, form.words_for(bound.name, value_of(asked, form, bound.name)), bound.first_control)
        for bound in form
    ]


def value_of(asked: Questionnaire, form, name: str):
    if name in form.added:
        return asked.given.get(form.added[name].pk, "")
    return getattr(asked.application, name)


def files_by_slot(asked: Questionnaire) -> list[Row]:
    names: dict[str, list[str]] = {}
    for document in asked.application.documents.kept():
        names.setdefault(document.kind, []).append(document.original_name)
    return [(slot.label, ", ".join(names.get(slot.kind, [])), f"id_{slot.kind}") for slot in asked.slots]


def declared(asked: Questionnaire, section: str) -> list[Row]:
    """Each text in the words that were agreed to, or in those that will be asked."""
    made = {one.key: one for one in asked.application.declarations.standing()}
    return [
        (made[one.key].text, _("Agreed"), f"id_{one.key}")
        if one.key in made
        else (one.text, "" if one.is_required else _("No"), f"id_{one.key}")
        for one in asked.texts(section)
    ]
