import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from iiwam.accounts import people
from iiwam.accounts.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


class TestOwnPage:
    def test_is_for_signed_in_people(self, client):
        assert client.get("/account/")["Location"] == "/accounts/login/?next=/account/"

    def test_saves_the_name(self, client):
        ada = UserFactory()
        client.force_login(ada)
        page = client.post("/account/", {"full_name": "Ada Lim"}, follow=True).content.decode()
        ada.refresh_from_db()
        assert ada.full_name == "Ada Lim"
        assert "Your name is saved." in page

    @pytest.mark.parametrize("name", ["x" * 151, "a\0b"])
    def test_refuses_a_name_that_cannot_be_kept(self, client, name):
        ada = UserFactory(full_name="Ada")
        client.force_login(ada)
        assert (
            "There is a problem with one answer"
            in client.post("/account/", {"full_name": name}).content.decode()
        )
        ada.refresh_from_db()
        assert ada.full_name == "Ada"

    def test_shows_nobody_elses_facts(self, client):
        UserFactory(email="bob@example.org")
        client.force_login(UserFactory(email="ada@example.org"))
        page = client.get("/account/").content.decode()
        assert "ada@example.org" in page
        assert "bob@example.org" not in page


class TestPeople:
    def test_address_differing_only_in_case_is_the_same_person(self):
        User.objects.create_user("ada@example.org")
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.bulk_create([User(email="ADA@example.org")])

    def test_person_needs_an_address(self):
        with pytest.raises(ValueError, match="needs an email address"):
            User.objects.create_user("")

    def test_registered_person_can_sign_in_at_once(self, client, fresh_rate_limits):
        people.register(email="Ada@example.org", password="correct horse battery")
        answer = client.post(
            "/accounts/login/", {"login": "ada@example.org", "password": "correct horse battery"}
        )
        assert answer.status_code == 302
        assert client.session["_auth_user_id"]

    def test_password_link_is_a_letter_to_the_person(self, client):
        ada = UserFactory(email="ada@example.org")
        root = User.objects.create_superuser("root@iiwam.example", "correct horse battery")
        client.force_login(root)
        client.post(f"/admin/accounts/user/{ada.pk}/invite/")
        assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]
