"""What the database keeps for us without being able to read it."""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


@lru_cache
def fernet(text: str, purpose: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(text.encode())
    return Fernet(urlsafe_b64encode(key))


def keyring(purpose: str) -> MultiFernet:
    """The first key locks, all of them open: put a new key first and leave the old ones until nothing needs them."""
    texts = [*settings.MFA_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([fernet(text, purpose) for text in texts])
