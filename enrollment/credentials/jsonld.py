"""What a JSON-LD document means, as bytes to sign: RDFC-1.0 by PyLD, with contexts that lie here."""

import hashlib
import json
from functools import cache
from pathlib import Path
from threading import Lock

from pyld import jsonld

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
FILES = {CREDENTIALS: "credentials-v2.json", OPEN_BADGES: "open-badges-3.0.3.json"}
# Its caches of contexts are shared by all threads and not guarded.
TURN = Lock()


class UnknownContext(Exception):
    """A document names a context that is not bundled; nothing is ever fetched."""


@cache
def context(address: str) -> dict:
    if address not in FILES:
        raise UnknownContext(address)
    return json.loads((Path(__file__).parent / "contexts" / FILES[address]).read_text())


def load(address: str, options: dict | None = None) -> dict:
    return {
        "contextUrl": None,
        "documentUrl": address,
        "document": context(address),
        "contentType": "application/ld+json",
    }


def canonical(document: dict) -> str:
    """The document as sorted N-Quads. PyLD calls RDFC-1.0 by the name it had before W3C took it up."""
    with TURN:
        return jsonld.normalize(
            document,
            {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load},
        )


def digest(document: dict) -> bytes:
    return hashlib.sha256(canonical(document).encode()).digest()
