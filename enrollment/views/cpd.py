"""A learner's points and hours: the page, the sheet, the credential; and the number that a return needs."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ..cpd import credential, identity, sheet, transcript
from ..credentials.keys import KeyMissing
from ..forms.cpd import CONSENT, IdentityForm
from ..models import IdentityNumber
from ..workflow import MoveRefused
from .certificates import handed_out

FILE = "iiwam-cpd-transcript"


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every scheme with its present cycle as a picture, its entries, and the cycles before."""
    context = {
        "accounts": transcript.accounts(request.user, on=transcript.today()),
        "asking": identity.asking(request.user),
        "kept": IdentityNumber.objects.filter(person=request.user).first(),
        "valid_days": credential.DAYS,
    }
    return render(request, "enrollment/learner/cpd/page.html", context)


@login_required
@require_safe
def pdf(request: HttpRequest) -> HttpResponse:
    content = sheet.render(request.user, at=timezone.now())
    return handed_out(content, "application/pdf", f"{FILE}.pdf", "inline")


@login_required
@require_safe
def signed(request: HttpRequest) -> HttpResponse:
    """The transcript as a signed JSON-LD credential."""
    return credential_of(request, credential.signed, "application/ld+json", "json")


@login_required
@require_safe
def token(request: HttpRequest) -> HttpResponse:
    """The same claims as a signed token."""
    return credential_of(request, credential.token, "application/jwt", "jwt")


def credential_of(request: HttpRequest, form, kind: str, suffix: str) -> HttpResponse:
    if not transcript.accounts(request.user, on=transcript.today()):
        raise Http404
    try:
        return handed_out(form(request.user, at=timezone.now()), kind, f"{FILE}.{suffix}")
    except KeyMissing:
        messages.error(request, _("The signing keys are not on this machine. Tell the office."))
        return redirect("enrollment:cpd")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def number(request: HttpRequest) -> HttpResponse:
    """Asks for the IC number of whom a scheme needs it, and takes it away again; others find nothing here."""
    kept = IdentityNumber.objects.filter(person=request.user).first()
    asking = identity.asking(request.user)
    if not asking and not kept:
        raise Http404
    if request.method == "POST" and "remove" in request.POST:
        identity.remove(person=request.user)
        messages.success(request, _("Your IC number is deleted."))
        return redirect("enrollment:cpd")
    form = IdentityForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return take_number(request, form.cleaned_data["number"])
    masked = identity.masked(kept) if kept else ""
    context = {"form": form, "asking": asking, "kept": kept, "masked": masked}
    return render(request, "enrollment/learner/cpd/number.html", context)


def take_number(request: HttpRequest, digits: str) -> HttpResponse:
    try:
        identity.give(person=request.user, number=digits, consent=str(CONSENT))
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("Your IC number is kept, encrypted."))
    return redirect("enrollment:cpd")
