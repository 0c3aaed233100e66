"""A passkey that signs one thing: what is kept proves who agreed to what, and to nothing else."""

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cbor import encode
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AuthenticatorData, CollectedClientData

from iiwam.accounts import passkeys

CHALLENGE = hashlib.sha256(b"this entry, this once").digest()
VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


def kept(challenge=CHALLENGE, flags=VERIFIED) -> dict[str, str]:
    """What a device would have answered, made by a key of our own."""
    key = ec.generate_private_key(ec.SECP256R1())
    data = AuthenticatorData.create(hashlib.sha256(b"localhost").digest(), flags, 1)
    client = CollectedClientData.create("webauthn.get", challenge, "https://localhost")
    signature = key.sign(bytes(data) + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
    public = encode(dict(ES256.from_cryptography_key(key.public_key())))
    parts = (b"credential", bytes(client), bytes(data), signature, public)
    return {name: websafe_encode(part) for name, part in zip(passkeys.KEPT, parts, strict=True)}


def test_what_is_kept_proves_the_challenge():
    assert passkeys.holds(kept(), CHALLENGE)


def test_it_proves_no_other_challenge():
    assert not passkeys.holds(kept(), hashlib.sha256(b"another entry").digest())


def test_presence_without_verification_proves_nothing():
    assert not passkeys.holds(kept(flags=AuthenticatorData.FLAG.UP), CHALLENGE)


@pytest.mark.parametrize("part", passkeys.KEPT[1:])
def test_every_part_counts(part):
    mixed = kept() | {part: kept(hashlib.sha256(b"else").digest(), AuthenticatorData.FLAG.UP)[part]}
    assert not passkeys.holds(mixed, CHALLENGE)


@pytest.mark.parametrize("damaged", [{}, {"signature": "!"}, {"client_data": ""}, {"public_key": None}])
def test_damaged_proof_is_none(damaged):
    assert not passkeys.holds(damaged and kept() | damaged, CHALLENGE)
