from django.apps import AppConfig


class AccountWithoutMiddleware(AppConfig):
    """The tables of allauth are there; the bare site does not run it."""

    name = "allauth.account"
    label = "account"
