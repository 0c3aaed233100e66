"""The pages on which an applicant fills in an application, one topic each."""

from copy import copy

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BoundField, MultiWidget
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.models import Profession

from .. import admissions
from ..completeness import SECTIONS
from ..forms.declarations import DeclarationsForm
from ..forms.sections import SECTION_FORMS, SectionForm, fingerprint, in_words
from ..models import Application
from ..workflow import MoveRefused
from .finding import answer_refusal, own_application, request_note, to_application

NOTHING = 0


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, reference: str, section: str) -> HttpResponse:
    """One page of questions: what was understood is saved, what was not is asked again."""
    application = own_application(request, reference)
    if section not in SECTION_FORMS:
        raise Http404
    if request.method == "POST":
        return save_answers(request, application, section)
    if not application.is_editable:
        return closed(request, application)
    return show(request, application, section, SECTION_FORMS[section](instance=copy(application)))


def save_answers(request: HttpRequest, application: Application, section: str) -> HttpResponse:
    data = settled(request.POST, application, section)
    form = SECTION_FORMS[section](data, instance=copy(application))
    form.is_valid()
    seen = request.POST.get("seen") == fingerprint(application, section)
    try:
        application = admissions.save_section(
            application=application,
            by=request.user,
            section=section,
            values=form.good_answers,
            version=application.version if seen else NOTHING,
        )
    except admissions.StaleAnswers as stale:
        return ask_which(request, application, form, stale)
    except MoveRefused as refused:
        return answer_refusal(request, application, refused)
    return show(request, application, section, form) if form.errors else onward(request, application, section)


def show(request: HttpRequest, application: Application, section: str, form, **context) -> HttpResponse:
    return render(
        request,
        f"enrollment/applicant/section_{section}.html",
        {
            "application": application,
            "sections": SECTIONS,
            "section": section,
            "title": SECTIONS[section].label,
            "form": form,
            "without_register": Profession.objects.filter(is_registered=False),
            "seen": fingerprint(application, section),
            "back": coming_from_check(request),
            "request_note": request_note(application),
            **context,
        },
    )


def closed(request: HttpRequest, application: Application) -> HttpResponse:
    words = _("This application is “%(status)s” now, so its answers stay as they are.")
    messages.warning(request, words % {"status": application.get_status_display()})
    return to_application(application)


def coming_from_check(request: HttpRequest) -> bool:
    return (request.POST or request.GET).get("from") == "check"


def onward(request: HttpRequest, application: Application, section: str) -> HttpResponse:
    """To the next page, or back to where the person came from."""
    if "stay" in request.POST:
        return redirect("enrollment:section", application.reference, section)
    if "later" in request.POST:
        words = _("Saved. You can come back to this application at any time before it closes.")
        messages.success(request, words)
        return to_application(application)
    rest = list(SECTIONS)[list(SECTIONS).index(section) + 1 :]
    if coming_from_check(request) or not rest:
        return redirect("enrollment:check", application.reference)
    return redirect("enrollment:section", application.reference, rest[0])


# Two windows


def ask_which(
    request: HttpRequest, application: Application, form: SectionForm, stale: admissions.StaleAnswers
) -> HttpResponse:
    """Both answers side by side, wherever this window and what was saved since say different things."""
    application.refresh_from_db()
    fields = form.fields
    differing = [
        (form[name], in_words(fields[name], stale.present[name]), in_words(fields[name], mine))
        for name, mine in form.good_answers.items()
        if mine != stale.present[name]
    ]
    mine = [
        (key, value)
        for key, values in request.POST.lists()
        if key not in ("csrfmiddlewaretoken", "seen") and not key.startswith("keep-")
        for value in values
    ]
    context = {"form": None, "differing": differing, "mine": mine, "section": form.section}
    context |= {"application": application, "title": SECTIONS[form.section].label}
    context["seen"] = fingerprint(application, form.section)
    return render(request, "enrollment/applicant/conflict.html", context, status=409)


def settled(data: QueryDict, application: Application, section: str) -> QueryDict:
    """The answers sent, with those that the person chose to leave as they were saved put back."""
    saved, data = SECTION_FORMS[section](instance=copy(application)), data.copy()
    for name in (name for name in saved.fields if data.get(f"keep-{name}") == "saved"):
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


# Declarations


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def declarations(request: HttpRequest, reference: str) -> HttpResponse:
    """What the applicant declares, kept in the words that were shown."""
    application = own_application(request, reference)
    if not application.is_editable:
        return closed(request, application)
    if request.method != "POST":
        return show(request, application, "declarations", DeclarationsForm(application=application))
    form = DeclarationsForm(request.POST, application=application)
    form.is_valid()
    try:
        admissions.agree(application=application, by=request.user, declarations=form.made)
    except MoveRefused as refused:
        return answer_refusal(request, application, refused)
    return onward(request, application, "declarations")
