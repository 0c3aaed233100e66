"""Sheets as they are handed out: drawn from the snapshot, and known again by their fingerprint."""

import hashlib
from importlib.metadata import version

from django.utils import timezone

from enrollment.models import Certificate, Sheet

from . import pdf

MADE_WITH = f"typst {version('typst')}"


def hand_out(certificate: Certificate, paper: str = pdf.A4) -> bytes:
    """The PDF; its fingerprint is on record, so that whoever uploads it later learns that it is ours.

    A newer typesetter may draw other bytes: then both are on record.
    """
    content = pdf.render(certificate, paper)
    Sheet.objects.get_or_create(
        sha256=hashlib.sha256(content).hexdigest(),
        defaults={
            "certificate": certificate,
            "paper": paper,
            "made_with": MADE_WITH,
            "drawn_at": timezone.now(),
        },
    )
    return content
