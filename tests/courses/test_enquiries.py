"""Questions to the office: asked without an account, acknowledged, answered once, forgotten."""

import smtplib
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from courses import enquiries, schedule, tasks
from courses.models import Enquiry
from iiwam.jobs import SCHEDULE
from tests.factories import CourseFactory, EnquiryFactory, ProfessionFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_rate_limits")]
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
FORM = "/ask/peels/"
QUESTION = {"text": "Is the practice part in Kuala Lumpur?", "email": "Ann@Example.org"}


@pytest.fixture
def course():
    return CourseFactory(slug="peels", title="Peels & more")


@pytest.fixture
def registrar():
    call_command("sync_roles", verbosity=0)
    person = StaffFactory(email="registrar@example.org", full_name="Grace Lim")
    person.groups.add(Group.objects.get(name="Registrar"))
    return person


@pytest.fixture
def office(client, registrar):
    client.force_login(registrar)
    return client


def ask(client, path=FORM, headers=None, **fields):
    return client.post(path, {**QUESTION, **fields}, headers=headers or {})


def letters() -> list[tuple[str, str]]:
    return [(letter.to[0], letter.subject) for letter in mail.outbox]


# Asking


def test_question_is_kept_acknowledged_and_told_to_those_who_answer(client, course, registrar):
    StaffFactory(email="someone.else@example.org")
    nurse = ProfessionFactory(slug="nurse")
    answer = ask(client, profession="nurse", name="Ann Lee")
    assert (answer.status_code, answer.url, dict(answer.cookies)) == (302, "/asked/peels/", {})
    [kept] = Enquiry.objects.all()
    assert (kept.course, kept.email, kept.name, kept.profession) == (
        course,
        "ann@example.org",
        "Ann Lee",
        nurse,
    )
    assert kept.text == QUESTION["text"] and kept.is_waiting
    assert letters() == [
        ("ann@example.org", "We have your question about Peels & more"),
        ("registrar@example.org", "A question waits: Peels & more"),
    ]
    assert f"/admin/courses/enquiry/{kept.pk}/change/" in mail.outbox[1].body
    assert QUESTION["text"] in mail.outbox[1].body


def test_acknowledgement_holds_no_word_of_whoever_filled_in_the_form(client, course):
    ask(client, text="Buy cheap needles at once", name="Cheap needles")
    letter = mail.outbox[0]
    assert not any(
        "heap needles" in part for part in (letter.subject, letter.body, letter.alternatives[0].content)
    )


def test_question_need_not_be_about_a_course(client):
    assert ask(client, "/ask/").url == "/asked/"
    assert Enquiry.objects.get().course is None
    assert letters() == [("ann@example.org", "We have your question")]


@pytest.mark.parametrize("path", ["/ask/nothing/", "/asked/nothing/", "/ask/draft/"])
def test_unknown_course_or_draft_is_not_found(client, path):
    CourseFactory(slug="draft", published_at=None)
    assert client.get(path).status_code == 404


def test_pages_set_no_cookie_and_are_not_listed(client, course):
    for path in ("/ask/", FORM, "/asked/", "/asked/peels/"):
        page = client.get(path)
        assert (page.status_code, dict(page.cookies)) == (200, {})
        assert '<meta name="robots" content="noindex">' in page.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", ""),
        ("text", "Why?"),
        ("text", "x" * 2001),
        ("text", "a question \x00 with a nought"),
        ("text", "See http://a.example and http://b.example now"),
        ("email", ""),
        ("email", "ann"),
        ("email", "ann@example.org\r\nBcc: all@example.org"),
        ("name", "x" * 81),
        ("name", "www.example.org"),
        ("name", "Ann\u202e"),
        ("profession", "wizard"),
    ],
)
def test_what_cannot_be_answered_is_sent_back_with_a_sentence_and_written_nowhere(
    client, course, field, value
):
    page = ask(client, **{field: value})
    assert (page.status_code, list(page.context["form"].errors)) == (200, [field])
    assert f'id="id_{field}_error"' in page.content.decode()
    assert (Enquiry.objects.count(), mail.outbox) == (0, [])


def test_program_that_fills_in_every_box_is_thanked_and_forgotten(client, course):
    assert ask(client, website="http://spam.example").status_code == 302
    assert (Enquiry.objects.count(), mail.outbox) == (0, [])


def test_second_press_is_no_second_question(client, course):
    assert {ask(client).status_code for _press in range(3)} == {302}
    assert (Enquiry.objects.count(), len(mail.outbox)) == (1, 1)


def test_another_site_may_not_send_the_form(client, course):
    assert ask(client, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert ask(client, headers={"Origin": "https://evil.example"}).status_code == 403
    assert Enquiry.objects.count() == 0


def test_one_address_gets_few_letters_and_the_same_answer(client, course):
    answers = {ask(client, text=f"Question number {n}?").status_code for n in range(7)}
    assert (answers, Enquiry.objects.count()) == ({302}, 5)


def test_one_place_may_ask_so_often_and_then_waits(client, course):
    answers = [ask(client, email=f"ann{n}@example.org").status_code for n in range(11)]
    assert answers == [302] * 10 + [429]


# Letters


def test_letter_that_the_server_refuses_is_tried_again_and_says_nothing_of_its_reader(course):
    enquiry = EnquiryFactory(course=course)
    refusal = smtplib.SMTPRecipientsRefused({"asker@example.org": (550, b"no")})
    sending = mock.patch("django.core.mail.EmailMultiAlternatives.send", side_effect=refusal)
    with sending, pytest.raises(tasks.LetterNotSent) as told:
        tasks.deliver_acknowledgement.func(enquiry.pk)
    assert "example.org" not in str(told.value)


def test_no_letter_about_a_question_that_is_done_or_gone(registrar):
    done = EnquiryFactory(done_at=AT)
    for pk in (done.pk, 10**6):
        tasks.deliver_acknowledgement.func(pk)
        tasks.deliver_to_office.func(pk, registrar.pk)
        tasks.deliver_answer.func(pk)
    assert mail.outbox == []


def test_answer_is_sent_once_however_often_the_job_runs(registrar):
    enquiry = EnquiryFactory()
    enquiries.answer(enquiry=enquiry, text="In June.", by=registrar)
    tasks.deliver_answer.func(enquiry.pk)
    assert len(mail.outbox) == 1
    enquiry.refresh_from_db()
    assert enquiry.answer_sent_at is not None


# In the office


def change(office, enquiry, **sent):
    return office.post(reverse("admin:courses_enquiry_change", args=[enquiry.pk]), sent, follow=True)


def said(page) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def test_answer_goes_out_with_the_question_and_names_who_gave_it(office, registrar):
    enquiry = EnquiryFactory(course__title="Peels", text="When & where?")
    page = change(office, enquiry, answer="In June, in <Kuala Lumpur>.")
    assert "The answer is on its way." in said(page)
    enquiry.refresh_from_db()
    assert (enquiry.answer, enquiry.done_by) == ("In June, in <Kuala Lumpur>.", registrar)
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == ([enquiry.email], "The answer to your question about Peels")
    assert "In June, in <Kuala Lumpur>." in letter.body and "When & where?" in letter.body
    assert "&lt;Kuala Lumpur&gt;" in letter.alternatives[0].content


def test_page_saved_without_an_answer_leaves_the_question_waiting(office):
    enquiry = EnquiryFactory()
    change(office, enquiry, answer="  ")
    enquiry.refresh_from_db()
    assert (enquiry.is_waiting, mail.outbox) == (True, [])


def test_second_answer_is_refused(office, registrar):
    enquiry = EnquiryFactory()
    stale = Enquiry.objects.get(pk=enquiry.pk)
    enquiries.answer(enquiry=enquiry, text="First.", by=registrar)
    with pytest.raises(enquiries.AlreadyDone):
        enquiries.answer(enquiry=stale, text="Second.", by=registrar)
    change(office, enquiry, answer="Third.")
    assert Enquiry.objects.get().answer == "First."
    assert len(mail.outbox) == 1


def test_spam_is_closed_without_a_letter(office, registrar):
    spam, other = EnquiryFactory(), EnquiryFactory()
    sent = {"action": "close_selected", "_selected_action": [spam.pk]}
    page = office.post(reverse("admin:courses_enquiry_changelist"), sent, follow=True)
    assert said(page) == ["1 question is closed."]
    assert (list(Enquiry.objects.closed()), list(Enquiry.objects.waiting())) == ([spam], [other])
    assert mail.outbox == []


@pytest.mark.parametrize("state", ["waiting", "answered", "closed"])
def test_list_shows_what_waits_and_who_answered(office, registrar, state):
    rows = {
        "waiting": EnquiryFactory(),
        "answered": EnquiryFactory(done_at=AT, answer="Yes.", done_by=registrar),
        "closed": EnquiryFactory(done_at=AT),
    }
    page = office.get(reverse("admin:courses_enquiry_changelist"), {"state": state})
    assert list(page.context["cl"].result_list) == [rows[state]]
    by = page.content.decode().split("field-done_by")[1].split("<")[0]
    assert ("Grace Lim" in by) is (state == "answered")


def test_home_of_the_office_counts_what_waits(office):
    EnquiryFactory.create_batch(2)
    waiting = office.get(reverse("admin:index")).context["waiting"]
    assert [one.count for one in waiting if str(one.label) == "Questions to answer"] == [2]


def test_log_of_the_office_outlives_no_address(office):
    assert "@" not in str(EnquiryFactory())


# Forgetting


def test_questions_are_forgotten_ninety_days_after_the_answer_and_a_year_at_the_longest():
    ages = {
        "answered": {"done_at": AT - timedelta(days=90), "answer": "Yes."},
        "closed": {"done_at": AT - timedelta(days=90)},
        "old": {"asked_at": AT - timedelta(days=365)},
    }
    for age in ages.values():
        EnquiryFactory(**{"asked_at": AT - timedelta(days=100), **age})
    kept = {
        EnquiryFactory(asked_at=AT - timedelta(days=364)),
        EnquiryFactory(asked_at=AT - timedelta(days=200), done_at=AT - timedelta(days=89)),
    }
    assert enquiries.forget(at=AT) == 3
    assert set(Enquiry.objects.all()) == kept


def test_forgetting_runs_by_itself_every_hour():
    assert schedule.forget_enquiries.module_path in SCHEDULE


def test_database_keeps_no_answer_to_a_question_that_waits():
    with pytest.raises(IntegrityError), transaction.atomic():
        EnquiryFactory(answer="Yes.")
