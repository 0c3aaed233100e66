"""Identity card (IC) numbers for schemes that know people by them: asked of few, sealed, shown to nobody, deleted."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import CpdScheme
from iiwam.accounts.sealing import keyring

from ..models import CpdReturn, CpdSubmission, Enrollment, IdentityNumber
from ..workflow import MoveRefused

PURPOSE = "cpd-identity"
# Malaysian identity cards: the birth date in six digits, two for the place, four for the person.
SHAPE = re.compile(r"[0-9]{12}")
SHOWN = 3


class Unreadable(Exception):
    """A sealed number that none of this machine's keys opens."""


def read(written: str) -> str | None:
    """The twelve digits of an IC number, however it was spaced; None when it cannot be one."""
    digits = re.sub(r"[\s-]", "", written)
    if not SHAPE.fullmatch(digits) or not is_birthday(digits[:6]):
        return None
    return digits


def is_birthday(digits: str) -> bool:
    # The century is not written, and only a leap year has the 29th of February: 2000 and 1900 decide together.
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    for century in (1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False


def asking(person: Any) -> list[CpdScheme]:
    """The schemes for whose return this person's number is wanted now."""
    places = Enrollment.objects.of(person).taking_a_seat().select_related("application", "intake")
    wanted = {
        submission.scheme_id: submission.scheme
        for place in places
        for submission in submissions_for(place)
        if is_wanted(submission, place)
    }
    return list(wanted.values())


def submissions_for(place: Enrollment):
    live = CpdSubmission.objects.filter(
        course=place.intake.course_id, scheme__identifies=CpdScheme.Identifies.IC
    )
    of_run = live.filter(intake=place.intake_id) | live.filter(intake=None)
    return of_run.filter(status=CpdSubmission.Status.APPROVED).select_related("scheme", "approval")


def is_wanted(submission: CpdSubmission, place: Enrollment) -> bool:
    """Of the right profession, and not reported yet."""
    if not submission.approval.is_for(place.application.profession_id):
        return False
    return not CpdReturn.objects.filter(submission=submission, entries__enrollment=place).exists()


@transaction.atomic
def give(*, person: Any, number: str, consent: str, at: datetime | None = None) -> IdentityNumber:
    """The person's number is kept, sealed, with the words they agreed to; one given before is gone.

    Raises MoveRefused when nobody needs it, or it cannot be an IC number.
    """
    digits = read(number)
    if digits is None:
        raise MoveRefused(_("An IC number has twelve digits and begins with the birth date."))
    if not asking(person):
        raise MoveRefused(_("No scheme asks for your IC number now, so we do not take it."))
    values = {"sealed": keyring(PURPOSE).encrypt(digits.encode()).decode(), "consent": consent}
    kept, _is_new = IdentityNumber.objects.update_or_create(
        person=person, defaults=values | {"given_at": at or timezone.now()}
    )
    return kept


def opened(kept: IdentityNumber) -> str:
    try:
        return keyring(PURPOSE).decrypt(kept.sealed.encode()).decode()
    except InvalidToken as fault:
        raise Unreadable from fault


def for_owner(kept: IdentityNumber) -> str:
    """The whole number, for the archive that its owner takes away; masked when no key opens it any more."""
    try:
        return opened(kept)
    except Unreadable:
        return masked(kept)


def masked(kept: IdentityNumber) -> str:
    """What a page shows: enough for the owner to know which number it is."""
    try:
        return "•" * 9 + opened(kept)[-SHOWN:]
    except Unreadable:
        return "•" * 12


def remove(*, person: Any) -> None:
    """We no longer hold this person's number."""
    IdentityNumber.objects.filter(person=person).delete()


def of_people(people: Iterable[int]) -> dict[int, IdentityNumber]:
    return {one.person_id: one for one in IdentityNumber.objects.filter(person__in=list(people))}


def forget_served(*, at: datetime | None = None) -> int:
    """Numbers that no scheme wants any more and whose days for corrections are over are gone; how many they were."""
    at = at or timezone.now()
    served = [one.pk for one in IdentityNumber.objects.select_related("person") if has_served(one, at)]
    return IdentityNumber.objects.filter(pk__in=served).delete()[0]


def has_served(kept: IdentityNumber, at: datetime) -> bool:
    if asking(kept.person):
        return False
    returns = CpdReturn.objects.filter(entries__learner=kept.person, submission__scheme__identifies="ic")
    last = returns.select_related("submission__scheme").order_by("-at").first()
    kept_for = last.submission.scheme.identity_days if last else longest_kept()
    since = max(kept.given_at, last.at) if last else kept.given_at
    return since + timedelta(days=kept_for) <= at


def longest_kept() -> int:
    days = CpdScheme.objects.filter(identifies=CpdScheme.Identifies.IC).values_list(
        "identity_days", flat=True
    )
    return max(days, default=0)
