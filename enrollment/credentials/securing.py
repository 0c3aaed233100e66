"""The same claims secured twice: with a proof inside, and as a token."""

import json
from datetime import UTC, datetime

from . import issuer, jsonld, keys
from .encoding import base64url, multibase58


def moment(at: datetime) -> str:
    """To the second, in UTC, as XML Schema writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def with_proof(claims: dict, *, at: datetime) -> dict:
    """The document with an embedded Data Integrity proof, cryptosuite eddsa-rdfc-2022 (W3C VC-DI-EdDSA 1.0)."""
    key = keys.current(keys.EDDSA)
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": moment(at),
        "verificationMethod": issuer.method_name(key),
        "proofPurpose": "assertionMethod",
    }
    signature = keys.sign(key, signing_input(claims, options))
    return {**claims, "proof": [{**options, "proofValue": multibase58(signature)}]}


def signing_input(claims: dict, options: dict) -> bytes:
    """The two digests that the proof is over: first the options, read in the document's own contexts."""
    return jsonld.digest({"@context": claims["@context"], **options}) + jsonld.digest(claims)


def as_token(claims: dict) -> str:
    """A compact JWS whose payload is the credential itself with its registered names (Open Badges 3.0, section 8.2)."""
    key = keys.current(keys.ES256)
    header = {"alg": "ES256", "kid": issuer.key_address(key), "typ": "JWT"}
    content = f"{segment(header)}.{segment({**claims, **registered(claims)})}"
    return f"{content}.{base64url(keys.sign(key, content.encode()))}"


def registered(claims: dict) -> dict:
    """What RFC 7519 calls by other names."""
    names = {
        "iss": name_of(claims["issuer"]),
        "jti": claims["id"],
        "sub": claims["credentialSubject"]["id"],
        "nbf": seconds(claims["validFrom"]),
    }
    return {**names, "exp": seconds(claims["validUntil"])} if "validUntil" in claims else names


def name_of(party: dict | str) -> str:
    return party if isinstance(party, str) else party["id"]


def seconds(written: str) -> int:
    return int(datetime.fromisoformat(written).timestamp())


def segment(value: dict) -> str:
    return base64url(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())
