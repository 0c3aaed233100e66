"""IC numbers: asked of whom a scheme needs them, sealed, never shown in full, deleted when they have served."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from django.urls import reverse

from enrollment import own_data
from enrollment.cpd import awarding, identity, returns
from enrollment.models import Enrollment, IdentityNumber
from enrollment.workflow import MoveRefused
from tests.factories import CpdSchemeFactory, ProfessionFactory, UserFactory

from .made import AFTER, IC, approved, awarded, learner, registrar

pytestmark = pytest.mark.django_db
PAGE = "/learn/cpd/ic-number/"


@pytest.fixture
def submission():
    return approved(scheme=CpdSchemeFactory(by_ic=True))


@pytest.fixture
def person(submission):
    return learner(submission.intake).learner


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("900517-00-1234", IC),
        (" 9005 1700 1234 ", IC),
        ("000229-10-1234", "000229101234"),
        ("900532-00-1234", None),
        ("901317001234", None),
        ("90051700123", None),
        ("9005170012345", None),
        ("٩٠٠٥١٧٠٠١٢٣٤", None),
        ("", None),
        ("900517\x00001234", None),
    ],
)
def test_number_is_read_however_it_is_spaced(written, digits):
    assert identity.read(written) == digits


def test_number_is_kept_sealed_and_shown_by_its_last_three_digits(person):
    kept = identity.give(person=person, number="900517-00-1234", consent="Yes.", at=AFTER)
    assert IC not in kept.sealed and "1234" not in kept.sealed
    assert (identity.opened(kept), identity.masked(kept)) == (IC, "•••••••••234")
    page = signed_in(person).get(PAGE).content.decode()
    assert "•••••••••234" in page
    assert (IC in page, "1234" in page.replace("900517-00-1234", "")) == (False, False)


def test_number_that_no_key_opens_is_masked_whole(person):
    kept = identity.give(person=person, number=IC, consent="Yes.")
    kept.sealed = Fernet(Fernet.generate_key()).encrypt(IC.encode()).decode()
    assert identity.masked(kept) == "•" * 12


def test_nobody_is_asked_whose_scheme_does_not_need_it(submission):
    by_name = learner(approved(reference="EV-2").intake)
    submission.scheme.professions.add(ProfessionFactory())
    other_profession = learner(submission.intake)
    for one in (by_name.learner, other_profession.learner, UserFactory()):
        assert identity.asking(one) == []
        assert signed_in(one).get(PAGE).status_code == 404
        with pytest.raises(MoveRefused, match="do not take it"):
            identity.give(person=one, number=IC, consent="Yes.")
    assert not IdentityNumber.objects.exists()


def test_learner_gives_replaces_and_deletes_the_number(person):
    client = signed_in(person)
    assert "Give your IC number" in client.get(reverse("enrollment:cpd")).content.decode()
    refused = client.post(PAGE, {"number": "12", "consent": ""}).content.decode()
    assert "Enter the twelve digits" in refused and "There are problems with 2 answers" in refused
    client.post(PAGE, {"number": "900517-00-1234", "consent": "on"})
    client.post(PAGE, {"number": "880229105678", "consent": "on"})
    kept = IdentityNumber.objects.get()
    assert (identity.opened(kept), "pass this number to the scheme" in kept.consent) == ("880229105678", True)
    client.post(PAGE, {"remove": "1"})
    assert not IdentityNumber.objects.exists()


@pytest.mark.parametrize(
    "junk", [{}, {"number": "x" * 5000}, {"number": "\x00"}, {"number": ["1", "2"], "consent": "x"}]
)
def test_junk_is_an_answer_and_no_crash(person, junk):
    assert signed_in(person).post(PAGE, junk).status_code == 200
    assert not IdentityNumber.objects.exists()


# Retention


def test_number_that_was_reported_is_deleted_when_the_days_for_corrections_are_over(submission):
    entry = awarded(submission)
    identity.give(person=entry.learner, number=IC, consent="Yes.", at=AFTER)
    returns.take(submission=submission, by=registrar(), at=AFTER)
    days = submission.scheme.identity_days
    assert days == 90
    assert identity.forget_served(at=AFTER + timedelta(days=days, seconds=-1)) == 0
    assert identity.forget_served(at=AFTER + timedelta(days=days)) == 1
    assert not IdentityNumber.objects.exists()


def test_number_that_is_still_wanted_is_kept(submission, person):
    identity.give(person=person, number=IC, consent="Yes.", at=AFTER)
    assert identity.forget_served(at=AFTER + timedelta(days=3000)) == 0
    Enrollment.objects.filter(learner=person).update(status=Enrollment.Status.WITHDRAWN)
    assert identity.forget_served(at=AFTER + timedelta(days=89)) == 0
    assert identity.forget_served(at=AFTER + timedelta(days=90)) == 1


# What a person takes away, and what an erasure leaves


def test_own_data_tells_points_and_number(submission):
    entry = awarded(submission)
    identity.give(person=entry.learner, number=IC, consent="Yes.", at=AFTER)
    told = own_data.points(entry.learner, AFTER).facts
    assert told["identity_number"] == {"number": IC, "given": AFTER, "consent": "Yes."}
    assert [(one["event_code"], one["title"]) for one in told["entries"]] == [("EV-77", "Microneedling")]
    assert own_data.points(UserFactory(), AFTER).facts == {"identity_number": None, "entries": []}


def test_erasure_takes_the_number_and_the_words_and_leaves_the_ledger(submission):
    entry = awarded(submission)
    identity.give(person=entry.learner, number=IC, consent="Yes.", at=AFTER)
    counter = awarding.take_back(entry=entry, by=registrar(), note="Nurul left at noon.")
    own_data.forget_person(entry.learner, entry.learner, AFTER)
    counter.refresh_from_db(), entry.refresh_from_db()
    assert not IdentityNumber.objects.exists()
    assert (counter.note, entry.note, entry.amount) == ("[erased]", "", 8)
