"""Many certificates at once: none twice, none left out, wherever the worker was cut off."""

import hashlib
from unittest import mock

import pytest
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from enrollment import award_runs, certification
from enrollment.credentials import pdf
from enrollment.models import AwardLine, AwardRun, Certificate, Letter, Sheet
from enrollment.workflow import MoveRefused
from iiwam import jobs
from iiwam.accounts.management.commands.run_worker import runner
from iiwam.worker import Loop
from tests.factories import StaffFactory

from .learners import AT, assessor, enrolled, finished, registrar

pytestmark = pytest.mark.django_db


@pytest.fixture
def queued(settings, monkeypatch):
    """Jobs wait in the table for a worker instead of being done at once."""
    monkeypatch.setattr(jobs, "SCHEDULE", {})
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "mail", "documents"]}
    }


def worked_off():
    """What one worker does that finds the queue like this."""
    jobs.table().filter(queue_name="mail").delete()
    Loop(runner()).drain()


def outcomes(run):
    return sorted(run.lines.values_list("outcome", flat=True))


def test_run_issues_to_each_learner_and_says_why_not():
    by, ready, owing = registrar(), finished(), enrolled(cases=2)
    run = award_runs.start_run(enrollments=[ready, owing, ready], by=by, at=AT)
    assert (run.asked_by, run.asked_at) == (by, AT)
    lines = {line.enrollment_id: line for line in run.lines.all()}
    assert lines.keys() == {ready.pk, owing.pk}
    assert (lines[ready.pk].outcome, lines[ready.pk].certificate) == ("issued", ready.certificates.get())
    assert lines[owing.pk].outcome == "refused"
    assert "Supervised cases countersigned (0 of 2)" in lines[owing.pk].sentence
    assert ready.certificates.get().issued_by == by


def test_sheet_of_a_run_is_on_record_by_its_fingerprint():
    run = award_runs.start_run(enrollments=[finished()], by=registrar())
    certificate = run.lines.get().certificate
    content = pdf.render(certificate)
    assert [(sheet.paper, sheet.sha256) for sheet in certificate.sheets.all()] == [
        ("a4", hashlib.sha256(content).hexdigest())
    ]


@pytest.mark.parametrize("nobody", [True, False])
def test_run_needs_a_registrar_and_a_learner(nobody):
    by, chosen = (registrar(), []) if nobody else (assessor(), [finished()])
    with pytest.raises(MoveRefused):
        award_runs.start_run(enrollments=chosen, by=by)
    assert AwardRun.objects.count() == 0


def test_registrar_is_never_awarded_by_their_own_run():
    by, own = registrar(), finished()
    own.learner = by
    own.save()
    run = award_runs.start_run(enrollments=[own], by=by)
    assert (run.lines.get().outcome, Certificate.objects.count()) == ("refused", 0)


def test_second_run_over_the_same_learners_finds_their_certificates():
    learners, by = [finished(), finished()], registrar()
    first, second = (award_runs.start_run(enrollments=learners, by=by) for _turn in range(2))
    assert set(first.lines.values_list("certificate", flat=True)) == set(
        second.lines.values_list("certificate", flat=True)
    )
    assert (Certificate.objects.count(), Letter.objects.filter(name="certificate-issued").count()) == (2, 2)


@pytest.mark.usefixtures("queued")
def test_run_is_cut_into_jobs_of_a_few_seconds():
    learners = [enrolled() for _number in range(5)]
    with mock.patch.object(award_runs, "LINES_A_JOB", 2):
        run = award_runs.start_run(enrollments=learners, by=registrar())
    parts = [job.args_kwargs["args"][0] for job in DBTaskResult.objects.filter(queue_name="documents")]
    assert sorted(map(len, parts)) == [1, 2, 2]
    assert {key for part in parts for key in part} == set(run.lines.values_list("pk", flat=True))


@pytest.mark.usefixtures("queued")
def test_killed_worker_leaves_neither_a_gap_nor_a_duplicate():
    """The power goes after the second of three: in the middle of drawing its sheet, before its outcome is written."""
    learners = [finished() for _number in range(3)]
    run = award_runs.start_run(enrollments=learners, by=registrar(), at=AT)
    drawn = award_runs.hand_out
    calls = []

    def dies_at_the_second(certificate):
        calls.append(certificate)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return drawn(certificate)

    with mock.patch.object(award_runs, "hand_out", dies_at_the_second):
        worked_off()
    assert outcomes(run) == ["issued", "waiting", "waiting"]
    assert (Certificate.objects.count(), Sheet.objects.count()) == (1, 1)
    jobs.table().filter(queue_name="documents").update(
        status="RUNNING", started_at=AT - jobs.GIVEN_UP_AFTER, worker_ids=["dead"]
    )
    assert jobs.reap() == 1
    worked_off()
    assert outcomes(run) == ["issued"] * 3
    assert {certificate.enrollment_id for certificate in Certificate.objects.all()} == {
        one.pk for one in learners
    }
    assert Letter.objects.filter(name="certificate-issued").count() == Sheet.objects.count() == 3


def test_one_that_was_awarded_meanwhile_is_counted_and_not_awarded_again():
    learner, by = finished(), registrar()
    certificate = certification.issue_certificate(enrollment=learner, by=by, at=AT)
    run = award_runs.start_run(enrollments=[learner], by=by)
    assert run.lines.get().certificate == certificate
    assert Certificate.objects.count() == 1


# The page of a run


def office(client, *rights):
    person = StaffFactory(rights=["view_enrollment", "view_certificate", *rights])
    client.force_login(person)
    return person


def page_of(run):
    return reverse("admin:enrollment_awardrun_change", args=[run.pk])


def test_choosing_learners_opens_the_page_of_their_run(client):
    by, ready, owing = office(client, "issue_certificate"), finished(), enrolled()
    response = client.post(
        reverse("admin:enrollment_enrollment_changelist"),
        {"action": "issue_certificates", "_selected_action": [ready.pk, owing.pk]},
        follow=True,
    )
    run = AwardRun.objects.get()
    page = response.content.decode()
    assert (response.redirect_chain, run.asked_by) == ([(page_of(run), 302)], by)
    told = [
        '<progress id="award-run-progress" max="2" value="2">',
        "2 of 2 done",
        ready.certificates.get().number,
        "Still outstanding",
    ]
    assert [words for words in told if words not in page] == []
    assert "award-run.js" not in page


@pytest.mark.usefixtures("queued")
def test_page_says_how_far_the_worker_is(client):
    by = office(client, "issue_certificate")
    run = award_runs.start_run(enrollments=[finished(), enrolled(), enrolled()], by=by)
    award_runs.issue_line(run.lines.first().pk)
    page = client.get(page_of(run)).content.decode()
    told = ['max="3" value="1"', "1 of 3 done", "Show how far it is now", "award-run.js", "data-waiting"]
    assert [words for words in told if words not in page] == []


def test_list_of_runs_asks_few_questions_however_long_they_are(client, django_assert_max_num_queries):
    by = office(client, "issue_certificate")
    for _run in range(3):
        award_runs.start_run(enrollments=[enrolled(), enrolled()], by=by)
    with django_assert_max_num_queries(8):
        page = client.get(reverse("admin:enrollment_awardrun_changelist")).content.decode()
    assert page.count("0 of 2") == 3


@pytest.mark.parametrize("path", ["changelist", "change"])
def test_only_registrars_see_runs(client, path):
    run = award_runs.start_run(enrollments=[finished()], by=registrar())
    office(client)
    arguments = [run.pk] if path == "change" else []
    response = client.get(reverse(f"admin:enrollment_awardrun_{path}", args=arguments))
    assert response.status_code in {403, 404}
    assert AwardLine.objects.count() == 1
