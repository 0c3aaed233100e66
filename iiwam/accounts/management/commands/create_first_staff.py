import secrets

from django.core.management.base import BaseCommand
from django.db import transaction

from iiwam.accounts.models import User
from iiwam.accounts.people import register


class Command(BaseCommand):
    help = "Creates one superuser with a random password, printed once, when no member of staff exists yet."

    def add_arguments(self, parser):
        parser.add_argument("--email", default="office@iiwam.example")

    @transaction.atomic
    def handle(self, *, email, **options):
        if User.objects.filter(is_staff=True).exists():
            return
        password = secrets.token_urlsafe(12)
        register(email=email, password=password, full_name="Office", is_staff=True, is_superuser=True)
        self.stdout.write(
            self.style.SUCCESS(
                f"\n  First member of staff: {email}\n  Password, printed this once: {password}\n"
                "  Sign in at /admin/ and change it.\n"
            )
        )
