"""Submissions, awards, returns and the ledger in the office."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from courses.models import Accreditation
from enrollment.cpd import identity
from enrollment.models import CpdEntry, CpdReturn, CpdSubmission, Enrollment
from tests.factories import CpdSchemeFactory, StaffFactory

from .made import AFTER, BEFORE, IC, RIGHTS, approved, awarded, learner, planned, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def registrar(client):
    person = StaffFactory(full_name="Grace Lim", rights=RIGHTS)
    client.force_login(person)
    return person


def address(submission, *act):
    name = f"admin:enrollment_cpdsubmission_{act[0] if act else 'change'}"
    return reverse(name, args=[submission.pk, *act[1:]])


def test_whole_way_of_a_submission_in_the_office(client, registrar):
    intake, scheme = run(), CpdSchemeFactory()
    sent = {"scheme": scheme.pk, "course": intake.course_id, "intake": intake.pk}
    with time_machine.travel(BEFORE, tick=False):
        client.post(reverse("admin:enrollment_cpdsubmission_add"), sent)
        submission = CpdSubmission.objects.get()
        assert "Submit until" in client.get(address(submission)).content.decode()
        client.post(address(submission, "move", "submit"))
        approval = {"reference": "EV-77", "points": "8", "valid_from": "", "valid_to": ""}
        client.post(address(submission, "move", "approve"), approval)
        page = client.get(address(submission)).content.decode()
    submission.refresh_from_db()
    assert (submission.status, submission.approval.reference) == ("approved", "EV-77")
    assert "Shown to everybody" in page and "Programme as submitted" in page


def test_plan_without_a_run_is_refused_with_a_sentence(client, registrar):
    intake, scheme = run(), CpdSchemeFactory()
    sent = {"scheme": scheme.pk, "course": intake.course_id}
    page = client.post(reverse("admin:enrollment_cpdsubmission_add"), sent).content.decode()
    assert "choose an intake of this course" in page
    for junk in ({}, {"scheme": "x", "course": "0", "intake": "\x00"}, {"scheme": "9" * 40}):
        assert client.post(reverse("admin:enrollment_cpdsubmission_add"), junk).status_code == 200
    assert not CpdSubmission.objects.exists()


def test_late_submission_is_refused_and_the_page_says_why(client, registrar):
    submission = planned()
    with time_machine.travel(AFTER, tick=False):
        client.post(address(submission, "move", "submit"))
        page = client.get(address(submission)).content.decode()
    submission.refresh_from_db()
    assert submission.status == "planned"
    assert "took this programme until 2 August 2026" in page


def test_points_go_to_those_ticked_and_a_double_click_changes_nothing(client, registrar):
    submission = approved()
    first, second = learner(submission.intake), learner(submission.intake)
    absent = learner(submission.intake, there=1)
    for _time in range(2):
        client.post(address(submission, "award"), {"learner": [first.pk, absent.pk, "x", "9" * 30, "\x00"]})
    assert [entry.enrollment for entry in CpdEntry.objects.all()] == [first]
    page = client.get(address(submission)).content.decode()
    assert "1 of 2 training days" in page and "has 8, earned on" in page
    assert f'value="{second.pk}" id="learner-{second.pk}" checked' in page


def test_registrar_does_not_award_themselves(client, registrar):
    submission = approved()
    own = learner(submission.intake)
    Enrollment.objects.filter(pk=own.pk).update(learner=registrar)
    answer = client.post(address(submission, "award"), {"learner": [own.pk]}, follow=True)
    assert "never their own" in answer.content.decode()
    assert not CpdEntry.objects.exists()


def test_return_is_a_file_that_nobody_keeps_and_a_line_on_record(client, registrar):
    submission = approved(scheme=CpdSchemeFactory(by_ic=True, key="mma"))
    entry = awarded(submission)
    page = client.get(address(submission)).content.decode()
    assert "no IC number given" in page
    assert client.post(address(submission, "return")).status_code == 302
    identity.give(person=entry.learner, number=IC, consent="Yes.")
    answer = client.post(address(submission, "return"))
    assert (answer["Content-Type"], answer["Cache-Control"]) == (
        "text/csv; charset=utf-8",
        "private, no-store",
    )
    assert "attachment" in answer["Content-Disposition"] and IC in answer.content.decode()
    assert CpdReturn.objects.get().by == registrar
    page = client.get(address(submission)).content.decode()
    assert "Grace Lim" in page and IC not in page
    assert client.get(reverse("admin:enrollment_cpdreturn_changelist")).status_code == 200


def test_reopening_asks_for_its_reason(client, registrar):
    submission = approved()
    page = client.post(address(submission, "move", "reopen"), {"note": ""}).content.decode()
    assert "Write the reason" in page
    client.post(address(submission, "move", "reopen"), {"note": "A speaker fell ill."})
    assert Accreditation.objects.get().ended_reason == "A speaker fell ill."
    assert CpdSubmission.objects.filter(status="planned", renews=submission).exists()


def test_ledger_line_is_taken_back_with_a_reason(client, registrar):
    entry = awarded()
    page = reverse("admin:enrollment_cpdentry_change", args=[entry.pk])
    assert "Take these points back" in client.get(page).content.decode()
    assert "the learner reads it" in client.get(page).content.decode()
    assert "Write the reason" in client.post(page, {"note": " "}).content.decode()
    client.post(page, {"note": "Left at noon."})
    assert CpdEntry.objects.get(corrects=entry).note == "Left at noon."
    assert "Take these points back" not in client.get(page).content.decode()
    listed = client.get(reverse("admin:enrollment_cpdentry_changelist")).content.decode()
    assert "Taken back" in listed and "Counter-entry" in listed


def test_home_of_the_office_says_what_is_due(client, registrar):
    planned(), approved(reference="EV-2")
    with time_machine.travel(date(2026, 7, 10), tick=False):
        home = client.get(reverse("admin:index")).context["waiting"]
        listed = client.get(reverse("admin:enrollment_cpdsubmission_changelist"), {"due": "submit"})
    counts = {str(one.label): one.count for one in home}
    assert counts["Programmes to submit to a CPD scheme within 30 days"] == 1
    assert counts["Attendance to report to a CPD scheme"] == 0
    assert [one.status for one in listed.context["cl"].result_list] == ["planned"]
    with time_machine.travel(date(2026, 9, 10), tick=False):
        home = client.get(reverse("admin:index")).context["waiting"]
    assert {str(one.label): one.count for one in home}["Attendance to report to a CPD scheme"] == 1


def test_who_may_only_look_finds_nothing_to_press(client):
    submission = approved()
    learner(submission.intake)
    client.force_login(StaffFactory(rights=["view_cpdsubmission"]))
    page = client.get(address(submission)).content.decode()
    assert "Award the points" not in page and "Take the attendance return" not in page
    assert client.get(reverse("admin:enrollment_cpdsubmission_add")).status_code == 404
    client.post(address(submission, "award"), {"learner": [Enrollment.objects.get().pk]})
    client.post(address(submission, "return"))
    assert (CpdEntry.objects.count(), CpdReturn.objects.count()) == (0, 0)


def test_who_has_no_right_is_not_let_in(client):
    submission = approved()
    client.force_login(StaffFactory())
    assert client.get(address(submission)).status_code == 404
    assert client.post(address(submission, "award")).status_code == 404
