"""A person's transcript as an Open Badges 3.0 credential: claims drawn from the accounts, signed in both forms.

It says what the ledger said on a day and lapses after DAYS; whoever needs a newer one asks for it again. No email
address and no identity number is in it.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.utils import timezone

from ..credentials import issuer, jsonld, securing
from ..credentials.openbadge import identity
from .transcript import Account, accounts, name_of, plain

DAYS = 90


def claims(person: Any, *, at: datetime) -> dict:
    """What is claimed of the person, the same for either way of signing."""
    told = accounts(person, on=timezone.localdate(at))
    name = (
        f"urn:uuid:{uuid5(NAMESPACE_URL, f'{settings.SITE_URL}/learn/cpd/{person.pk}/{securing.moment(at)}')}"
    )
    return {
        "@context": [jsonld.CREDENTIALS, jsonld.OPEN_BADGES],
        "id": name,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "CPD transcript",
        "description": description(told, at),
        "issuer": issuer.profile(),
        "validFrom": securing.moment(at),
        "validUntil": securing.moment(at + timedelta(days=DAYS)),
        "credentialSubject": subject(name, name_of(person), told),
    }


def description(told: list[Account], at: datetime) -> str:
    specimen = "Specimen with sample data: no award. " if any(one.scheme.is_sample for one in told) else ""
    day = at.astimezone(UTC).date().isoformat()
    return f"{specimen}Points and hours of continuing professional development on record at {issuer.NAME} on {day}."


def subject(name: str, holder: str, told: list[Account]) -> dict:
    outcomes = list(lines(told))
    return {
        "id": f"{name}#holder",
        "type": ["AchievementSubject"],
        "identifier": [identity(holder)],
        "achievement": {
            "id": f"{name}#transcript",
            "type": ["Achievement"],
            "achievementType": "CertificateOfCompletion",
            "name": "CPD transcript",
            "description": "Entries of the institute’s ledger whose approval stood on the day they were earned.",
            "criteria": {"narrative": "Attendance or completion on record, and an award by a registrar."},
            "creator": issuer.profile(),
            "inLanguage": "en",
            "resultDescription": [described(name, key, title) for key, title, _value in outcomes],
        },
        "result": [result(name, key, value) for key, _title, value in outcomes],
    }


def lines(told: list[Account]):
    """The sum of each cycle, then each entry of it: a key, what it is, how much."""
    for account in told:
        for year in account.years:
            if not year.lines:
                continue
            cycle = f"{year.cycle.starts_on.isoformat()} to {year.cycle.ends_on.isoformat()}"
            key = f"{account.scheme.key}-{year.cycle.starts_on.isoformat()}"
            yield (
                key,
                f"{account.scheme.body}, {account.scheme.unit} counted, {cycle}",
                plain(year.sum.counted),
            )
            for entry in year.lines:
                what = "Taken back: " if entry.corrects_id else ""
                title = f"{what}{entry.title}, {entry.earned_on.isoformat()}, code {entry.event_code}"
                yield f"{key}-{entry.pk}", title, plain(entry.amount)


def described(name: str, key: str, title: str) -> dict:
    return {"id": f"{name}#{key}", "type": ["ResultDescription"], "name": title, "resultType": "Result"}


def result(name: str, key: str, value: str) -> dict:
    return {"type": ["Result"], "resultDescription": f"{name}#{key}", "value": value}


def signed(person: Any, *, at: datetime) -> str:
    """The transcript with an embedded proof, as JSON-LD."""
    return json.dumps(securing.with_proof(claims(person, at=at), at=at), ensure_ascii=False, indent=1)


def token(person: Any, *, at: datetime) -> str:
    """The same claims as a signed token."""
    return securing.as_token(claims(person, at=at))
