"""Bytes as the text that keys, tokens and proofs are written in."""

import base64

# Base58 as Bitcoin writes it, the one that multibase marks with a z (W3C Controlled Identifiers 1.0, section 2.4).
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# Multicodec ed25519-pub, 0xed as a varint.
ED25519_PUBLIC = b"\xed\x01"


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """The bytes behind this text; ValueError for anything but its letters (RFC 4648, section 3.3)."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def base58(content: bytes) -> str:
    number = int.from_bytes(content)
    letters = ""
    while number:
        number, place = divmod(number, 58)
        letters = BASE58[place] + letters
    leading = len(content) - len(content.lstrip(b"\0"))
    return BASE58[0] * leading + letters


def multibase58(content: bytes) -> str:
    return f"z{base58(content)}"
