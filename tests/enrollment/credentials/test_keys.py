"""Keys: the private half on disk or in the environment and nowhere else, the public half for ever."""

import json
import stat

import pytest
from cryptography.hazmat.primitives import serialization
from django.apps import apps
from django.core import management, serializers
from openbadgeslib.ob3 import OB3VerificationError

from enrollment import certification
from enrollment.credentials import issuer, keys
from enrollment.models import Certificate, IssuerKey
from enrollment.workflow import MoveRefused

from ..learners import AT, finished, registrar
from .conftest import issued
from .judges import fetch, judge, judge_proof

pytestmark = pytest.mark.django_db


def written(*privates) -> str:
    return "".join(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        for private in privates
    )


def pair():
    return [keys.generate(algorithm) for algorithm in (keys.EDDSA, keys.ES256)]


def fingerprints(privates) -> set[str]:
    return {keys.thumbprint(keys.public_jwk(private)) for private in privates}


def test_first_keys_are_made_when_they_are_first_asked_for(settings):
    assert not settings.ISSUER_KEYS_DIR.exists()
    made = {keys.current(algorithm).kid for algorithm in IssuerKey.Algorithm.values}
    assert {path.stem for path in settings.ISSUER_KEYS_DIR.iterdir()} == made
    assert {keys.current(algorithm).kid for algorithm in IssuerKey.Algorithm.values} == made


def test_private_halves_are_for_the_site_alone(settings):
    keys.current(keys.ES256)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in settings.ISSUER_KEYS_DIR.iterdir()}
    assert (stat.S_IMODE(settings.ISSUER_KEYS_DIR.stat().st_mode), modes) == (0o700, {0o600})


def test_private_halves_are_neither_in_the_database_nor_in_what_is_published(certificate, settings, caplog):
    keys.rotate()
    secrets = []
    for private in keys.held().values():
        raw = private.private_numbers().private_value.to_bytes(32) if hasattr(private, "curve") else None
        raw = raw or private.private_bytes_raw()
        secrets += [raw.hex(), keys.base64url(raw), written(private).splitlines()[1]]
    stored = "".join(
        serializers.serialize("json", model._base_manager.all())
        for model in apps.get_models(include_auto_created=True)
    )
    published = json.dumps([issuer.did_document(), issuer.key_set()]) + caplog.text
    assert keys.current(keys.ES256).kid in stored
    assert [secret for secret in secrets if secret in stored + published] == []
    assert '"d"' not in published


def test_keys_of_the_environment_sign_and_nothing_is_written(settings):
    given = pair()
    settings.ISSUER_KEYS = written(*given).replace("\n", "\\n")
    seal = issued().seal
    judge(seal)
    assert {key.kid for key in IssuerKey.objects.all()} == fingerprints(given)
    assert not settings.ISSUER_KEYS_DIR.exists()


def test_keys_laid_into_the_folder_are_taken_up(settings):
    given = pair()
    settings.ISSUER_KEYS_DIR.mkdir()
    (settings.ISSUER_KEYS_DIR / "ours.pem").write_text(written(given[0]))
    (settings.ISSUER_KEYS_DIR / "theirs.pem").write_text(written(given[1]))
    judge(issued().seal)
    assert {key.kid for key in IssuerKey.objects.all()} == fingerprints(given)


# Changing keys


def test_old_and_new_credentials_verify_after_a_rotation(certificate):
    management.call_command("issuer_keys", "--rotate")
    fresh = issued()
    management.call_command("issuer_keys", "--rotate")
    for record in (certificate, fresh, issued()):
        judge(record.seal)
    methods = {proof_of(record)["verificationMethod"] for record in Certificate.objects.all()}
    assert len(methods) == 3
    assert methods <= {entry["id"] for entry in issuer.did_document()["verificationMethod"]}


def proof_of(certificate) -> dict:
    return json.loads(certificate.seal.credential)["proof"][0]


def test_former_private_halves_are_gone_after_a_rotation(
    certificate, settings, django_capture_on_commit_callbacks
):
    former = set(IssuerKey.objects.values_list("kid", flat=True))
    with django_capture_on_commit_callbacks(execute=True):
        keys.rotate(at=AT)
    assert {path.stem for path in settings.ISSUER_KEYS_DIR.iterdir()} == {
        keys.current(algorithm).kid for algorithm in IssuerKey.Algorithm.values
    }
    assert set(IssuerKey.objects.filter(retired_at=AT).values_list("kid", flat=True)) == former


def test_key_that_is_no_longer_published_verifies_nothing(certificate):
    keys.rotate()
    IssuerKey.objects.exclude(retired_at=None).delete()
    with pytest.raises(OB3VerificationError):
        judge_proof(certificate.seal.credential)


def test_keys_of_the_environment_rotate_when_new_ones_are_given(settings):
    old, new = pair(), pair()
    settings.ISSUER_KEYS = written(*old)
    first = issued()
    with pytest.raises(management.CommandError, match="no new"):
        management.call_command("issuer_keys", "--rotate")
    settings.ISSUER_KEYS = written(*new, *old)
    management.call_command("issuer_keys", "--rotate")
    settings.ISSUER_KEYS = written(*new)
    judge(first.seal)
    judge(issued().seal)


def test_lost_private_half_is_told_and_nothing_is_issued_unsigned(certificate, settings):
    for path in settings.ISSUER_KEYS_DIR.iterdir():
        path.unlink()
    with pytest.raises(management.CommandError, match="is not in"):
        management.call_command("issuer_keys")
    with pytest.raises(MoveRefused, match="signing keys"):
        certification.issue_certificate(enrollment=finished(), by=registrar(), at=AT)
    assert Certificate.objects.count() == 1
    judge_proof(certificate.seal.credential)
    management.call_command("issuer_keys", "--rotate")
    judge(issued().seal)


def test_folder_that_cannot_be_written_is_told(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.ISSUER_KEYS_DIR = tmp_path / "file" / "keys"
    with pytest.raises(keys.KeyMissing, match="No issuer key can be written"):
        keys.current(keys.ES256)
    assert IssuerKey.objects.count() == 0


def test_command_shows_which_keys_sign(capsys):
    management.call_command("issuer_keys")
    management.call_command("issuer_keys", "--rotate")
    told = capsys.readouterr().out.splitlines()[3:]
    assert told[0] == "did:web:iiwam.example"
    assert sorted(line.split(", ")[1][:7] for line in told[1:]) == ["retired", "retired", "signs", "signs"]


# What anyone may read


def test_did_document_names_every_key_and_the_one_in_use_first(certificate):
    keys.rotate()
    document = json.loads(fetch("https://iiwam.example/.well-known/did.json"))
    assert document["id"] == "did:web:iiwam.example"
    assert len(document["verificationMethod"]) == 4
    assert document["assertionMethod"] == [entry["id"] for entry in document["verificationMethod"]]
    assert document["assertionMethod"][:2] == [
        issuer.method_name(keys.current(keys.ES256)),
        issuer.method_name(keys.current(keys.EDDSA)),
    ]


def test_port_is_part_of_the_name(settings):
    settings.SITE_URL = "http://127.0.0.1:8107"
    assert issuer.did() == "did:web:127.0.0.1%3A8107"


def test_key_address_leads_to_one_bare_key():
    key = keys.current(keys.ES256)
    told = json.loads(fetch(issuer.key_address(key)))
    assert told == {**key.public_jwk, "kid": issuer.key_address(key), "alg": "ES256", "use": "sig"}
    assert told in json.loads(fetch("https://iiwam.example/.well-known/jwks.json"))["keys"]


@pytest.mark.parametrize("path", ["did.json", "jwks.json", "keys/{kid}.json"])
def test_keys_are_for_anyone_without_a_cookie(client, path):
    key = keys.current(keys.ES256)
    response = client.get(f"/.well-known/{path.format(kid=key.kid)}", secure=True)
    assert (response.status_code, response.cookies, response["Cache-Control"]) == (
        200,
        {},
        "public, max-age=60",
    )
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("kid", ["x", "%00", "x" * 3000, "..", "%F0%9F%92%89"])
def test_key_that_never_was_is_not_found(client, kid):
    assert client.get(f"/.well-known/keys/{kid}.json", secure=True).status_code in {400, 404}
