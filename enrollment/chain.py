"""The logbook's chain: the bytes that a signature stands for, and who would notice if one of them were changed.

docs/logbook.md documents the form. Version 1 can never change: every digest that was ever written depends on it.
Free words enter as salted digests, so that they can be erased without breaking the chain.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count

from iiwam.accounts import passkeys

from .models import ChainHead, Event, LogbookEntry, Signature

VERSION = 1
BEGINNING = "0" * 64
ERASED = "[erased]"


def new_salt() -> str:
    return secrets.token_hex(16)


# The bytes


def canonical(facts: dict[str, Any]) -> bytes:
    """JSON as RFC 8785 writes it for text and whole numbers: keys in order, no spaces, UTF-8."""
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def words(salt: str, text: str) -> str:
    return sha256(f"{salt}:{text}".encode())


def content_of(entry: Any, salt: str) -> str:
    """What is signed: the entry, without whose it is in words."""
    return sha256(
        canonical(
            {
                "version": VERSION,
                "entry": entry.pk,
                "enrollment": entry.enrollment_id,
                "counters": entry.counters_id,
                "performed_on": entry.performed_on.isoformat(),
                "patient_code": entry.patient_code,
                "procedure": entry.procedure,
                "area": entry.area,
                "phototype": entry.phototype,
                "device": entry.device,
                "cartridge_lot": entry.cartridge_lot,
                "depth_mm": f"{Decimal(entry.depth_mm):.2f}",
                "passes": entry.passes,
                "anesthetic": entry.anesthetic,
                "role": entry.role,
                "outcome": words(salt, entry.outcome),
                "reflection": words(salt, entry.reflection),
            }
        )
    )


def link_of(signature: Any) -> str:
    """The digest of a link: what was signed, who, how, when, and the digest of the link before it."""
    return sha256(
        canonical(
            {
                "version": signature.version,
                "number": signature.number,
                "content": signature.content,
                "assessor": signature.assessor_id,
                "method": signature.method,
                "evidence": sha256(canonical(signature.evidence)),
                "signed_at": plain(signature.signed_at),
                "previous": signature.previous,
            }
        )
    )


def plain(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def challenge_for(subject: str, nonce: str) -> bytes:
    """What a passkey is asked to sign: this subject as it reads now, this once."""
    return hashlib.sha256(f"{nonce}:{subject}".encode()).digest()


def to_take_back(signature: Any) -> str:
    """The subject of a counter-entry, which has no number yet when it is signed: the link that it takes back."""
    return f"counter:{signature.digest}"


# Adding a link


def add(*, entry: LogbookEntry, salt: str, method: str, evidence: dict[str, str], at: datetime) -> Signature:
    """The countersigned entry is the last link of the chain; call it in the transaction that signs."""
    head, _is_new = ChainHead.objects.select_for_update().get_or_create(pk=1, defaults={"digest": BEGINNING})
    link = Signature(
        number=head.count + 1,
        entry=entry,
        version=VERSION,
        assessor_id=entry.assessor_id,
        method=method,
        evidence=evidence,
        salt=salt,
        content=content_of(entry, salt),
        previous=head.digest,
        signed_at=at,
    )
    link.digest = link_of(link)
    link.save(force_insert=True)
    head.count, head.digest = link.number, link.digest
    head.save(update_fields=["count", "digest"])
    return link


# Looking for what was changed


def faults(*, heads: dict[int, str] | None = None) -> Iterator[str]:
    """Everything that is not as it was signed, a sentence each; `heads` are numbers and digests noted elsewhere."""
    expected, previous = 1, BEGINNING
    seen: dict[int, str] = {}
    for link in Signature.objects.select_related("entry").order_by("number").iterator(chunk_size=500):
        if link.number != expected:
            yield f"Link {expected} is missing: the next one is {link.number}."
        if link.number == expected and link.previous != previous:
            yield f"Link {link.number} does not follow the one before it."
        yield from faults_of(link)
        expected, previous = link.number + 1, link.digest
        seen[link.number] = link.digest
    yield from faults_at_the_end(expected - 1, previous)
    yield from faults_beside_it()
    for number, digest in (heads or {}).items():
        if not seen.get(number, "").startswith(digest.lower()):
            yield f"Link {number} is not {digest}, as it was noted elsewhere."


def faults_of(link: Signature) -> Iterator[str]:
    if link_of(link) != link.digest:
        yield f"Link {link.number} was changed: its digest is another."
    entry = link.entry
    is_erased = not link.salt and entry.outcome == ERASED
    if not is_erased and content_of(entry, link.salt) != link.content:
        yield f"Entry {entry.pk} was changed after link {link.number} was signed."
    if not entry.is_signed or (entry.assessor_id, entry.countersigned_at) != (
        link.assessor_id,
        link.signed_at,
    ):
        yield f"Entry {entry.pk} no longer says who countersigned it and when, as link {link.number} does."
    if link.method == Signature.Method.PASSKEY:
        subject = to_take_back(entry.counters.signature) if entry.counters_id else link.content
        challenge = challenge_for(subject, link.evidence.get("nonce", ""))
        if not passkeys.holds(link.evidence, challenge):
            yield f"The passkey of link {link.number} did not sign this entry."


def faults_at_the_end(count: int, digest: str) -> Iterator[str]:
    head = ChainHead.objects.filter(pk=1).first()
    if head is None and count == 0:
        return
    if head is None or (head.count, head.digest) != (count, digest):
        kept = head.count if head else 0
        yield f"The chain ends at link {count}, and should end at link {kept}: the last ones were cut off or added."


def faults_beside_it() -> Iterator[str]:
    """Entries and their history know of every signature as well: whoever cuts the chain must cut those too."""
    unsigned = LogbookEntry.objects.filter(status=LogbookEntry.Status.COUNTERSIGNED, signature__isnull=True)
    for key in unsigned.order_by("pk").values_list("pk", flat=True):
        yield f"Entry {key} is countersigned, and no link stands for it."
    signed = Event.objects.filter(entry__isnull=False, move__in=["countersign", "counter"]).values("entry")
    for row in signed.annotate(times=Count("pk")).filter(entry__signature__isnull=True).order_by("entry"):
        if not LogbookEntry.objects.filter(pk=row["entry"], status="countersigned").exists():
            yield f"The history of entry {row['entry']} tells of a signature, and no link stands for it."
