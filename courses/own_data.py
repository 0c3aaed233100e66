"""What the catalog holds of a person: the courses of which they want to hear."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.db.models.functions import Lower

from iiwam.accounts import own_data

from .models import Interest


def addresses(person: Any) -> Iterable[str]:
    """Those that are proven to be the person's own."""
    proven = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    return {address.lower() for address in proven}


def interests_of(person: Any) -> QuerySet:
    return Interest.objects.alias(address=Lower("email")).filter(address__in=addresses(person))


@own_data.tells("interests")
def interests(person: Any, at: datetime) -> own_data.Chapter:
    return own_data.Chapter(
        [
            {
                "course": interest.course.title,
                "email": interest.email,
                "profession": str(interest.profession or ""),
                "consent": interest.consent,
                "asked": interest.asked_at,
                "confirmed": interest.confirmed_at,
                "unsubscribed": interest.unsubscribed_at,
                "letters_sent": list(interest.notices.values_list("sent_at", flat=True)),
            }
            for interest in interests_of(person).select_related("course", "profession")
        ]
    )


@own_data.erases
def forget_interests(person: Any, by: Any, at: datetime) -> None:
    interests_of(person).delete()
