"""Handing letters to a mail server: once, whatever breaks and whoever else tries."""

import smtplib
import socketserver
import threading
from datetime import UTC, datetime

import pytest
from django.core import mail

from enrollment import admissions, notifications, tasks
from enrollment.models import Letter
from tests.factories import ApplicationFactory, StaffFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def letter():
    """A letter that waits, as if the worker had not come yet."""
    application = ApplicationFactory()
    admissions.withdraw(application=application, by=application.applicant, at=AT)
    mail.outbox.clear()
    Letter.objects.update(status="queued", sent_at=None, handed_over_at=None, attempts=0)
    return Letter.objects.get()


class Server(socketserver.ThreadingTCPServer):
    """Speaks enough SMTP to take letters, and answers the text of a letter as it was told."""

    allow_reuse_address = daemon_threads = True
    answer = b"250 Kept"

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.letters = []


class Conversation(socketserver.StreamRequestHandler):
    def say(self, words: bytes):
        self.wfile.write(words + b"\r\n")

    def handle(self):
        self.say(b"220 ready")
        while line := self.rfile.readline().strip():
            if line.upper() == b"DATA":
                self.say(b"354 go on")
                if not self.take():
                    return
            elif line.upper() == b"QUIT":
                self.say(b"221 bye")
                return
            else:
                self.say(b"250 fine")

    def take(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) and line != b".\r\n":
            lines.append(line)
        if not line:
            return False
        self.server.letters.append(b"".join(lines))
        if self.server.answer:
            self.say(self.server.answer)
        return bool(self.server.answer)


@pytest.fixture
def server(settings):
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "iiwam.mail.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_TIMEOUT = 5
        yield server
        server.shutdown()


def test_a_letter_is_given_to_a_server_whole_and_once(letter, server):
    for _time in range(3):
        tasks.deliver_letter.func(letter.pk)
    [content] = server.letters
    assert letter.message_id.encode() in content
    letter.refresh_from_db()
    assert (letter.status, letter.attempts) == ("sent", 1)
    assert letter.handed_over_at <= letter.sent_at


def test_a_worker_killed_in_the_middle_costs_no_letter_and_its_copy_has_the_same_name(
    letter, server, monkeypatch
):
    def die(*args, **kwargs):
        raise SystemExit

    monkeypatch.setattr(tasks, "_note_sent", die)
    with pytest.raises(SystemExit):
        tasks.deliver_letter.func(letter.pk)
    monkeypatch.undo()
    tasks.deliver_letter.func(letter.pk)
    tasks.deliver_letter.func(letter.pk)
    assert len(server.letters) == 2
    assert all(letter.message_id.encode() in content for content in server.letters)
    letter.refresh_from_db()
    assert (letter.status, letter.error) == ("sent", tasks.HANDED_OVER_AGAIN)


def test_of_two_workers_that_come_to_the_last_moment_one_sends(letter, server, monkeypatch):
    hand_over = tasks.hand_over

    def come_second(mine):
        hand_over(Letter.objects.get(pk=letter.pk))
        hand_over(mine)

    monkeypatch.setattr(tasks, "hand_over", come_second)
    tasks.deliver_letter.func(letter.pk)
    assert server.letters == []
    letter.refresh_from_db()
    assert letter.handed_over_at is not None and letter.status == "queued"


def test_a_letter_that_the_server_refuses_after_reading_it_is_tried_again(letter, server):
    server.answer = b"451 Come back later"
    with pytest.raises(tasks.LetterNotSent, match="SMTPDataError 451"):
        tasks.deliver_letter.func(letter.pk)
    letter.refresh_from_db()
    assert (letter.status, letter.handed_over_at, letter.error) == ("queued", None, "SMTPDataError 451")
    server.answer = b"250 Kept"
    tasks.deliver_letter.func(letter.pk)
    letter.refresh_from_db()
    assert letter.status == "sent"


def test_a_server_that_falls_silent_with_the_letter_leaves_it_to_a_person(letter, server):
    server.answer = b""
    tasks.deliver_letter.func(letter.pk)
    tasks.deliver_letter.func(letter.pk)
    assert len(server.letters) == 1
    letter.refresh_from_db()
    assert (letter.status, letter.error) == ("failed", "Handed over; no answer: SMTPServerDisconnected")
    server.answer = b"250 Kept"
    notifications.send_again(letter=letter, by=StaffFactory(rights=["change_letter"]))
    letter.refresh_from_db()
    assert (letter.status, letter.error, len(server.letters)) == ("sent", "", 2)


def test_a_server_that_is_away_is_tried_again(letter, monkeypatch):
    def away(message):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr("iiwam.mail.get_connection", lambda: Late())
    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", away)
    with pytest.raises(tasks.LetterNotSent):
        tasks.deliver_letter.func(letter.pk)
    letter.refresh_from_db()
    assert (letter.status, letter.handed_over_at, letter.attempts) == ("queued", None, 1)


class Late:
    """A way to a server that never comes to the last moment."""

    at_the_last_moment = None
