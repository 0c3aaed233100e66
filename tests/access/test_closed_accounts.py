"""What still opens by an address with a key once the account behind it is closed: nothing that is the person's own."""

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.core import mail
from django.urls import get_resolver, reverse

from courses import letters
from enrollment import certification, declining
from enrollment.models import Application, Certificate
from iiwam.accounts import people as accounts
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_rate_limits")]
PASSWORD = {"password1": "violet needle harbour", "password2": "violet needle harbour"}


def closed(person):
    accounts.close(user=person, by=factories.StaffFactory())
    person.refresh_from_db()
    return person


def with_a_key(resolver):
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from with_a_key(entry)
        elif {"token", "key"} & entry.pattern.regex.groupindex.keys():
            yield entry.name


def test_every_address_with_a_key_is_looked_at_here():
    public = {"mark"}
    assert set(with_a_key(get_resolver())) - public == {
        "calendar_feed",
        "decline_by_link",
        "interest_confirm",
        "interest_stop",
        "account_confirm_email",
        "account_reset_password_from_key",
    }


def test_a_session_is_over(client, world):
    client.force_login(world["learner"])
    assert client.get("/learn/").status_code == 200
    closed(world["learner"])
    assert client.get("/learn/").url.startswith("/accounts/login/")


def test_a_calendar_address_opens_nothing_until_the_account_is_open_again(client, world):
    path = reverse("enrollment:calendar_feed", args=[world["feed"]])
    seen = client.get(path)
    closed(world["learner"])
    assert client.get(path, headers={"if-none-match": seen["ETag"]}).status_code == 404
    accounts.reopen(user=world["learner"], by=factories.StaffFactory())
    assert client.get(path).status_code == 200


def test_the_link_of_an_offer_neither_shows_nor_declines_it(client):
    application = factories.ApplicationFactory(status="offered")
    path = declining.path_for(application)
    assert client.get(path).status_code == 200
    closed(application.applicant)
    assert [client.get(path).status_code, client.post(path).status_code] == [404, 404]
    assert application.intake.course.title not in client.get(path).content.decode()
    application.refresh_from_db()
    assert application.status == Application.Status.OFFERED


def test_a_new_address_can_no_longer_be_confirmed(client):
    person = factories.UserFactory(email="ada@example.org")
    new = EmailAddress.objects.create(user=person, email="new@example.org", verified=False)
    path = reverse("account_confirm_email", args=[EmailConfirmationHMAC.create(new).key])
    assert "new@example.org" in client.get(path).content.decode()
    closed(person)
    page = client.get(path).content.decode()
    assert "This link no longer works" in page and "new@example.org" not in page
    assert client.post(path).status_code == 404
    new.refresh_from_db(), person.refresh_from_db()
    assert (new.verified, person.email) == (False, "ada@example.org")


@pytest.mark.parametrize("opened_before", [True, False])
def test_a_password_can_no_longer_be_chosen(client, opened_before):
    person = factories.UserFactory()
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    path = f"/accounts/password/reset/key/{key}/"
    form = client.get(path).url if opened_before else path
    before = person.password
    closed(person)
    answer = client.post(form, PASSWORD)
    assert "This link no longer works" in answer.content.decode()
    person.refresh_from_db()
    assert person.password == before and mail.outbox == []


def test_whoever_registered_interest_without_an_account_is_still_heard(client):
    person = factories.UserFactory()
    asked = factories.InterestFactory(email=person.email, confirmed_at=None)
    closed(person)
    for link in (letters.confirm_link(asked), letters.stop_link(asked)):
        client.post(link)
    asked.refresh_from_db()
    assert asked.confirmed_at and asked.unsubscribed_at


# Employers hold the link, and the award is the institute's word. An erasure takes the files off, closing does not.
def test_a_certificate_stays_as_public_as_its_holder_left_it(client, world):
    certificate = Certificate.objects.get(number=world["number"])
    file = reverse("enrollment:shared_credential", args=[certificate.number])
    assert client.get(file).status_code == 404
    certification.share(certificate=certificate, by=world["learner"])
    closed(world["learner"])
    page = reverse("enrollment:verify_number", args=[certificate.number])
    assert [client.get(path).status_code for path in (file, page)] == [200, 200]
