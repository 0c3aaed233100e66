"""One small world and everybody who might knock: each address is tried by each of them."""

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import override_settings

from courses import letters
from enrollment import ahead, certification, declining
from enrollment.cpd import awarding
from enrollment.credentials import keys
from enrollment.models import Application, Enrollment, LogbookEntry
from enrollment.roles import apply_roles
from tests import factories
from tests.conftest import kept_in
from tests.enrollment import files, learners
from tests.enrollment.cpd import made


def staff(role: str):
    person = factories.StaffFactory()
    person.groups.add(Group.objects.get(name=role))
    return person


def certificate_of(learner) -> str:
    """The number of a certificate that this person earned on another intake."""
    finished = learners.finished()
    Enrollment.objects.filter(pk=finished.pk).update(learner=learner)
    Application.objects.filter(pk=finished.application_id).update(applicant=learner)
    finished.refresh_from_db()
    return certification.issue_certificate(enrollment=finished, by=staff("Registrar")).number


def points_of(learner) -> str:
    """The code under which this person has points, from a scheme that knows people by their IC number."""
    enrollment = learner.enrollments.get(certificates__isnull=False)
    scheme = factories.CpdSchemeFactory(by_ic=True, approves="course")
    approval = made.approved(enrollment.intake, scheme).approval
    return awarding.award(enrollment=enrollment, approval=approval, by=made.registrar()).event_code


def keys_of(interest) -> dict[str, str]:
    """The last part of the links in this person's letters."""
    links = {"confirm_key": letters.confirm_link(interest), "stop_key": letters.stop_link(interest)}
    return {name: link.rstrip("/").rpartition("/")[2] for name, link in links.items()}


def day_of(enrollment) -> dict[str, int]:
    """A training day with a mark on it, and a skill that the course asks for."""
    factories.CompetencyFactory(course=enrollment.course)
    day = factories.TrainingDayFactory(intake=enrollment.intake)
    tick = enrollment.attendance.create(
        training_day=day, is_present=True, marked_by=factories.StaffFactory(), marked_at=learners.AT
    )
    return {"day": day.pk, "tick": tick.pk}


def build_world() -> dict:
    """Records by the name that an address gives their part, and the people whose they are."""
    apply_roles()
    enrollment = learners.enrolled()
    module, application = (
        learners.module_of(enrollment),
        factories.ApplicationFactory(intake=enrollment.intake),
    )
    entry = factories.LogbookEntryFactory(enrollment=enrollment, status=LogbookEntry.Status.AWAITING)
    return {
        "applicant": application.applicant,
        "learner": enrollment.learner,
        "article": factories.ArticleFactory().slug,
        "course": enrollment.course.slug,
        "code": enrollment.intake.code,
        "mark": factories.AccreditationFactory(with_mark=True).key,
        "module": module.slug,
        "topic": module.topics.first().slug,
        "reference": application.reference,
        "document": factories.DocumentFactory(
            application=application, file__data=files.pdf(), file__filename="passport.pdf"
        ).pk,
        "enrollment": enrollment.pk,
        "entry": entry.pk,
        **day_of(enrollment),
        "feed": ahead.feed_path(ahead.make_feed(learner=enrollment.learner))
        .split("/")[3]
        .removesuffix(".ics"),
        "offer": declining.path_for(factories.ApplicationFactory(status="offered")).split("/")[2],
        "number": certificate_of(enrollment.learner),
        "points": points_of(enrollment.learner),
        "kid": keys.current(keys.ES256).kid,
        **keys_of(factories.InterestFactory(course=enrollment.course, confirmed_at=None)),
    }


def people_around(world: dict) -> dict:
    """Whoever might knock, in the order of the columns; the reviewer was given the intake of the application."""
    people = {
        "stranger": None,
        "other": factories.UserFactory(),
        "applicant": world["applicant"],
        "learner": world["learner"],
        **{role.lower(): staff(role) for role in ("Editor", "Reviewer", "Assessor", "Registrar", "Owner")},
    }
    people["reviewer"].review_duties.create(
        intake=Application.objects.get(reference=world["reference"]).intake
    )
    return people


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("world")


@pytest.fixture(autouse=True)
def letters_and_files_stay_here(settings, folder):
    """The files of the world stand beside its rows."""
    for name, value in kept_in(folder).items():
        setattr(settings, name, value)


@pytest.fixture(scope="module")
def standing(django_db_setup, django_db_blocker, folder):
    """The world and its people, made once for the tests of a file; what a test changes is taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(**kept_in(folder)):
            world = build_world()
            people = people_around(world)
        yield world, people
        transaction.set_rollback(True)


@pytest.fixture
def world(standing, db):
    return standing[0]


@pytest.fixture
def people(standing, db):
    return standing[1]
