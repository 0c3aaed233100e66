"""The transcript on paper: a tagged PDF (PDF/UA-1) of what the page shows."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from iiwam.typesetting import Fault, Template

from ..models import CpdEntry
from .transcript import Account, Year, accounts, name_of, plain, with_unit

TEMPLATE = Template(Path(__file__).parent / "transcript.typ")
STANDARDS = ["ua-1"]


def render(person: Any, *, at: datetime) -> bytes:
    """The person's transcript as of this moment; the same bytes for the same ledger and moment."""
    sheet = lay_out(person, at)
    try:
        return TEMPLATE.pdf(sheet, standards=STANDARDS, at=at)
    except Fault:
        # A sign without a glyph here costs the standard's mark, never the transcript.
        return TEMPLATE.pdf(sheet, standards=[], at=at)


def lay_out(person: Any, at: datetime) -> dict:
    local = timezone.localtime(at)
    told = accounts(person, on=local.date())
    return {
        "title": _("CPD transcript"),
        "institute": "International Institute of Wellness & Aesthetic Medicine",
        "holder": name_of(person),
        "as_of": _("As the ledger stood on %(day)s.") % {"day": date_format(local, "j F Y")},
        "address": f"{settings.SITE_URL}{reverse('enrollment:cpd')}",
        "sample": _("Sample data: no award.") if any(one.scheme.is_sample for one in told) else "",
        "empty": _("No points or hours are on record."),
        "heads": [_("Earned on"), _("Activity"), _("Code"), _("Amount")],
        "note": _(
            "Entries are shown whose approval stood on the day they were earned. The scheme’s own record decides."
        ),
        "accounts": [block(account) for account in told],
        "today": {"year": local.year, "month": local.month, "day": local.day},
    }


def block(account: Account) -> dict:
    return {
        "body": account.scheme.body,
        "years": [section(account, year) for year in account.years if year.lines or year is account.present],
    }


def section(account: Account, year: Year) -> dict:
    return {
        "cycle": cycle_in_words(year),
        "counted": sum_in_words(account, year),
        "part": share(year),
        "rows": [row(entry) for entry in year.lines],
    }


def cycle_in_words(year: Year) -> str:
    return _("%(first)s to %(last)s") % {
        "first": date_format(year.cycle.starts_on, "j F Y"),
        "last": date_format(year.cycle.ends_on, "j F Y"),
    }


def sum_in_words(account: Account, year: Year) -> str:
    """Such as “8 points of 20, 2 of them carried in”."""
    words = with_unit(year.sum.counted, account.scheme)
    if year.sum.required:
        words = _("%(counted)s of %(required)s") % {"counted": words, "required": plain(year.sum.required)}
    if year.sum.carried_in:
        words = _("%(words)s, %(carried)s of them carried in") % {
            "words": words,
            "carried": plain(year.sum.carried_in),
        }
    return words


def share(year: Year) -> float:
    """How much of what the scheme asks for is there, from nought to one; below nought where it asks for no number."""
    if not year.sum.required:
        return -1
    return float(min(1, max(0, year.sum.counted / year.sum.required)))


def row(entry: CpdEntry) -> list[str]:
    title = _("Taken back: %(title)s") % {"title": entry.title} if entry.corrects_id else entry.title
    return [date_format(entry.earned_on, "j M Y"), title, entry.event_code, plain(entry.amount)]
