"""The door for anyone with a number: no account, no cookie, a verdict in words."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enrollment import certification, numbers, verification
from enrollment.credentials import badge, sheets
from enrollment.models import Application, Certificate
from enrollment.views.public import LARGEST_FILE, MISSES_ALLOWED, REFUSALS_ALLOWED
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


def test_unknown_number_is_not_found_in_words(client):
    response = client.get(address(numbers.mint("MN", 2026)))
    assert (response.status_code, headline(response)) == (404, "We have no certificate with this number")


def test_number_never_issued_and_one_that_cannot_be_get_the_same_page(client):
    def page(number):
        response = client.get(address(number))
        body = response.content.decode().replace(number, "NUMBER")
        body = re.sub(r"Checked .*?</p>", "Checked", body, flags=re.DOTALL)
        return response.status_code, response.headers.keys(), body

    unknown = numbers.mint("MN", 2026)
    slipped = unknown[:-1] + ("0" if unknown[-1] != "0" else "2")
    assert page(unknown) == page(slipped)


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


def test_answers_set_no_cookie_and_are_not_listed(client, certificate):
    unknown = numbers.mint("MN", 2026)
    kept = {
        "/verify/": "no-store",
        "/verify/?number=foo": "no-store",
        address(unknown): "no-store",
        address(certificate.number): "public, max-age=0, s-maxage=30",
        f"{address(certificate.number)}status.json": "public, max-age=0, s-maxage=30",
    }
    for path, how_long in kept.items():
        response = client.get(path)
        assert response.cookies == {}
        assert (response["Cache-Control"], response["X-Robots-Tag"]) == (how_long, "noindex")


def test_page_with_somebody_signed_in_is_kept_by_no_cache(client, certificate):
    client.force_login(certificate.enrollment.learner)
    response = client.get(address(certificate.number))
    assert ("no-store" in response["Cache-Control"], "Cookie" in response["Vary"]) == (True, True)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("issued", "This certificate is valid"),
        ("expired", "This certificate has expired"),
        ("suspended", "This certificate is suspended"),
        ("superseded", "This certificate has been replaced"),
        ("renewed", "This certificate has been renewed"),
        ("revoked", "This certificate has been revoked"),
    ],
)
def test_every_state_has_its_page_and_its_json(client, certificate, state, words):
    extra = {"revoked_at": AT, "reason_class": "misconduct"} if state == "revoked" else {}
    extra |= {"valid_until": AT + timedelta(days=1)} if state == "expired" else {}
    Certificate.objects.update(status=state, state_since=AT, **extra)
    assert headline(client.get(address(certificate.number))) == words
    response = client.get(f"{address(certificate.number)}status.json")
    told = response.json()
    assert (told["state"], told["is_valid"], response["Access-Control-Allow-Origin"]) == (
        "valid" if state == "issued" else state,
        state == "issued",
        "*",
    )


def test_json_of_an_unknown_number_says_no_more(client):
    number = numbers.mint("MN", 2026)
    response = client.get(f"{address(number)}status.json")
    assert (response.status_code, response.json()) == (404, {"number": number, "state": "unknown"})


def test_pages_draw_a_picture_only_of_what_is_shared(client, certificate):
    assert "picture.png" in (page := client.get(address(certificate.number)).content.decode())
    assert f"{certificate.number}/picture.png" not in page
    certification.share(certificate=certificate, by=certificate.enrollment.learner)
    assert f"{certificate.number}/picture.png" in client.get(address(certificate.number)).content.decode()


def test_head_answers_like_get(client, certificate):
    response = client.head(address(certificate.number))
    assert (response.status_code, response.content) == (200, b"")


# By file and by credential


def send_file(client, content: bytes, **headers):
    file = SimpleUploadedFile("certificate.pdf", content, "application/pdf")
    return client.post("/verify/file/", {"file": file}, headers=headers)


def test_file_that_we_handed_out_is_genuine(client, certificate):
    response = send_file(client, sheets.hand_out(certificate))
    page = response.content.decode()
    assert (response.status_code, headline(response)) == (200, "This certificate is valid")
    assert "nothing in it was changed" in page and certificate.number in page
    assert (response.cookies, response["Cache-Control"]) == ({}, "no-store")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 another", "This is not a file that we handed out"),
        (b"\xff\xd8\xff a photo", "This file can be neither a certificate nor a badge"),
        (b"%PDF" + b"0" * (LARGEST_FILE - 4), "This file can be neither a certificate nor a badge"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This picture carries no credential"),
        (b"<" * LARGEST_FILE, "This picture carries no credential"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 900_000, "This picture carries no credential"),
    ],
)
def test_file_that_is_not_ours_is_told_in_a_sentence(client, content, words):
    assert headline(send_file(client, content)) == words


@pytest.mark.parametrize("size", [0, LARGEST_FILE + 1, LARGEST_FILE + 50_000])
def test_file_without_content_or_beyond_the_limit_is_refused_beside_its_field(client, size):
    response = send_file(client, b"%" * size)
    assert response.status_code == (413 if size > LARGEST_FILE + 20_000 else 200)
    assert response.content.decode().count('role="alert"') == 1


def test_file_is_never_written_down(client, certificate, monkeypatch):
    def refuse(*_arguments, **_options):
        raise AssertionError("a file was written")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", refuse)
    assert headline(send_file(client, b"%PDF-" + b"0" * 900_000)) == "This is not a file that we handed out"


@pytest.mark.parametrize("baked", [badge.png, badge.svg])
def test_badge_tells_what_became_of_its_certificate_and_no_more_of_the_picture(client, certificate, baked):
    content = baked(certificate)
    assert headline(send_file(client, content)) == "This certificate is valid"
    certification.revoke(
        certificate=certificate, by=registrar(), reason_class="misconduct", note="Why.", at=AT
    )
    response = send_file(client, content)
    page = response.content.decode()
    assert headline(response) == "This certificate has been revoked"
    assert "The credential inside the picture is genuine" in page
    assert "the picture around it was not compared" in page


def test_badge_whose_credential_was_changed_is_found_out(client, certificate):
    drawing = badge.svg(certificate).decode()
    token = certificate.seal.token
    head, claims, signature = token.split(".")
    forged = drawing.replace(token, f"{head}.{claims}.{signature[::-1]}").encode()
    page = send_file(client, forged)
    assert headline(page) == "This credential was changed, or we never signed it"
    assert "said of the credential inside the picture" in page.content.decode()


def test_changed_pdf_with_a_genuine_credential_is_never_called_genuine(client, certificate):
    """Somebody wrote another name on the sheet and left the attachment as it was."""
    response = send_file(client, sheets.hand_out(certificate).replace(b"%%EOF", b"%changed\n%%EOF"))
    page = response.content.decode()
    assert headline(response) == "This is not a file that we handed out"
    assert "A genuine credential is inside it." in page
    assert "not by what the file shows" in page
    told = ["Nurul Aisyah binti Rahman", certificate.number, address(certificate.number)]
    assert [words for words in told if words not in page] == []
    assert "nothing in it was changed" not in page


@pytest.mark.parametrize("form", ["credential", "token"])
def test_credential_that_we_signed_is_genuine_and_tells_of_today(client, revoked, form):
    text = getattr(revoked.seal, form)
    response = client.post("/verify/credential/", {"credential": text})
    assert headline(response) == "This certificate has been revoked"
    assert "nothing in it was changed" in response.content.decode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("foo", "This cannot be read as a credential"),
        ('{"issuer": "did:web:example.org"}', "This credential is not ours"),
        (
            '{"issuer": "did:web:127.0.0.1%3A8000", "id": "x"}',
            "This credential was changed, or we never signed it",
        ),
    ],
)
def test_credential_that_is_not_ours_is_told_in_a_sentence(client, text, words):
    assert headline(client.post("/verify/credential/", {"credential": text})) == words


@pytest.mark.parametrize(
    "body", [{}, {"credential": ""}, {"credential": "x" * 100_001}, {"credential": "\0"}, {"file": "foo"}]
)
def test_empty_and_odd_forms_are_answered_beside_the_field(client, body):
    for path in ("/verify/credential/", "/verify/file/"):
        assert client.post(path, body).status_code in (200, 413)


def test_other_sites_cannot_send_these_forms(client):
    for path in ("/verify/credential/", "/verify/file/"):
        assert client.post(path, {}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("path", ["/verify/", "/verify/IIWAM/"])
def test_nothing_can_be_posted(client, path):
    assert client.post(path).status_code == 405


def test_guessing_is_slowed_down_and_answered_in_words(client, certificate):
    for _guess in range(MISSES_ALLOWED):
        assert client.get(address(numbers.mint("MN", 2026))).status_code == 404
    response = client.get(address(numbers.mint("MN", 2026)))
    assert (response.status_code, response["Retry-After"], response.cookies) == (429, "600", {})
    assert "Wait ten minutes" in response.content.decode()
    assert client.get(address(numbers.mint("MN", 2026)), REMOTE_ADDR="192.0.2.7").status_code == 404


def test_office_beside_somebody_who_guesses_still_gets_its_answers(client, certificate):
    for _guess in range(MISSES_ALLOWED + REFUSALS_ALLOWED):
        client.get(address(numbers.mint("MN", 2026)))
    assert client.get(address(certificate.number)).status_code == 200
    for _guess in range(2):
        client.get(address(numbers.mint("MN", 2026)))
    assert client.get(address(certificate.number)).status_code == 429
    assert client.get(address(certificate.number), REMOTE_ADDR="192.0.2.7").status_code == 200


def test_whoever_sends_forgeries_is_counted_like_whoever_guesses(client):
    for _guess in range(MISSES_ALLOWED):
        client.post("/verify/credential/", {"credential": "foo"})
    assert client.post("/verify/credential/", {"credential": "foo"}).status_code == 429


def test_guesses_that_arrive_together_are_all_counted(client, certificate, monkeypatch):
    """Thirty other requests take their places while one is still looking."""

    def look_up_meanwhile(number, at):
        for _guess in range(MISSES_ALLOWED):
            assert allow("verify-misses", "127.0.0.1", most=MISSES_ALLOWED, seconds=60)
        return verification.look_up(number, at=at)

    monkeypatch.setattr("enrollment.views.public.look_up", look_up_meanwhile)
    assert client.get(address(numbers.mint("MN", 2026))).status_code == 429


def test_whoever_checks_real_certificates_is_never_stopped(client, certificate):
    statuses = {client.get(address(certificate.number)).status_code for _check in range(MISSES_ALLOWED + 5)}
    assert statuses == {200}


def test_one_answer_costs_few_queries(client, certificate, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        client.get(address(certificate.number))
