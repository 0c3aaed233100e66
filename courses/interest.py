"""Registering interest without an account: asked for, confirmed from the mailbox, told of each intake once, forgotten."""

from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from . import tasks
from .letters import CONFIRM_SALT, STOP_SALT
from .models import Course, Intake, Interest, Notice, Profession

LINK_WORKS_FOR = timedelta(days=3)
# A second press of the button, or of the one beside it, writes no second letter.
PAUSE_BETWEEN_LETTERS = timedelta(minutes=10)
TOLD_AT_ONCE = 200


class BadLink(Exception):
    """The link is not one of ours, or was cut short."""


class LinkExpired(Exception):
    """The link is ours and too old; the interest is named, so that its course can be shown."""

    def __init__(self, interest: Interest):
        super().__init__()
        self.interest = interest


def consent_to(course: Course) -> str:
    """The sentence above the button, which is kept as it was read."""
    return _(
        "IIWAM may write to this address when an intake of “%(course)s” opens for applications, until I unsubscribe."
    ) % {"course": course.title}


def plain_address(email: str) -> str:
    """One mailbox, one spelling: small letters, and the domain as machines write it."""
    local, _at, domain = email.strip().rpartition("@")
    return f"{local}@{punycode(domain)}".lower()


@transaction.atomic
def ask(
    *, course: Course, email: str, profession: Profession | None = None, at: datetime | None = None
) -> Interest:
    """A letter on its way asks this address whether it wants to hear of the course; one at most in ten minutes."""
    at = at or timezone.now()
    interest, is_new = Interest.objects.live().get_or_create(
        course=course,
        email=plain_address(email),
        defaults={"profession": profession, "consent": consent_to(course), "asked_at": at},
    )
    long_ago = Interest.objects.filter(pk=interest.pk, asked_at__lte=at - PAUSE_BETWEEN_LETTERS)
    if is_new or long_ago.update(asked_at=at):
        tasks.deliver_question.enqueue(interest.pk)
    return interest


def from_confirm_link(token: str) -> Interest:
    """Whom a link to confirm is for. BadLink or LinkExpired when it no longer opens anything."""
    interest = holder_of(token, signing.TimestampSigner(salt=CONFIRM_SALT).unsign)
    if interest is None:
        raise BadLink
    try:
        signing.TimestampSigner(salt=CONFIRM_SALT).unsign(token, max_age=LINK_WORKS_FOR)
    except signing.SignatureExpired:
        raise LinkExpired(interest) from None
    return interest


def from_stop_link(token: str) -> Interest | None:
    """Whom a link to unsubscribe is for, nobody when that address is forgotten already. BadLink when it is not ours."""
    return holder_of(token, signing.Signer(salt=STOP_SALT).unsign)


def holder_of(token: str, unsign) -> Interest | None:
    try:
        key = unsign(token)
    except signing.BadSignature:
        raise BadLink from None
    return Interest.objects.select_related("course").filter(key=key).first()


def confirm(*, interest: Interest, at: datetime | None = None) -> None:
    """Whoever reads this mailbox has said that they want to be told; who unsubscribed since stays so."""
    live = Interest.objects.live().filter(pk=interest.pk, confirmed_at__isnull=True)
    live.update(confirmed_at=at or timezone.now())


def unsubscribe(*, interest: Interest, at: datetime | None = None) -> None:
    """Nothing more is sent to this address because of this course."""
    Interest.objects.live().filter(pk=interest.pk).update(unsubscribed_at=at or timezone.now())


@transaction.atomic
def tell(*, intake: Intake, at: datetime | None = None) -> int:
    """Some of those who wait for this open intake have a letter on its way, each one only; how many they are."""
    # Workers that tell of the same intake at once wait for each other here, and the second finds nobody left.
    rows = Intake.objects.select_for_update(no_key=True, of=("self",)).select_related("course")
    intake = rows.get(pk=intake.pk)
    at = at or timezone.now()
    if intake.is_sample or not intake.accepts_applications(at):
        return 0
    people = Interest.objects.to_be_told_of(intake)[:TOLD_AT_ONCE]
    notices = Notice.objects.bulk_create(
        Notice(interest=interest, intake=intake, written_at=at) for interest in people
    )
    for notice in notices:
        tasks.deliver_notice.enqueue(notice.pk)
    return len(notices)


def tell_everybody(*, at: datetime | None = None) -> int:
    """Everybody who waits has a letter on its way about each intake that is open by now; how many letters."""
    at = at or timezone.now()
    told = 0
    for intake in Intake.objects.accepting(at).filter(is_sample=False):
        while number := tell(intake=intake, at=at):
            told += number
    return told


def forget(*, at: datetime | None = None) -> int:
    """Addresses that never answered, and those that left long enough ago, are gone; how many they were."""
    _rows, by_model = Interest.objects.forgettable(at or timezone.now()).delete()
    return by_model.get(Interest._meta.label, 0)
