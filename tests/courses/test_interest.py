"""Being told of an intake: asked for by anybody, confirmed by the mailbox alone, told once, left with one click."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from courses import interest, schedule
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
