"""The learner's logbook of supervised practice."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import completion, practice
from ..forms.logbook import EntryForm
from ..models import Enrollment, LogbookEntry
from ..progress import picture_of
from ..workflow import MoveRefused
from .desk import own_enrollment


@login_required
@require_safe
def logbook(request: HttpRequest, pk: int) -> HttpResponse:
    """Every entry with its state, newest first, and how many count."""
    enrollment = own_enrollment(request, pk)
    context = {
        "enrollment": enrollment,
        "picture": picture_of(enrollment),
        "entries": entries_of(enrollment),
        "quotas": [one for one in completion.requirements(enrollment) if one.key.startswith("quota-")],
        "skills": checklist(enrollment),
        "is_open": enrollment.status == Enrollment.Status.ACTIVE,
    }
    return render(request, "enrollment/learner/logbook.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_entry(request: HttpRequest, pk: int) -> HttpResponse:
    enrollment = own_enrollment(request, pk)
    form = EntryForm(request.POST or None, enrollment=enrollment, at=timezone.now())
    if request.method == "POST" and form.is_valid():
        return save(request, enrollment, None, form)
    return show(request, enrollment, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """One entry: a form while it can change, afterwards its words as they were sent."""
    enrollment = own_enrollment(request, pk)
    entry = get_object_or_404(entries_of(enrollment), pk=entry_pk)
    if not entry.is_editable or enrollment.status != Enrollment.Status.ACTIVE:
        return show_sent(request, enrollment, entry)
    form = EntryForm(request.POST or None, instance=entry, enrollment=enrollment, at=timezone.now())
    if request.method == "POST" and form.is_valid():
        return save(request, enrollment, entry, form)
    return show(request, enrollment, form, entry=entry, returned=last_return(entry))


def entries_of(enrollment: Enrollment):
    return enrollment.logbook.select_related("assessor", "counters", "counter_entry", "signature")


def checklist(enrollment: Enrollment) -> list[tuple]:
    """Each skill of the course with the judgement that counts, or none."""
    newest = practice.newest_checks(enrollment)
    return [(skill, newest.get(skill.pk)) for skill in enrollment.course.competencies.all()]


def save(
    request: HttpRequest, enrollment: Enrollment, entry: LogbookEntry | None, form: EntryForm
) -> HttpResponse:
    fields = {name: form.cleaned_data[name] for name in practice.ENTRY_FIELDS}
    try:
        if entry is None:
            entry = practice.log_practice(enrollment=enrollment, by=request.user, **fields)
        else:
            practice.update_entry(entry=entry, by=request.user, **fields)
        if "send" in request.POST:
            practice.submit_entry(entry=entry, by=request.user)
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, said(entry, "send" in request.POST))
    return redirect("enrollment:logbook", enrollment.pk)


def said(entry: LogbookEntry, is_sent: bool) -> str:
    words = _("Entry %(code)s is sent for countersignature.") if is_sent else _("Entry %(code)s is saved.")
    return words % {"code": entry.patient_code}


def show(request: HttpRequest, enrollment: Enrollment, form: EntryForm, **context) -> HttpResponse:
    context |= {"enrollment": enrollment, "form": form}
    return render(request, "enrollment/learner/entry_form.html", context)


def show_sent(request: HttpRequest, enrollment: Enrollment, entry: LogbookEntry) -> HttpResponse:
    if request.method == "POST":
        messages.warning(
            request, _("This entry is “%(status)s” now.") % {"status": entry.get_status_display()}
        )
        return redirect("enrollment:logbook_entry", enrollment.pk, entry.pk)
    context = {"enrollment": enrollment, "entry": entry, "countered": why_countered(entry)}
    return render(request, "enrollment/learner/entry.html", context)


def why_countered(entry: LogbookEntry):
    """The step of history that took this entry back, or that this counter-entry made."""
    answer = entry if entry.counters_id else getattr(entry, "counter_entry", None)
    return answer and answer.history.filter(move="counter").last()


def last_return(entry: LogbookEntry):
    """The assessor's reason, while the entry is with the learner because of it."""
    if entry.status != LogbookEntry.Status.RETURNED:
        return None
    return entry.history.filter(move="return").last()
