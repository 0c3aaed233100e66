"""What the site holds of a person: each app tells its own chapter, and takes its own away when the person asks.

An app registers in a module that its configuration imports when it is ready:

    @own_data.tells("interests")
    def interests(person) -> own_data.Chapter: ...

    @own_data.objects
    def open_applications(person) -> Iterable[str]: ...    # sentences on what must be settled before an erasure

    @own_data.erases
    def forget_interests(person, by, at) -> None: ...
"""

import json
import logging
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.mail import EmailMessage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from iiwam.accounts import tasks
from iiwam.accounts.models import User
from iiwam.accounts.people import Refused

logger = logging.getLogger(__name__)

CHUNK = 64 * 1024
README = """What IIWAM holds of you, as of %s.

Each .json file is one chapter, in plain text that any program can read. The folders hold the files themselves.
"""


@dataclass(frozen=True)
class Attachment:
    """A file that belongs to a chapter: its place in the archive, and how to open it."""

    place: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True)
class Chapter:
    """What one app holds: facts that can be written as JSON, and files."""

    facts: Any
    files: list[Attachment] = field(default_factory=list)


TELLERS: dict[str, Callable[[User, datetime], Chapter]] = {}
OBJECTORS: list[Callable[[User], Iterable[str]]] = []
ERASERS: list[Callable[[User, User, datetime], None]] = []


def tells(name: str):
    """The function writes the chapter of this name in every export."""

    def register(teller):
        TELLERS[name] = teller
        return teller

    return register


def objects(objector):
    """The function names what a person must settle before being erased."""
    OBJECTORS.append(objector)
    return objector


def erases(eraser):
    """The function takes a person out of its app's records, in the transaction of the erasure."""
    ERASERS.append(eraser)
    return eraser


# Telling


def export(*, person: User, at: datetime | None = None) -> Iterator[bytes]:
    """A ZIP of all chapters and their files, piece by piece, never whole in memory."""
    at = at or timezone.now()
    chapters = {name: teller(person, at) for name, teller in TELLERS.items()}
    return pieces(chapters, at)


class Pipe:
    """What the archive writes, until it is sent."""

    def __init__(self):
        self.waiting: list[bytes] = []

    def write(self, data) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def drain(self) -> bytes:
        data, self.waiting = b"".join(self.waiting), []
        return data


def pieces(chapters: dict[str, Chapter], at: datetime) -> Iterator[bytes]:
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README % f"{at:%Y-%m-%d %H:%M} UTC")
        for name, chapter in chapters.items():
            archive.writestr(f"{name}.json", written(chapter.facts))
            yield pipe.drain()
            for file in chapter.files:
                yield from packed(archive, file, pipe)
    yield pipe.drain()


def packed(archive: zipfile.ZipFile, file: Attachment, pipe: Pipe) -> Iterator[bytes]:
    """A file goes in as it lies on the shelf; one that is lost is named in the archive instead of breaking it off."""
    try:
        content = file.open()
    except OSError:
        logger.exception("export_without_a_file")
        archive.writestr(f"{file.place}.missing.txt", _("This file could not be read. Write to us about it."))
        return
    # Pictures and PDFs are packed already; packing them again only costs time.
    with (
        content,
        archive.open(zipfile.ZipInfo(file.place, timezone.localtime().timetuple()[:6]), "w") as target,
    ):
        while part := content.read(CHUNK):
            target.write(part)
            yield pipe.drain()


def written(facts: Any) -> str:
    return json.dumps(facts, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


@tells("account")
def account(person: User, at: datetime) -> Chapter:
    return Chapter(
        {
            "email": person.email,
            "name": person.full_name,
            "joined": person.date_joined,
            "last_sign_in": person.last_login,
            "addresses": list(
                EmailAddress.objects.filter(user=person).values("email", "verified", "primary")
            ),
            "second_factors": list(
                Authenticator.objects.filter(user=person).values("type", "created_at", "last_used_at")
            ),
        }
    )


# Erasing


def obstacles(*, person: User) -> list[str]:
    """What stands in the way of an erasure, in sentences for the person; empty when nothing does."""
    if person.is_staff or person.is_superuser or person.groups.exists():
        return [
            _("This is a staff account: its acts are part of other people’s records. The owner closes it.")
        ]
    return [str(sentence) for objector in OBJECTORS for sentence in objector(person)]


@transaction.atomic
def erase(*, person: User, by: User, at: datetime | None = None) -> None:
    """Nobody can tell any more who this was, but for the register of certificates; the account can't be opened.

    A last letter on its way says so. Raises Refused with the first thing that must be settled before.
    """
    at = at or timezone.now()
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.erased_at:
        return
    if sentences := obstacles(person=person):
        raise Refused(sentences[0])
    for eraser in ERASERS:
        eraser(person, by, at)
    farewell(person)
    LogEntry.objects.filter(content_type__app_label="accounts", object_id=str(person.pk)).update(
        object_repr="", change_message=""
    )
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    person.email, person.full_name = f"erased-{person.pk}@erased.invalid", ""
    person.is_active, person.erased_at, person.last_login = False, at, None
    person.set_unusable_password()
    person.save()


@transaction.atomic
def erase_on_request(
    *, person: User, by: User, reason: str, identified: str, at: datetime | None = None
) -> None:
    """As after `erase`; who did it for somebody that wrote in, why, and how they knew them, is in the history.

    Safe to repeat. Raises Refused for oneself, without the right, and with what must be settled before.
    """
    if not (by.is_active and by.is_staff and by.has_perm("accounts.erase_user")):
        raise Refused(_("Only the owner erases people who write in."))
    if person.pk == by.pk:
        raise Refused(_("You cannot erase yourself."))
    if not reason.strip() or not identified.strip():
        raise Refused(_("Say why, and how you know that it is this person."))
    if User.objects.select_for_update().get(pk=person.pk).erased_at:
        return
    erase(person=person, by=by, at=at)
    words = _("Erased on request. Why: %(reason)s How the person was known: %(identified)s")
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(person.pk),
        object_repr=str(User.objects.get(pk=person.pk)),
        action_flag=CHANGE,
        change_message=words % {"reason": reason.strip(), "identified": identified.strip()},
    )


def farewell(person: User) -> None:
    words = {"email": person.email, "name": person.get_full_name()}
    subject = " ".join(render_to_string("account/email/erased_subject.txt", words).split())
    tasks.post(
        EmailMessage(subject, render_to_string("account/email/erased_message.txt", words), to=[person.email])
    )
