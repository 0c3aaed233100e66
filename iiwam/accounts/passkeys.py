"""A passkey that signs one thing: the challenge is made from what is signed, and what it answers can be kept as proof.

allauth's ceremonies draw a challenge by chance, which proves that somebody was there and not what they agreed to.
"""

import hashlib
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from fido2.cbor import decode, encode
from fido2.cose import CoseKey
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AuthenticationResponse,
    AuthenticatorData,
    CollectedClientData,
    UserVerificationRequirement,
)

KEPT = ("credential", "client_data", "authenticator_data", "signature", "public_key")


class PasskeyRefused(Exception):
    """The answer is not that of a passkey of this person to this challenge."""


def has_passkey(user: Any) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists()


def ask(user: Any, challenge: bytes) -> tuple[dict, dict]:
    """What the browser is handed, and what the session keeps; the person must be verified by the device."""
    options, state = auth.get_server().authenticate_begin(
        credentials=auth.get_credentials(user),
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=challenge,
    )
    return dict(options), state


def answer(user: Any, state: dict, given: Any) -> dict[str, str]:
    """What this person's passkey signed, in words that can be kept; PasskeyRefused when it is another's or another thing."""
    try:
        response = AuthenticationResponse.from_dict(given)
        credential = auth.get_server().authenticate_complete(state, auth.get_credentials(user), response)
    # The library answers a wrong shape, a wrong challenge and a wrong signature each with another class.
    except Exception as fault:
        raise PasskeyRefused from fault
    Authenticator.record_usage(auth.get_authenticator_by_credential_id(user, credential.credential_id))
    said = response.response
    parts = (
        credential.credential_id,
        said.client_data,
        said.authenticator_data,
        said.signature,
        encode(dict(credential.public_key)),
    )
    return {name: websafe_encode(bytes(part)) for name, part in zip(KEPT, parts, strict=True)}


def holds(kept: dict[str, str], challenge: bytes) -> bool:
    """Whether what was kept is the signature of a verified person over this challenge; asks no database."""
    try:
        client_data, data, signature, key = (websafe_decode(kept[name]) for name in KEPT[1:])
        signed = AuthenticatorData(data)
        CoseKey.parse(decode(key)).verify(data + hashlib.sha256(client_data).digest(), signature)
        return signed.is_user_verified() and said_challenge(client_data) == challenge
    except Exception:
        return False


def said_challenge(client_data: bytes) -> bytes:
    return CollectedClientData(client_data).challenge
