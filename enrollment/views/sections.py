"""The pages on which an applicant fills in an application, one topic each."""

import re
import secrets
from copy import copy

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BoundField, MultiWidget
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from .. import admissions
from ..eligibility import concerns
from ..forms.declarations import DeclarationsForm
from ..forms.sections import SECTION_FORMS, SectionForm
from ..models import Application
from ..opinions import may_change, open_request
from ..questionnaire import SECTIONS, Questionnaire, fingerprint
from ..workflow import MoveRefused
from .answered import rows
from .finding import answer_refusal, asked, own_application, request_note, to_application

OWN_TEMPLATES = {"evidence", "declarations", "consents"}
NOT_ANSWERS = {"csrfmiddlewaretoken", "seen", "window", "autosave"}
# The name of a window, and how often its script has saved.
WINDOW = re.compile(r"([\w-]{8,32}):(\d{1,6})", re.ASCII)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, reference: str, section: str) -> HttpResponse:
    """One page of questions: what was understood is saved, what was not is asked again."""
    application = own_application(request, reference)
    if section not in SECTION_FORMS:
        raise Http404
    if request.method == "POST":
        return save_answers(request, application, section)
    if not may_change(application, section):
        return closed(request, application, section)
    return show(request, application, section, bound_form(application, section))


def bound_form(application: Application, section: str, data: QueryDict | None = None) -> SectionForm:
    """The form on a copy of the application, which stays as it is in the database."""
    return SECTION_FORMS[section](data, instance=copy(application))


def save_answers(request: HttpRequest, application: Application, section: str) -> HttpResponse:
    """Every good answer is kept; a script that saves while somebody types is answered in a few words."""
    form = bound_form(application, section, settled(request.POST, application, section))
    form.is_valid()
    try:
        application = admissions.save_section(
            application=application,
            by=request.user,
            section=section,
            values=form.good_answers,
            seen=request.POST.get("seen", ""),
            turn=turn_of(request),
        )
    except MoveRefused as refused:
        return refuse(request, application, form, refused)
    if "autosave" in request.POST:
        return JsonResponse({"seen": fingerprint(application, section), "at": timezone.now().isoformat()})
    return show(request, application, section, form) if form.errors else onward(request, application, section)


def turn_of(request: HttpRequest) -> admissions.Turn | None:
    """Which window saves, and for which time."""
    said = WINDOW.fullmatch(request.POST.get("window", ""))
    return admissions.Turn(said[1], int(said[2])) if said else None


def window_of(request: HttpRequest, *, later: int = 0) -> str:
    """The window that this page is shown in: the one that has just saved, or a new one.

    A page that asks again is a turn later than what was sent: a browser that goes back to it offers to send that once
    more, and then it must not undo what was written on the page.
    """
    turn = turn_of(request)
    return f"{turn.window}:{turn.number + later}" if turn else f"{secrets.token_urlsafe(9)}:0"


def refuse(
    request: HttpRequest, application: Application, form: SectionForm, refused: MoveRefused
) -> HttpResponse:
    """Nothing was overwritten: the person chooses between two answers, or reads why nothing can be saved."""
    if "autosave" in request.POST:
        return JsonResponse({"refused": str(refused)}, status=409)
    if isinstance(refused, admissions.StaleAnswers):
        return ask_which(request, application, form, refused)
    return answer_refusal(request, application, refused)


def show(request: HttpRequest, application: Application, section: str, form) -> HttpResponse:
    template = section if section in OWN_TEMPLATES else "questions"
    context = {
        "form": form,
        "seen": fingerprint(application, section),
        "window": window_of(request, later=1),
        "back": coming_from_check(request),
        "request_note": request_note(application),
        "concerns": [] if section in OWN_TEMPLATES else concerns(application),
    }
    return page(request, application, section, template, context)


def page(
    request: HttpRequest, application: Application, section: str, template: str, context: dict
) -> HttpResponse:
    """A section beside the list of all of them, in which closed ones are told from open ones."""
    made = open_request(application)
    context |= {
        "application": application,
        "section": section,
        "title": SECTIONS[section].label,
        "sections": [
            (key, SECTIONS[key].label, made is None or made.opens(key))
            for key in Questionnaire(application).sections
        ],
    }
    return render(request, f"enrollment/applicant/section_{template}.html", context)


def closed(request: HttpRequest, application: Application, section: str = "") -> HttpResponse:
    """Where nothing can be changed: the answers to read while others are asked for, or else where things stand."""
    if application.is_editable and section in Questionnaire(application).sections:
        context = {"rows": rows(Questionnaire(application), section), "asked": asked(application)}
        return page(request, application, section, "closed", context)
    words = _("This application is “%(status)s” now, so its answers stay as they are.")
    messages.warning(request, words % {"status": application.get_status_display()})
    return to_application(application)


def coming_from_check(request: HttpRequest) -> bool:
    return (request.POST or request.GET).get("from") == "check"


def staying(request: HttpRequest, application: Application, section: str) -> str:
    """The address of this page, with the way back that it had."""
    address = reverse("enrollment:section", args=[application.reference, section])
    return f"{address}?from=check" if coming_from_check(request) else address


def onward(request: HttpRequest, application: Application, section: str) -> HttpResponse:
    """To the next page, or back to where the person came from."""
    if "stay" in request.POST:
        return redirect(staying(request, application, section))
    if "later" in request.POST:
        words = _("Saved. You can come back to this application at any time before it closes.")
        messages.success(request, words)
        return to_application(application)
    order = list(SECTIONS)
    questions = Questionnaire(application).sections
    rest = [
        key for key in order[order.index(section) + 1 :] if key in questions and may_change(application, key)
    ]
    if coming_from_check(request) or not rest:
        return redirect("enrollment:check", application.reference)
    return redirect("enrollment:section", application.reference, rest[0])


# Two windows


def ask_which(
    request: HttpRequest, application: Application, form: SectionForm, stale: admissions.StaleAnswers
) -> HttpResponse:
    """Both answers side by side, wherever this window and what was saved since say different things."""
    application.refresh_from_db()
    differing = [
        (form[name], form.words_for(name, stale.present.get(name, "")), form.words_for(name, mine))
        for name, mine in form.good_answers.items()
        if mine != stale.present.get(name, "")
    ]
    mine = [
        (key, value)
        for key, values in request.POST.lists()
        if key not in NOT_ANSWERS and not key.startswith("keep-")
        for value in values
    ]
    context = {"form": None, "differing": differing, "mine": mine, "section": form.section}
    context |= {"application": application, "title": SECTIONS[form.section].label}
    context |= {"seen": fingerprint(application, form.section), "window": window_of(request)}
    return render(request, "enrollment/applicant/conflict.html", context, status=409)


def settled(data: QueryDict, application: Application, section: str) -> QueryDict:
    """The answers sent, with those that the person chose to leave as they were saved put back."""
    kept = [
        key.removeprefix("keep-")
        for key, choice in data.items()
        if key.startswith("keep-") and choice == "saved"
    ]
    if not kept:
        return data
    saved, data = bound_form(application, section), data.copy()
    for name in (name for name in kept if name in saved.fields):
        data.update(as_sent(saved[name]))
    return data


def as_sent(bound: BoundField) -> dict[str, str]:
    """What a browser would send for the answer that this field shows."""
    value, widget = bound.value(), bound.field.widget
    if isinstance(widget, MultiWidget):
        names = (f"{bound.name}{suffix}" for suffix in widget.widgets_names)
        parts = dict(zip(names, widget.decompress(value), strict=True))
    else:
        parts = {bound.name: value}
    return {name: "" if part is None else str(part) for name, part in parts.items()}


# Declarations and consents


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def declarations(request: HttpRequest, reference: str, section: str = "declarations") -> HttpResponse:
    """What the applicant declares or consents to, kept in the version and the words that were shown."""
    application = own_application(request, reference)
    is_open = may_change(application, section)
    if (
        not is_open
        and section == "declarations"
        and (request.method != "POST" or not application.is_editable)
    ):
        return closed(request, application, section)
    data = request.POST if request.method == "POST" else None
    questions = Questionnaire(application)
    form = DeclarationsForm(data, asked=questions, section=section, only_free=not is_open)
    if request.method != "POST":
        return show(request, application, section, form)
    form.is_valid()
    try:
        admissions.agree(application=application, by=request.user, **form.answers)
    except MoveRefused as refused:
        return answer_refusal(request, application, refused)
    if form.errors:
        return show(request, application, section, form)
    if not is_open:
        messages.success(request, _("Your choices are saved."))
        return to_application(application)
    return onward(request, application, section)
