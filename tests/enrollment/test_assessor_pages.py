"""The assessor's pages: signing with a password, taking back, training days and checklists."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from enrollment.models import Attendance, CompetencyCheck, LogbookEntry, Signature
from tests.factories import (
    CompetencyFactory,
    EnrollmentFactory,
    LogbookEntryFactory,
    StaffFactory,
    TrainingDayFactory,
)

from .learners import AT, countersigned_case, enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_rate_limits")]
PASSWORD = "correct horse battery"
ODD = ["", "\x00", "x" * 5000, "٣", "9" * 40, "-1", "{}", "[1]", '{"id": 5}']


def page(name, *args):
    return reverse(f"enrollment:{name}", args=args)


@pytest.fixture
def assessor():
    return StaffFactory(full_name="Arun Chai", rights=["countersign_logbookentry"])


@pytest.fixture
def desk(client, assessor):
    client.force_login(assessor)
    return client


@pytest.fixture
def enrollment():
    return enrolled()


@pytest.fixture
def waiting(enrollment):
    return LogbookEntryFactory(enrollment=enrollment, status="awaiting")


@pytest.fixture
def day(enrollment):
    start = timezone.now() - timedelta(hours=1)
    return TrainingDayFactory(intake=enrollment.intake, starts_at=start, ends_at=start + timedelta(hours=8))


def said(response):
    return [str(message) for message in response.context["messages"]]


# Signing


def test_password_signs_and_is_named_as_the_way(desk, waiting, assessor):
    desk.post(page("assess_entry", waiting.pk), {"sign": "1", "password": PASSWORD})
    link = Signature.objects.get()
    assert (link.entry, link.assessor, link.method) == (waiting, assessor, "password")


@pytest.mark.parametrize("credential", [*ODD, '{"id":"AA","rawId":"AA","type":"public-key","response":{}}'])
def test_credential_that_answers_nothing_signs_nothing(desk, waiting, credential):
    response = desk.post(page("assess_entry", waiting.pk), {"sign": "1", "credential": credential})
    assert response.status_code == 200
    waiting.refresh_from_db()
    assert (waiting.status, Signature.objects.count()) == ("awaiting", 0)


def test_signed_entry_is_taken_back_with_a_reason_and_a_password(desk, enrollment):
    entry = countersigned_case(enrollment)
    address = page("counter_entry", entry.pk)
    for answers in ({}, {"note": "Wrong case."}, {"password": PASSWORD}, {"note": "x", "password": "wrong"}):
        assert desk.post(address, answers).status_code == 200
    assert (
        "looks like a name"
        in desk.post(address, {"note": "Siti Aminah", "password": PASSWORD}).content.decode()
    )
    assert LogbookEntry.objects.count() == 1
    response = desk.post(address, {"note": "Wrong case.", "password": PASSWORD}, follow=True)
    assert said(response) == [
        f"Entry {entry.patient_code} is taken back by a counter-entry. The learner is told by email."
    ]
    assert "Taken back" in response.content.decode()
    again = desk.post(address, {"note": "Wrong case.", "password": PASSWORD}, follow=True)
    assert said(again) == ["A counter-entry follows this entry already."]


def test_learner_reads_why_an_entry_was_taken_back(desk, client, enrollment):
    entry = countersigned_case(enrollment)
    desk.post(page("counter_entry", entry.pk), {"note": "Wrong case.", "password": PASSWORD})
    client.force_login(enrollment.learner)
    for one in LogbookEntry.objects.all():
        shown = client.get(page("logbook_entry", enrollment.pk, one.pk)).content.decode()
        assert "Wrong case." in shown
    listed = client.get(page("logbook", enrollment.pk)).content.decode()
    assert ("Taken back" in listed, "Counter-entry" in listed) == (True, True)


# Training days


def test_ticks_of_a_form_are_saved_whatever_comes_with_them(desk, day, enrollment):
    response = desk.post(page("assess_day", day.pk), {"present": [enrollment.pk, *ODD]}, follow=True)
    assert said(response) == ["1 mark is saved."]
    again = desk.post(page("assess_day", day.pk), {"present": [enrollment.pk]}, follow=True)
    assert said(again) == ["Nothing has changed."]
    assert Attendance.objects.get().is_present


def test_stale_page_turns_no_correction_back(desk, day, enrollment, assessor):
    mark = enrollment.attendance.create(training_day=day, is_present=True, marked_by=assessor, marked_at=AT)
    address = page("correct_mark", day.pk, mark.pk)
    for _press in range(2):
        response = desk.post(address, {"was": "True", "note": "Left at once."}, follow=True)
    mark.refresh_from_db()
    assert mark.is_present is False
    assert said(response) == ["It says “not there” already."]
    assert enrollment.history.count() == 1


def test_mark_of_another_day_or_ones_own_is_not_found(desk, day, enrollment, assessor):
    own = EnrollmentFactory(application__intake=day.intake, learner=assessor, application__applicant=assessor)
    mine = own.attendance.create(training_day=day, is_present=True, marked_by=assessor, marked_at=AT)
    other = TrainingDayFactory(intake=enrollment.intake)
    mark = enrollment.attendance.create(training_day=day, is_present=True, marked_by=assessor, marked_at=AT)
    for address in (page("correct_mark", day.pk, mine.pk), page("correct_mark", other.pk, mark.pk)):
        assert desk.get(address).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_a_day_asks_the_same_number_of_questions(desk, day, django_assert_num_queries, number):
    for _each in range(number):
        EnrollmentFactory(application__intake=day.intake)
    desk.get(page("assess_day", day.pk))
    with django_assert_num_queries(7):
        desk.get(page("assess_day", day.pk))


# Skills


def test_checklist_is_saved_in_one_go_and_only_what_is_new(desk, enrollment):
    first, second = (CompetencyFactory(course=enrollment.course) for _each in range(2))
    address = page("assess_skills", enrollment.pk)
    answers = {f"skill-{first.pk}": "met", f"note-{first.pk}": "Calm."}
    assert said(desk.post(address, answers, follow=True)) == ["1 judgement is on record."]
    assert said(desk.post(address, answers, follow=True)) == ["Nothing has changed."]
    answers[f"skill-{second.pk}"] = "not_met"
    assert said(desk.post(address, answers, follow=True)) == ["1 judgement is on record."]
    assert set(CompetencyCheck.objects.values_list("competency", "result", "note")) == {
        (first.pk, "met", "Calm."),
        (second.pk, "not_met", ""),
    }


@pytest.mark.parametrize("value", ODD[1:])
def test_odd_judgement_is_refused_beside_its_row(desk, enrollment, value):
    skill = CompetencyFactory(course=enrollment.course)
    answer = desk.post(page("assess_skills", enrollment.pk), {f"skill-{skill.pk}": value})
    assert answer.status_code == 200
    assert not CompetencyCheck.objects.exists()


def test_own_place_is_not_judged(desk, assessor):
    own = EnrollmentFactory(learner=assessor, application__applicant=assessor)
    CompetencyFactory(course=own.course)
    assert desk.get(page("assess_skills", own.pk)).status_code == 404
