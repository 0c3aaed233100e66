import random
import secrets

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from courses.models import Course, Intake
from enrollment.demo import people, stages
from enrollment.demo.walks import Walker
from enrollment.models import Certificate


class Command(BaseCommand):
    help = (
        "Fills the database through the verbs with made-up people up to a stage of the road, and prints who can sign "
        "in as what. The same --seed makes the same people. A second run adds nobody and keeps the password."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--stage", choices=list(stages.STAGES), default="certified", help="how far people have come"
        )
        parser.add_argument(
            "--seed", type=int, default=1, help="number that decides names, dates and answers"
        )
        parser.add_argument(
            "--force", action="store_true", help="also where the site answers to a public host"
        )

    def handle(self, *, stage, seed, force, **options):
        if not (settings.LOCAL_DEMO or force):
            raise CommandError(
                "This site answers to a public host. Made-up people belong in a demo; --force insists."
            )
        if not Course.objects.filter(slug=stages.FLAGSHIP).exists():
            call_command("prepare", no_static=True)
        call_command("sync_roles", verbosity=0)
        password = demo_password()
        with transaction.atomic():
            self.fill(stage, random.Random(seed), password)
        self.tell(password)

    def fill(self, last, chance, password):
        staff = people.staff(password)
        if Intake.objects.filter(code__contains="-demo-").exists():
            self.stdout.write("The demo people are here already; nobody was added.")
            return
        walker, now = Walker(staff=staff, chance=chance, password=password), timezone.now()
        for name, walk in stages.STAGES.items():
            walk(walker, now)
            if name == last:
                break
        self.stdout.write(f"Walked {walker.number} people up to “{last}”.")

    def tell(self, password):
        self.stdout.write(f"\nSign in at {settings.SITE_URL}/accounts/login/ with the password {password}")
        for name, (role, full_name) in people.STAFF.items():
            self.stdout.write(f"  {name}@{people.DOMAIN:<16} {role}: {full_name}")
        self.stdout.write(f"  any applicant or learner, such as {first_addresses()}")
        for certificate in Certificate.objects.order_by("issued_at")[:8]:
            self.stdout.write(
                f"  {certificate.get_status_display():<10} {settings.SITE_URL}/verify/{certificate.number}/"
            )


def first_addresses() -> str:
    return ", ".join(people.applicant_address(number) for number in (0, 7, 12, 20))


def demo_password() -> str:
    """Made once for this database's folder and kept there, readable by its owner alone."""
    path = settings.DATA_DIR / "demo_password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(9))
    return path.read_text().strip()
