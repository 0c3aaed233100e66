"""What can happen to a person's account, whoever asks for it."""

from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.core import context
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iiwam.accounts.addresses import vouch_for_address
from iiwam.accounts.models import User


class Refused(Exception):
    """The act is not possible, for the reason in the sentence."""


@transaction.atomic
def register(*, email: str, password: str | None = None, **fields) -> User:
    """A person exists whose address somebody vouches for, so that no letter need be answered before signing in."""
    user = User.objects.create_user(email, password, **fields)
    vouch_for_address(user=user)
    return user


@transaction.atomic
def invite(*, user: User) -> None:
    """A new person exists without a password, and a letter on its way lets them choose one."""
    user.email = User.objects.normalize_email(user.email).lower()
    user.set_unusable_password()
    user.save()
    vouch_for_address(user=user)
    transaction.on_commit(lambda: send_password_link(user=user, by=None))


def send_password_link(*, user: User, by: User | None) -> None:
    """A letter on its way lets the person choose a password. Refused for a closed account."""
    if not user.is_active:
        raise Refused(_("This account is closed. Open it first."))
    request_password_reset(context.request, user.email, [user], None)


@transaction.atomic
def close(*, user: User, by: User) -> None:
    """The person can no longer sign in and is signed out everywhere; the record stays. Refused for oneself."""
    if user == by:
        raise Refused(_("You cannot close your own account."))
    User.objects.filter(pk=user.pk).update(is_active=False)


@transaction.atomic
def reopen(*, user: User, by: User) -> None:
    """The person can sign in again. Refused for somebody who was erased: nobody would know whom it belongs to."""
    if user.erased_at:
        raise Refused(_("This person was erased. They can make a new account."))
    User.objects.filter(pk=user.pk).update(is_active=True)
