"""The link in a letter that declines an offer: it works without signing in, for this offer alone."""

from django.core import signing
from django.urls import reverse

from .models import Application

SALT = "enrollment.declining"


class BadLink(Exception):
    """The link is not ours, was damaged, belongs to an earlier offer, or to somebody whose account is closed."""


def path_for(application: Application) -> str:
    """The address of the page that asks whether to decline this offer."""
    token = signing.dumps([application.pk, _moment(application), application.intake_id], salt=SALT)
    return reverse("enrollment:decline_by_link", args=[token])


def offer_of(token: str) -> Application:
    """The application whose offer this link declines; BadLink when the offer is another one by now.

    Who went back to the first choice's waiting list has another intake and no offer: the link finds them still.
    """
    try:
        key, moment, intake = signing.loads(token, salt=SALT)
        records = Application.objects.select_related("intake__course", "waited_for", "applicant")
        application = records.get(pk=key)
    except (signing.BadSignature, Application.DoesNotExist, ValueError) as error:
        raise BadLink from error
    if not application.applicant.is_active or _moment(application) != moment:
        raise BadLink
    is_waiting = application.status == Application.Status.WAITLISTED
    if application.intake_id != intake and not is_waiting:
        raise BadLink
    return application


def _moment(application: Application) -> int:
    """What tells one offer of an application from another: the moment until which it is held."""
    ends = application.offer_expires_at
    return int(ends.timestamp()) if ends else 0
