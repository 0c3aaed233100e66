from django.core.management.base import BaseCommand
from django.utils import timezone

from enrollment import admissions


class Command(BaseCommand):
    help = "Does what is due by now: offers whose time is up run out. Safe to repeat, and on two machines at once."

    def handle(self, **options):
        self.stdout.write(f"Offers run out: {admissions.expire_offers(at=timezone.now())}")
