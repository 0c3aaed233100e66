"""Being told of an intake: asked for by anybody, confirmed by the mailbox alone, told once, left with one click."""

import re
import smtplib
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from courses import interest, schedule, tasks
from courses.models import Intake, Interest, Notice
from iiwam.jobs import SCHEDULE
from tests.factories import CourseFactory, IntakeFactory, InterestFactory, ProfessionFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_rate_limits")]
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
FORM = "/interest/peels/"
SENT = "/interest/sent/peels/"


@pytest.fixture
def course():
    return CourseFactory(slug="peels", title="Peels & more", enrolment="interest")


def ask(client, email="ann@example.org", **fields):
    headers = fields.pop("headers", {})
    return client.post(FORM, {"email": email, **fields}, headers=headers)


def link_in(message, part: str) -> str:
    """The path of the first link of the letter that leads there."""
    return re.search(rf"http://127\.0\.0\.1:8000(/interest/{part}/\S+)", message.body)[1]


def open_intake(course, **fields) -> Intake:
    course.enrolment = "open"
    course.save()
    return IntakeFactory(course=course, **fields)


# Asking


def test_asking_sends_one_letter_and_tells_nothing_yet(client, course):
    nurse = ProfessionFactory(slug="nurse")
    answer = ask(client, "Ann@Example.org", profession="nurse")
    assert (answer.status_code, answer.url) == (302, SENT)
    [asked] = Interest.objects.all()
    assert (asked.email, asked.profession, asked.confirmed_at) == ("ann@example.org", nurse, None)
    assert asked.consent == (
        "IIWAM may write to this address when an intake of “Peels & more” opens for applications, until I unsubscribe."
    )
    [letter] = mail.outbox
    assert letter.to == ["ann@example.org"]
    assert letter.subject == "Confirm: do you want to hear of intakes of Peels & more?"
    assert set(Interest.objects.confirmed()) == set()


def test_sentence_that_is_kept_is_the_one_that_was_read(client, course):
    page = client.get(FORM).content.decode()
    assert "IIWAM may write to this address when an intake of “Peels &amp; more” opens" in page


def test_answer_is_the_same_whether_or_not_somebody_is_known(client, course):
    InterestFactory(course=course, email="known@example.org")
    InterestFactory(course=course, email="asked@example.org", confirmed_at=None)
    InterestFactory(course=course, email="left@example.org", unsubscribed_at=AT)
    answers = [ask(client, f"{who}@example.org") for who in ("known", "asked", "left", "new")]
    assert {(answer.status_code, answer.url, answer.content) for answer in answers} == {(302, SENT, b"")}
    assert [letter.to for letter in mail.outbox] == [
        ["known@example.org"],
        ["asked@example.org"],
        ["left@example.org"],
        ["new@example.org"],
    ]


def test_who_is_on_the_list_already_hears_that_and_stays(client, course):
    known = InterestFactory(course=course, email="ann@example.org")
    ask(client)
    assert mail.outbox[0].subject == "You are on the list for Peels & more"
    assert set(Interest.objects.confirmed()) == {known}


def test_double_click_sends_one_letter(client, course):
    ask(client)
    ask(client, "ANN@example.org ")
    assert (Interest.objects.count(), len(mail.outbox)) == (1, 1)


def test_letter_is_sent_again_after_a_while(course):
    for minutes in (0, 9, 11):
        interest.ask(course=course, email="ann@example.org", at=AT + timedelta(minutes=minutes))
    assert (Interest.objects.count(), len(mail.outbox)) == (1, 2)


def test_who_left_may_come_back(client, course):
    InterestFactory(course=course, email="ann@example.org", unsubscribed_at=AT)
    ask(client)
    assert Interest.objects.live().count() == 1
    assert mail.outbox[0].subject.startswith("Confirm:")


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ann",
        "ann@",
        "@example.org",
        "ann@localhost",
        "ann@example.org\r\nBcc: all@example.org",
        "ann@example.org\nBcc: all@example.org",
        "ann@example.org,bob@example.org",
        "ann@example.org bob@example.org",
        "Ann <ann@example.org>",
        '"ann bob"@example.org',
        '"ann\\\r\n"@example.org',
        '"\x01"@example.org',
        "ann@exa\x00mple.org",
        "ann\x7f@example.org",
        "ann@example.org\u202e",
        "änn@example.org",
        "ann@" + "x" * 64 + ".org",
        "a" * 250 + "@example.org",
        "ann@" + "ü" * 62 + ".org",
        "' OR 1=1 --",
        "<script>alert(1)</script>@example.org",
    ],
)
def test_what_is_no_address_is_sent_back_and_written_nowhere(client, course, email):
    answer = ask(client, email)
    assert answer.status_code == 200
    assert 'id="id_email_error"' in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()
    assert (Interest.objects.count(), len(mail.outbox)) == (0, 0)


def test_domain_in_another_script_is_kept_as_machines_write_it(client, course):
    ask(client, "Ann@Bücher.Example")
    ask(client, "ann@xn--bcher-kva.example")
    assert list(Interest.objects.values_list("email", flat=True)) == ["ann@xn--bcher-kva.example"]


@pytest.mark.parametrize("profession", ["none", "1", "'", "\x00", "x" * 500])
def test_unknown_profession_is_sent_back(client, course, profession):
    assert ask(client, profession=profession).status_code == 200
    assert not Interest.objects.exists()


def test_profession_of_the_address_is_chosen_beforehand(client, course):
    ProfessionFactory(slug="nurse")
    assert '<option value="nurse" selected>' in client.get(FORM, {"profession": "nurse"}).content.decode()
    assert client.get(FORM, {"profession": "nonsense"}).status_code == 200


def test_form_is_for_published_courses_without_an_open_intake(client, course):
    CourseFactory(slug="draft", published_at=None)
    assert client.get("/interest/draft/").status_code == 404
    assert client.get("/interest/none/").status_code == 404
    open_intake(course)
    assert "This course is open now" in client.get(FORM).content.decode()
    assert "This course is open now" in ask(client).content.decode()
    assert (Interest.objects.count(), len(mail.outbox)) == (0, 0)


# No cookie, and still not for other sites to press


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
    ],
)
def test_another_site_cannot_send_the_form(course, headers):
    client = Client(enforce_csrf_checks=True)
    assert ask(client, headers=headers).status_code == 403
    assert (Interest.objects.count(), len(mail.outbox)) == (0, 0)


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}])
def test_our_own_page_sends_it_without_any_cookie(course, headers):
    client = Client(enforce_csrf_checks=True)
    assert not client.get(FORM).cookies
    answer = ask(client, headers=headers)
    assert (answer.status_code, dict(answer.cookies)) == (302, {})
    assert not client.get(SENT).cookies


def test_one_address_gets_five_letters_a_day_whatever_the_course(client):
    courses = CourseFactory.create_batch(7, enrolment="interest")
    answers = [client.post(f"/interest/{course.slug}/", {"email": "ann@example.org"}) for course in courses]
    assert {answer.status_code for answer in answers} == {302}
    assert len(mail.outbox) == 5


def test_one_place_may_ask_twenty_times_an_hour(client, course):
    answers = [ask(client, f"ann{number}@example.org") for number in range(22)]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429] * 2
    assert ask(client, "bob@example.org", headers={"X-Nothing": "1"}).status_code == 429
    assert client.post(FORM, {"email": "bob@example.org"}, REMOTE_ADDR="192.0.2.7").status_code == 302


# Confirming


@pytest.fixture
def confirm_link(client, course):
    ask(client)
    return link_in(mail.outbox[0], "confirm")


def test_looking_at_the_link_confirms_nothing(client, confirm_link):
    for method in (client.get, client.head):
        assert method(confirm_link).status_code == 200
    assert not Interest.objects.confirmed().exists()


def test_button_behind_the_link_confirms(client, confirm_link):
    answer = Client(enforce_csrf_checks=True).post(confirm_link)
    assert (answer.status_code, answer.url) == (302, confirm_link)
    page = client.get(confirm_link).content.decode()
    assert "We will tell you" in page
    [confirmed] = Interest.objects.confirmed()
    before = confirmed.confirmed_at
    client.post(confirm_link)
    confirmed.refresh_from_db()
    assert confirmed.confirmed_at == before


def test_link_runs_out_after_three_days(client, confirm_link):
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        answers = [client.get(confirm_link), client.post(confirm_link)]
    assert [answer.status_code for answer in answers] == [410, 410]
    assert "This link has run out" in answers[0].content.decode()
    assert not Interest.objects.confirmed().exists()


def test_old_link_of_somebody_confirmed_still_says_so(client, confirm_link):
    client.post(confirm_link)
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        assert "We will tell you" in client.get(confirm_link).content.decode()


def test_confirm_link_does_not_bring_back_who_left(client, confirm_link):
    client.post(confirm_link)
    interest.unsubscribe(interest=Interest.objects.get())
    assert "You are unsubscribed" in client.post(confirm_link, follow=True).content.decode()
    assert not Interest.objects.confirmed().exists()


@pytest.mark.parametrize("door", ["confirm", "stop"])
@pytest.mark.parametrize(
    "harm",
    [
        lambda t: t[:-1],
        lambda t: t + "x",
        lambda t: "x" + t,
        lambda t: "x",
        lambda t: "a:b:c",
        lambda t: "%00",
        lambda t: "é",
        lambda t: "y" * 3000,
    ],
)
def test_broken_link_is_told_apart_and_does_nothing(client, confirm_link, door, harm):
    token = confirm_link.rstrip("/").rpartition("/")[2]
    path = f"/interest/{door}/{harm(token)}/"
    statuses = {client.get(path).status_code, client.post(path).status_code}
    assert statuses <= {400, 404}
    assert not Interest.objects.confirmed().exists()
    assert Interest.objects.live().count() == 1


def test_one_door_does_not_open_with_the_key_of_the_other(client, course):
    known = InterestFactory(course=course)
    from courses.letters import confirm_link, stop_path

    stop_key = stop_path(known).split("/")[-2]
    confirm_key = confirm_link(known).split("/")[-2]
    assert client.post(f"/interest/stop/{confirm_key}/").status_code == 404
    assert client.post(f"/interest/confirm/{stop_key}/").status_code == 404
    assert Interest.objects.live().count() == 1


def test_pages_of_one_person_are_neither_kept_nor_listed(client, confirm_link):
    for path in (confirm_link, SENT):
        page = client.get(path)
        assert (page["Cache-Control"], page["X-Robots-Tag"]) == ("no-store", "noindex")
        assert not page.cookies


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


# What the database and the schedule keep


@pytest.mark.parametrize("again", ["ann@example.org", "ANN@Example.org"])
def test_database_holds_one_live_interest_for_course_and_address(course, again):
    InterestFactory(course=course, email="ann@example.org")
    InterestFactory(email="ann@example.org")
    InterestFactory(course=course, email=again, unsubscribed_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        InterestFactory(course=course, email=again)


def test_database_holds_one_notice_for_person_and_intake(course):
    person, intake = InterestFactory(course=course), IntakeFactory(course=course)
    Notice.objects.create(interest=person, intake=intake, written_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(interest=person, intake=intake, written_at=AT)


def test_both_jobs_run_every_hour(course):
    InterestFactory(course=course)
    InterestFactory(unsubscribed_at=datetime(2020, 1, 1, tzinfo=UTC))
    open_intake(course)
    assert {
        SCHEDULE[task.module_path].daily_at
        for task in (schedule.tell_of_open_intakes, schedule.forget_addresses)
    } == {None}
    assert schedule.tell_of_open_intakes.func() == 1
    assert schedule.forget_addresses.func() == 1


# The office


def test_office_shows_who_waits_and_changes_nothing(client, course):
    person = InterestFactory(course=course, email="ann@example.org")
    client.force_login(StaffFactory(rights=["view_interest"]))
    page = client.get("/admin/courses/interest/").content.decode()
    assert "ann@example.org" in page
    assert "<dt>Peels &amp; more</dt><dd>1</dd>" in page
    home = client.get("/admin/").content.decode()
    assert "People waiting to hear of an intake" in home
    assert client.get("/admin/courses/interest/add/").status_code == 403
    detail = f"/admin/courses/interest/{person.pk}/"
    assert client.get(f"{detail}change/").status_code == 200
    assert client.post(f"{detail}change/", {"email": "x@example.org"}).status_code == 403
    assert client.post(f"{detail}delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(("state", "shown"), [("confirmed", "yes@"), ("asked", "asked@"), ("left", "left@")])
def test_office_lists_by_state(client, state, shown):
    InterestFactory(email="yes@example.org")
    InterestFactory(email="asked@example.org", confirmed_at=None)
    InterestFactory(email="left@example.org", unsubscribed_at=AT)
    client.force_login(StaffFactory(rights=["view_interest"]))
    page = client.get("/admin/courses/interest/", {"state": state}).content.decode()
    assert set(re.findall(r"(\w+@)example\.org", page)) == {shown}


def test_owner_deletes_on_request_and_the_log_keeps_no_address(client):
    person = InterestFactory(email="ann@example.org")
    client.force_login(StaffFactory(rights=["view_interest", "delete_interest"]))
    client.post(f"/admin/courses/interest/{person.pk}/delete/", {"post": "yes"})
    from django.contrib.admin.models import LogEntry

    assert not Interest.objects.exists()
    assert "ann@" not in LogEntry.objects.get().object_repr
