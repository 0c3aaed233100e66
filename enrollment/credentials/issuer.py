"""Who signs, as the world finds it: a did:web identity, its documents and its addresses."""

from urllib.parse import quote, urlsplit

from django.conf import settings

from enrollment.models import IssuerKey

from . import keys

NAME = "International Institute of Wellness & Aesthetic Medicine"
DID_CONTEXTS = [
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
]


def did() -> str:
    """did:web of this site's host; a port is part of it, with its colon written as %3A."""
    return f"did:web:{quote(urlsplit(settings.SITE_URL).netloc, safe='.-')}"


def profile() -> dict:
    """The issuer in a credential: no email address, for those are harvested."""
    return {"id": did(), "type": ["Profile"], "name": NAME, "url": settings.SITE_URL}


def key_address(key: IssuerKey) -> str:
    """Where the bare public key lies; what `kid` of a token says."""
    return f"{settings.SITE_URL}/.well-known/keys/{key.kid}.json"


def method_name(key: IssuerKey) -> str:
    """The key's name within the did document; what a proof points at."""
    return f"{did()}#{fragment(key)}"


def fragment(key: IssuerKey) -> str:
    return keys.multikey(key.public_jwk) if key.algorithm == keys.EDDSA else key.kid


def published_jwk(key: IssuerKey) -> dict:
    return {**key.public_jwk, "kid": key_address(key), "alg": key.algorithm, "use": "sig"}


def key_set() -> dict:
    return {"keys": [published_jwk(key) for key in IssuerKey.objects.all()]}


def did_document() -> dict:
    """Every key that ever signed, the one in use first, so that old credentials verify as well."""
    issued_with = IssuerKey.objects.order_by("-made_at", "algorithm")
    methods = [method(key) for key in issued_with]
    return {
        "@context": DID_CONTEXTS,
        "id": did(),
        "alsoKnownAs": [settings.SITE_URL],
        "verificationMethod": methods,
        "assertionMethod": [entry["id"] for entry in methods],
    }


def method(key: IssuerKey) -> dict:
    named = {"id": method_name(key), "controller": did()}
    if key.algorithm == keys.EDDSA:
        return {**named, "type": "Multikey", "publicKeyMultibase": keys.multikey(key.public_jwk)}
    return {**named, "type": "JsonWebKey", "publicKeyJwk": key.public_jwk}
