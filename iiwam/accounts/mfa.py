from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from iiwam.accounts.sealing import keyring

PURPOSE = "iiwam second factors"


class MFAAdapter(DefaultMFAAdapter):
    """Second factors, whose secrets a copy of the database does not give away."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. Enter the newest one; each works once."),
        "unverified_email": _("Confirm your email address first. Then you can add a second factor."),
    }

    def encrypt(self, text: str) -> str:
        return keyring(PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return keyring(PURPOSE).decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}
