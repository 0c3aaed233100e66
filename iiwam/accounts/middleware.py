from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

# Where a second factor is set up or shown, and what must answer everybody.
ALWAYS_OPEN = ("/accounts/", "/account/", "/theme/", "/healthz", "/readyz", "/static/")
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def used_second_factor(request) -> bool:
    """This session was opened, or confirmed since, with an authenticator app, a passkey or a recovery code."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


class StaffSecondFactor:
    """A staff account opens nothing on its password alone: not the office, and no page that shows staff more."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.detour(request) if self.is_stopped(request) else self.get_response(request)

    def is_stopped(self, request) -> bool:
        # Without a session cookie nobody is signed in, and the session stays untouched for anonymous visitors.
        if not settings.STAFF_SECOND_FACTOR or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return False
        if request.path.startswith(ALWAYS_OPEN):
            return False
        return request.user.is_authenticated and request.user.is_staff and not used_second_factor(request)

    def detour(self, request):
        if not is_mfa_enabled(request.user, FACTORS):
            messages.warning(
                request, _("Staff accounts need a second factor. Set up an authenticator app or a passkey.")
            )
            return HttpResponseRedirect(reverse("mfa_index"))
        messages.warning(request, _("Confirm that it is you: staff pages need your second factor."))
        back = (
            {"next": request.get_full_path()} if request.method == "GET" else {"next": reverse("admin:index")}
        )
        has_app = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
        confirm = reverse("mfa_reauthenticate" if has_app else "mfa_reauthenticate_webauthn")
        return HttpResponseRedirect(f"{confirm}?{urlencode(back)}")
