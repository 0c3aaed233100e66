from collections import Counter
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from courses.programme import locks
from enrollment.demo import stages
from enrollment.models import Application, Certificate, CpdEntry, Enrollment, Letter, LogbookEntry
from iiwam.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalog(db):
    call_command("load_catalog", verbosity=0)


def load(*arguments) -> str:
    out = StringIO()
    call_command("load_demo", *arguments, stdout=out)
    return out.getvalue()


def people() -> list[tuple]:
    """Who stands where, without the references and numbers that are random for everyone."""
    return sorted(
        (application.applicant.email, application.intake.code, application.status, application.birth_date)
        for application in Application.objects.select_related("applicant", "intake")
    )


def certificates_and_points() -> tuple[list, list]:
    """Numbers are random for everyone, and everything beside them is not."""
    certificates = Certificate.objects.select_related("enrollment__learner")
    return (
        sorted(
            (one.status, one.enrollment.learner.email, str(one.issued_at.date()), len(one.snapshot["cpd"]))
            for one in certificates
        ),
        sorted(CpdEntry.objects.values_list("learner__email", "event_code", "amount", "earned_on")),
    )


def somebody_stands_in_every_status() -> None:
    assert set(Application.objects.values_list("status", flat=True)) == set(Application.Status.values) - {
        "offer_declined",
        "cancelled",
    }
    assert set(Enrollment.objects.values_list("status", flat=True)) == set(Enrollment.Status.values)
    assert Counter(Certificate.objects.values_list("status", flat=True)) == {
        "issued": 4,
        "revoked": 1,
        "expired": 1,
        "suspended": 1,
        "superseded": 1,
        "renewed": 1,
    }
    standing = Certificate.objects.filter(status="issued")
    assert Counter(one.shared_at is not None for one in standing) == {True: 1, False: 3}
    follows = set(standing.exclude(follows=None).values_list("follows__status", flat=True))
    assert follows == {"superseded", "renewed"}
    assert set(LogbookEntry.objects.values_list("status", flat=True)) == {"awaiting", "countersigned"}


def points_are_of_a_scheme_marked_as_made_up(client) -> None:
    entries = CpdEntry.objects.standing()
    assert {(entry.scheme.name, entry.scheme.is_sample, entry.amount) for entry in entries} == {
        ("Sample CPD", True, Decimal(12)),
        ("Sample CPD", True, Decimal(20)),
    }
    renewed = Certificate.objects.get(status="renewed")
    assert renewed.successor.snapshot["renewed_by"] == [
        {"way": "points", "label": "CPD, Sample CPD", "detail": "20 of 20 points"}
    ]
    assert all(one.snapshot["is_sample"] for one in Certificate.objects.all())
    with_points = [
        one.snapshot["cpd"] for one in Certificate.objects.filter(enrollment__cpd_entries__amount=12)
    ]
    assert with_points and all(
        line["scheme"] == "Sample CPD scheme, made up" for lines in with_points for line in lines
    )
    client.force_login(renewed.enrollment.learner)
    page = client.get("/learn/cpd/").content.decode()
    assert ("Sample CPD" in page, 'class="sample"' in page) == (True, True)
    assert list(locks(timezone.localdate())) == []


def every_promise_of_the_database_is_kept() -> None:
    call_command("check_invariants", stdout=StringIO())
    assert Letter.objects.count() > 20


def test_whole_demo_tells_every_story_the_same_for_each_seed(catalog, client):
    """One test: a whole demo takes seconds to make, and that it comes out the same is shown by a second alone."""
    with transaction.atomic():
        load("--seed", "1")
        first = certificates_and_points()
        transaction.set_rollback(True)
    load()
    assert certificates_and_points() == first
    somebody_stands_in_every_status()
    points_are_of_a_scheme_marked_as_made_up(client)
    every_promise_of_the_database_is_kept()


def test_demo_of_an_early_stage_goes_no_further(catalog):
    load("--stage", "applied")
    assert set(Application.objects.values_list("status", flat=True)) == {"draft", "submitted", "withdrawn"}


def test_demo_of_the_same_seed_makes_the_same_people(catalog):
    load("--stage", "applied", "--seed", "7")
    first = people()
    clear()
    load("--stage", "applied", "--seed", "7")
    assert people() == first
    clear()
    load("--stage", "applied", "--seed", "8")
    assert people() != first


def clear() -> None:
    from courses.models import Intake
    from enrollment.models import Declaration, Document, Event, EvidenceEvent

    for model in (Letter, Event, EvidenceEvent, Declaration, Document, Application):
        model._base_manager.all()._raw_delete(using="default")
    Intake.objects.all().delete()


def test_second_run_adds_nobody_and_keeps_the_password(catalog):
    first = load("--stage", "applied")
    count = User.objects.count()
    assert "nobody was added" in load("--stage", "applied")
    assert User.objects.count() == count
    password = first.split("with the password ")[1].splitlines()[0]
    assert User.objects.get(email="reviewer@demo.example").check_password(password)


def test_printed_staff_hold_their_roles(catalog):
    said = load("--stage", "applied")
    for name in ("editor", "reviewer", "assessor", "registrar", "owner"):
        user = User.objects.get(email=f"{name}@demo.example")
        assert user.email in said
        assert [group.name.lower() for group in user.groups.all()] == [name]


def test_demo_refuses_a_public_host(catalog, settings):
    settings.LOCAL_DEMO = False
    with pytest.raises(CommandError, match="public host"):
        load()


def test_every_stage_is_offered_by_the_command():
    assert list(stages.STAGES) == ["applied", "reviewed", "offered", "studying", "certified"]
