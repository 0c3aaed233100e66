from base64 import urlsafe_b64encode
from functools import lru_cache

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_lazy as _


@lru_cache
def fernet(text: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"iiwam second factors").derive(text.encode())
    return Fernet(urlsafe_b64encode(key))


def keyring() -> MultiFernet:
    """The first key locks, all of them open: put a new key first and leave the old ones until nothing needs them."""
    texts = [*settings.MFA_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([fernet(text) for text in texts])


class MFAAdapter(DefaultMFAAdapter):
    """Second factors, whose secrets a copy of the database does not give away."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. Enter the newest one; each works once."),
        "unverified_email": _("Confirm your email address first. Then you can add a second factor."),
    }

    def encrypt(self, text: str) -> str:
        return keyring().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return keyring().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}
