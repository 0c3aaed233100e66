import secrets

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand
from django.db import transaction

from iiwam.accounts.models import User


class Command(BaseCommand):
    help = "Creates one superuser with a random password, printed once, when no member of staff exists yet."

    def add_arguments(self, parser):
        parser.add_argument("--email", default="office@iiwam.example")

    @transaction.atomic
    def handle(self, *, email, **options):
        if User.objects.filter(is_staff=True).exists():
            return
        password = secrets.token_urlsafe(12)
        user = User.objects.create_superuser(email, password, full_name="Office")
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        self.stdout.write(
            self.style.SUCCESS(
                f"\n  First member of staff: {email}\n  Password, printed this once: {password}\n"
                "  Sign in at /admin/ and change it.\n"
            )
        )
