"""A certificate as an Open Badges 3.0 credential in the W3C Verifiable Credentials 2.0 model: claims, not yet signed.

Drawn from the snapshot alone. Whose it is stands there by name; no email address, not even a fingerprint of one.
"""

from dataclasses import dataclass

from . import issuer, jsonld


@dataclass(frozen=True)
class Outcome:
    """One number that the award reports, with what it counts."""

    key: str
    name: str
    value: str


def claims(snapshot: dict, status: dict) -> dict:
    """What is claimed, the same for either way of signing; `status` says where to look whether it still stands."""
    url = snapshot["verify_url"]
    told = {
        "@context": [jsonld.CREDENTIALS, jsonld.OPEN_BADGES],
        "id": url,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": title(snapshot),
        "description": description(snapshot),
        "issuer": issuer.profile(),
        "validFrom": issued_at(snapshot),
        "awardedDate": issued_at(snapshot),
        "credentialSubject": subject(snapshot),
        "credentialStatus": status,
    }
    if snapshot.get("valid_until"):
        told["validUntil"] = snapshot["valid_until"]
    return told


def title(snapshot: dict) -> str:
    return snapshot["award"] or snapshot["course"]["title"]


def issued_at(snapshot: dict) -> str:
    return snapshot.get("issued_at") or midnight(snapshot["issued_on"])


def midnight(day: str) -> str:
    return f"{day}T00:00:00Z"


def description(snapshot: dict) -> str:
    specimen = "Specimen with sample data: no award. " if snapshot["is_sample"] else ""
    return f"{specimen}Certificate {snapshot['number']}. {snapshot['no_licence']} {snapshot['scope_notice']}".strip()


def subject(snapshot: dict) -> dict:
    dates = {
        "activityStartDate": snapshot["intake"]["starts_on"],
        "activityEndDate": snapshot["intake"]["ends_on"],
    }
    return {
        "id": f"{snapshot['verify_url']}#holder",
        "type": ["AchievementSubject"],
        "identifier": [identity(name) for name in names(snapshot["holder"])],
        **{term: midnight(day) for term, day in dates.items() if day},
        "achievement": achievement(snapshot),
        "result": [result(snapshot, outcome) for outcome in outcomes(snapshot)],
        "narrative": narrative(snapshot),
    }


def names(holder: dict) -> list[str]:
    told = (holder["name"], holder.get("printed_name", ""), holder["native_name"])
    return [name for name in told if name]


def identity(name: str) -> dict:
    """A name in clear: it is printed on the sheet, and whoever was handed the credential must be able to compare it."""
    return {"type": "IdentityObject", "hashed": False, "identityHash": name, "identityType": "name"}


def achievement(snapshot: dict) -> dict:
    course = snapshot["course"]
    return {
        "id": f"{course_address(snapshot)}#award-{course['syllabus_version']}",
        "type": ["Achievement"],
        "achievementType": "Certificate",
        "name": title(snapshot),
        "description": f"{course['title']}, syllabus version {course['syllabus_version']}, of {snapshot['issuer']}.",
        "criteria": {"id": course_address(snapshot), "narrative": criteria(snapshot)},
        "creator": issuer.profile(),
        "humanCode": course["code"],
        "version": course["syllabus_version"],
        "inLanguage": "en",
        "tag": [procedure["name"] for procedure in snapshot.get("procedures", [])],
        "resultDescription": [described(snapshot, outcome) for outcome in outcomes(snapshot)],
    }


def course_address(snapshot: dict) -> str:
    return snapshot["course"].get("url") or f"{snapshot['verify_url']}#course"


def criteria(snapshot: dict) -> str:
    modules = "; ".join(module["title"] for module in snapshot["modules_passed"])
    cases = snapshot["supervised_cases"]
    met = [
        f"passed the questions of {modules}" if modules else "",
        f"performed {cases} cases under supervision, each signed by an assessor" if cases else "",
    ]
    done = " and ".join(filter(None, met)) or "met the requirements of the course"
    return f"The holder {done}."


def narrative(snapshot: dict) -> str:
    bodies = [f"{body['statement']} ({body['reference']})" for body in snapshot.get("bodies", [])]
    signed = ", ".join(f"{person['name']}, {person['role']}" for person in snapshot["signatories"])
    return " ".join([snapshot["no_licence"], f"Signed by {signed}.", *bodies])


# Numbers


def outcomes(snapshot: dict) -> list[Outcome]:
    """Supervised cases, hours with how they were counted, CPD points with their event: each only when it is known."""
    return [
        outcome for outcome in (*practice(snapshot), *hours(snapshot), *points(snapshot)) if outcome.value
    ]


def practice(snapshot: dict) -> list[Outcome]:
    by_procedure = [
        Outcome(
            f"cases-{place}",
            f"Supervised cases signed: {procedure['name']}",
            count(procedure["supervised_cases"]),
        )
        for place, procedure in enumerate(snapshot.get("procedures", []), 1)
    ]
    return [Outcome("cases", "Supervised cases signed", count(snapshot["supervised_cases"])), *by_procedure]


def count(number: int) -> str:
    return str(number) if number else ""


def hours(snapshot: dict) -> list[Outcome]:
    return [
        Outcome(f"hours-{line['kind']}", f"Hours, {line['label']}: {line['counted']}", line["hours"])
        for line in snapshot.get("hours", [])
    ]


def points(snapshot: dict) -> list[Outcome]:
    return [
        Outcome(
            f"cpd-{place}",
            f"CPD {line.get('unit', 'points')}, {line['scheme']}, event {line['event_code']}",
            line["points"],
        )
        for place, line in enumerate(snapshot.get("cpd", []), 1)
    ]


def outcome_address(snapshot: dict, outcome: Outcome) -> str:
    return f"{snapshot['verify_url']}#{outcome.key}"


def described(snapshot: dict, outcome: Outcome) -> dict:
    return {
        "id": outcome_address(snapshot, outcome),
        "type": ["ResultDescription"],
        "name": outcome.name,
        "resultType": "Result",
    }


def result(snapshot: dict, outcome: Outcome) -> dict:
    return {
        "type": ["Result"],
        "resultDescription": outcome_address(snapshot, outcome),
        "value": outcome.value,
    }
