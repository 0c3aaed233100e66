from django.core.management.base import BaseCommand, CommandError

from enrollment.credentials import issuer, keys
from enrollment.models import IssuerKey


class Command(BaseCommand):
    help = (
        "Shows the keys that sign certificates and makes the first ones; fails when a private half is not here. "
        "--rotate lets new keys sign from now on: what the former signed still verifies."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--rotate", action="store_true", help="retire the keys in use and take up new ones"
        )

    def handle(self, *, rotate, **options):
        try:
            if rotate:
                keys.rotate()
            for algorithm in IssuerKey.Algorithm.values:
                keys.private_half(keys.current(algorithm))
        except keys.KeyMissing as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(issuer.did())
        for key in IssuerKey.objects.all():
            state = f"retired {key.retired_at:%Y-%m-%d}" if key.retired_at else "signs"
            self.stdout.write(f"{key.algorithm:5} {key.kid} since {key.made_at:%Y-%m-%d}, {state}")
