import email

from django.core.mail import EmailMessage

from iiwam.mail import DemoBackend


def letter(**parts):
    return EmailMessage(
        "Place offered: café", "Dear Ada,\n\nyes.", "us@iiwam.example", ["ada@example.org"], **parts
    )


def test_letter_is_printed_and_kept_to_open_and_to_read(settings, capsys):
    assert DemoBackend().send_messages([letter()]) == 1
    names = sorted(path.suffix for path in settings.EMAIL_FILE_PATH.iterdir())
    assert names == [".eml", ".txt"]
    assert "Subject: Place offered: café\n\nDear Ada,\n\nyes.\n" in capsys.readouterr().out
    (kept,) = settings.EMAIL_FILE_PATH.glob("*.eml")
    assert email.message_from_bytes(kept.read_bytes())["To"] == "ada@example.org"


def test_names_sort_by_time_and_say_the_subject(settings):
    DemoBackend().send_messages([letter()])
    DemoBackend().send_messages([letter()])
    first, second = sorted(settings.EMAIL_FILE_PATH.glob("*.txt"))
    assert first.name < second.name
    assert first.stem.endswith("-place-offered-cafe")


def test_attachments_are_named_in_the_reading_copy(settings):
    message = letter()
    message.attach("certificate.pdf", b"%PDF-", "application/pdf")
    DemoBackend().send_messages([message])
    (text,) = settings.EMAIL_FILE_PATH.glob("*.txt")
    assert "Attached: certificate.pdf\n" in text.read_text()


def test_letter_to_nobody_is_not_counted(settings):
    assert DemoBackend().send_messages([EmailMessage("s", "b", "us@iiwam.example", [])]) == 0
