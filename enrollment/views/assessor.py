"""The assessor's desk: entries that wait for a countersignature."""

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
from ..forms.study import CountersignForm, ReturnForm
from ..models import LogbookEntry
from ..workflow import MoveRefused

PAGE = 25
SIGNED = gettext_lazy("Entry %(code)s is countersigned. The learner is told by email.")
RETURNED = gettext_lazy("Entry %(code)s is returned. The learner is told by email what to correct.")


def entries_to_judge(request: HttpRequest):
    """What learners have sent, never the assessor's own."""
    if not who.may(request.user, "countersign_logbookentry"):
        raise PermissionDenied
    return (
        LogbookEntry.objects.exclude(status=LogbookEntry.Status.DRAFT)
        .exclude(enrollment__learner=request.user)
        .select_related("enrollment__application", "enrollment__intake__course", "enrollment__learner")
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
    """One entry, to countersign with the password or to return with a reason."""
    entry = get_object_or_404(entries_to_judge(request), pk=pk)
    if request.method == "POST" and entry.status == LogbookEntry.Status.AWAITING:
        return judge(request, entry)
    if request.method == "POST":
        messages.warning(
            request, _("This entry is “%(status)s” now.") % {"status": entry.get_status_display()}
        )
        return redirect("enrollment:assess_entry", entry.pk)
    return show(request, entry, CountersignForm(user=request.user), ReturnForm())


def judge(request: HttpRequest, entry: LogbookEntry) -> HttpResponse:
    is_return = "return" in request.POST
    if not is_return and not ratelimit.consume(request, action="reauthenticate", user=request.user):
        return ratelimit.respond_429(request)
    sign = CountersignForm(None if is_return else request.POST, user=request.user)
    send_back = ReturnForm(request.POST if is_return else None)
    form = send_back if is_return else sign
    if not form.is_valid():
        return show(request, entry, sign, send_back)
    try:
        act(entry, request.user, form.cleaned_data.get("note"))
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, (RETURNED if is_return else SIGNED) % {"code": entry.patient_code})
    return redirect("enrollment:assess")


def act(entry: LogbookEntry, by, note: str | None) -> None:
    if note is None:
        practice.countersign(entry=entry, by=by)
    else:
        practice.return_entry(entry=entry, by=by, note=note)


def show(
    request: HttpRequest, entry: LogbookEntry, sign: CountersignForm, send_back: ReturnForm
) -> HttpResponse:
    context = {
        "entry": entry,
        "sign": sign,
        "send_back": send_back,
        "form": sign if sign.is_bound else send_back,
    }
    return render(request, "enrollment/assessor/entry.html", context)
