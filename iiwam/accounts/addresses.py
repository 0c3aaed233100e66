"""The address of a person, as sign-in knows it."""

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser


def vouch_for_address(*, user: AbstractBaseUser) -> None:
    """The address counts as confirmed."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
