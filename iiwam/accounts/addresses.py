"""The address of a person, as sign-in knows it."""

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.backends.base import SessionBase

CARRIED = "address_for_sign_up"


def vouch_for_address(*, user: AbstractBaseUser) -> None:
    """The address counts as confirmed."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


def carry(session: SessionBase, email: str) -> None:
    """Whoever has just given this address finds it on the sign-up page; no URL, which others could read, holds it."""
    session[CARRIED] = email


def carried(session: SessionBase) -> str:
    """The address given on the way here, if any."""
    return session.get(CARRIED, "")


def forget_carried(session: SessionBase) -> None:
    """It has served."""
    session.pop(CARRIED, None)
