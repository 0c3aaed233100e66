"""Outgoing mail: what went wrong without saying for whom, and a local demo where nothing leaves the machine."""

import smtplib
import sys
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.text import slugify

# After these nobody knows what the other side has: it may have taken the letter and not come to say so.
UNANSWERED = (smtplib.SMTPServerDisconnected, TimeoutError, ConnectionError)


class HandedOver(Exception):
    """Somebody else has handed this letter to the mail server; raised at the last moment, it stops a second copy."""


def fault_in_sending(message) -> str:
    """What went wrong, in a few words without an address; empty when the mail server took the letter."""
    try:
        message.send()
    except Exception as error:
        return in_words(error)
    return ""


def in_words(error: Exception) -> str:
    return " ".join([type(error).__name__, str(getattr(error, "smtp_code", ""))]).strip()


def send_once(message, *, at_the_last_moment: Callable[[], None]) -> None:
    """The mail server has the letter. What is called at the last moment comes just before it can have it.

    Whoever notes there, for good, that the letter is handed over can die at any instant and need never send it again:
    what stands between that note and the server is one call that gives the whole letter to the machine's own network.
    """
    message.connection = get_connection()
    if hasattr(message.connection, "at_the_last_moment"):
        message.connection.at_the_last_moment = at_the_last_moment
    else:
        at_the_last_moment()
    message.send()


class LastMoment:
    """A conversation with a mail server that stops once, before the text of a letter leaves."""

    at_the_last_moment: Callable[[], None] | None = None
    is_giving_text = False

    def data(self, text):
        self.is_giving_text = True
        try:
            return super().data(text)
        finally:
            self.is_giving_text = False

    def send(self, part):
        if self.is_giving_text and isinstance(part, bytes) and self.at_the_last_moment:
            try:
                self.at_the_last_moment()
            except BaseException:
                # The server waits for a text that must not come: nothing polite can be said to it any more.
                self.close()
                raise
        super().send(part)


class Smtp(LastMoment, smtplib.SMTP):
    pass


class SmtpOverTls(LastMoment, smtplib.SMTP_SSL):
    pass


class SmtpBackend(smtp.EmailBackend):
    """Django's own, and a last moment before each letter leaves."""

    at_the_last_moment: Callable[[], None] | None = None

    @property
    def connection_class(self):
        return SmtpOverTls if self.use_ssl else Smtp

    def open(self):
        is_new = super().open()
        if self.connection is not None:
            self.connection.at_the_last_moment = self.at_the_last_moment
        return is_new


def reading_copy(message) -> str:
    """The letter as its reader would see it, with names of attachments."""
    lines = [
        f"From: {message.from_email}",
        f"To: {', '.join(message.recipients())}",
        f"Subject: {message.subject}",
    ]
    attached = [getattr(part, "filename", None) for part in message.attachments]
    if attached := [name for name in attached if name]:
        lines.append(f"Attached: {', '.join(attached)}")
    return "\n".join([*lines, "", str(message.body).strip(), ""])


def file_stem(message) -> str:
    """A name that sorts by time and says what the letter is about."""
    return f"{timezone.now():%Y%m%d-%H%M%S-%f}-{slugify(message.subject)[:60] or 'letter'}"


class DemoBackend(BaseEmailBackend):
    """Each letter is printed to the terminal and kept as .eml (to open) and .txt (to read)."""

    def send_messages(self, email_messages):
        return sum(self.deliver(message) for message in email_messages if message.recipients())

    def deliver(self, message) -> bool:
        try:
            self.keep(message)
        except OSError:
            if not self.fail_silently:
                raise
            return False
        return True

    def keep(self, message) -> None:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        stem, text = file_stem(message), reading_copy(message)
        (folder / f"{stem}.eml").write_bytes(message.message().as_bytes(linesep="\n"))
        (folder / f"{stem}.txt").write_text(text, encoding="utf-8")
        rule = "-" * 72
        sys.stdout.write(f"{rule}\n{text}{rule}\n")
        sys.stdout.flush()
