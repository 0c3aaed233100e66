"""Interest once registered: told of each intake once, left with one click, forgotten in time."""

import smtplib
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.core import mail
from django.test import Client

from courses import interest, tasks
from courses.models import Intake, Interest, Notice
from tests.courses.test_interest import AT, link_in, open_intake
from tests.factories import CourseFactory, IntakeFactory, InterestFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_rate_limits")]


@pytest.fixture
def course():
    return CourseFactory(slug="peels", title="Peels & more", enrolment="interest")


# Telling


def test_everybody_who_waits_is_told_once(course):
    InterestFactory.create_batch(3, course=course)
    InterestFactory(course=course, confirmed_at=None)
    InterestFactory(course=course, unsubscribed_at=AT)
    InterestFactory()
    open_intake(course)
    assert [interest.tell_everybody(), interest.tell_everybody()] == [3, 0]
    assert {letter.subject for letter in mail.outbox} == {"Open for applications: Peels & more"}
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(
        Interest.objects.confirmed().filter(course=course).values_list("email", flat=True)
    )
    assert not Notice.objects.filter(sent_at=None).exists()


def test_second_intake_is_news_again(course):
    InterestFactory(course=course)
    open_intake(course)
    interest.tell_everybody()
    IntakeFactory(course=course)
    assert interest.tell_everybody() == 1
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "closed"},
        {"status": "cancelled"},
        {"is_sample": True},
        {"applications_close_at": AT},
        {"applications_open_at": datetime(2098, 1, 1, tzinfo=UTC)},
    ],
)
def test_intake_that_is_not_open_is_no_news(course, fields):
    InterestFactory(course=course)
    intake = open_intake(course, **fields)
    assert interest.tell_everybody() == 0
    assert interest.tell(intake=intake) == 0
    assert mail.outbox == []


def test_many_are_told_in_several_goes(course, monkeypatch):
    monkeypatch.setattr(interest, "TOLD_AT_ONCE", 2)
    InterestFactory.create_batch(5, course=course)
    open_intake(course)
    assert interest.tell_everybody() == 5
    assert len({letter.to[0] for letter in mail.outbox}) == 5


def test_letter_that_was_sent_is_not_sent_again_when_its_job_runs_twice(course):
    InterestFactory(course=course)
    open_intake(course)
    interest.tell_everybody()
    tasks.deliver_notice.func(Notice.objects.get().pk)
    assert len(mail.outbox) == 1


def test_letter_that_failed_is_tried_again_and_then_sent_once(course, monkeypatch):
    InterestFactory(course=course, email="ann@example.org")
    intake = open_intake(course)
    notice = Notice.objects.create(interest=Interest.objects.get(), intake=intake, written_at=AT)

    def refuse(*args):
        raise smtplib.SMTPRecipientsRefused({"ann@example.org": (550, b"no ann@example.org")})

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        with pytest.raises(tasks.LetterNotSent) as fault:
            tasks.deliver_notice.func(notice.pk)
    assert "ann@" not in str(fault.value)
    tasks.deliver_notice.func(notice.pk)
    assert len(mail.outbox) == 1
    assert interest.tell_everybody() == 0


def test_who_leaves_or_what_closes_before_the_letter_goes_out_is_not_written_to(course):
    intake = open_intake(course)
    left, waiting = InterestFactory.create_batch(2, course=course)
    gone = Notice.objects.create(interest=left, intake=intake, written_at=AT)
    early = Notice.objects.create(interest=waiting, intake=intake, written_at=AT)
    interest.unsubscribe(interest=left)
    tasks.deliver_notice.func(gone.pk)
    Intake.objects.update(status="closed")
    tasks.deliver_notice.func(early.pk)
    assert (mail.outbox, Notice.objects.count()) == ([], 0)
    Intake.objects.update(status="confirmed")
    assert interest.tell_everybody() == 1


def test_job_whose_row_is_gone_does_nothing(course):
    tasks.deliver_notice.func(0)
    tasks.deliver_question.func(0)
    assert mail.outbox == []


def test_letter_tells_what_there_is_to_know(course):
    InterestFactory(course=course)
    open_intake(course, city="Seoul", country="KR", timezone="Asia/Seoul", fee_minor=680_000, currency="MYR")
    interest.tell_everybody()
    [letter] = mail.outbox
    html = letter.alternatives[0].content
    for words in (
        "1 March 2099 to 8 March 2099",
        "Seoul, South Korea",
        "Sunday 1 February 2099, 09:00 (Seoul time, UTC+9)",
        "MYR\xa06,800",
        "/courses/peels/#intakes",
    ):
        assert words in letter.body
        assert words in html
    assert "Peels & more" in letter.body
    assert "Peels &amp; more" in html


# Leaving


@pytest.fixture
def news(course):
    InterestFactory(course=course, email="ann@example.org")
    open_intake(course)
    interest.tell_everybody()
    return mail.outbox[0]


def test_letter_carries_the_button_of_rfc_8058(news):
    sent = message_from_bytes(news.message().as_bytes(), policy=policy.default)
    assert sent["List-Unsubscribe"].strip() == f"<http://127.0.0.1:8000{link_in(news, 'stop')}>"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["To"] == "ann@example.org"


def test_one_click_of_a_mail_program_unsubscribes(news):
    program = Client(enforce_csrf_checks=True)
    answer = program.post(
        link_in(news, "stop"),
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
        headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert not Interest.objects.live().exists()


def test_looking_at_the_page_unsubscribes_nobody(client, news):
    page = client.get(link_in(news, "stop"))
    assert "Stop these emails" in page.content.decode()
    assert Interest.objects.live().count() == 1


def test_leaving_twice_says_the_same_and_keeps_the_first_moment(client, news):
    path = link_in(news, "stop")
    first = client.post(path)
    left_at = Interest.objects.get().unsubscribed_at
    again = client.post(path)
    assert first.content == again.content
    assert Interest.objects.get().unsubscribed_at == left_at


def test_link_still_answers_when_the_address_is_forgotten(client, news):
    Interest.objects.all().delete()
    page = client.post(link_in(news, "stop"))
    assert page.status_code == 200
    assert "The address is deleted already" in page.content.decode()


def test_addresses_are_forgotten_when_their_time_is_up():
    kept = {
        InterestFactory(),
        InterestFactory(confirmed_at=None, asked_at=AT - timedelta(days=6)),
        InterestFactory(unsubscribed_at=AT - timedelta(days=29)),
    }
    InterestFactory(confirmed_at=None, asked_at=AT - timedelta(days=7))
    gone = InterestFactory(unsubscribed_at=AT - timedelta(days=30))
    Notice.objects.create(interest=gone, intake=IntakeFactory(course=gone.course), written_at=AT)
    assert interest.forget(at=AT) == 2
    assert set(Interest.objects.all()) == kept
