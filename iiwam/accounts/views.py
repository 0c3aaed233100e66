from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from iiwam.accounts.forms import NameForm
from iiwam.accounts.middleware import FACTORS


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
