from django.core.management.base import BaseCommand
from django.utils import timezone

from enrollment import admissions, beginnings, custody, licenses, own_data, retention
from enrollment.cpd import identity, letters


class Command(BaseCommand):
    help = "Does what is due by now, as the schedule does by itself. Safe to repeat, and on two machines at once."

    def handle(self, **options):
        now = timezone.now()
        for words, done in (
            ("Offers run out", admissions.expire_offers(at=now)),
            ("Warnings of licences written", licenses.warn_of_licenses(at=now)),
            ("Files scanned", custody.scan_waiting(at=now)),
            ("Files deleted, their time being up", retention.purge_due(at=now)),
            ("Views forgotten", retention.forget_sightings(at=now)),
            ("Lost files deleted", retention.sweep(at=now)),
            ("Beginnings that nobody came back to", beginnings.forget_beginnings(at=now)),
            ("Letters of erased people forgotten", own_data.finish_erasures()),
            ("Letters on CPD dates", letters.remind_office(at=now) + letters.ask_for_numbers(at=now)),
            ("Identity numbers deleted", identity.forget_served(at=now)),
        ):
            self.stdout.write(f"{words}: {done}")
