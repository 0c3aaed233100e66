"""Two workers tell of the same intake, and two clicks ask for the same letter, at the same instant."""

from functools import partial

from django.core import mail

from courses import interest
from courses.models import Interest, Notice
from iiwam.limits import allow
from tests.factories import CourseFactory, IntakeFactory, InterestFactory

from .crowd import at_once


def test_workers_that_tell_at_once_write_to_each_person_once():
    intake = IntakeFactory()
    people = InterestFactory.create_batch(12, course=intake.course)
    told = at_once([interest.tell_everybody] * 4)
    assert sum(told) == 12
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(person.email for person in people)
    assert Notice.objects.filter(sent_at__isnull=False).count() == 12


def test_clicks_at_once_register_once_and_send_one_letter():
    course = CourseFactory(enrolment="interest")
    asked = at_once([partial(interest.ask, course=course, email="Ann@example.org")] * 6)
    assert {type(result) for result in asked} == {Interest}
    assert (Interest.objects.count(), len(mail.outbox)) == (1, 1)


def test_requests_at_once_do_not_share_a_place_of_the_limit():
    allowed = at_once([partial(allow, "test-at-once", "somebody", most=3, seconds=60)] * 12)
    assert sorted(allowed) == [False] * 9 + [True] * 3
