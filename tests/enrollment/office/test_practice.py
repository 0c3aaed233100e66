"""What the assessor does in the office: entries of the logbook, skills, days of training."""

import pytest
from django.urls import reverse

from enrollment.models import CompetencyCheck, Enrollment, Letter
from tests.enrollment.office.records import AT, address, entry, learner
from tests.factories import CompetencyFactory, TrainingDayFactory

pytestmark = pytest.mark.django_db


def test_entries_open_on_what_awaits_and_never_show_a_draft(client, assessor, course):
    enrollment = learner(course)
    waiting = entry(enrollment)
    entry(enrollment, "draft"), entry(enrollment, "returned")
    page = client.get(address("logbookentry", "changelist"))
    assert list(page.context["cl"].result_list) == [waiting]
    page = client.get(address("logbookentry", "changelist"), {"status": "all"})
    assert {one.status for one in page.context["cl"].result_list} == {"awaiting", "returned"}


def test_entry_is_countersigned_on_the_page_that_asks_for_the_password_alone(client, assessor, course):
    waiting = entry(learner(course))
    page = client.get(address("logbookentry", "change", waiting.pk))
    assert reverse("enrollment:assess_entry", args=[waiting.pk]) in [
        button.url for button in page.context["buttons"]
    ]
    assert client.post(address("logbookentry", "move", waiting.pk, "countersign")).status_code == 404
    waiting.refresh_from_db()
    assert waiting.status == "awaiting"


def test_entry_is_returned_with_a_reason_that_the_letter_quotes(client, assessor, course):
    waiting = entry(learner(course))
    page = client.get(address("logbookentry", "move", waiting.pk, "return"))
    assert page.context["letter"]["subject"]
    client.post(address("logbookentry", "move", waiting.pk, "return"), {"note": "Which lot?"})
    waiting.refresh_from_db()
    assert waiting.status == "returned"
    assert "Which lot?" in Letter.objects.get().body_text


def test_entry_is_not_the_registrars_to_sign(client, registrar, course):
    waiting = entry(learner(course))
    page = client.get(address("logbookentry", "change", waiting.pk))
    assert [button.url for button in page.context["buttons"]] == []
    assert client.post(reverse("enrollment:assess_entry", args=[waiting.pk])).status_code == 403


def test_assessor_does_not_find_their_own_entry(client, assessor, course):
    enrollment = learner(course)
    Enrollment.objects.filter(pk=enrollment.pk).update(learner=assessor)
    own = entry(enrollment)
    assert client.get(address("logbookentry", "change", own.pk)).status_code == 404
    assert client.post(address("logbookentry", "move", own.pk, "return")).status_code == 404


def test_skill_is_judged(client, assessor, course):
    enrollment, competency = learner(course), course.competencies.get()
    judged = address("enrollment", "skill", enrollment.pk)
    client.post(judged, {"competency": competency.pk, "result": "met", "note": "Clean field."})
    check = CompetencyCheck.objects.get()
    assert (check.competency, check.result, check.assessor) == (competency, "met", assessor)
    page = client.post(judged, {"competency": CompetencyFactory().pk, "result": "met"})
    assert page.context["skill_form"].errors.keys() == {"competency"}


def test_office_reads_who_was_there_and_marks_nothing(client, registrar, course):
    there, absent = learner(course), learner(course)
    Enrollment.objects.filter(pk=absent.pk).update(intake=there.intake)
    day = TrainingDayFactory(intake=there.intake)
    there.attendance.create(training_day=day, is_present=True, marked_by=registrar, marked_at=AT)
    page = client.get(reverse("admin:courses_trainingday_change", args=[day.pk])).content.decode()
    assert [page.count(word) for word in ("There</", "Not marked yet", "Only an assessor")] == [1, 1, 1]
