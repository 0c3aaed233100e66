"""A credential that somebody pasted: whose it says it is, whether we signed it, and which certificate it belongs to.

Nothing is fetched. A token is checked by its signature. A document is compared with the one we keep before its proof is
checked, for making canonical what strangers send can be made to take for ever.
"""

import json
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from enrollment.models import Certificate, IssuerKey, Seal

from . import issuer, keys, securing
from .encoding import BASE58, from_base64url

# Ours are under 20,000 characters.
LONGEST = 100_000


class Finding(StrEnum):
    GENUINE = "genuine"
    CHANGED = "changed"
    FOREIGN = "foreign"
    UNREADABLE = "unreadable"
    NO_CERTIFICATE = "no_certificate"
    CHANGED_FILE = "changed_file"
    NO_BADGE = "no_badge"
    NO_FILE_OF_OURS = "no_file_of_ours"


class Unreadable(Exception):
    """Neither a credential as JSON nor as a token."""


def check(text: str) -> tuple[Finding, Certificate | None]:
    """What it is; the certificate only where we signed what was given, to the letter."""
    text = text.strip()
    try:
        document = read_json(text) if text.startswith("{") else claims_of(text)
        said = issuer_of(document)
    except (Unreadable, ValueError, RecursionError):
        return Finding.UNREADABLE, None
    if said != issuer.did():
        return Finding.FOREIGN, None
    is_ours = document_is_ours if text.startswith("{") else token_is_ours
    return judged(document, text, is_ours)


def judged(document: dict, text: str, is_ours) -> tuple[Finding, Certificate | None]:
    seal = seal_of(document)
    if not is_ours(document, text, seal):
        return Finding.CHANGED, None
    return (Finding.GENUINE, seal.certificate) if seal else (Finding.NO_CERTIFICATE, None)


# Reading


def read_json(text: str) -> dict:
    if len(text) > LONGEST or not isinstance(document := json.loads(text), dict):
        raise Unreadable
    return document


def claims_of(token: str) -> dict:
    if len(parts := token.split(".")) != 3 or len(token) > LONGEST:
        raise Unreadable
    header, claims = (read_json(from_base64url(part).decode()) for part in parts[:2])
    if not claims or not header:
        raise Unreadable
    return claims


def issuer_of(document: dict) -> Any:
    said = document.get("issuer", document.get("iss"))
    if said is None:
        raise Unreadable
    return said.get("id") if isinstance(said, dict) else said


def seal_of(document: dict) -> Seal | None:
    """The seal of the certificate that it says it is."""
    address = document.get("id")
    if not isinstance(address, str) or len(address) > 300:
        return None
    number = address.rstrip("/").rsplit("/", 1)[-1]
    if not number.isascii() or not number.isprintable():
        return None
    sealed = Seal.objects.select_related("certificate__successor")
    return sealed.filter(certificate__number=number).first()


# Signatures


def token_is_ours(document: dict, token: str, seal: Seal | None) -> bool:
    """Whether one of our keys, of now or of before, signed this token."""
    head, claims, signature = token.split(".")
    header = json.loads(from_base64url(head))
    if header.get("alg") != keys.ES256 or not isinstance(header.get("kid"), str):
        return False
    kid = header["kid"].rsplit("/", 1)[-1].removesuffix(".json")
    key = IssuerKey.objects.filter(kid=kid, algorithm=keys.ES256).first() if kid.isascii() else None
    try:
        return bool(key) and verifies(key, from_base64url(signature), f"{head}.{claims}".encode())
    except ValueError:
        return False


def document_is_ours(document: dict, text: str, seal: Seal | None) -> bool:
    """Whether it is the document that we signed, and its proof holds by one of our keys."""
    if seal is None or document != json.loads(seal.credential):
        return False
    proof = document["proof"][0]
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    claims = {name: value for name, value in document.items() if name != "proof"}
    candidates = IssuerKey.objects.filter(algorithm=keys.EDDSA)
    key = next((one for one in candidates if issuer.method_name(one) == proof["verificationMethod"]), None)
    signature = from_multibase58(proof["proofValue"])
    return bool(key) and verifies(key, signature, securing.signing_input(claims, options))


def verifies(key: IssuerKey, signature: bytes, content: bytes) -> bool:
    if len(signature) != 64:
        return False
    try:
        if key.algorithm == keys.EDDSA:
            public = ed25519.Ed25519PublicKey.from_public_bytes(from_base64url(key.public_jwk["x"]))
            public.verify(signature, content)
        else:
            pair = (int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
            es256_public(key).verify(encode_dss_signature(*pair), content, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def es256_public(key: IssuerKey) -> ec.EllipticCurvePublicKey:
    x, y = (int.from_bytes(from_base64url(key.public_jwk[axis])) for axis in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def from_multibase58(text: str) -> bytes:
    number = 0
    for letter in text.removeprefix("z"):
        number = number * 58 + BASE58.index(letter)
    return number.to_bytes(64)
