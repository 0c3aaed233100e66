from types import SimpleNamespace

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import InvalidToken
from django.core.cache import cache
from django.urls import reverse

from iiwam.accounts import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_rate_limits")]

PASSWORD = "violet needle harbour"


def code_for(secret):
    _, now, _ = totp.yield_hotp_counters_from_time()
    return totp.format_hotp_value(totp.hotp_value(secret, now))


def totp_secret_of(user):
    return get_adapter().decrypt(Authenticator.objects.get(user=user, type="totp").data["secret"])


def sign_in(client, user):
    return client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})


def set_up_app(client):
    """The signed-in person turns an authenticator app on, as the pages ask for it."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session[totp.SECRET_SESSION_KEY]
    client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    return secret


def allow_code_again():
    """A code works once and is remembered in the cache; these tests are quicker than the next code."""
    cache.clear()


@pytest.fixture
def registrar():
    return people.register(
        email="registrar@iiwam.example", password=PASSWORD, is_staff=True, is_superuser=True
    )


@pytest.mark.usefixtures("second_factor_required")
class TestStaff:
    def test_without_a_factor_is_led_to_set_one_up(self, client, registrar):
        sign_in(client, registrar)
        answer = client.get("/admin/", follow=True)
        assert answer.redirect_chain == [(reverse("mfa_index"), 302)]
        assert "Staff accounts need a second factor." in answer.content.decode()

    @pytest.mark.parametrize("address", ["/admin/accounts/user/", "/applications/", "/components/", "/"])
    def test_without_a_factor_opens_no_other_page_either(self, client, registrar, address):
        sign_in(client, registrar)
        assert client.get(address)["Location"] == reverse("mfa_index")

    @pytest.mark.parametrize("address", ["/account/", "/accounts/2fa/", "/accounts/logout/", "/healthz"])
    def test_without_a_factor_still_reaches_the_way_in_and_out(self, client, registrar, address):
        sign_in(client, registrar)
        assert client.get(address).status_code == 200

    def test_session_older_than_the_factor_must_confirm_it(self, client, registrar):
        sign_in(client, registrar)
        secret = set_up_app(client)
        answer = client.get("/admin/accounts/user/")
        assert answer["Location"] == f"{reverse('mfa_reauthenticate')}?next=%2Fadmin%2Faccounts%2Fuser%2F"
        form = {"code": code_for(secret), "next": "/admin/accounts/user/"}
        allow_code_again()
        assert client.post(answer["Location"], form)["Location"] == "/admin/accounts/user/"
        assert client.get("/admin/accounts/user/").status_code == 200

    def test_signs_in_with_password_and_code(self, client, registrar):
        sign_in(client, registrar)
        secret = set_up_app(client)
        client.post("/accounts/logout/")
        allow_code_again()
        assert sign_in(client, registrar)["Location"] == reverse("mfa_authenticate")
        assert client.get("/admin/").status_code == 302
        client.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
        assert client.get("/admin/").status_code == 200

    def test_password_alone_never_counts_as_the_factor(self, client, registrar):
        client.force_login(registrar)
        Authenticator.objects.create(user=registrar, type="totp", data={"secret": "x"})
        assert client.get("/admin/")["Location"].startswith(reverse("mfa_reauthenticate"))

    def test_key_without_app_is_asked_for_the_key(self, client, registrar):
        client.force_login(registrar)
        Authenticator.objects.create(user=registrar, type="webauthn", data={})
        assert client.get("/admin/")["Location"].startswith(reverse("mfa_reauthenticate_webauthn"))

    def test_recovery_codes_alone_are_no_factor(self, client, registrar):
        client.force_login(registrar)
        Authenticator.objects.create(user=registrar, type="recovery_codes", data={})
        assert client.get("/admin/")["Location"] == reverse("mfa_index")

    def test_form_sent_without_a_factor_changes_nothing(self, client, registrar):
        client.force_login(registrar)
        ada = people.register(email="ada@example.org")
        client.post(f"/admin/accounts/user/{ada.pk}/close/")
        ada.refresh_from_db()
        assert ada.is_active


class TestCodeFromTheApp:
    @pytest.fixture
    def clock(self, monkeypatch):
        """The time that codes are made and judged by."""
        clock = SimpleNamespace(now=1_800_000_000, time=lambda: clock.now)
        monkeypatch.setattr(totp, "time", clock)
        return clock

    @pytest.fixture
    def answer(self, client, registrar, clock):
        """Signs in anew and enters the code that the app showed so many seconds ago; whether that opened the door."""
        sign_in(client, registrar)
        set_up_app(client)

        def answer(*, seconds_ago):
            clock.now -= seconds_ago
            code = code_for(totp_secret_of(registrar))
            clock.now += seconds_ago
            client.post("/accounts/logout/")
            sign_in(client, registrar)
            client.post("/accounts/2fa/authenticate/", {"code": code})
            return "_auth_user_id" in client.session

        return answer

    @pytest.mark.parametrize(
        "seconds_ago, opens", [(0, True), (30, True), (60, False), (-30, True), (-60, False)]
    )
    def test_opens_the_door_until_the_app_has_moved_on_twice(self, answer, seconds_ago, opens):
        assert answer(seconds_ago=seconds_ago) is opens

    def test_opens_the_door_once_even_when_the_app_has_moved_on(self, answer, clock, registrar):
        assert answer(seconds_ago=0)
        code = code_for(totp_secret_of(registrar))
        # The library remembers a code for one step, which is shorter than the clock takes it.
        cache.delete(f"allauth.mfa.totp.used?user={registrar.pk}&code={code}")
        clock.now += 30
        assert not answer(seconds_ago=30)


@pytest.mark.usefixtures("second_factor_required")
class TestEveryoneElse:
    def test_learners_need_no_factor(self, client):
        client.force_login(people.register(email="ada@example.org", password=PASSWORD))
        assert client.get("/account/").status_code == 200
        assert client.get("/").status_code == 200

    def test_visitors_are_not_asked(self, client):
        assert client.get("/courses/").status_code == 200


def test_local_demo_lets_staff_in_with_a_password(client, registrar, settings):
    assert settings.STAFF_SECOND_FACTOR is False
    sign_in(client, registrar)
    assert client.get("/admin/").status_code == 200


class TestSecrets:
    def test_database_holds_no_secret_in_clear(self, client, registrar):
        sign_in(client, registrar)
        secret = set_up_app(client)
        kept = Authenticator.objects.get(type="totp").data["secret"]
        assert secret not in kept
        assert get_adapter().decrypt(kept) == secret

    def test_recovery_seed_is_locked_as_well(self, client, registrar):
        sign_in(client, registrar)
        set_up_app(client)
        data = Authenticator.objects.get(type="recovery_codes").data
        assert get_adapter().decrypt(data["seed"]) != data["seed"]

    def test_new_key_locks_and_old_keys_still_open(self, settings):
        settings.MFA_KEYS = ["first key"]
        locked = get_adapter().encrypt("secret")
        settings.MFA_KEYS = ["second key", "first key"]
        assert get_adapter().decrypt(locked) == "secret"
        relocked = get_adapter().encrypt("secret")
        settings.MFA_KEYS = ["first key"]
        with pytest.raises(InvalidToken):
            get_adapter().decrypt(relocked)

    def test_setting_keys_later_keeps_what_the_site_key_locked(self, settings):
        locked = get_adapter().encrypt("secret")
        settings.MFA_KEYS = ["a key of its own"]
        assert get_adapter().decrypt(locked) == "secret"


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "x",
        "[]",
        "null",
        "1",
        '{"response": null}',
        '{"response": {"userHandle": 5}}',
        '{"response": {"userHandle": "%%%"}}',
        '{"response": {"userHandle": "MQ"}, "id": "x", "rawId": "x", "type": "public-key"}',
        '{"id": 5, "rawId": {}, "response": 5, "type": []}',
        '{"response": {"userHandle": "MQ", "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"},'
        ' "id": "AA", "rawId": "AA", "type": "public-key"}',
        '{"a": ' + "[" * 3_000,
        r'{"a": "\ud800"}',
    ],
)
def test_passkey_that_is_none_is_never_an_error_page(client, credential):
    people.register(email="ada@example.org", password=PASSWORD)
    client.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"})
    answer = client.post("/accounts/2fa/webauthn/login/", {"credential": credential})
    assert answer.status_code in (302, 400)
    assert "_auth_user_id" not in client.session
