"""Letters: one for each act, written with it, sent once, saying what happened and what to do next."""

import re
import smtplib
from datetime import UTC, date, datetime

import pytest
from django.core import mail
from django.db import transaction
from django.template.loader import get_template
from django.utils.html import strip_tags

from enrollment import admissions, notifications, tasks
from enrollment.models import Certificate, Letter, LogbookEntry
from enrollment.transitions import APPLICATION, BIRTHS, CERTIFICATE, ENROLLMENT, LOGBOOK, PLACE
from enrollment.workflow import MoveRefused, record_birth
from iiwam.jobs import MOST_ATTEMPTS
from tests.factories import ApplicationFactory, EnrollmentFactory, IntakeFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NAMES = sorted(
    {
        *(
            move.letter
            for table in (APPLICATION, PLACE, ENROLLMENT, LOGBOOK, CERTIFICATE)
            for move in table.values()
        ),
        *BIRTHS.values(),
    }
    - {""}
)


@pytest.fixture
def staff():
    return StaffFactory(rights=["review_application", "decide_application"])


@pytest.fixture
def application():
    return ApplicationFactory(
        status="in_review",
        legal_name="Anan & Sons <b>",
        intake__course__title="Microneedling & Co",
        intake__fee_minor=680_000,
        intake__currency="MYR",
        intake__starts_on=date(2099, 3, 15),
        intake__ends_on=date(2099, 3, 21),
    )


@pytest.fixture
def offer(application, staff):
    admissions.offer_place(application=application, by=staff, note="Criteria met.", at=AT)
    return Letter.objects.get(name="place-offered")


# What is written


def test_every_letter_of_the_tables_is_known():
    assert sorted(notifications.ACTIONS) == NAMES
    assert len(NAMES) == 39


def every_letter() -> dict[str, Letter]:
    """Each letter written once, about one application, entry and certificate."""
    enrollment = EnrollmentFactory(
        application__offer_fee_minor=680_000,
        application__offer_currency="MYR",
        application__offer_expires_at=AT,
        status="completed",
    )
    entry = LogbookEntry.objects.create(
        enrollment=enrollment,
        performed_on=date(2026, 3, 1),
        patient_code="P-014",
        procedure="Microneedling",
        area="Cheek",
        phototype="IV",
        device="Pen",
        cartridge_lot="L1",
        depth_mm="0.50",
        passes=2,
        role="supervised",
        outcome="Erythema for a day.",
    )
    certificate = Certificate.objects.create(
        number="IIWAM-MN-2026-AAAA-BBBB-CCCC-X",
        enrollment=enrollment,
        status="revoked",
        snapshot={},
        snapshot_sha256="0" * 64,
        issued_at=AT,
        issued_by=StaffFactory(),
        revoked_at=AT,
        reason_class="issued_in_error",
        valid_until=datetime(2028, 3, 2, 12, tzinfo=UTC),
    )
    subjects = {"entry": entry, "certificate": certificate}
    return {
        name: notifications.queue(
            name,
            event=record_birth(
                subjects.get(name.split("-")[0], enrollment.application),
                "test",
                by=StaffFactory(full_name="Dr. Lim"),
                note="Page 2 is missing.",
                at=AT,
            ),
            recipient=enrollment.learner,
            enrollment=enrollment,
        )
        for name in NAMES
    }


def test_letters_say_the_same_in_both_forms_and_what_to_do_next():
    for name, letter in every_letter().items():
        text, page = letter.body_text, letter.body_html
        words = " ".join(strip_tags(page).split())
        paragraphs = text.split("\n\n")
        dear = next(number for number, part in enumerate(paragraphs) if part.startswith("Dear Person"))
        assert " ".join(paragraphs[dear + 1].split()) in words.replace("&amp;", "&"), name
        label, _page = notifications.ACTIONS[name]
        assert f"{label}:\nhttp://127.0.0.1:8000/" in text, name
        assert re.search(r'<a href="http://127\.0\.0\.1:8000/[^"]+"', page), name
        assert letter.application.reference in text and letter.application.reference in page, name


def test_letters_are_clean_text():
    for name, letter in every_letter().items():
        for part in (letter.subject, letter.body_text):
            assert not re.search(r"\{[{%]|None|&amp;|&#|!|  +\S", part), (name, part)
        assert "\n\n\n" not in letter.body_text, name
        assert "{{" not in letter.body_html and "{%" not in letter.body_html, name


def test_subjects_begin_with_the_outcome():
    subjects = {name: letter.subject.partition(":")[0] for name, letter in every_letter().items()}
    assert subjects == {
        "application-started": "Application begun",
        "application-received": "Application received",
        "review-started": "In review",
        "information-requested": "Action needed",
        "information-received": "Information received",
        "place-offered": "Place offered",
        "waitlisted": "On the waiting list",
        "application-declined": "No place offered",
        "place-confirmed": "Place confirmed",
        "offer-declined": "Offer declined",
        "offer-expired": "Offer ended",
        "second-choice-expired": "Offer ended, and you keep waiting",
        "offer-rescinded": "Offer taken back",
        "review-reopened": "In review again",
        "review-resumed": "In review again",
        "information-reminder": "Action needed soon",
        "application-withdrawn": "Application withdrawn",
        "place-given-up": "Place given up",
        "offer-reminder": "Answer by 2 March 2026",
        "intake-changed": "Other dates",
        "intake-closed": "Applications closed",
        "intake-cancelled": "Intake cancelled",
        "payment-recorded": "Payment on record",
        "payment-corrected": "Payment corrected",
        "sponsor-recorded": "Sponsor on record",
        "entry-countersigned": "Countersigned",
        "entry-returned": "Action needed",
        "entry-countered": "Taken back",
        "attendance-corrected": "Attendance corrected",
        "license-lapses": "Action needed",
        "license-renewed": "Practising certificate on record",
        "certificate-issued": "Certificate issued",
        "certificate-revoked": "Certificate revoked",
        "certificate-suspended": "Certificate suspended",
        "certificate-reinstated": "Certificate valid again",
        "certificate-superseded": "Corrected certificate",
        "certificate-renewed": "Certificate renewed",
        "certificate-expires": "Certificate ends on 2 March 2028",
        "certificate-expired": "Certificate expired",
    }


def test_reasons_go_out_only_where_the_tables_say_so():
    shown = {name for name, letter in every_letter().items() if "Page 2 is missing." in letter.body_text}
    tables = (APPLICATION, PLACE, ENROLLMENT, LOGBOOK, CERTIFICATE)
    assert shown == {move.letter for table in tables for move in table.values() if move.note_is_shown}


def test_every_letter_has_a_subject_and_a_text_of_its_own():
    for name in NAMES:
        get_template(f"enrollment/letters/{name}.subject.txt")
        get_template(f"enrollment/letters/{name}.txt")


def test_an_offer_states_its_terms_in_the_time_of_the_place(offer):
    assert offer.subject == "Place offered: Microneedling & Co. Answer by 9 March 2026"
    facts = offer.body_text.partition("Reference: ")[2]
    assert facts.splitlines()[:5] == [
        offer.application.reference,
        "Course: Microneedling & Co",
        "Intake: 15 March 2099 to 21 March 2099",
        "Fee: MYR\xa06,800",
        "Answer by: Monday 9 March 2026, 23:59 (Kuala Lumpur time)",
    ]


def test_what_is_unknown_is_said_to_be_so(application, staff):
    application.intake.fee_minor, application.intake.currency = None, ""
    application.intake.starts_on = application.intake.ends_on = None
    application.intake.save()
    admissions.offer_place(application=application, by=staff, note="Criteria met.", at=AT)
    text = Letter.objects.get().body_text
    assert "The fee for this intake is still to be confirmed." in text
    assert "Intake: dates to be confirmed" in text
    assert "Fee: to be confirmed" in text


def test_words_of_people_are_escaped_in_html_and_plain_in_text(application, staff):
    admissions.request_information(
        application=application, by=staff, note="Send <script>page 2</script>\n\nand & 3", at=AT
    )
    letter = Letter.objects.get()
    assert "Dear Anan & Sons <b>," in letter.body_text
    assert "Send <script>page 2</script>\n\nand & 3" in letter.body_text
    assert "<script>" not in letter.body_html
    assert "Dear Anan &amp; Sons &lt;b&gt;," in letter.body_html
    assert "Send &lt;script&gt;page 2&lt;/script&gt;</p>" in letter.body_html


def test_a_subject_is_one_line(application, staff):
    application.intake.course.title = "Skin\r\nBcc: everybody@example.org"
    application.intake.course.save()
    admissions.request_information(application=application, by=staff, note="Page 2.", at=AT)
    assert "\n" not in Letter.objects.get().subject


# One act, one letter


def test_each_act_writes_exactly_one_letter(application, staff):
    person = application.applicant
    acts = [
        lambda: admissions.request_information(application=application, by=staff, note="More.", at=AT),
        lambda: admissions.withdraw(application=application, by=person, at=AT),
    ]
    for number, act in enumerate(acts, start=1):
        act()
        assert Letter.objects.count() == application.history.count() == number
    assert set(Letter.objects.values_list("event__move", "name")) == {
        ("request_information", "information-requested"),
        ("withdraw", "application-withdrawn"),
    }


def test_a_refused_act_writes_none(application):
    with pytest.raises(MoveRefused):
        admissions.decline(application=application, by=UserFactory(), note="No.", at=AT)
    assert not Letter.objects.exists()
    assert mail.outbox == []


def test_a_letter_of_an_event_is_written_once(offer):
    again = notifications.queue("place-offered", event=offer.event, recipient=offer.recipient)
    assert again == offer
    assert Letter.objects.count() == len(mail.outbox) == 1


def test_an_act_that_fails_half_way_leaves_neither_record_nor_letter(application, staff):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        admissions.decline(application=application, by=staff, note="No.", at=AT)
        raise ZeroDivisionError
    application.refresh_from_db()
    assert application.status == "in_review"
    assert not Letter.objects.exists() and not application.history.exists()


# Sending


@pytest.fixture
def unsent(offer):
    """A letter that waits, as if the worker had not come yet."""
    mail.outbox.clear()
    Letter.objects.update(status="queued", sent_at=None, handed_over_at=None, attempts=0)
    return Letter.objects.get()


@pytest.fixture
def broken_server(monkeypatch):
    def refuse(message):
        raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"No such person")})

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)


def test_a_letter_is_sent_as_it_was_written(unsent):
    tasks.deliver_letter.func(unsent.pk)
    [sent] = mail.outbox
    assert (sent.subject, sent.body, sent.to) == (unsent.subject, unsent.body_text, [unsent.to_email])
    assert [(part.content, part.mimetype) for part in sent.alternatives] == [(unsent.body_html, "text/html")]
    assert sent.message()["Message-ID"] == unsent.message_id
    unsent.refresh_from_db()
    assert (unsent.status, unsent.attempts, unsent.error) == ("sent", 1, "")
    assert unsent.sent_at is not None


def test_a_letter_is_sent_once_however_often_its_job_runs(unsent):
    for _time in range(3):
        tasks.deliver_letter.func(unsent.pk)
    assert len(mail.outbox) == 1


def test_a_letter_that_nobody_takes_is_tried_again_then_fails(unsent, broken_server):
    states = []
    for _attempt in range(MOST_ATTEMPTS):
        with pytest.raises(tasks.LetterNotSent):
            tasks.deliver_letter.func(unsent.pk)
        unsent.refresh_from_db()
        states.append((unsent.attempts, unsent.status, unsent.error))
    assert states == [
        (number, "failed" if number == MOST_ATTEMPTS else "queued", "SMTPRecipientsRefused")
        for number in range(1, MOST_ATTEMPTS + 1)
    ]


def test_the_fault_names_no_person(unsent, broken_server):
    with pytest.raises(tasks.LetterNotSent) as fault:
        tasks.deliver_letter.func(unsent.pk)
    assert unsent.to_email not in str(fault.value)


def test_a_failed_letter_can_still_be_sent(unsent):
    Letter.objects.update(status="failed", attempts=MOST_ATTEMPTS, error="SMTPServerDisconnected")
    tasks.deliver_letter.func(unsent.pk)
    unsent.refresh_from_db()
    assert (unsent.status, unsent.error, len(mail.outbox)) == ("sent", "", 1)


def test_message_ids_are_unique_and_stable(unsent):
    other = ApplicationFactory(intake=IntakeFactory())
    admissions.withdraw(application=other, by=other.applicant, at=AT)
    ids = list(Letter.objects.values_list("message_id", flat=True))
    assert len(set(ids)) == 2
    assert all(re.fullmatch(r"<[0-9a-f-]{36}@127\.0\.0\.1>", message_id) for message_id in ids)
