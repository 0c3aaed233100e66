"""A certificate as a sheet to hang on a wall and to archive: PDF/UA-1 and PDF/A-3a at once, from the snapshot alone.

The signed credential travels inside, in both forms, so that the file can be checked without this site.
"""

import io
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import segno
import structlog
from PIL import Image

from enrollment.models import Certificate, Seal, Sheet
from iiwam.typesetting import Fault, Template

from . import art
from .sealing import sealed

logger = structlog.get_logger(__name__)

TEMPLATE = Template(Path(__file__).parent / "certificate.typ")
STANDARDS = ["ua-1", "a-3a"]
A4, LETTER = Sheet.Paper.A4, Sheet.Paper.LETTER
# Width and height in millimetres; ISO 216 and ANSI/ASME Y14.1.
SIZES = {A4: (297, 210), LETTER: (279.4, 215.9)}
REGISTERED, BESIDE_NUMBERS = "Name on the register", 40


@dataclass(frozen=True)
class Attachment:
    """A file inside the sheet; `relationship` is what PDF/A-3 wants to know of it."""

    name: str
    content: str
    kind: str
    relationship: str
    description: str


def render(certificate: Certificate, paper: str = A4) -> bytes:
    """The PDF of this certificate on this paper, the same bytes every time."""
    return draw(certificate.snapshot, paper, attachments(sealed(certificate)))


def preview(certificate: Certificate) -> bytes:
    """The sheet as a WebP picture for the screen, sharp on a dense one."""
    drawn = TEMPLATE.png(lay_out(certificate.snapshot), ppi=132)
    picture = io.BytesIO()
    Image.open(io.BytesIO(drawn)).convert("RGB").save(picture, "WEBP", quality=80, method=1)
    return picture.getvalue()


def attachments(seal: Seal) -> list[Attachment]:
    words = "This certificate as a signed Open Badges 3.0 credential"
    return [
        Attachment("credential.json", seal.credential, "application/ld+json", "data", f"{words}, JSON-LD"),
        Attachment("credential.jwt", seal.token, "application/jwt", "alternative", f"{words}, VC-JWT"),
    ]


def draw(snapshot: dict, paper: str = A4, attached: list[Attachment] | None = None) -> bytes:
    """A name in a script without a font here costs its own line, never the certificate."""
    sheet = lay_out(snapshot, paper, attached)
    try:
        return compile_sheet(sheet, STANDARDS)
    except Fault:
        logger.warning("certificate_without_native_name", number=snapshot["number"])
    try:
        return compile_sheet({**sheet, "native": None}, STANDARDS)
    except Fault:
        logger.warning("certificate_outside_archive_standard", number=snapshot["number"])
    return compile_sheet(sheet, [])


def compile_sheet(sheet: dict, standards: list[str]) -> bytes:
    issued = sheet["issued"]
    at = datetime(issued["year"], issued["month"], issued["day"], tzinfo=UTC)
    return TEMPLATE.pdf(sheet, standards=standards, at=at)


def ground(paper: str) -> dict:
    """The paper and what lies behind the words: the A4 sheet scaled to its width, with more ground above and below."""
    width, height = SIZES[paper]
    scale = width / SIZES[A4][0]
    tall = round(height / scale, 3)
    over = round((tall - SIZES[A4][1]) / 2, 3)
    return {
        "paper": {"width": width, "height": height, "scale": scale, "over": over},
        "art": art.background(tall, over),
    }


# From the snapshot to the words of the sheet


def lay_out(snapshot: dict, paper: str = A4, attached: list[Attachment] | None = None) -> dict:
    """Every word of the sheet, in the order in which the template asks for them."""
    issued = date.fromisoformat(snapshot["issued_on"])
    holder, course, award = snapshot["holder"], snapshot["course"], snapshot["award"]
    url = snapshot["verify_url"]
    return {
        **ground(paper),
        "attached": [asdict(attachment) for attachment in attached or []],
        "title": f"{award or course['title']}, {printed_name(holder)}",
        "description": f"Certificate {snapshot['number']} of {snapshot['issuer']}",
        "issuer": snapshot["issuer"],
        "course": course_lines(course),
        "name": printed_name(holder),
        "native": native_line(holder),
        "sentence": f"has met the requirements of the course{' and is awarded the' if award else ''}",
        "award": award or course["title"],
        "facts": facts(snapshot),
        "details": details(snapshot),
        "depths": depths_of(snapshot),
        "signatories": snapshot["signatories"],
        "number": snapshot["number"],
        "issued": {"year": issued.year, "month": issued.month, "day": issued.day, "text": in_words(issued)},
        "verify_url": url,
        "verify_at": "/".join(url.split("/")[2:4]),
        "qr": qr_code(url),
        "qr_alt": f"QR code: opens {url}",
        "no_licence": snapshot["no_licence"],
        "scope_notice": snapshot["scope_notice"],
        "specimen": "Specimen with sample data: no award" if snapshot["is_sample"] else None,
    }


def in_words(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def printed_name(holder: dict) -> str:
    return holder.get("printed_name") or holder["name"]


def course_lines(course: dict) -> list[str]:
    return [f"Course {course['code']}", course["title"], f"Syllabus version {course['syllabus_version']}"]


def native_line(holder: dict) -> dict | None:
    if not holder["native_name"]:
        return None
    return {"name": holder["native_name"], "lang": holder["native_language"] or "en"}


def facts(snapshot: dict) -> list[tuple[str, str]]:
    """What was done, in numbers; a number that nobody confirmed is left out."""
    course, intake, depths = snapshot["course"], snapshot["intake"], snapshot["depths_mm"]
    holder = snapshot["holder"]
    first, last = snapshot.get("first_issued_on"), snapshot.get("valid_on")
    told = [
        (REGISTERED, "" if is_long(holder) else registered_name(holder)),
        ("Theory", f"{course['hours_theory']} hours" if course["hours_theory"] else ""),
        ("Practice", f"{course['hours_practical']} hours" if course["hours_practical"] else ""),
        ("Supervised cases", str(snapshot["supervised_cases"] or "")),
        ("Depths practised", f"{depths['from']} to {depths['to']} mm" if depths else ""),
        ("Course dates", span(intake["starts_on"], intake["ends_on"])),
        ("First issued", in_words(date.fromisoformat(first)) if first else ""),
        ("Valid until", in_words(date.fromisoformat(last)) if last else ""),
    ]
    return [(label, value) for label, value in told if value]


def registered_name(holder: dict) -> str:
    """The name on the register, where another one is printed large."""
    return holder["name"] if holder.get("printed_name") else ""


def is_long(holder: dict) -> bool:
    """Too long to stand among the numbers: it begins the small print instead."""
    return len(registered_name(holder)) > BESIDE_NUMBERS


def span(first: str, last: str) -> str:
    """Two days as one writes them: 1 to 8 March 2026, 28 Feb to 3 Mar 2026."""
    days = [date.fromisoformat(day) for day in dict.fromkeys((first, last)) if day]
    if len(days) < 2:
        return "".join(in_words(day) for day in days)
    start, end = days
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day} to {in_words(end)}"
    year = "" if start.year == end.year else f" {start.year}"
    return f"{start.day} {start:%b}{year} to {end.day} {end:%b} {end.year}"


def details(snapshot: dict) -> list[tuple[str, str]]:
    """What stands behind the numbers, a line each; a line with nothing to tell is left out."""
    holder = snapshot["holder"]
    told = [
        (REGISTERED, [registered_name(holder)] if is_long(holder) else []),
        ("Procedures covered", [covered(procedure) for procedure in snapshot.get("procedures", [])]),
        (
            "Modules passed",
            [f"{module['number']} {module['title']}" for module in snapshot["modules_passed"]],
        ),
        (
            "Hours",
            [f"{line['hours']} {line['label']}, {line['counted']}" for line in snapshot.get("hours", [])],
        ),
        ("CPD points", development(snapshot, "points")),
        ("CPD hours", development(snapshot, "hours")),
        (
            "Approvals",
            [
                f"{body['statement']} {body['body']}, {body['reference']}"
                for body in snapshot.get("bodies", [])
            ],
        ),
    ]
    return [(label, "; ".join(lines)) for label, lines in told if lines]


def development(snapshot: dict, unit: str) -> list[str]:
    """What schemes of continuing development approved, in this unit; lines from before there were units are points."""
    return [
        f"{line['points']}, {line['scheme']}, event {line['event_code']}"
        for line in snapshot.get("cpd", [])
        if line.get("unit", "points") == unit
    ]


def covered(procedure: dict) -> str:
    cases = procedure["supervised_cases"]
    if not cases:
        return procedure["name"]
    return f"{procedure['name']} ({cases} supervised case{'' if cases == 1 else 's'})"


def depths_of(snapshot: dict) -> list[float] | None:
    depths = snapshot["depths_mm"]
    return [min(float(depths[end]), 3.0) for end in ("from", "to")] if depths else None


def qr_code(url: str) -> str:
    """Drawn as one path; the white margin is the sheet's."""
    drawing = io.BytesIO()
    segno.make(url, error="m", micro=False).save(drawing, kind="svg", border=0, dark=art.INK, xmldecl=False)
    return drawing.getvalue().decode()
