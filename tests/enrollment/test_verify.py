"""The door for anyone with a number: no account, no cookie, a verdict in words."""

import pytest
from django.urls import reverse

from enrollment import certification, numbers
from enrollment.models import Application, Certificate
from enrollment.views.public import MISSES_ALLOWED
from iiwam.limits import allow

from .learners import AT, finished, registrar

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_rate_limits")]


@pytest.fixture
def certificate():
    enrollment = finished()
    Application.objects.update(native_name="นูรุล")
    return certification.issue_certificate(enrollment=enrollment, by=registrar(), at=AT)


@pytest.fixture
def revoked(certificate):
    return certification.revoke(
        certificate=certificate, by=registrar(), reason_class="misconduct", note="Secret details.", at=AT
    )


def address(number: str) -> str:
    return reverse("enrollment:verify_number", args=[number])


def headline(response) -> str:
    return response.content.decode().split("<h1")[1].split(">", 1)[1].split("</h1>")[0]


def test_page_asks_for_a_number(client):
    response = client.get("/verify/")
    assert response.status_code == 200
    assert 'name="number"' in response.content.decode()


def test_number_that_can_be_read_leads_to_its_answer(client, certificate):
    response = client.get("/verify/", {"number": certificate.number.lower().replace("-", " ")})
    assert (response.status_code, response["Location"]) == (302, address(certificate.number))


@pytest.mark.parametrize(
    "number", ["", "foo", "IIWAM-MN-2026-0000-0000-0000-1", "9" * 5000, "<script>", "{}"]
)
def test_slip_is_told_beside_the_field_and_above_the_form(client, number):
    response = client.get("/verify/", {"number": number})
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count('role="alert"') == 1
    assert "<title>Error:" in page
    assert "<script>" not in page


def test_valid_certificate_shows_name_award_and_day(client, certificate):
    response = client.get(address(certificate.number))
    page = response.content.decode()
    assert (response.status_code, headline(response)) == (200, "This certificate is valid")
    told = [certificate.number, "Nurul Aisyah binti Rahman", '<span lang="th">นูรุล</span>', "2 Mar 2026"]
    assert [words for words in told if words not in page] == []
    assert "does not confirm who is holding the certificate" in page
    assert "Kuala Lumpur time" in page


def test_verdict_shows_no_private_data(client, revoked):
    page = client.get(address(revoked.number)).content.decode()
    private = [revoked.enrollment.learner.email, "Secret details", "Grace Lim", revoked.issued_by.email]
    assert [words for words in private if words in page] == []


def test_revoked_certificate_is_found_with_day_and_class_of_reason(client, revoked):
    response = client.get(address(revoked.number))
    assert (response.status_code, headline(response)) == (200, "This certificate has been revoked")
    assert "Misconduct" in response.content.decode()


def test_suspended_certificate_is_never_shown_as_valid(client, certificate):
    Certificate.objects.update(status="suspended")
    response = client.get(address(certificate.number))
    assert (response.status_code, headline(response)) == (200, "This certificate is suspended")


def test_every_status_has_its_word_for_the_public():
    assert certification.STATES.keys() == set(Certificate.Status)


def test_unknown_number_is_not_found_in_words(client):
    response = client.get(address(numbers.mint("MN", 2026)))
    assert (response.status_code, headline(response)) == (404, "We have no certificate with this number")


def test_slip_in_the_address_is_not_found_in_words(client):
    response = client.get(address("IIWAM-MN-2026-0000-0000-0000-1"))
    assert (response.status_code, headline(response)) == (404, "There is a slip in this number")


@pytest.mark.parametrize("number", ["%20", "a b", "..", "é" * 60, "x" * 3000, "%7B%22a%22%3A1%7D"])
def test_nonsense_in_the_address_is_not_found_in_words(client, number):
    assert client.get(f"/verify/{number}/").status_code == 404


def test_other_spelling_leads_to_the_permanent_address(client, certificate):
    response = client.get(f"/verify/{certificate.number.lower()}/")
    assert (response.status_code, response["Location"]) == (302, address(certificate.number))


def test_specimen_is_told_from_an_award(client):
    enrollment = finished(is_sample=True)
    certificate = certification.issue_certificate(enrollment=enrollment, by=registrar(), at=AT)
    assert "It is no award." in client.get(address(certificate.number)).content.decode()


def test_answers_set_no_cookie_and_are_neither_cached_nor_listed(client, certificate):
    unknown = numbers.mint("MN", 2026)
    for path in ("/verify/", "/verify/?number=foo", address(certificate.number), address(unknown)):
        response = client.get(path)
        assert response.cookies == {}
        assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex")


def test_head_answers_like_get(client, certificate):
    response = client.head(address(certificate.number))
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("path", ["/verify/", "/verify/IIWAM/"])
def test_nothing_can_be_posted(client, path):
    assert client.post(path).status_code == 405


def test_guessing_is_slowed_down_and_answered_in_words(client, certificate):
    for _guess in range(MISSES_ALLOWED):
        assert client.get(address(numbers.mint("MN", 2026))).status_code == 404
    response = client.get(address(numbers.mint("MN", 2026)))
    assert (response.status_code, response["Retry-After"], response.cookies) == (429, "600", {})
    assert "Wait ten minutes" in response.content.decode()
    assert client.get(address(certificate.number)).status_code == 429
    assert client.get(address(certificate.number), REMOTE_ADDR="192.0.2.7").status_code == 200


def test_guesses_that_arrive_together_are_all_counted(client, certificate, monkeypatch):
    """Thirty other requests take their places while one is still looking."""

    def look_up_meanwhile(number):
        for _guess in range(MISSES_ALLOWED):
            assert allow("verify-misses", "127.0.0.1", most=MISSES_ALLOWED, seconds=60)
        return certification.look_up(number)

    monkeypatch.setattr("enrollment.views.public.look_up", look_up_meanwhile)
    assert client.get(address(numbers.mint("MN", 2026))).status_code == 429


def test_whoever_checks_real_certificates_is_never_stopped(client, certificate):
    statuses = {client.get(address(certificate.number)).status_code for _check in range(MISSES_ALLOWED + 5)}
    assert statuses == {200}


def test_one_answer_costs_few_queries(client, certificate, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        client.get(address(certificate.number))
