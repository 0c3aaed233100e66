"""Verifiers that others wrote, and the world as they see it: this site's public addresses and nothing else."""

import json
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from django.test import Client
from openbadgeslib.ob3 import OB3Verifier
from openbadgeslib.ob3.ldp import OB3LdpVerifier

from enrollment.credentials import issuer
from enrollment.models import Seal

SITE = "https://iiwam.example"


def fetch(address: str, **headers) -> bytes:
    """What anyone gets from this address of the site, without an account."""
    assert address.startswith(SITE)
    response = Client(headers={"Origin": "https://elsewhere.example", **headers}).get(
        urlsplit(address).path, secure=True
    )
    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (200, "*")
    return response.content


def fetch_token(address: str) -> bytes:
    return fetch(address, Accept="application/vc+jwt")


def key_that_signed(token: str):
    """The bare key that `kid` of the token leads to."""
    return jwt.PyJWK.from_json(fetch(jwt.get_unverified_header(token)["kid"]).decode()).key


def pem(key) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def judge_proof(document, **checks):
    """Open Badges verifier of openbadgeslib: did:web resolved, proof, terms, dates, and the status if asked for."""
    return OB3LdpVerifier.for_issuer_did(issuer.did(), download=fetch).verify(
        document, download=fetch, **checks
    )


def judge_token(token: str, **checks):
    """The same library for the other form."""
    return OB3Verifier(pem(key_that_signed(token))).verify(token, download=fetch_token, **checks)


def judge(seal: Seal) -> None:
    """Both forms are valid now, their status lists included; raises OB3VerificationError when one is not."""
    judge_proof(seal.credential, check_status=True, verify_status_list=False)
    judge_token(seal.token, check_status=True, verify_status_list=False)
    judge_list(json.loads(seal.credential)["credentialStatus"]["statusListCredential"])


def judge_list(address: str) -> None:
    """The list is signed by whoever is published now, which need not be the key that signed the credential."""
    token = fetch_token(address).decode()
    claims = jwt.decode(token, key_that_signed(token), algorithms=["ES256"])
    assert (claims["iss"], claims["id"]) == (issuer.did(), address)
