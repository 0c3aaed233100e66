"""What anyone may learn of a certificate: by its number, by its file, by its credential."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.models import Course
from enrollment import certification, numbers, verification
from enrollment.credentials import checking, encoding, issuer, keys, securing, sheets
from enrollment.credentials.checking import Finding
from enrollment.models import Application, Certificate
from enrollment.verification import State, Verification, check_credential, check_file, look_up

from .learners import AT, finished, registrar

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate():
    enrollment = finished(cases=1)
    Course.objects.update(award="Certificate in Microneedling")
    Application.objects.update(native_name="นูรุล")
    return certification.issue_certificate(enrollment=enrollment, by=registrar(), at=AT)


# By number


def test_anyone_learns_name_award_and_day(certificate):
    found = look_up(certificate.number.lower().replace("-", " "), at=AT)
    assert found == Verification(
        State.VALID,
        certificate.number,
        name="Nurul Aisyah binti Rahman",
        native_name="นูรุล",
        native_language="th",
        award="Certificate in Microneedling",
        course=certificate.snapshot["course"]["title"],
        issued_on=date(2026, 3, 2),
        since=AT,
    )


def test_revoked_certificate_is_found_with_date_and_class(certificate):
    certification.revoke(
        certificate=certificate, by=registrar(), reason_class="issued_in_error", note="Why.", at=AT
    )
    found = look_up(certificate.number, at=AT)
    assert (found.state, found.since, str(found.reason)) == (State.REVOKED, AT, "Issued in error")


def test_every_status_has_its_word_for_the_public():
    assert verification.STATES.keys() == set(Certificate.Status)


def test_time_that_is_up_counts_before_the_nightly_run(certificate):
    Certificate.objects.update(valid_until=AT + timedelta(days=1))
    assert look_up(certificate.number, at=AT + timedelta(days=1)).state == State.VALID
    assert look_up(certificate.number, at=AT + timedelta(days=1, seconds=1)).state == State.EXPIRED


def one_slip(number: str) -> str:
    return number[:-1] + ("0" if number[-1] != "0" else "2")


def test_unknown_and_malformed_get_the_same_answer_for_the_same_work(certificate, django_assert_num_queries):
    for number in (numbers.mint("MN", 2026), one_slip(certificate.number), "IIWAM", "' OR 1=1"):
        with django_assert_num_queries(1):
            assert look_up(number, at=AT) == Verification(State.UNKNOWN, number)


def test_number_is_found_by_its_index(certificate):
    """However many there are: neither database reads the table through."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A table of one row is read through unless that is forbidden.
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = (
            Certificate.objects.select_related("successor").filter(number=certificate.number).order_by()[:1]
        ).explain()
    assert "number" in plan and "INDEX" in plan.upper(), plan
    assert "SEQ SCAN" not in plan.upper() and "SCAN enrollment" not in plan, plan


# By file


def test_every_sheet_that_was_handed_out_is_known_again(certificate):
    for paper in ("a4", "letter"):
        answer = check_file(sheets.hand_out(certificate, paper), at=AT)
        assert (answer.finding, answer.result) == (Finding.GENUINE, look_up(certificate.number, at=AT))


def test_one_changed_byte_makes_another_file(certificate):
    content = sheets.hand_out(certificate)
    answer = check_file(content + b"\n", at=AT)
    assert (answer.finding, answer.inside) == (Finding.CHANGED_FILE, "changed_pdf")
    assert check_file(b"\xff\xd8\xff a photo", at=AT) == verification.Answer(Finding.NO_FILE_OF_OURS)


# By credential


def test_both_forms_are_genuine_and_tell_of_today(certificate):
    certification.suspend(certificate=certificate, by=registrar(), note="Why.", at=AT)
    for text in (certificate.seal.credential, f"\n {certificate.seal.token}  \n"):
        answer = check_credential(text, at=AT)
        assert (answer.finding, answer.result.state) == (Finding.GENUINE, State.SUSPENDED)


def test_credential_of_a_rotated_key_is_genuine_still(certificate):
    keys.rotate(at=AT + timedelta(days=1))
    findings = {
        check_credential(text, at=AT).finding
        for text in (certificate.seal.credential, certificate.seal.token)
    }
    assert findings == {Finding.GENUINE}


def leaves(value, path=()):
    """The way to every plain value of a document."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path


@given(data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_word_of_a_document_can_be_changed(certificate, data):
    document = json.loads(certificate.seal.credential)
    path = data.draw(st.sampled_from(list(leaves(document))))
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = data.draw(st.sampled_from(["Somebody Else", 0, None, [], {"id": issuer.did()}]))
    assert check_credential(json.dumps(document), at=AT).finding in (Finding.CHANGED, Finding.FOREIGN)


@given(data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_character_of_a_token_can_be_changed(certificate, data):
    token = certificate.seal.token
    # The last character of a part also pads: four spellings of it are the same bytes.
    place = data.draw(st.integers(0, len(token) - 2))
    other = data.draw(st.sampled_from("ABCxyz019-_.").filter(lambda one: one != token[place]))
    answer = check_credential(token[:place] + other + token[place + 1 :], at=AT)
    assert answer.result is None


def test_another_issuer_is_neither_confirmed_nor_denied():
    foreign = {"id": "https://example.org/1", "issuer": {"id": "did:web:example.org"}}
    part = encoding.base64url(json.dumps(foreign).encode())
    for text in (json.dumps(foreign), f"{part}.{part}.AAAA"):
        assert check_credential(text, at=AT) == verification.Answer(Finding.FOREIGN)


def test_somebody_else_signing_in_our_name_is_found_out(certificate):
    """The right kid, another key; and no algorithm at all."""
    head, claims, _signature = certificate.seal.token.split(".")
    private = keys.generate(keys.ES256)
    forged = keys.IssuerKey(kid="forged", algorithm=keys.ES256, public_jwk=keys.public_jwk(private))
    assert not checking.verifies(forged, b"\0" * 64, b"")
    none = securing.segment({"alg": "none", "kid": "x"})
    for text in (f"{head}.{claims}.{encoding.base64url(b'1' * 64)}", f"{none}.{claims}."):
        assert check_credential(text, at=AT).finding == Finding.CHANGED


@pytest.mark.parametrize("signature", ["é" * 86, "A" * 85, "A" * 5, "=", "{genuine}!"])
def test_signature_that_is_no_text_of_bytes_is_found_out(certificate, signature):
    head, claims, genuine = certificate.seal.token.split(".")
    text = f"{head}.{claims}.{signature.format(genuine=genuine)}"
    assert check_credential(text, at=AT).finding == Finding.CHANGED


def test_what_we_signed_beside_certificates_is_no_certificate():
    told = {
        "id": "https://iiwam.example/status/revocation/1",
        "issuer": issuer.did(),
        "validFrom": securing.moment(AT),
        "credentialSubject": {"id": "x"},
    }
    assert check_credential(securing.as_token(told), at=AT) == verification.Answer(Finding.NO_CERTIFICATE)


@pytest.mark.parametrize(
    "text",
    [
        *("", "foo", "..", "a.b.c", "{", "{}", "[1]", '{"issuer": null}', "\0.\0.\0", '{"id": 1}', "é.é.é"),
        "{" * 50_000,
        '{"a":' * 20_000 + "1" + "}" * 20_000,
        "W10.W10.W10",
    ],
)
def test_nonsense_cannot_be_read(text):
    assert check_credential(text, at=AT) == verification.Answer(Finding.UNREADABLE)


@pytest.mark.parametrize("name", [1, None, [], "x" * 5000, "https://x/\0", "https://x/é", {"a": 1}])
def test_odd_names_of_a_credential_are_no_fault_of_ours(name):
    document = json.dumps({"id": name, "issuer": issuer.did()})
    assert check_credential(document, at=AT).finding == Finding.CHANGED
