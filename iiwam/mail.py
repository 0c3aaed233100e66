"""Outgoing mail: what went wrong without saying for whom, and a local demo where nothing leaves the machine."""

import sys
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.text import slugify


def fault_in_sending(message) -> str:
    """What went wrong, in a few words without an address; empty when the mail server took the letter."""
    try:
        message.send()
    except Exception as error:
        return " ".join([type(error).__name__, str(getattr(error, "smtp_code", ""))]).strip()
    return ""


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
