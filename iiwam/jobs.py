"""Work that waits its turn: tried again when it fails, taken back when its worker dies, put up on time.

The queue is a table of django-tasks-db, written in the transaction of the act that causes the job. This module
adds what that library leaves out. Jobs must bear being run twice: give them ids, and let them look first.
"""

import uuid
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as time_of_day

from django.db import connection, transaction
from django.db.models import Case, Min, When
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks.signals import task_finished

MOST_ATTEMPTS = 5
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_JOB = timedelta(minutes=2)
# Later than the worker's own alarm, so that no job that still runs is ever handed to a second worker.
GIVEN_UP_AFTER = LONGEST_JOB + timedelta(seconds=30)
ATTEMPT = "worker_ids__%d__isnull"
SLOTS = uuid.UUID("5c2a1c7e-6c1f-4a4e-9f0e-0b6b1f3d7a55")


def table():
    """The queue's manager; its model can only be imported once all apps are loaded."""
    from django_tasks_db.models import DBTaskResult

    return DBTaskResult.objects


def row_locks() -> AbstractContextManager:
    """A transaction that holds its rows while a job acts outside; SQLite's one lock is not held for that long."""
    return transaction.atomic() if connection.features.has_select_for_update else nullcontext()


class WorkerDied(Exception):
    """The name under which a job fails whose worker never came back, attempt after attempt."""


# Trying again


def pause_after(attempts: int) -> timedelta:
    """Half a minute after the first failure, then four times longer each time."""
    return FIRST_PAUSE * 4 ** (attempts - 1)


def try_again(sender, task_result, **kwargs) -> None:
    """A failed job waits for its next attempt, until it has had them all."""
    from django_tasks_db.backend import TaskResult

    attempts = len(task_result.worker_ids)
    if not isinstance(task_result, TaskResult) or task_result.status != TaskResultStatus.FAILED:
        return
    if attempts < MOST_ATTEMPTS:
        table().filter(pk=task_result.id, status=TaskResultStatus.FAILED).update(
            status=TaskResultStatus.READY, run_after=timezone.now() + pause_after(attempts)
        )


def connect() -> None:
    """Failures are noticed from now on; called once, when all apps are loaded."""
    task_finished.connect(try_again, dispatch_uid="iiwam.jobs.try_again")


def revive(jobs, *, at: datetime | None = None) -> int:
    """These failed jobs stand in the queue again with all their attempts; how many they are."""
    return jobs.filter(status=TaskResultStatus.FAILED).update(
        status=TaskResultStatus.READY, run_after=at or timezone.now(), worker_ids=[], finished_at=None
    )


# Taking back


def reap(*, at: datetime | None = None, older_than: timedelta = GIVEN_UP_AFTER) -> int:
    """Jobs whose worker died are ready again, or failed when they have had all their attempts; how many they are."""
    at = at or timezone.now()
    lost = table().filter(status=TaskResultStatus.RUNNING, started_at__lte=at - older_than)
    return sum(take_back(job, at) for job in lost) + take_up(at - older_than, at)


def take_up(since: datetime, at: datetime) -> int:
    """Jobs that failed early, and whose worker died before it could put them up again, are ready for the next attempt."""
    failed = table().filter(status=TaskResultStatus.FAILED, finished_at__lte=since)
    # Asked of the list of attempts as it lies in the database: what failed for good stays there for years.
    tried, spent = ATTEMPT % 0, ATTEMPT % (MOST_ATTEMPTS - 1)
    dropped = failed.filter(**{tried: False, spent: True})
    return dropped.update(status=TaskResultStatus.READY, run_after=at)


def take_back(job, at: datetime) -> int:
    spent = len(job.worker_ids) >= MOST_ATTEMPTS
    outcome = (
        {
            "status": TaskResultStatus.FAILED,
            "finished_at": at,
            "exception_class_path": f"{__name__}.{WorkerDied.__name__}",
        }
        if spent
        else {"status": TaskResultStatus.READY, "run_after": at}
    )
    same_attempt = table().filter(pk=job.pk, status=TaskResultStatus.RUNNING, started_at=job.started_at)
    return same_attempt.update(**outcome)


# Putting up on time


@dataclass(frozen=True)
class Scheduled:
    task: object
    daily_at: time_of_day | None

    def slot(self, now: datetime) -> str:
        """The name of the turn that is due by now, or nothing when today's hour has not come."""
        local = timezone.localtime(now)
        if self.daily_at is None:
            return f"{local:%Y-%m-%dT%H}"
        return f"{local:%Y-%m-%d}" if local.time() >= self.daily_at else ""


SCHEDULE: dict[str, Scheduled] = {}


def every_day(task, *, at: time_of_day) -> None:
    """The task is queued once a day, soon after this local time."""
    SCHEDULE[task.module_path] = Scheduled(task, at)


def every_hour(task) -> None:
    """The task is queued once in each hour."""
    SCHEDULE[task.module_path] = Scheduled(task, None)


def put_up(*, now: datetime | None = None) -> int:
    """Every scheduled task whose turn has come is queued once, however many workers ask; how many are new."""
    now = now or timezone.now()
    turns = [(entry.task, entry.slot(now)) for entry in SCHEDULE.values()]
    return sum(enqueue_once(task, slot, now) for task, slot in turns if slot)


def enqueue_once(task, slot: str, now: datetime) -> bool:
    _, created = table().get_or_create(
        id=uuid.uuid5(SLOTS, f"{task.module_path} {slot}"),
        defaults={
            "args_kwargs": {"args": [], "kwargs": {}},
            "task_path": task.module_path,
            "queue_name": task.queue_name,
            "backend_name": task.backend,
            "run_after": now,
        },
    )
    return created


# Looking on


def waiting_since(now: datetime) -> datetime:
    """Since when the job that has waited longest could have run; now, when none waits."""
    # A job without an hour of its own carries one in the far future.
    could_run = Case(When(run_after__gt=now, then="enqueued_at"), default="run_after")
    return table().ready().aggregate(first=Min(could_run))["first"] or now


def failed_count() -> int:
    return table().failed().count()
