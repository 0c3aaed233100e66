"""Leave for one more attempt, on the page of a learner whose attempts are used up."""

import pytest

from enrollment import study
from enrollment.models import ExtraAttempt
from tests.factories import StaffFactory

from .learners import AT, enrolled, module_of

pytestmark = pytest.mark.django_db
RIGHTS = ["view_enrollment", "issue_certificate"]


@pytest.fixture
def enrollment():
    enrollment = enrolled()
    type(module_of(enrollment)).objects.update(attempts_allowed=1)
    return enrollment


def fail(enrollment):
    attempt = study.start_attempt(
        enrollment=enrollment, module=module_of(enrollment), by=enrollment.learner, at=AT
    )
    study.grade_attempt(attempt=attempt, answers={}, by=enrollment.learner, at=AT)


def page(enrollment, act=""):
    return f"/admin/enrollment/enrollment/{enrollment.pk}/{act or 'change/'}"


def give(client, enrollment, **data):
    data = {"module": module_of(enrollment).pk, "note": "The exam room lost its power.", **data}
    return client.post(page(enrollment, "extra-attempt/"), data)


def test_registrar_allows_one_more_where_none_is_left(client, enrollment):
    client.force_login(StaffFactory(rights=RIGHTS))
    assert "Allow one more" not in client.get(page(enrollment)).content.decode()
    fail(enrollment)
    assert "Allow one more" in client.get(page(enrollment)).content.decode()
    for _twice in range(2):
        assert give(client, enrollment).status_code == 302
    assert [leave.note for leave in ExtraAttempt.objects.all()] == ["The exam room lost its power."]
    shown = client.get(page(enrollment)).content.decode()
    assert "The exam room lost its power." in shown
    assert "Allow one more" not in shown


@pytest.mark.parametrize("wrong", [{"note": ""}, {"module": "x"}, {"module": ""}, {"note": "x" * 501}])
def test_form_is_shown_again_with_its_fault(client, enrollment, wrong):
    fail(enrollment)
    client.force_login(StaffFactory(rights=RIGHTS))
    assert give(client, enrollment, **wrong).status_code == 200
    assert not ExtraAttempt.objects.exists()


def test_nobody_else_finds_the_way(client, enrollment):
    fail(enrollment)
    client.force_login(StaffFactory(rights=["view_enrollment", "countersign_logbookentry"]))
    assert give(client, enrollment).status_code == 404
    assert "Allow one more" not in client.get(page(enrollment)).content.decode()
