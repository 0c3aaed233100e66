"""Five registrars press the button at once: one certificate, and all are shown the same."""

import pytest

from enrollment import certification
from enrollment.models import Certificate, Event, Letter
from tests.enrollment.learners import finished, registrar

from .crowd import at_once


def test_five_requests_to_issue_at_once_make_one_certificate():
    enrollment = finished()
    people = [registrar() for _person in range(5)]
    answers = at_once(
        [lambda by=by: certification.issue_certificate(enrollment=enrollment, by=by) for by in people]
    )
    assert {certificate.pk for certificate in answers} == {Certificate.objects.get().pk}
    assert Event.objects.filter(move__in=["complete", "issue"]).count() == 2
    assert Letter.objects.filter(name="certificate-issued").count() == 1
