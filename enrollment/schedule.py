"""What the site does by itself when its hour has come."""

from django.utils import timezone
from django_tasks import task

from . import admissions, beginnings, custody, licenses, own_data, renewals, retention
from .cpd import identity
from .cpd import letters as cpd_letters


@task
def expire_offers() -> int:
    """Offers whose time is up have run out; how many they were."""
    return admissions.expire_offers(at=timezone.now())


@task
def remind_of_offers() -> int:
    """Everybody whose offer ends soon has a reminder on its way; how many letters."""
    return admissions.remind_of_offers(at=timezone.now())


@task
def remind_of_requests() -> int:
    """Everybody whom a reviewer asked something has a reminder on its way before the deadline; how many letters."""
    return admissions.remind_of_requests(at=timezone.now())


@task
def warn_of_licenses() -> int:
    """Everybody whose licence ends before a practical day has a letter on its way; how many."""
    return licenses.warn_of_licenses(at=timezone.now())


@task
def watch_certificates() -> int:
    """Certificates whose time is up have expired, and reminders of the end are on their way; how many letters."""
    now = timezone.now()
    return renewals.expire_due(at=now) + renewals.remind_due(at=now)


@task(queue_name="documents")
def scan_evidence() -> int:
    """Files that the virus scanner has not seen, because it was away or not there yet, are scanned; how many."""
    return custody.scan_waiting(at=timezone.now())


@task
def tell_of_cpd_dates() -> int:
    """The office is reminded of what schemes are owed, and learners of the number that a return needs; how many letters."""
    now = timezone.now()
    return cpd_letters.remind_office(at=now) + cpd_letters.ask_for_numbers(at=now)


@task
def forget_identity_numbers() -> int:
    """IC numbers that have served are deleted; how many they were."""
    return identity.forget_served(at=timezone.now())


@task(queue_name="documents")
def purge_evidence() -> int:
    """Evidence whose time is up is deleted, and so are views long past, lost files and letters of erased people."""
    now = timezone.now()
    return sum(
        [
            retention.purge_due(at=now),
            retention.forget_sightings(at=now),
            retention.sweep(at=now),
            own_data.finish_erasures(),
            beginnings.forget_beginnings(at=now),
        ]
    )
