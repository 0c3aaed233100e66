"""Which certificates do not stand now, as signed W3C Bitstring Status Lists: one place in a crowd for each.

Open Badges 3.0 gives a credential one status entry. Ours points at the revocation list, where a bit is set for
whatever must not be relied on now; the suspension list has the same places and tells which of these may return.
"""

import gzip
import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from enrollment.models import STATUS_LIST_BITS, Certificate, Seal

from . import issuer, jsonld, securing
from .encoding import base64url

S = Certificate.Status
PURPOSES: dict[str, frozenset[str]] = {
    "revocation": frozenset(S) - {S.ISSUED},
    "suspension": frozenset({S.SUSPENDED}),
}
# Half full at most, so that a random free place is found in two tries.
FULL = STATUS_LIST_BITS // 2
# Here and with whoever keeps a copy: together less than the minute in which a change must show.
KEPT_SECONDS = 20
MAY_BE_KEPT_SECONDS = 30


# Places


def free_place() -> tuple[int, int]:
    """A list with room and a random place in it that nobody has."""
    number = newest_list()
    while True:
        index = secrets.randbelow(STATUS_LIST_BITS)
        if not Seal.objects.filter(status_list=number, status_index=index).exists():
            return number, index


def newest_list() -> int:
    newest = Seal.objects.order_by("-status_list").values_list("status_list", flat=True).first() or 1
    is_full = Seal.objects.filter(status_list=newest).aggregate(taken=Count("pk"))["taken"] >= FULL
    return newest + 1 if is_full else newest


def exists(number: int) -> bool:
    """Whether anybody has a place in this list; the first one is there from the beginning."""
    return number == 1 or Seal.objects.filter(status_list=number).exists()


# Addresses


def address(purpose: str, number: int) -> str:
    return f"{settings.SITE_URL}/status/{purpose}/{number}"


def entry(number: int, index: int) -> dict:
    """What a credential says of where its own state is told."""
    url = address("revocation", number)
    return {
        "id": f"{url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": url,
    }


# The list


def bits(indices: Iterable[int]) -> bytearray:
    """Place 0 is the leftmost bit of the first byte."""
    line = bytearray(STATUS_LIST_BITS // 8)
    for index in indices:
        line[index >> 3] |= 0x80 >> (index & 7)
    return line


def encoded(line: bytes) -> str:
    """Multibase base64url of the compressed bits; no clock in the gzip header, so equal lists are equal."""
    return f"u{base64url(gzip.compress(line, mtime=0))}"


def claims(purpose: str, number: int, at: datetime) -> dict:
    url = address(purpose, number)
    return {
        "@context": [jsonld.CREDENTIALS],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.did(),
        "validFrom": securing.moment(at),
        "validUntil": securing.moment(at + timedelta(days=1)),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded(bits(Seal.objects.indices_of(number, PURPOSES[purpose]))),
        },
    }


def signed(purpose: str, number: int, *, as_token: bool) -> str:
    """The list as it stands now, made at most so many seconds ago."""
    name = kept_as(purpose, number, as_token)
    if (kept := cache.get(name)) is None:
        kept = sign(claims(purpose, number, timezone.now()), as_token=as_token)
        cache.set(name, kept, KEPT_SECONDS)
    return kept


def kept_as(purpose: str, number: int, as_token: bool) -> str:
    return f"status-list-{purpose}-{number}-{'token' if as_token else 'proof'}"


def renew(certificate: Certificate) -> None:
    """Whoever asks after this transaction gets a list made anew; call it wherever a certificate changes its state."""
    numbers = Seal.objects.filter(pk=certificate.pk).values_list("status_list", flat=True)
    names = [
        kept_as(purpose, number, form) for number in numbers for purpose in PURPOSES for form in (True, False)
    ]
    transaction.on_commit(lambda: cache.delete_many(names))


def sign(told: dict, *, as_token: bool) -> str:
    if as_token:
        return securing.as_token(told)
    return json.dumps(securing.with_proof(told, at=datetime.fromisoformat(told["validFrom"])))
