"""What is signed is what the specification's authors sign, and nothing is fetched to find it out."""

import hashlib
import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from openbadgeslib.ob3.did import _b58btc_decode
from pyld.jsonld import JsonLdError

from enrollment.credentials import jsonld, securing
from enrollment.credentials.encoding import base58, base64url, from_base64url

FIXTURES = Path(__file__).parent / "fixtures"
SIGNED = json.loads((FIXTURES / "vector-signed.json").read_text())
DOCUMENT = {name: value for name, value in SIGNED.items() if name != "proof"}
PROOF = SIGNED["proof"]
OPTIONS = {name: value for name, value in PROOF.items() if name != "proofValue"}
KEY = json.loads((FIXTURES / "vector-controller.json").read_text())["verificationMethod"][0][
    "publicKeyMultibase"
]


def canonical(name):
    return (FIXTURES / name).read_text()


def test_document_and_proof_of_the_vector_have_its_canonical_forms():
    assert jsonld.canonical(DOCUMENT) == canonical("vector-document.nq")
    assert jsonld.canonical({"@context": DOCUMENT["@context"], **OPTIONS}) == canonical("vector-proof.nq")


def test_signature_of_the_vector_is_over_what_we_would_sign():
    signed = securing.signing_input(DOCUMENT, OPTIONS)
    assert signed == (
        hashlib.sha256(canonical("vector-proof.nq").encode()).digest()
        + hashlib.sha256(canonical("vector-document.nq").encode()).digest()
    )
    key = Ed25519PublicKey.from_public_bytes(_b58btc_decode(KEY[1:])[2:])
    signature = _b58btc_decode(PROOF["proofValue"][1:])
    key.verify(signature, signed)
    with pytest.raises(InvalidSignature):
        key.verify(signature, securing.signing_input({**DOCUMENT, "name": "Another Badge"}, OPTIONS))


def test_bundled_contexts_are_the_published_ones():
    """The fingerprint that the W3C recommendation prints for its context."""
    content = (Path(jsonld.__file__).parent / "contexts" / jsonld.FILES[jsonld.CREDENTIALS]).read_bytes()
    assert (
        hashlib.sha256(content).hexdigest()
        == "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"
    )


def test_other_contexts_are_refused_and_nothing_is_fetched(monkeypatch):
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("the network was asked"))
    with pytest.raises(JsonLdError):
        jsonld.canonical({"@context": ["https://elsewhere.example/context"], "name": "x"})
    assert jsonld.canonical(DOCUMENT)


@given(st.binary(max_size=80))
def test_written_bytes_are_read_again(content):
    assert from_base64url(base64url(content)) == content
    assert _b58btc_decode(base58(content)) == content
