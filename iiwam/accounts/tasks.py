"""What happens to accounts outside of requests: letters about them are sent, and old sessions forgotten."""

import json
from importlib import import_module

from django.conf import settings
from django.core.mail import EmailMessage
from django_tasks import task

from iiwam.accounts.sealing import keyring
from iiwam.mail import fault_in_sending

PURPOSE = "iiwam account letters"


class LetterNotSent(Exception):
    """The mail server did not take a letter; the queue tries again. Says nothing about its reader."""


def post(letter: EmailMessage) -> None:
    """The letter waits in the queue, sealed: it holds a link that opens an account, and the queue is for all to see."""
    words = {
        "subject": letter.subject,
        "body": letter.body,
        "from_email": letter.from_email,
        "to": letter.to,
    }
    deliver_account_letter.enqueue(keyring(PURPOSE).encrypt(json.dumps(words).encode()).decode())


@task(queue_name="mail")
def deliver_account_letter(sealed: str) -> None:
    """The letter is with the mail server."""
    letter = EmailMessage(**json.loads(keyring(PURPOSE).decrypt(sealed)))
    if fault := fault_in_sending(letter):
        raise LetterNotSent(fault)


@task
def forget_sessions() -> None:
    """Sessions that nobody can use any more are gone, with what somebody on the way to an account had given."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
