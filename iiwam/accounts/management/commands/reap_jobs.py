from datetime import timedelta

from django.core.management.base import BaseCommand

from iiwam import jobs


class Command(BaseCommand):
    help = "Takes back the jobs whose worker died; a running worker does so by itself every minute."

    def add_arguments(self, parser):
        parser.add_argument(
            "--older-than",
            type=float,
            default=jobs.GIVEN_UP_AFTER.total_seconds(),
            help="Seconds since the job was taken. Less than the default is safe only when no worker runs.",
        )

    def handle(self, *, older_than, **options):
        count = jobs.reap(older_than=timedelta(seconds=older_than))
        self.stdout.write(f"{count} taken back")
