"""One worker: takes the next job, keeps the schedule, and leaves when the job in hand is done."""

import signal
import time
from datetime import timedelta

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, transaction
from django.utils import timezone

from iiwam import jobs

logger = structlog.get_logger(__name__)

HOUSEKEEPING_EVERY = timedelta(minutes=1)


def alarm(signum, frame):
    raise TimeoutError(f"The job took longer than {jobs.LONGEST_JOB}.")


class Loop:
    """Asks the queue again and again; `runner` is the library's worker, of which only the running of one job is used."""

    def __init__(self, runner, *, interval: float = 1):
        self.runner = runner
        self.interval = interval
        self.running = True
        self.last_housekeeping = None

    def stop(self, signum=None, frame=None) -> None:
        """No further job is taken; a second signal changes nothing, so that no job is torn."""
        self.running = False

    def listen(self) -> None:
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self.stop)
        signal.signal(signal.SIGALRM, alarm)

    def run(self) -> None:
        while self.running:
            close_old_connections()
            if not self.turn() and self.running:
                time.sleep(self.interval)

    def drain(self) -> None:
        """Everything that can run now has run."""
        while self.turn():
            pass

    def turn(self) -> bool:
        """One look at the queue; false when nothing was to do, or the database was busy or away."""
        try:
            self.keep_house(timezone.now())
            if job := self.claim():
                self.perform(job)
            return bool(job)
        except (OperationalError, InterfaceError):
            logger.warning("worker_waits_for_database", exc_info=True)
            return False

    def keep_house(self, now) -> None:
        if self.last_housekeeping and now - self.last_housekeeping < HOUSEKEEPING_EVERY:
            return
        self.last_housekeeping = now
        jobs.reap(at=now)
        jobs.put_up(now=now)

    def claim(self):
        with transaction.atomic():
            job = jobs.table().ready().filter(backend_name=self.runner.backend_name).get_locked()
            if job:
                job.claim(self.runner.worker_id)
            return job

    def perform(self, job) -> None:
        signal.alarm(int(jobs.LONGEST_JOB.total_seconds()))
        try:
            self.runner.run_task(job)
        finally:
            signal.alarm(0)
