"""Status lists: whoever holds a credential learns within a minute that it no longer stands, and nobody else is named."""

import gzip
import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openbadgeslib.ob3 import OB3VerificationError
from openbadgeslib.ob3.ldp import verify_data_integrity_proof
from openbadgeslib.ob3.status import decode_encoded_list, set_indices

from enrollment import certification
from enrollment.credentials import issuer, keys, sealing, status_list
from enrollment.models import STATUS_LIST_BITS, Certificate, Seal

from ..learners import AT, registrar
from .conftest import issued
from .judges import fetch, fetch_token, judge, judge_proof, judge_token, pem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_rate_limits")]


def listed(purpose="revocation", number=1) -> dict:
    return json.loads(fetch(status_list.address(purpose, number)))


def marked(purpose="revocation", number=1) -> set[int]:
    return set(set_indices(decode_encoded_list(listed(purpose, number)["credentialSubject"]["encodedList"])))


def put_in(state, certificate):
    """As the moves of a certificate do: the state, then the lists."""
    revoked = {"revoked_at": AT, "reason_class": "misconduct"} if state == "revoked" else {}
    ended = {"valid_until": AT + timedelta(days=1)} if state == "expired" else {}
    Certificate.objects.filter(pk=certificate.pk).update(status=state, **revoked, **ended)
    status_list.renew(certificate)


@given(st.sets(st.integers(0, STATUS_LIST_BITS - 1), max_size=40))
def test_bits_stand_where_others_look_for_them(indices):
    told = status_list.encoded(status_list.bits(indices))
    assert told.startswith("u")
    assert set(set_indices(decode_encoded_list(told))) == indices


def test_list_has_131072_places():
    told = listed()["credentialSubject"]["encodedList"]
    assert len(gzip.decompress(keys.from_base64url(told[1:]))) * 8 == 131_072 == STATUS_LIST_BITS


def test_list_says_what_it_is_and_for_how_long():
    told = listed("suspension")
    assert (told["type"], told["issuer"]) == (
        ["VerifiableCredential", "BitstringStatusListCredential"],
        "did:web:iiwam.example",
    )
    assert told["credentialSubject"]["type"] == "BitstringStatusList"
    assert told["credentialSubject"]["statusPurpose"] == "suspension"
    assert told["validFrom"] < told["validUntil"]


def test_list_is_signed_in_both_forms(seal):
    key = keys.current(keys.EDDSA)
    verify_data_integrity_proof(listed(), pem(keys.private_half(key).public_key()))
    judge_token(seal.token, check_status=True, verify_status_list=True)
    spoiled = listed()
    spoiled["credentialSubject"]["encodedList"] = status_list.encoded(status_list.bits([5]))
    with pytest.raises(OB3VerificationError):
        verify_data_integrity_proof(spoiled, pem(keys.private_half(key).public_key()))


def test_places_are_random_and_nobody_shares_one():
    places = {issued().seal.status_index for _turn in range(4)}
    assert len(places) == 4
    assert max(places) - min(places) > 4
    taken = Seal.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.exclude(pk=taken.pk).update(status_index=taken.status_index)


def test_place_that_was_taken_a_moment_ago_is_drawn_again(certificate, monkeypatch):
    taken = (certificate.seal.status_list, certificate.seal.status_index)
    draws = iter([taken, (1, 77)])
    monkeypatch.setattr(status_list, "free_place", lambda: next(draws))
    assert issued().seal.status_index == 77
    monkeypatch.setattr(status_list, "free_place", lambda: taken)
    Seal.objects.exclude(pk=certificate.pk).delete()
    with pytest.raises(sealing.NoPlace):
        sealing.seal(Certificate.objects.exclude(pk=certificate.pk).get())


def test_full_list_is_followed_by_another(certificate, monkeypatch):
    monkeypatch.setattr(status_list, "FULL", 1)
    second = issued().seal
    assert (certificate.seal.status_list, second.status_list) == (1, 2)
    judge(second)
    assert listed(number=2)["id"] == "https://iiwam.example/status/revocation/2"


@pytest.mark.parametrize(
    ("state", "lists"),
    [
        ("revoked", {"revocation"}),
        ("expired", {"revocation"}),
        ("superseded", {"revocation"}),
        ("renewed", {"revocation"}),
        ("suspended", {"revocation", "suspension"}),
    ],
)
def test_state_shows_in_its_lists_and_verifiers_refuse(
    certificate, seal, state, lists, django_capture_on_commit_callbacks
):
    other = issued()
    judge(seal)
    with django_capture_on_commit_callbacks(execute=True):
        put_in(state, certificate)
    assert {purpose for purpose in status_list.PURPOSES if marked(purpose) == {seal.status_index}} == lists
    assert {purpose for purpose in status_list.PURPOSES if not marked(purpose)} == set(
        status_list.PURPOSES
    ) - lists
    for check in (judge_proof, judge_token):
        form = seal.credential if check is judge_proof else seal.token
        with pytest.raises(OB3VerificationError, match="is set at index"):
            check(form, check_status=True, verify_status_list=False)
    judge(other.seal)


def test_suspension_that_is_lifted_is_gone_from_both_lists(
    certificate, seal, django_capture_on_commit_callbacks
):
    for state in ("suspended", "issued"):
        with django_capture_on_commit_callbacks(execute=True):
            put_in(state, certificate)
    assert (marked("revocation"), marked("suspension")) == (set(), set())
    judge(seal)


def test_revoking_shows_at_once(certificate, seal, django_capture_on_commit_callbacks):
    judge(seal)
    with django_capture_on_commit_callbacks(execute=True):
        certification.revoke(
            certificate=certificate, by=registrar(), reason_class="misconduct", note="Made up.", at=AT
        )
    assert marked() == {seal.status_index}


def test_kept_copies_are_younger_than_a_minute(client, monkeypatch):
    """What is kept here and then by a cache on the way together stays below what is promised."""
    kept = {}
    monkeypatch.setattr(status_list.cache, "set", lambda name, value, seconds: kept.update({name: seconds}))
    response = client.get("/status/revocation/1", secure=True)
    outside = int(response["Cache-Control"].removeprefix("public, max-age="))
    assert len(kept) == 1
    assert max(kept.values()) + outside <= 60


def test_list_is_not_signed_anew_for_everybody(certificate, django_assert_num_queries):
    listed()
    with django_assert_num_queries(1):
        status_list.signed("revocation", 1, as_token=False)


def test_token_is_for_who_asks_for_one(client):
    address = "/status/revocation/1"
    kinds = {
        accept: client.get(address, secure=True, headers={"Accept": accept})["Content-Type"]
        for accept in (
            "*/*",
            "application/vc",
            "application/vc+jwt",
            "application/json, application/jwt;q=0.9",
        )
    }
    assert kinds == {
        "*/*": "application/vc",
        "application/vc": "application/vc",
        "application/vc+jwt": "application/vc+jwt",
        "application/json, application/jwt;q=0.9": "application/vc+jwt",
    }
    assert client.get(address, secure=True)["Vary"] == "Accept"
    assert fetch_token(status_list.address("revocation", 1)).count(b".") == 2


@pytest.mark.parametrize(
    "path", ["revocation/2", "revocation/0", "message/1", "revocation/99999999999999999999999", "x/1"]
)
def test_list_that_never_was_is_not_found(client, path):
    assert client.get(f"/status/{path}", secure=True).status_code == 404


def test_list_that_cannot_be_signed_is_told(client, settings, certificate):
    for path in settings.ISSUER_KEYS_DIR.iterdir():
        path.unlink()
    assert client.get("/status/revocation/1", secure=True).status_code == 503


def test_list_is_for_now(seal):
    """A copy that somebody keeps for longer runs out by itself."""
    until = timezone.datetime.fromisoformat(listed()["validUntil"])
    assert timedelta(0) < until - timezone.now() <= timedelta(days=1)
    assert issuer.did() == listed()["issuer"]
