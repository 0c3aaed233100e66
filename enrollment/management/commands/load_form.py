from django.core.management.base import BaseCommand
from django.db import transaction

from enrollment.models import Register, Statement
from enrollment.questionnaire import CONTENT, first_texts


class Command(BaseCommand):
    help = (
        "Adds the registers, declarations and consents of enrollment/content/form.toml that are not there yet. What the "
        "office has edited, retired or worded anew stays as it is."
    )

    @transaction.atomic
    def handle(self, **options):
        for row in CONTENT["register"]:
            key = {"country": row["country"], "name": row["name"]}
            Register.objects.get_or_create(**key, defaults={"website": row.get("website", "")})
        known = set(Statement.objects.values_list("key", flat=True))
        Statement.objects.bulk_create([text for text in first_texts() if text.key not in known])
