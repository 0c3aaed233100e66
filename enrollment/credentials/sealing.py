"""A certificate gets its signed credentials, once: what was signed is kept, and handed out as it is."""

import contextlib
import json
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from enrollment.models import Certificate, Seal

from . import openbadge, securing, status_list

MOST_TRIES = 5


class NoPlace(Exception):
    """No free place in a status list was found in so many tries."""


@transaction.atomic
def seal(certificate: Certificate, *, at: datetime | None = None) -> Seal:
    """The certificate has its credentials and its place in a status list; repeating gives the same ones.

    Raises KeyMissing when this machine holds no key to sign with.
    """
    Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    if kept := Seal.objects.filter(pk=certificate.pk).first():
        return kept
    return with_a_place(certificate, at or timezone.now())


def with_a_place(certificate: Certificate, at: datetime) -> Seal:
    """Two who draw the same place at the same moment are told apart by the database; the second draws again."""
    for _try in range(MOST_TRIES):
        with contextlib.suppress(IntegrityError), transaction.atomic():
            return sign(certificate, status_list.free_place(), at)
    raise NoPlace


def sign(certificate: Certificate, place: tuple[int, int], at: datetime) -> Seal:
    number, index = place
    claims = openbadge.claims(certificate.snapshot, status_list.entry(number, index))
    return Seal.objects.create(
        certificate=certificate,
        status_list=number,
        status_index=index,
        credential=json.dumps(securing.with_proof(claims, at=at), ensure_ascii=False, indent=1),
        token=securing.as_token(claims),
        sealed_at=at,
    )


def sealed(certificate: Certificate) -> Seal:
    """Its seal; a certificate from before there were seals gets one now."""
    return Seal.objects.filter(pk=certificate.pk).first() or seal(certificate)
