"""The holder's switch: nothing is public until it is turned, and then only what may still be shown."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import caches

from courses.models import Course
from enrollment import certification, renewals, social
from enrollment.credentials import sheets
from enrollment.models import Certificate, Event
from iiwam.accounts import own_data
from tests.factories import UserFactory

from .learners import AT, finished, registrar
from .test_renewals import paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_rate_limits")]
FILES = ("certificate.pdf", "credential.json", "credential.jwt", "picture.png")


@pytest.fixture
def certificate():
    caches["pages"].clear()
    enrollment = finished()
    Course.objects.update(award="Certificate in Microneedling")
    return certification.issue_certificate(enrollment=enrollment, by=registrar(), at=AT)


def share(certificate):
    return certification.share(certificate=certificate, by=certificate.enrollment.learner, at=AT)


def answers(client, certificate) -> list[int]:
    return [client.get(f"/verify/{certificate.number}/{name}").status_code for name in FILES]


def turn(client, certificate, public):
    client.force_login(certificate.enrollment.learner)
    response = client.post(f"/certificates/{certificate.number}/sharing/", {"public": public})
    client.logout()
    return response


def test_nothing_is_public_until_the_holder_says_so(client, certificate):
    assert answers(client, certificate) == [404] * 4
    for public, expected in (("yes", [200] * 4), ("yes", [200] * 4), ("no", [404] * 4), ("no", [404] * 4)):
        assert turn(client, certificate, public).status_code == 302
        assert answers(client, certificate) == expected
    assert list(Event.objects.filter(certificate=certificate).values_list("move", flat=True)) == [
        *("issue", "share", "stop_sharing")
    ]


def test_public_files_are_the_ones_that_the_holder_has(client, certificate):
    share(certificate)
    found = [client.get(f"/verify/{certificate.number}/{name}") for name in FILES[:3]]
    assert [one.content for one in found] == [
        sheets.hand_out(certificate),
        certificate.seal.credential.encode(),
        certificate.seal.token.encode(),
    ]
    for response in found:
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Cache-Control"] == "public, max-age=0, s-maxage=30"
        assert response.cookies == {}


def test_nobody_else_turns_the_switch(client, certificate):
    client.force_login(UserFactory())
    assert client.post(f"/certificates/{certificate.number}/sharing/", {"public": "yes"}).status_code == 404
    client.force_login(registrar())
    client.post(f"/certificates/{certificate.number}/sharing/", {"public": "yes"})
    assert Certificate.objects.get().shared_at is None


STATES = {
    "issued": [200, 200, 200, 200],
    "expired": [200, 200, 200, 404],
    "renewed": [200, 200, 200, 404],
    "suspended": [410, 200, 200, 410],
    "revoked": [410, 200, 200, 410],
    "superseded": [410, 410, 410, 410],
}


@pytest.mark.parametrize("state", STATES)
def test_withdrawn_files_are_gone_and_signed_ones_tell_by_their_status_list(client, certificate, state):
    share(certificate)
    extra = {"revoked_at": AT, "reason_class": "misconduct"} if state == "revoked" else {}
    extra |= {"valid_until": AT + timedelta(days=1)} if state == "expired" else {}
    Certificate.objects.update(status=state, **extra)
    assert answers(client, certificate) == STATES[state]


def test_corrected_certificate_is_private_again(client, certificate):
    share(certificate)
    corrected = renewals.supersede(
        certificate=certificate,
        by=registrar(),
        name="Nurul Aisyah Rahman",
        evidence=paper(),
        note="Marriage.",
        at=AT + timedelta(days=1),
    )
    assert (answers(client, certificate), answers(client, corrected)) == ([410] * 4, [404] * 4)


def test_private_and_unknown_look_alike(client, certificate):
    for name in FILES:
        private = client.get(f"/verify/{certificate.number}/{name}")
        unknown = client.get(f"/verify/{certificate.number[:-2]}-0/{name}")
        assert (private.status_code, len(private.content)) == (unknown.status_code, len(unknown.content))


def test_links_carry_the_page_and_the_award(certificate, settings):
    Certificate.objects.update(valid_until=AT + timedelta(days=730))
    certificate.refresh_from_db()
    profile, post, *_others = social.sharing_links(certificate)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(profile.address).query).items()}
    page = f"{settings.SITE_URL}/verify/{certificate.number}/"
    assert asked == {
        "startTask": "CERTIFICATION_NAME",
        "name": "Certificate in Microneedling",
        "organizationName": "International Institute of Wellness & Aesthetic Medicine",
        "issueYear": "2026",
        "issueMonth": "3",
        "expirationYear": "2028",
        "expirationMonth": "3",
        "certUrl": page,
        "certId": certificate.number,
    }
    assert parse_qs(urlsplit(post.address).query) == {"url": [page]}


def test_page_of_the_holder_shows_files_switch_and_chain(client, certificate):
    corrected = renewals.supersede(
        certificate=certificate,
        by=registrar(),
        name="Nurul Aisyah Rahman",
        evidence=paper(),
        note="Marriage.",
        at=AT + timedelta(days=1),
    )
    client.force_login(certificate.enrollment.learner)
    page = client.get(f"/learn/{certificate.enrollment_id}/certificate/").content.decode()
    told = [
        corrected.number,
        certificate.number,
        "?paper=letter",
        "Make them public",
        "linkedin.com/profile/add",
    ]
    assert [words for words in told if words not in page] == []
    assert client.get(f"/certificates/{certificate.number}.pdf").status_code == 410


@pytest.mark.django_db(transaction=True)
def test_erasure_makes_files_private_and_deletes_the_paper(certificate):
    corrected = renewals.supersede(
        certificate=certificate,
        by=registrar(),
        name="Nurul Aisyah Rahman",
        evidence=paper(),
        note="Marriage.",
        at=AT + timedelta(days=1),
    )
    share(corrected)
    evidence = corrected.correction.evidence
    own_data.erase(person=corrected.enrollment.learner, by=corrected.enrollment.learner)
    corrected.refresh_from_db()
    corrected.correction.refresh_from_db()
    assert (corrected.shared_at, corrected.correction.evidence.name) == (None, "")
    assert not evidence.storage.exists(evidence.name)
