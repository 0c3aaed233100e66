"""The keys that sign: private halves in files or in the environment, public halves in the database for ever.

A key is known by the fingerprint of its public half (RFC 7638). One key signs for each algorithm; those before it
stay published, so that what they signed still verifies.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from enrollment.models import IssuerKey

from .encoding import ED25519_PUBLIC, base64url, from_base64url, multibase58

Private = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
ES256, EDDSA = IssuerKey.Algorithm.ES256, IssuerKey.Algorithm.EDDSA
END = b"-----END PRIVATE KEY-----"


class KeyMissing(Exception):
    """The private half of the key that signs now is not on this machine."""


# What a key is


def algorithm_of(private: Private) -> str:
    return EDDSA if isinstance(private, ed25519.Ed25519PrivateKey) else ES256


def public_jwk(private: Private) -> dict:
    """The public half as a bare JSON Web Key (RFC 7517, RFC 8037)."""
    public = private.public_key()
    if isinstance(public, ed25519.Ed25519PublicKey):
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url(public.public_bytes_raw())}
    numbers = public.public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": base64url(numbers.x.to_bytes(32)),
        "y": base64url(numbers.y.to_bytes(32)),
    }


def thumbprint(jwk: dict) -> str:
    """RFC 7638: the members that make the key, in the order of the alphabet."""
    return base64url(hashlib.sha256(json.dumps(jwk, sort_keys=True, separators=(",", ":")).encode()).digest())


def multikey(jwk: dict) -> str:
    """An Ed25519 key as W3C Controlled Identifiers 1.0 writes it."""
    return multibase58(ED25519_PUBLIC + from_base64url(jwk["x"]))


def generate(algorithm: str) -> Private:
    return (
        ed25519.Ed25519PrivateKey.generate()
        if algorithm == EDDSA
        else ec.generate_private_key(ec.SECP256R1())
    )


# Where the private halves lie


def given_keys() -> str:
    """Keys handed over in the environment; then no file is read or written."""
    return settings.ISSUER_KEYS


def pem_texts() -> Iterator[bytes]:
    if given_keys():
        content = given_keys().replace("\\n", "\n").encode()
        yield from (part + END for part in content.split(END) if part.strip())
    else:
        yield from (path.read_bytes() for path in sorted(folder().glob("*.pem")))


def folder() -> Path:
    return Path(settings.ISSUER_KEYS_DIR)


@cache
def load(pem: bytes) -> Private:
    private = serialization.load_pem_private_key(pem, password=None)
    is_p256 = isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name == "secp256r1"
    if not (is_p256 or isinstance(private, ed25519.Ed25519PrivateKey)):
        raise KeyMissing("An issuer key is neither Ed25519 nor P-256.")
    return private


def held() -> dict[str, Private]:
    """Every private key on this machine, by fingerprint."""
    return {thumbprint(public_jwk(private)): private for private in map(load, pem_texts())}


def file_of(kid: str) -> Path:
    return folder() / f"{kid}.pem"


def write(private: Private) -> None:
    """The key lies in its folder, for the site's own user alone."""
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = file_of(thumbprint(public_jwk(private)))
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    except OSError as fault:
        raise KeyMissing(f"No issuer key can be written to {folder()}: {fault.strerror}.") from fault


# Which key signs


def current(algorithm: str) -> IssuerKey:
    """The key that signs now; the first one is taken up, or made, when it is first asked for."""
    key = IssuerKey.objects.filter(algorithm=algorithm, retired_at=None).first()
    return key or take_up_first(algorithm)


def take_up_first(algorithm: str) -> IssuerKey:
    try:
        with transaction.atomic():
            return take_up(algorithm, timezone.now())
    except IntegrityError:
        # Another process was first, and its key is the one.
        return IssuerKey.objects.get(algorithm=algorithm, retired_at=None)


def take_up(algorithm: str, at: datetime) -> IssuerKey:
    """A key that was laid down and has not signed yet, or else a new one, signs from now on."""
    known = set(IssuerKey.objects.values_list("kid", flat=True))
    fresh = [key for kid, key in held().items() if algorithm_of(key) == algorithm and kid not in known]
    if not fresh and given_keys():
        raise KeyMissing(f"ISSUER_KEYS holds no new {algorithm} key.")
    private = fresh[0] if fresh else generate(algorithm)
    jwk = public_jwk(private)
    key = IssuerKey.objects.create(kid=thumbprint(jwk), algorithm=algorithm, public_jwk=jwk, made_at=at)
    if not fresh:
        write(private)
    return key


@transaction.atomic
def rotate(*, at: datetime | None = None) -> list[IssuerKey]:
    """New keys sign from now on; the former stay published, and their private halves are gone from the folder."""
    at = at or timezone.now()
    former = list(IssuerKey.objects.select_for_update().filter(retired_at=None))
    IssuerKey.objects.filter(pk__in=[key.pk for key in former]).update(retired_at=at)
    fresh = [take_up(algorithm, at) for algorithm in IssuerKey.Algorithm.values]
    transaction.on_commit(lambda: [file_of(key.kid).unlink(missing_ok=True) for key in former])
    return fresh


# Signing


def private_half(key: IssuerKey) -> Private:
    """KeyMissing when this machine does not hold it."""
    private = held().get(key.kid)
    if private is None:
        raise KeyMissing(
            f"The private half of {key} is not in {'ISSUER_KEYS' if given_keys() else folder()}."
        )
    return private


def sign(key: IssuerKey, content: bytes) -> bytes:
    """64 bytes either way: EdDSA as RFC 8032 has it, ES256 as the two numbers one after the other (RFC 7518)."""
    private = private_half(key)
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private.sign(content)
    # The same signature every time (RFC 6979): it does not hang on how good the machine's dice are.
    pair = decode_dss_signature(private.sign(content, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    return b"".join(number.to_bytes(32) for number in pair)
