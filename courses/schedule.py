"""What the catalog does by itself when its hour has come."""

from django_tasks import task

from . import enquiries, interest


@task
def tell_of_open_intakes() -> int:
    """Everybody who waits has a letter on its way about each intake that is open; how many letters."""
    return interest.tell_everybody()


@task
def forget_addresses() -> int:
    """Addresses that we have no more business with are gone; how many they were."""
    return interest.forget()


@task
def forget_enquiries() -> int:
    """Questions to the office that are done with are gone; how many they were."""
    return enquiries.forget()
