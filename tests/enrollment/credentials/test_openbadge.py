"""The credential in both forms: strictly valid, the same claims, accepted by others, and no word of it can change."""

import copy
import json
from pathlib import Path

import jsonschema
import jwt
import pytest
from openbadgeslib.ob3 import OB3VerificationError

from enrollment.credentials import openbadge, sealing, securing
from enrollment.credentials.encoding import base64url, from_base64url
from enrollment.models import Seal

from ..learners import AT
from ..test_pdf import snapshot
from .judges import judge, judge_proof, judge_token, key_that_signed

pytestmark = pytest.mark.django_db

STATUS = {
    "id": "https://iiwam.example/status/revocation/1#5",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "5",
    "statusListCredential": "https://iiwam.example/status/revocation/1",
}
SCHEMA = json.loads((Path(__file__).parent / "fixtures/achievement-credential.schema.json").read_text())


def claims_of(seal):
    credential = json.loads(seal.credential)
    return {name: value for name, value in credential.items() if name != "proof"}


def valid(credential):
    checker = jsonschema.FormatChecker()
    return [
        error.message
        for error in jsonschema.Draft201909Validator(SCHEMA, format_checker=checker).iter_errors(credential)
    ]


def test_both_forms_are_strictly_valid_against_the_official_schema(seal):
    payload = jwt.decode(seal.token, options={"verify_signature": False})
    assert (valid(json.loads(seal.credential)), valid(payload)) == ([], [])


def test_rich_poor_and_sample_snapshots_are_valid_and_accepted():
    bare = snapshot(
        award="", supervised_cases=0, modules_passed=[], procedures=[], hours=[], cpd=[], bodies=[]
    ) | {"intake": {"code": "x", "starts_on": "", "ends_on": ""}}
    old = {
        key: value for key, value in snapshot().items() if key not in {"procedures", "hours", "cpd", "bodies"}
    }
    for told in (
        snapshot(),
        bare,
        old,
        snapshot(is_sample=True),
        snapshot(valid_until="2099-01-01T00:00:00Z"),
    ):
        claims = openbadge.claims(told, STATUS)
        document = securing.with_proof(claims, at=AT)
        assert valid(document) == []
        judge_proof(document)
        judge_token(securing.as_token(claims))


def test_both_forms_make_the_same_claims(seal):
    payload = jwt.decode(seal.token, key_that_signed(seal.token), algorithms=["ES256"])
    registered = {name: payload.pop(name) for name in ("iss", "jti", "nbf", "sub")}
    assert payload == claims_of(seal)
    assert registered == {
        "iss": "did:web:iiwam.example",
        "jti": payload["id"],
        "nbf": int(AT.timestamp()),
        "sub": payload["credentialSubject"]["id"],
    }


def test_credential_tells_what_the_snapshot_tells():
    told = openbadge.claims(snapshot(), {})
    subject, achievement = told["credentialSubject"], told["credentialSubject"]["achievement"]
    names = {line["id"]: line["name"] for line in achievement["resultDescription"]}
    assert {names[line["resultDescription"]]: line["value"] for line in subject["result"]} == {
        "Supervised cases signed": "10",
        "Supervised cases signed: Microneedling for acne scars": "9",
        "Supervised cases signed: Microneedling for striae": "1",
        "Hours, theory: as set by syllabus version 1": "40",
        "Hours, attended: from the attendance lists of 2 training days, start to end": "15.5",
        "CPD points, A scheme, event EV-77": "12.5",
    }
    assert achievement["tag"] == [
        "Microneedling for acne scars",
        "Microneedling for striae",
        "Platelet-rich plasma",
    ]
    assert (achievement["name"], achievement["version"], achievement["humanCode"]) == (
        "Certificate in Microneedling",
        "1",
        "MN",
    )
    assert "not a licence to practise" in told["description"]
    assert "Programme recognised. (R 1)" in subject["narrative"]
    assert "Grace Lim, Registrar" in subject["narrative"]


def test_holder_is_known_by_name_in_both_scripts_and_by_no_address(certificate, seal):
    names = [one["identityHash"] for one in claims_of(seal)["credentialSubject"]["identifier"]]
    assert names == ["Nurul Aisyah binti Rahman", "นูรุล"]
    told = seal.credential + from_base64url(seal.token.split(".")[1]).decode()
    people = [certificate.enrollment.learner, certificate.issued_by]
    assert [person.email for person in people if person.email in told] == []
    assert "@" not in told.replace("@context", "")


def test_sealing_again_changes_nothing(certificate, seal):
    before = (seal.credential, seal.token, seal.status_list, seal.status_index)
    again = sealing.seal(certificate)
    assert (again.credential, again.token, again.status_list, again.status_index) == before
    assert Seal.objects.count() == 1


def test_certificate_from_before_there_were_seals_gets_one(certificate):
    Seal.objects.all().delete()
    judge(sealing.sealed(certificate))


def test_verifiers_of_others_accept_both_forms(seal):
    judge(seal)


def places(value, path=()):
    """The way to every word, number and truth of a document."""
    if isinstance(value, dict):
        return [place for key, part in value.items() for place in places(part, (*path, key))]
    if isinstance(value, list):
        return [place for key, part in enumerate(value) for place in places(part, (*path, key))]
    return [path]


def spoiled(document, path):
    changed = copy.deepcopy(document)
    part = changed
    for key in path[:-1]:
        part = part[key]
    old = part[path[-1]]
    part[path[-1]] = (not old) if isinstance(old, bool) else f"{old}0"
    return changed


def test_no_word_of_the_embedded_form_can_change(seal):
    document = json.loads(seal.credential)
    accepted = []
    for path in places(document):
        try:
            judge_proof(spoiled(document, path))
            accepted.append(path)
        except OB3VerificationError:
            continue
    assert accepted == []
    assert len(places(document)) > 50


def test_nothing_can_be_added_to_the_embedded_form(seal):
    document = json.loads(seal.credential)
    document["credentialSubject"]["licenseNumber"] = "MMC 1"
    with pytest.raises(OB3VerificationError):
        judge_proof(document)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_no_part_of_the_token_can_change(seal, part):
    parts = seal.token.split(".")
    if part < 2:
        content = json.loads(from_base64url(parts[part]))
        content["alg" if part == 0 else "name"] = "none" if part == 0 else "Professor of Everything"
        parts[part] = base64url(json.dumps(content).encode())
    else:
        parts[2] = base64url(bytes(64))
    with pytest.raises(OB3VerificationError):
        judge_token(".".join(parts))


def test_token_signed_by_a_stranger_is_refused(seal):
    from cryptography.hazmat.primitives.asymmetric import ec

    payload = jwt.decode(seal.token, options={"verify_signature": False})
    header = jwt.get_unverified_header(seal.token)
    forged = jwt.encode(payload, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256", headers=header)
    with pytest.raises(OB3VerificationError):
        judge_token(forged)
