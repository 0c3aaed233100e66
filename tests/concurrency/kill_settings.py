"""The settings of a server that is killed: letters go to mailboxes that outlive it."""

from .server_settings import *  # noqa: F403

EMAIL_BACKEND = "tests.concurrency.post_office.Mailboxes"
