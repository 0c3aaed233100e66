import structlog
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iiwam.accounts import tasks

logger = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up, sign-in and their letters, in the words and on the terms of this house."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "The email address or the password is not right. Check both and try again."
        ),
        "enter_current_password": _("Enter your current password."),
        "incorrect_code": _("This code is not right. Enter the newest one; each works once."),
        "incorrect_password": _("This password is not right."),
        "invalid_password_reset": _("This link has been used or is too old. Ask for a new one."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, or reset your password."),
        "rate_limited": _("Too many attempts. Wait a few minutes and try again."),
    }

    def get_login_redirect_url(self, request):
        """Staff go to the office, everyone else to their applications; `next` has been honoured before."""
        return (
            resolve_url("admin:index") if request.user.is_staff else super().get_login_redirect_url(request)
        )

    def is_safe_url(self, url):
        """An address that cannot even be taken apart is not one to go to."""
        try:
            return super().is_safe_url(url)
        except ValueError:
            return False

    def authentication_failed(self, request, **credentials):
        # Counts of refusals show an attack; whose address was tried is nobody's business.
        logger.info("sign_in_refused")

    def get_reset_password_from_key_url(self, key):
        uid, _dash, token = key.partition("-")
        return self.address_of("account_reset_password_from_key", uid, token)

    def get_email_confirmation_url(self, request, emailconfirmation):
        return self.address_of("account_confirm_email", emailconfirmation.key)

    def address_of(self, name, *parts) -> str:
        """Links in letters carry the site's own address, whatever host the request was sent to."""
        return settings.SITE_URL + reverse(name, args=parts)

    def send_mail(self, template_prefix, email, context):
        """A mail server that is slow or down costs time, and neither the page nor the letter."""
        tasks.post(self.render_mail(template_prefix, email, {"email": email, **context}))
