import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from iiwam import jobs
from iiwam.accounts import addresses, people, tasks
from iiwam.accounts.models import Job, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_rate_limits")]

PASSWORD = "violet needle harbour"


def sign_up(client, email="ada@example.org", **answers):
    return client.post(
        "/accounts/signup/", {"email": email, "password1": PASSWORD, "password2": PASSWORD, **answers}
    )


def sign_in(client, email="ada@example.org", password=PASSWORD, then=""):
    address = f"/accounts/login/?next={then}" if then else "/accounts/login/"
    return client.post(address, {"login": email, "password": password, "next": then})


def link_in(letter):
    return re.search(rf"{settings.SITE_URL}(/\S+)", letter.body)[1]


def confirm(client):
    return client.post(link_in(mail.outbox[-1]))


class TestSigningUp:
    def test_road_from_form_to_confirmed_account(self, client):
        answer = sign_up(client)
        assert answer["Location"] == reverse("account_email_verification_sent")
        (letter,) = mail.outbox
        assert (letter.to, letter.subject) == (
            ["ada@example.org"],
            "Confirm your email address to open your account",
        )
        assert client.get(link_in(letter)).status_code == 200
        assert not EmailAddress.objects.get().verified
        assert confirm(client).status_code == 302
        assert EmailAddress.objects.get().verified
        assert client.session["_auth_user_id"] == str(User.objects.get().pk)

    def test_page_takes_no_address_from_a_url_and_gives_a_plain_visitor_no_session(self, client):
        page = client.get("/accounts/signup/?email=ada@example.org")
        assert 'value="ada@example.org"' not in page.content.decode()
        assert settings.SESSION_COOKIE_NAME not in page.cookies

    def test_address_is_kept_in_small_letters(self, client):
        sign_up(client, email="Ada.Lim@Example.ORG")
        assert User.objects.get().email == "ada.lim@example.org"

    def test_unconfirmed_person_is_not_let_in_and_gets_another_letter(self, client, django_user_model):
        sign_up(client)
        answer = sign_in(client)
        assert answer["Location"] == reverse("account_email_verification_sent")
        assert "_auth_user_id" not in client.session

    def test_known_address_is_not_given_away(self, client):
        people.register(email="ada@example.org", password=PASSWORD)
        answer = sign_up(client)
        assert answer["Location"] == reverse("account_email_verification_sent")
        assert [letter.subject for letter in mail.outbox] == ["You already have an account"]

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"email": "ada"}, "Enter an address like name@example.org"),
            ({"email": ""}, "Enter your email address"),
            ({"password1": "short", "password2": "short"}, "This password is too short"),
            ({"password2": "something else"}, "You must type the same password each time"),
            ({"password1": ""}, "Choose a password"),
        ],
    )
    def test_wrong_answer_is_said_beside_its_field_and_above_the_form(self, client, wrong, sentence):
        page = sign_up(client, **wrong).content.decode()
        assert page.count(sentence) == 2
        assert "<title>Error: " in page
        assert not User.objects.exists()

    @pytest.mark.parametrize(
        "email", ["ada\0@example.org", "x" * 3_000 + "@example.org", "<b>@example.org", "ada@"]
    )
    def test_hostile_address_is_refused_in_words(self, client, email):
        assert sign_up(client, email=email).status_code == 200
        assert not User.objects.exists()

    @pytest.mark.parametrize("key", ["MQ:1abc:zzz", "x" * 2_000, "-"])
    def test_link_that_is_no_link_is_a_helpful_page(self, client, key):
        answer = client.get(f"/accounts/confirm-email/{key}/")
        assert "This link no longer works" in answer.content.decode()


def test_sessions_that_are_over_are_forgotten_every_night():
    over, still = SessionStore(), SessionStore()
    for session, seconds in ((over, -1), (still, 60)):
        addresses.carry(session, "ada@example.org")
        session.set_expiry(seconds)
        session.save()
    assert jobs.SCHEDULE[tasks.forget_sessions.module_path].daily_at
    tasks.forget_sessions.call()
    assert [row.session_key for row in Session.objects.all()] == [still.session_key]


class TestSigningIn:
    @pytest.fixture(autouse=True)
    def ada(self):
        return people.register(email="ada@example.org", password=PASSWORD)

    def test_leads_to_the_applications(self, client):
        assert sign_in(client)["Location"] == reverse("enrollment:applications")

    def test_leads_staff_to_the_office(self, client, ada):
        User.objects.update(is_staff=True)
        assert sign_in(client)["Location"] == reverse("admin:index")

    def test_leads_where_the_person_was_going(self, client):
        assert sign_in(client, then="/account/")["Location"] == "/account/"

    def test_never_leads_away_from_the_site(self, client):
        assert sign_in(client, then="https://evil.example/")["Location"] == reverse("enrollment:applications")

    @pytest.mark.parametrize(
        "then", ["http://[bad", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
    )
    def test_stays_here_when_the_way_on_is_nonsense(self, client, then):
        assert client.get("/accounts/login/", {"next": then}).status_code == 200
        assert sign_in(client, then=then)["Location"] == reverse("enrollment:applications")

    def test_address_may_be_written_in_any_case(self, client):
        assert sign_in(client, email="ADA@example.org").status_code == 302

    @pytest.mark.parametrize(
        ("email", "password"), [("ada@example.org", "wrong"), ("bob@example.org", PASSWORD)]
    )
    def test_refusal_does_not_say_which_half_was_wrong(self, client, email, password):
        page = sign_in(client, email=email, password=password).content.decode()
        assert "The email address or the password is not right." in page

    def test_closed_account_is_told_so(self, client):
        User.objects.update(is_active=False)
        assert sign_in(client)["Location"] == reverse("account_inactive")

    def test_guessing_is_stopped_after_a_few_attempts(self, client):
        for _ in range(5):
            sign_in(client, password="wrong")
        page = sign_in(client).content.decode()
        assert "Too many attempts. Wait five minutes" in page
        assert "_auth_user_id" not in client.session

    def test_flood_of_attempts_gets_a_friendly_429(self, client):
        answers = [sign_in(client, email=f"p{n}@example.org", password="x") for n in range(31)]
        assert answers[-1].status_code == 429
        assert answers[-1]["Retry-After"] == "300"
        assert "<h1>Too many requests" in answers[-1].content.decode()


class TestForgottenPassword:
    def test_road_from_letter_to_new_password(self, client):
        people.register(email="ada@example.org", password="old and forgotten")
        client.post("/accounts/password/reset/", {"email": "ada@example.org"})
        assert mail.outbox[-1].subject == "Choose a new password"
        form = client.get(link_in(mail.outbox[-1]), follow=True)
        answer = client.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
        assert answer.status_code == 302
        assert sign_in(client).status_code == 302
        assert mail.outbox[-1].subject == "Your password is changed"

    def test_unknown_address_gets_a_letter_and_the_same_page(self, client):
        answer = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
        assert answer["Location"] == reverse("account_reset_password_done")
        assert mail.outbox[-1].subject == "There is no account for this address"


class TestLettersInTheQueue:
    @pytest.fixture(autouse=True)
    def queue(self, settings):
        backend = {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "mail", "documents"]}
        settings.TASKS = {"default": backend}

    def test_are_sent_after_the_page(self, client):
        sign_up(client)
        assert mail.outbox == []
        call_command("run_worker", drain=True)
        assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]
        assert client.get(link_in(mail.outbox[0])).status_code == 200

    def test_cannot_be_read_there(self, client):
        sign_up(client)
        kept = str(Job.objects.get().args_kwargs)
        call_command("run_worker", drain=True)
        assert [
            word for word in ("ada@example.org", "confirm-email", mail.outbox[0].subject) if word in kept
        ] == []

    def test_wait_for_a_mail_server_that_is_down(self, client, monkeypatch):
        def down(*args, **kwargs):
            raise ConnectionRefusedError

        monkeypatch.setattr("django.core.mail.EmailMessage.send", down)
        assert client.post("/accounts/password/reset/", {"email": "a@b.co"}, follow=True).status_code == 200
        call_command("run_worker", drain=True)
        job = Job.objects.get(task_path="iiwam.accounts.tasks.deliver_account_letter")
        assert (job.status, job.exception_class_path) == ("READY", "iiwam.accounts.tasks.LetterNotSent")
