from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus

from iiwam import jobs
from iiwam.accounts.management.commands.run_worker import runner
from iiwam.accounts.models import Job
from iiwam.worker import Loop
from tests.iiwam import chores

pytestmark = pytest.mark.django_db

READY, RUNNING, FAILED = TaskResultStatus.READY, TaskResultStatus.RUNNING, TaskResultStatus.FAILED
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def queue(settings):
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "mail", "documents"]}
    }
    chores.DONE.clear()


@pytest.fixture(autouse=True)
def empty_schedule(monkeypatch):
    monkeypatch.setattr(jobs, "SCHEDULE", {})


def running_job(started_at, attempts=1):
    chores.note_down.enqueue("late")
    job = Job.objects.latest("enqueued_at")
    Job.objects.filter(pk=job.pk).update(status=RUNNING, started_at=started_at, worker_ids=["w"] * attempts)
    return Job.objects.get(pk=job.pk)


def work():
    Loop(runner()).drain()


class TestTryingAgain:
    def test_job_that_works_is_done_once(self):
        chores.note_down.enqueue("once")
        work()
        work()
        assert chores.DONE == ["once"]

    def test_failed_job_waits_for_its_next_attempt(self):
        chores.fail.enqueue("the post")
        before = timezone.now()
        work()
        job = Job.objects.get()
        assert (job.status, len(job.worker_ids)) == (READY, 1)
        assert job.run_after - before >= jobs.pause_after(1)
        assert job.exception_class_path == "builtins.RuntimeError"

    def test_pauses_grow_fourfold(self):
        assert [jobs.pause_after(n).total_seconds() for n in (1, 2, 3, 4)] == [30, 120, 480, 1920]

    def test_job_stays_failed_after_its_last_attempt(self):
        chores.fail.enqueue("the post")
        for _ in range(jobs.MOST_ATTEMPTS + 2):
            work()
            Job.objects.filter(status=READY).update(run_after=timezone.now())
        job = Job.objects.get()
        assert (job.status, len(job.worker_ids)) == (FAILED, jobs.MOST_ATTEMPTS)

    def test_revived_job_has_all_its_attempts_again(self):
        chores.fail.enqueue("the post")
        Job.objects.update(status=FAILED, worker_ids=["w"] * 5)
        assert jobs.revive(Job.objects.all()) == 1
        job = Job.objects.get()
        assert (job.status, job.worker_ids) == (READY, [])

    def test_only_failed_jobs_are_revived(self):
        running_job(timezone.now())
        assert jobs.revive(Job.objects.all()) == 0

    def test_job_of_an_act_that_was_taken_back_never_existed(self):
        with pytest.raises(RuntimeError), transaction.atomic():
            chores.note_down.enqueue("never")
            raise RuntimeError
        assert not Job.objects.exists()


class TestTakingBack:
    def test_job_of_a_dead_worker_is_ready_again(self):
        job = running_job(timezone.now() - jobs.GIVEN_UP_AFTER)
        assert jobs.reap() == 1
        job.refresh_from_db()
        assert job.status == READY
        work()
        assert chores.DONE == ["late"]

    def test_job_that_may_still_run_is_left_alone(self):
        running_job(timezone.now() - jobs.LONGEST_JOB)
        assert jobs.reap() == 0

    def test_job_that_killed_every_worker_fails_with_a_name(self):
        job = running_job(timezone.now() - timedelta(hours=1), attempts=jobs.MOST_ATTEMPTS)
        jobs.reap()
        job.refresh_from_db()
        assert (job.status, job.exception_class_path) == (FAILED, "iiwam.jobs.WorkerDied")

    @pytest.mark.parametrize(("attempts", "status"), [(1, READY), (jobs.MOST_ATTEMPTS, FAILED)])
    def test_job_whose_worker_died_as_it_failed_has_its_other_attempts(self, attempts, status):
        job = running_job(timezone.now(), attempts=attempts)
        Job.objects.update(status=FAILED, finished_at=timezone.now() - jobs.GIVEN_UP_AFTER)
        assert jobs.reap() == (status == READY)
        job.refresh_from_db()
        assert job.status == status

    @pytest.mark.parametrize("for_good", [1, 3])
    def test_jobs_that_failed_for_good_are_not_even_read(self, for_good, django_assert_num_queries):
        for attempts in [0, 1, jobs.MOST_ATTEMPTS - 1, *[jobs.MOST_ATTEMPTS] * for_good]:
            running_job(timezone.now(), attempts=attempts)
        Job.objects.update(status=FAILED, finished_at=timezone.now() - jobs.GIVEN_UP_AFTER)
        with django_assert_num_queries(1) as asked:
            assert jobs.take_up(timezone.now(), timezone.now()) == 2
        assert asked.captured_queries[0]["sql"].startswith("UPDATE")
        put_up = {len(job.worker_ids) for job in Job.objects.filter(status=READY)}
        assert put_up == {1, jobs.MOST_ATTEMPTS - 1}

    def test_job_that_has_just_failed_is_left_to_its_worker(self):
        running_job(timezone.now())
        Job.objects.update(status=FAILED, finished_at=timezone.now())
        assert jobs.reap() == 0

    def test_attempt_that_changed_hands_meanwhile_is_left_alone(self):
        job = running_job(timezone.now() - timedelta(hours=1))
        Job.objects.update(started_at=timezone.now())
        assert jobs.take_back(job, timezone.now()) == 0

    def test_command_says_how_many(self, capsys):
        running_job(timezone.now())
        call_command("reap_jobs", older_than=0)
        assert capsys.readouterr().out == "1 taken back\n"

    def test_limit_of_the_reaper_exceeds_the_alarm_of_the_worker(self):
        assert jobs.GIVEN_UP_AFTER > jobs.LONGEST_JOB


class TestSchedule:
    def test_daily_task_is_put_up_once_a_day_and_not_before_its_hour(self):
        jobs.every_day(chores.linger, at=time(11, 30))
        local_morning = NOON - timedelta(hours=1)
        told = [jobs.put_up(now=at) for at in (local_morning, NOON, NOON + timedelta(hours=5))]
        assert told == [0, 1, 0]
        assert jobs.put_up(now=NOON + timedelta(days=1)) == 1

    def test_hourly_task_is_put_up_once_an_hour(self):
        jobs.every_hour(chores.note_down)
        minutes = (0, 1, 59, 60)
        assert [jobs.put_up(now=NOON + timedelta(minutes=minute)) for minute in minutes] == [1, 0, 0, 1]

    def test_put_up_job_is_one_that_a_worker_can_run(self):
        jobs.every_hour(chores.fail)
        jobs.put_up()
        work()
        assert Job.objects.get().exception_class_path == "builtins.TypeError"

    def test_worker_keeps_house_once_a_minute(self):
        jobs.every_hour(chores.note_down)
        loop = Loop(runner())
        loop.keep_house(NOON)
        Job.objects.all().delete()
        loop.keep_house(NOON + timedelta(seconds=59))
        assert Job.objects.count() == 0
        loop.keep_house(NOON + timedelta(seconds=61))
        assert Job.objects.count() == 1


class TestLoop:
    def test_all_queues_are_drained(self, tmp_path):
        chores.note_down.using(queue_name="mail").enqueue("letter")
        chores.linger.enqueue(str(tmp_path), 0)
        call_command("run_worker", drain=True)
        assert chores.DONE == ["letter"]
        assert (tmp_path / "done").exists()

    def test_told_to_stop_it_takes_no_further_job(self):
        chores.note_down.enqueue("no")
        loop = Loop(runner())
        loop.stop()
        loop.stop()
        loop.run()
        assert chores.DONE == []

    def test_database_that_is_away_is_waited_for(self, monkeypatch):
        def away(*args, **kwargs):
            raise OperationalError("database is locked")

        monkeypatch.setattr(jobs, "reap", away)
        assert Loop(runner()).turn() is False

    def test_job_that_takes_too_long_is_broken_off_and_tried_again(self, monkeypatch, tmp_path):
        monkeypatch.setattr(jobs, "LONGEST_JOB", timedelta(seconds=1))
        chores.linger.enqueue(str(tmp_path), 30)
        loop = Loop(runner())
        loop.listen()
        loop.turn()
        job = Job.objects.get()
        assert (job.status, job.exception_class_path) == (READY, "builtins.TimeoutError")


class TestWaiting:
    def test_nobody_waits_in_an_empty_queue(self):
        assert jobs.waiting_since(NOON) == NOON

    def test_wait_counts_from_when_the_job_could_run(self):
        chores.note_down.enqueue("x")
        Job.objects.update(enqueued_at=NOON - timedelta(hours=3), run_after=NOON - timedelta(hours=1))
        assert jobs.waiting_since(NOON) == NOON - timedelta(hours=1)
