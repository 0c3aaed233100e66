from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.account.views import ConfirmEmailView, SignupView
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from iiwam import limits
from iiwam.accounts import addresses
from iiwam.accounts import own_data as data
from iiwam.accounts.forms import EraseForm, NameForm
from iiwam.accounts.middleware import FACTORS
from iiwam.accounts.people import Refused

EXPORTS_AN_HOUR = 6


class SignUp(SignupView):
    """An account is made, with the address that the person gave on the way here already filled in."""

    def get_initial(self):
        return {"email": addresses.carried(self.request.session)}

    def form_valid(self, form):
        addresses.forget_carried(self.request.session)
        return super().form_valid(form)


class ConfirmAddress(ConfirmEmailView):
    """The address in the letter is that of the account, unless the account was closed in the meantime."""

    def get_object(self, queryset=None):
        found = super().get_object(queryset)
        if not found.email_address.user.is_active:
            raise Http404
        return found


@login_required
def account(request):
    """What a signed-in person can see and change about their own way in."""
    form = NameForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your name is saved."))
        return redirect("account")
    return render(
        request, "account/account.html", {"form": form, "has_factor": is_mfa_enabled(request.user, FACTORS)}
    )


@login_required
@require_safe
def own_data(request):
    """What the site holds of this person, to take away or to have erased."""
    context = {
        "confirmed": did_recently_reauthenticate(request),
        "obstacles": data.obstacles(person=request.user),
    }
    return render(request, "account/own_data.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)
def export(request):
    """All of it as one archive, streamed; a copied session alone does not get it."""
    if request.method != "POST":
        return redirect("own_data")
    if not limits.allow("export", str(request.user.pk), most=EXPORTS_AN_HOUR, seconds=3600):
        messages.warning(request, _("You have taken your data several times just now. Try again in an hour."))
        return redirect("own_data")
    archive = data.export(person=request.user)
    response = StreamingHttpResponse(archive, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="iiwam-{timezone.localdate():%Y-%m-%d}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)
def erase(request):
    """Asks once, then nobody can tell any more who this was; the person is signed out for good."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "obstacles": data.obstacles(person=request.user)}
        return render(request, "account/erase.html", context)
    try:
        data.erase(person=request.user, by=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect("own_data")
    logout(request)
    return render(request, "account/erased.html")
