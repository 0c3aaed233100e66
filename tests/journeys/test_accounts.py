import re

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import expect

from iiwam.accounts import people
from tests.journeys.windows import both_lights

pytestmark = pytest.mark.journey

PASSWORD = "violet needle harbour"


def code_for(secret):
    _, now, _ = totp.yield_hotp_counters_from_time()
    return totp.format_hotp_value(totp.hotp_value(secret, now))


def link_in(letter):
    return re.search(r"https?://\S+", letter.body)[0]


def press(page, name):
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def sign_in(page, email="ada@example.org"):
    page.goto("/accounts/login/?next=/account/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")


def sign_up(page):
    page.goto("/accounts/signup/")
    page.get_by_label("Email address").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    press(page, "Create an account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Open the email we sent you")
    page.goto(link_in(mail.outbox[-1]))
    press(page, "Yes, confirm this address")
    expect(page.get_by_role("status")).to_contain_text("Your address ada@example.org is confirmed.")


def turn_app_on(page):
    """From the account page to an authenticator app that is asked for; gives the secret that the app would keep."""
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Continue")
    secret = page.locator("#authenticator_secret").inner_text()
    page.get_by_label("Code from the app").fill(code_for(secret))
    press(page, "Turn the app on")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    return secret


def confirm_with_app(page, secret):
    # A code works once; the test is quicker than the app's next one.
    cache.clear()
    page.get_by_label("Code").fill(code_for(secret))


def test_newcomer_signs_up_adds_an_app_and_signs_in_with_it(page, assert_accessible):
    sign_up(page)
    secret = turn_app_on(page)
    assert_accessible(page)
    page.goto("/accounts/logout/")
    press(page, "Sign out")
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your second factor")
    assert_accessible(page)
    confirm_with_app(page, secret)
    press(page, "Sign in")
    expect(page.get_by_role("heading", level=1)).to_have_text("My account")
    expect(page.get_by_role("main")).to_contain_text("Second factor")


def test_newcomer_signs_up_and_adds_an_app_without_scripts(page_without_scripts):
    sign_up(page_without_scripts)
    turn_app_on(page_without_scripts)


def test_passkey_is_added_and_opens_the_door_alone(open_page, assert_accessible):
    people.register(email="ada@example.org", password=PASSWORD)
    page = open_page("/")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    options |= {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    sign_in(page)
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Continue")
    assert_accessible(page)
    page.get_by_label("Name of the key").fill("My telephone")
    page.get_by_label("Also sign in with it instead of a password").check()
    press(page, "Add the passkey")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_role("rowheader")).to_contain_text("My telephone")
    assert_accessible(page)

    page.goto("/accounts/logout/")
    press(page, "Sign out")
    page.goto("/accounts/login/?next=/account/")
    press(page, "Sign in with a passkey")
    expect(page.get_by_role("heading", level=1)).to_have_text("My account")


def test_passkey_that_the_device_does_not_give_is_said_on_the_page(open_page):
    page = open_page("/accounts/login/")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    options |= {"hasUserVerification": True, "isUserVerified": False}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    press(page, "Sign in with a passkey")
    expect(page.get_by_role("alert")).to_contain_text("Your device did not give a passkey")


def test_staff_meet_the_second_factor_before_the_office(page, second_factor_required, assert_accessible):
    people.register(email="ada@example.org", password=PASSWORD, is_staff=True, is_superuser=True)
    page.goto("/accounts/login/?next=/admin/")
    page.get_by_label("Email address").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
    expect(page.get_by_role("status")).to_contain_text("Staff accounts need a second factor.")
    assert_accessible(page)
    secret = turn_app_on(page)
    page.goto("/admin/")
    expect(page.get_by_role("status")).to_contain_text("staff pages need your second factor")
    confirm_with_app(page, secret)
    press(page, "Continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("What waits")


def test_refused_sign_in_is_accessible_and_keeps_the_address(page, assert_accessible):
    sign_in(page, "nobody@example.org")
    expect(page.get_by_role("alert")).to_contain_text("The email address or the password is not right.")
    expect(page.get_by_label("Email address")).to_have_value("nobody@example.org")
    assert_accessible(page)


OFFICE = [
    "/admin/",
    "/admin/accounts/user/",
    "/admin/accounts/user/add/",
    "/admin/accounts/role/",
    "/admin/accounts/job/",
]


@both_lights
def test_office_pages_are_accessible(open_page, assert_accessible, screen, theme):
    ada = people.register(email="ada@example.org", password=PASSWORD, is_staff=True, is_superuser=True)
    page = open_page("/", screen=screen, theme=theme)
    sign_in(page)
    for address in [*OFFICE, f"/admin/accounts/user/{ada.pk}/change/"]:
        page.goto(address)
        assert_accessible(page)


def test_watched_browser_notices_a_breach_of_the_policy(page, faults):
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.wait_for_timeout(200)
    assert "Content Security Policy" in faults.unexpected()[0]
    faults.clear()
