"""The assessor's desk: entries that wait for a countersignature, and signed ones that are taken back."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from .. import permissions as who
from .. import practice
from ..forms.signing import CounterForm, ReturnForm, SignForm
from ..models import LogbookEntry
from ..workflow import MoveRefused
from . import signing

PAGE = 25
SIGNED = gettext_lazy("Entry %(code)s is countersigned. The learner is told by email.")
RETURNED = gettext_lazy("Entry %(code)s is returned. The learner is told by email what to correct.")


def require_assessor(request: HttpRequest) -> None:
    if not who.may(request.user, "countersign_logbookentry"):
        raise PermissionDenied


def entries_to_judge(request: HttpRequest):
    """What learners have sent, never the assessor's own."""
    require_assessor(request)
    return (
        LogbookEntry.objects.exclude(status=LogbookEntry.Status.DRAFT)
        .exclude(enrollment__learner=request.user)
        .select_related("enrollment__application", "enrollment__intake__course", "enrollment__learner")
        .select_related("assessor", "counter_entry", "counters", "signature")
    )


@login_required
@require_safe
def assess(request: HttpRequest) -> HttpResponse:
    """Who waits for a signature, longest first."""
    waiting = entries_to_judge(request).awaiting_countersignature()
    page = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    return render(request, "enrollment/assessor/assess.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def assess_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry, to countersign with password or passkey or to return with a reason."""
    entry = get_object_or_404(entries_to_judge(request), pk=pk)
    if request.method == "POST" and entry.status == LogbookEntry.Status.AWAITING:
        return judge(request, entry)
    if request.method == "POST":
        messages.warning(
            request, _("This entry is “%(status)s” now.") % {"status": entry.get_status_display()}
        )
        return redirect("enrollment:assess_entry", entry.pk)
    return show(request, entry, SignForm(user=request.user), ReturnForm())


def judge(request: HttpRequest, entry: LogbookEntry) -> HttpResponse:
    is_return = "return" in request.POST
    if not is_return and not may_try(request):
        return ratelimit.respond_429(request)
    kept = None if is_return else signing.recall(request, entry)
    sign = SignForm(None if is_return else request.POST, user=request.user, kept=kept)
    send_back = ReturnForm(request.POST if is_return else None)
    form = send_back if is_return else sign
    if not form.is_valid():
        return show(request, entry, sign, send_back)
    try:
        act(entry, request.user, sign.confirmation, form.cleaned_data.get("note", ""))
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, (RETURNED if is_return else SIGNED) % {"code": entry.patient_code})
    return redirect("enrollment:assess")


def may_try(request: HttpRequest) -> bool:
    """Passwords are not guessed here any faster than at the door."""
    return bool(ratelimit.consume(request, action="reauthenticate", user=request.user))


def act(entry: LogbookEntry, by, confirmed: practice.Confirmation | None, note: str) -> None:
    if confirmed:
        practice.countersign(entry=entry, by=by, confirmed=confirmed)
    else:
        practice.return_entry(entry=entry, by=by, note=note)


def show(request: HttpRequest, entry: LogbookEntry, sign: SignForm, send_back: ReturnForm) -> HttpResponse:
    waits = entry.status == LogbookEntry.Status.AWAITING
    context = {
        "entry": entry,
        "sign": sign,
        "send_back": send_back,
        "form": sign if sign.is_bound else send_back,
        "js_data": signing.begin(request, entry) if waits else None,
    }
    return render(request, "enrollment/assessor/entry.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def counter_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks why a signed entry is taken back, and for a signature under that."""
    entry = get_object_or_404(entries_to_judge(request), pk=pk)
    try:
        practice.require_counterable(entry, request.user)
    except MoveRefused as refused:
        messages.warning(request, str(refused))
        return redirect("enrollment:assess_entry", entry.pk)
    if request.method != "POST":
        return ask_why(request, entry, CounterForm(user=request.user))
    if not may_try(request):
        return ratelimit.respond_429(request)
    form = CounterForm(request.POST, user=request.user, kept=signing.recall(request, entry))
    return take_back(request, entry, form) if form.is_valid() else ask_why(request, entry, form)


def take_back(request: HttpRequest, entry: LogbookEntry, form: CounterForm) -> HttpResponse:
    try:
        practice.counter(
            entry=entry, by=request.user, confirmed=form.confirmation, note=form.cleaned_data["note"]
        )
    except MoveRefused as refused:
        form.add_error("note", str(refused))
        return ask_why(request, entry, form)
    words = _("Entry %(code)s is taken back by a counter-entry. The learner is told by email.")
    messages.success(request, words % {"code": entry.patient_code})
    return redirect("enrollment:assess_entry", entry.pk)


def ask_why(request: HttpRequest, entry: LogbookEntry, form: CounterForm) -> HttpResponse:
    context = {"entry": entry, "form": form, "js_data": signing.begin(request, entry, takes_back=True)}
    return render(request, "enrollment/assessor/counter.html", context)
