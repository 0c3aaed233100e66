from django.core.management.base import BaseCommand
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from iiwam.worker import Loop


class Command(BaseCommand):
    help = "Works through all queues and keeps the schedule; SIGTERM or Ctrl-C lets the job in hand finish."

    def add_arguments(self, parser):
        parser.add_argument("--drain", action="store_true", help="Stop when nothing is left to do.")
        parser.add_argument(
            "--interval", type=float, default=1, help="Seconds between looks at an empty queue."
        )

    def handle(self, *, drain, interval, **options):
        loop = Loop(runner(), interval=interval)
        loop.listen()
        loop.drain() if drain else loop.run()


def runner() -> Worker:
    return Worker(
        queue_names=["*"],
        interval=0,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )
