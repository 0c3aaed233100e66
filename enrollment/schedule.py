"""What the site does by itself when its hour has come."""

from django.utils import timezone
from django_tasks import task

from . import admissions


@task
def expire_offers() -> int:
    """Offers whose time is up have run out; how many they were."""
    return admissions.expire_offers(at=timezone.now())


@task
def remind_of_offers() -> int:
    """Everybody whose offer ends soon has a reminder on its way; how many letters."""
    return admissions.remind_of_offers(at=timezone.now())
