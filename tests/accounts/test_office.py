import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.urls import reverse

from iiwam import office
from iiwam.accounts import people
from iiwam.accounts.models import Job, User
from tests.factories import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    return User.objects.create_superuser("root@iiwam.example", "correct horse battery")


@pytest.fixture
def desk(client, root):
    client.force_login(root)
    return client


def act(client, person, verb):
    return client.post(reverse(f"admin:accounts_user_{verb}", args=[person.pk]), follow=True).content.decode()


class TestDoor:
    def test_is_the_sites_own_sign_in(self, client):
        answer = client.get("/admin/accounts/user/", follow=True)
        assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))

    def test_own_log_in_page_of_the_admin_is_closed(self, client):
        assert client.get("/admin/login/")["Location"].startswith(reverse("account_login"))
        answer = client.post("/admin/login/", {"username": "root@iiwam.example", "password": "x"})
        assert answer["Location"].startswith(reverse("account_login"))

    def test_is_shut_for_people_who_are_no_staff(self, client):
        client.force_login(UserFactory())
        assert client.get("/admin/", follow=True).status_code == 403

    @pytest.mark.parametrize(
        ("way", "leads_to"), [("logout", "account_logout"), ("password_change", "account_change_password")]
    )
    def test_other_doors_lead_to_the_sites_own(self, desk, way, leads_to):
        assert desk.get(reverse(f"admin:{way}"))["Location"] == reverse(leads_to)


class TestHome:
    def test_shows_what_waits_with_what_is_done_last(self, desk, monkeypatch):
        monkeypatch.setattr(office, "QUESTIONS", [])
        office.waiting(lambda request: [("Nothing here", 0, "/a/")])
        office.waiting(lambda request: [("To review", 4, "/b/")])
        office.waiting(lambda request: None)
        shown = desk.get("/admin/").context["waiting"]
        assert [(work.label, work.count) for work in shown] == [("To review", 4), ("Nothing here", 0)]

    def test_says_when_nothing_waits(self, desk, monkeypatch):
        monkeypatch.setattr(office, "QUESTIONS", [])
        assert "Nothing waits for you." in desk.get("/admin/").content.decode()

    def test_failed_jobs_wait_for_those_who_may_see_them(self, client, root):
        failed_job()
        client.force_login(root)
        assert "Jobs that failed" in client.get("/admin/").content.decode()
        client.force_login(StaffFactory())
        assert "Jobs that failed" not in client.get("/admin/").content.decode()


class TestPeople:
    def test_new_person_is_invited_to_choose_a_password(self, desk, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            desk.post("/admin/accounts/user/add/", {"email": "New.Reviewer@Example.org", "full_name": "N"})
        person = User.objects.get(email="new.reviewer@example.org")
        assert not person.has_usable_password()
        assert EmailAddress.objects.get(user=person).verified
        assert [(letter.to, letter.subject) for letter in mail.outbox] == [
            (["new.reviewer@example.org"], "Choose a new password")
        ]

    def test_second_account_for_an_address_is_refused_in_words(self, desk):
        UserFactory(email="ada@example.org")
        page = desk.post("/admin/accounts/user/add/", {"email": "ADA@example.org"}).content.decode()
        assert "This address is taken." in page

    def test_closing_and_opening_are_acts_with_a_trace(self, desk):
        ada = UserFactory(email="ada@example.org")
        assert "ada@example.org can no longer sign in." in act(desk, ada, "close")
        ada.refresh_from_db()
        assert not ada.is_active
        assert "ada@example.org can sign in again." in act(desk, ada, "open")
        ada.refresh_from_db()
        assert ada.is_active
        assert LogEntry.objects.filter(object_id=str(ada.pk)).count() == 2

    def test_closed_person_is_signed_out_at_once(self, client):
        ada = UserFactory()
        client.force_login(ada)
        people.close(user=ada, by=UserFactory())
        assert client.get("/account/").status_code == 302

    def test_nobody_closes_their_own_account(self, desk, root):
        assert "You cannot close your own account." in act(desk, root, "close")

    def test_closed_account_gets_no_password_link(self, desk):
        ada = UserFactory(is_active=False)
        assert "This account is closed. Open it first." in act(desk, ada, "invite")
        assert mail.outbox == []

    @pytest.mark.parametrize("verb", ["close", "open", "invite"])
    def test_acts_are_never_done_by_a_link(self, desk, verb):
        assert desk.get(reverse(f"admin:accounts_user_{verb}", args=[1])).status_code == 405

    @pytest.mark.parametrize("verb", ["close", "open", "invite"])
    def test_acts_need_the_right(self, client, verb):
        ada = UserFactory()
        client.force_login(StaffFactory(rights=["view_user"]))
        act(client, ada, verb)
        assert not LogEntry.objects.exists()
        assert mail.outbox == []

    def test_only_a_superuser_alters_one(self, client, root):
        client.force_login(StaffFactory(rights=["view_user", "change_user"]))
        act(client, root, "close")
        answer = client.post(f"/admin/accounts/user/{root.pk}/change/", {"full_name": "Taken over"})
        root.refresh_from_db()
        assert (answer.status_code, root.full_name, root.is_active) == (403, "", True)

    def test_form_cannot_make_a_superuser_or_change_an_address(self, client):
        ada = UserFactory(email="ada@example.org")
        client.force_login(StaffFactory(rights=["view_user", "change_user"]))
        answers = {"full_name": "Ada", "is_superuser": "on", "email": "x@example.org", "password": "x"}
        client.post(f"/admin/accounts/user/{ada.pk}/change/", answers)
        before = ada.password
        ada.refresh_from_db()
        assert (ada.full_name, ada.is_superuser, ada.email, ada.password) == (
            "Ada",
            False,
            "ada@example.org",
            before,
        )

    @pytest.mark.parametrize("lookup", ["password", "password__startswith"])
    def test_passwords_cannot_be_asked_for_by_a_filter(self, desk, lookup):
        assert desk.get(f"/admin/accounts/user/?{lookup}=p").status_code == 400

    def test_password_is_shown_nowhere(self, desk):
        ada = UserFactory()
        page = desk.get(f"/admin/accounts/user/{ada.pk}/change/").content.decode()
        assert ada.password not in page
        assert 'name="password"' not in page


def test_secrets_of_second_factors_have_no_page():
    assert not admin.site.is_registered(Authenticator)


def failed_job():
    return Job.objects.create(
        args_kwargs={"args": [1], "kwargs": {}},
        task_path="enrollment.tasks.send_letter",
        backend_name="default",
        status="FAILED",
        run_after="2026-11-23T04:00:00Z",
        worker_ids=["w"] * 5,
        exception_class_path="smtplib.SMTPServerDisconnected",
        traceback="Traceback",
    )


class TestJobs:
    def test_list_says_what_failed_and_why(self, desk):
        failed_job()
        page = desk.get("/admin/accounts/job/").content.decode()
        assert "send letter" in page
        assert "SMTPServerDisconnected" in page

    def test_failed_job_is_tried_again_by_an_act(self, desk):
        job = failed_job()
        answer = desk.post(
            "/admin/accounts/job/", {"action": "try_again", "_selected_action": [job.pk]}, follow=True
        )
        job.refresh_from_db()
        assert (job.status, job.worker_ids) == ("READY", [])
        assert "1 job is in the queue again." in answer.content.decode()

    def test_looking_is_not_enough_to_try_again(self, client):
        job = failed_job()
        client.force_login(StaffFactory(rights=["view_job"]))
        client.post("/admin/accounts/job/", {"action": "try_again", "_selected_action": [job.pk]})
        job.refresh_from_db()
        assert job.status == "FAILED"


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_people_takes_the_same_queries_for_one_and_for_three(desk, number, django_assert_num_queries):
    UserFactory.create_batch(number)
    desk.get("/admin/accounts/user/")
    with django_assert_num_queries(6):
        desk.get("/admin/accounts/user/")
