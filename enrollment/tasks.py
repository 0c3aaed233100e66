"""Sending letters, outside of the act that wrote them."""

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django_tasks import task

from iiwam.jobs import MOST_ATTEMPTS, row_locks
from iiwam.mail import fault_in_sending

from .models import Letter


class LetterNotSent(Exception):
    """The mail server did not take a letter; the queue tries again. Says nothing about its reader."""


@task(queue_name="mail")
def deliver_letter(letter_id: int) -> None:
    """The letter is with the mail server, once, however often this runs."""
    with row_locks():
        letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter_id)
        if letter.status == Letter.Status.SENT:
            return
        letter.attempts += 1
        fault = fault_in_sending(_message(letter))
        _note_outcome(letter, fault)
    if fault:
        raise LetterNotSent(fault)


def _message(letter: Letter) -> EmailMultiAlternatives:
    headers = {"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(letter.subject, letter.body_text, to=[letter.to_email], headers=headers)
    message.attach_alternative(letter.body_html, "text/html")
    return message


def _note_outcome(letter: Letter, fault: str) -> None:
    letter.error = fault[:300]
    if not fault:
        letter.status, letter.sent_at = Letter.Status.SENT, timezone.now()
    elif letter.attempts >= MOST_ATTEMPTS:
        letter.status = Letter.Status.FAILED
    letter.save(update_fields=["status", "sent_at", "attempts", "error"])
