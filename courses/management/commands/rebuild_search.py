from django.core.management.base import BaseCommand

from courses.search import rebuild


class Command(BaseCommand):
    help = "Write the search index afresh from everything that is published."

    def handle(self, *args, **options):
        self.stdout.write(f"Search: {rebuild()} courses can be found.")
