"""What anyone may learn of a certificate: by its number, by its file, by its credential."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from django.utils.functional import Promise

from . import numbers
from .credentials import checking, unbaking
from .credentials.checking import Finding
from .models import Certificate, Sheet


class State(StrEnum):
    VALID = "valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    RENEWED = "renewed"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


S = Certificate.Status
# What the public is told of each status; a status without a word here is an error, never “valid”.
STATES = {
    S.ISSUED: State.VALID,
    S.EXPIRED: State.EXPIRED,
    S.SUSPENDED: State.SUSPENDED,
    S.SUPERSEDED: State.SUPERSEDED,
    S.RENEWED: State.RENEWED,
    S.REVOKED: State.REVOKED,
}


@dataclass(frozen=True)
class Verification:
    """All that anyone may learn from a certificate number."""

    state: State
    number: str
    name: str = ""
    printed_name: str = ""
    native_name: str = ""
    native_language: str = ""
    award: str = ""
    course: str = ""
    issued_on: date | None = None
    valid_until: datetime | None = None
    since: datetime | None = None
    reason: str | Promise = ""
    successor: str = ""
    is_shared: bool = False
    is_sample: bool = False

    @property
    def is_found(self) -> bool:
        return self.state != State.UNKNOWN

    @property
    def is_valid(self) -> bool:
        return self.state == State.VALID


def look_up(number: str, *, at: datetime) -> Verification:
    """What this number stands for at this moment.

    A number never issued and one that cannot be one get the same answer for the same work.
    """
    exact = numbers.read(number)
    certificate = Certificate.objects.select_related("successor").filter(number=exact or "").first()
    if certificate is None:
        return Verification(State.UNKNOWN, exact or shown(number))
    return told(certificate, at)


def shown(number: str) -> str:
    """What somebody asked for, short and without anything that does not print."""
    return "".join(one for one in number.strip() if one.isprintable())[:40]


def told(certificate: Certificate, at: datetime) -> Verification:
    taken = certificate.snapshot
    # A name that was put right is told by the corrected certificate alone.
    is_corrected = certificate.status == S.SUPERSEDED
    holder = {} if is_corrected else taken["holder"]
    successor = getattr(certificate, "successor", None)
    state = state_of(certificate, at)
    return Verification(
        state,
        certificate.number,
        name=holder.get("name", ""),
        printed_name=holder.get("printed_name", ""),
        native_name=holder.get("native_name", ""),
        native_language=holder.get("native_language", ""),
        award=taken["award"],
        course=taken["course"]["title"],
        issued_on=date.fromisoformat(taken["issued_on"]),
        valid_until=certificate.valid_until,
        since=certificate.valid_until if state == State.EXPIRED else certificate.since,
        reason=certificate.get_reason_class_display(),
        successor=successor.number if successor else "",
        is_shared=certificate.shared_at is not None,
        is_sample=taken["is_sample"],
    )


def state_of(certificate: Certificate, at: datetime) -> State:
    """Its state in words for the public; time that is up counts before the nightly run has noted it."""
    if certificate.status == S.ISSUED and certificate.has_ended(at):
        return State.EXPIRED
    return STATES[certificate.status]


# By file and by credential


class Inside(StrEnum):
    """What the credential was in that an answer is about."""

    NOTHING = ""
    PICTURE = "picture"
    CHANGED_PDF = "changed_pdf"


@dataclass(frozen=True)
class Answer:
    """What was found of a file or a credential, and of the certificate that it belongs to."""

    finding: Finding
    result: Verification | None = None
    inside: Inside = Inside.NOTHING


def check_file(content: bytes, *, at: datetime) -> Answer:
    """Whether we handed out this very file, or what the credential inside it says; nothing of it is kept."""
    found = Sheet.objects.filter(sha256=hashlib.sha256(content).hexdigest())
    if sheet := found.select_related("certificate__successor").first():
        return Answer(Finding.GENUINE, told(sheet.certificate, at))
    if content.startswith(unbaking.PDF):
        return check_attachments(content, at=at)
    if unbaking.is_picture(content):
        return check_picture(content, at=at)
    return Answer(Finding.NO_FILE_OF_OURS)


def check_picture(content: bytes, *, at: datetime) -> Answer:
    """What became of the credential in a badge. The picture around it is nobody's word: it is not compared."""
    text = unbaking.in_picture(content)
    if not text:
        return Answer(Finding.NO_BADGE)
    return replace(check_credential(text, at=at), inside=Inside.PICTURE)


def check_attachments(content: bytes, *, at: datetime) -> Answer:
    """A PDF that is not as we handed it out, with the certificate of the genuine credentials in it.

    Its pages may say anything, so it is never called genuine. Credentials of different certificates are no answer.
    """
    found = [checking.check(text) for text in unbaking.in_pdf(content)]
    genuine = {certificate.pk: certificate for _finding, certificate in found if certificate}
    if len(genuine) != 1:
        return Answer(Finding.CHANGED_FILE)
    (certificate,) = genuine.values()
    return Answer(Finding.CHANGED_FILE, told(certificate, at), Inside.CHANGED_PDF)


def check_credential(text: str, *, at: datetime) -> Answer:
    """Whether we signed this credential as it stands, and what became of its certificate since."""
    finding, certificate = checking.check(text)
    if certificate is None:
        return Answer(finding)
    return Answer(finding, told(certificate, at))
