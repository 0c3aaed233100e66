"""Sending letters, outside of the act that wrote them.

Just before the mail server can have a letter, a time is noted on it for good, by one update that only one of any number
of workers can make: nobody else hands it over, and when the server stays silent then, a person decides. One thing no
note can settle: whether a worker that was killed in the very moment of handing over had done so. Rather than lose that
letter its successor hands it over again, with the same Message-ID, by which mail servers know a copy.
"""

from functools import partial

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django_tasks import task

from iiwam.jobs import MOST_ATTEMPTS
from iiwam.mail import UNANSWERED, HandedOver, in_words, send_once

from .models import Letter

HANDED_OVER_AGAIN = "Handed over again: the worker before stopped in the middle"
NO_ANSWER = "Handed over; no answer"


class LetterNotSent(Exception):
    """The mail server did not take a letter; the queue tries again. Says nothing about its reader."""


@task(queue_name="mail")
def deliver_letter(letter_id: int) -> None:
    """The letter is with the mail server, once, however often and wherever this runs."""
    letter = Letter.objects.get(pk=letter_id)
    waits_for_a_person = letter.status == Letter.Status.FAILED and letter.handed_over_at
    if letter.status == Letter.Status.SENT or waits_for_a_person:
        return
    if fault := _sent(letter):
        raise LetterNotSent(fault)


def hand_over(letter: Letter) -> None:
    """Nobody else can send this letter from now on; HandedOver when somebody has begun to since it was read."""
    at = timezone.now()
    as_read = Letter.objects.filter(pk=letter.pk, handed_over_at=letter.handed_over_at)
    if not as_read.exclude(status=Letter.Status.SENT).update(handed_over_at=at):
        raise HandedOver
    letter.handed_over_at = at


def _sent(letter: Letter) -> str:
    """What went wrong, in a few words; empty when the letter is with the mail server."""
    remark = HANDED_OVER_AGAIN if letter.handed_over_at else ""
    try:
        send_once(_message(letter), at_the_last_moment=partial(hand_over, letter))
    except HandedOver:
        return ""
    except UNANSWERED as silence:
        return _note_silence(letter, in_words(silence))
    except Exception as refusal:
        return _note_refusal(letter, in_words(refusal))
    _note_sent(letter, timezone.now(), error=remark)
    return ""


def _note_sent(letter: Letter, at, *, error: str) -> None:
    letter.status, letter.sent_at, letter.error = Letter.Status.SENT, at, error
    letter.attempts += 1
    letter.save(update_fields=["status", "sent_at", "attempts", "error"])


def _note_refusal(letter: Letter, fault: str) -> str:
    """The server does not have the letter, so it can be tried again until it has had all its attempts."""
    letter.attempts += 1
    letter.error, letter.handed_over_at = fault[:300], None
    if letter.attempts >= MOST_ATTEMPTS:
        letter.status = Letter.Status.FAILED
    letter.save(update_fields=["status", "attempts", "error", "handed_over_at"])
    return fault


def _note_silence(letter: Letter, fault: str) -> str:
    """Before the last moment silence is a refusal. After it nobody knows, and whoever looks decides."""
    if letter.handed_over_at is None:
        return _note_refusal(letter, fault)
    letter.attempts += 1
    letter.status, letter.error = Letter.Status.FAILED, f"{NO_ANSWER}: {fault}"[:300]
    letter.save(update_fields=["status", "attempts", "error"])
    return ""


def _message(letter: Letter) -> EmailMultiAlternatives:
    headers = {"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(letter.subject, letter.body_text, to=[letter.to_email], headers=headers)
    message.attach_alternative(letter.body_html, "text/html")
    return message
