"""An applicant's own copy of what they wrote, as a tagged PDF."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from iiwam.typesetting import Fault, Template

from .models import Application

TEMPLATE = Template(Path(__file__).parent / "copy.typ")
STANDARDS = ["ua-1"]


def render(application: Application, said: list[tuple[str, list[tuple[str, str]]]], *, at: datetime) -> bytes:
    """These questions and answers, section by section, as they stood at this moment."""
    sheet = lay_out(application, said, at)
    try:
        return TEMPLATE.pdf(sheet, standards=STANDARDS, at=at)
    except Fault:
        # A sign without a glyph here costs the standard's mark, never the copy.
        return TEMPLATE.pdf(sheet, standards=[], at=at)


def lay_out(application: Application, said: list, at: datetime) -> dict:
    local = timezone.localtime(at)
    sent = application.submitted_at
    state = (
        _("Submitted on %(day)s") % {"day": date_format(timezone.localtime(sent), "j F Y, H:i")}
        if sent
        else _("Not submitted yet")
    )
    return {
        "title": _("Application %(reference)s") % {"reference": application.reference},
        "institute": "International Institute of Wellness & Aesthetic Medicine",
        "course": application.intake.course.title,
        "state": state,
        "as_of": _("As it stood on %(moment)s (Kuala Lumpur time).")
        % {"moment": date_format(local, "j F Y, H:i")},
        "address": f"{settings.SITE_URL}{application.get_absolute_url()}",
        "nothing": _("Not answered"),
        "sections": [{"title": title, "rows": [list(row) for row in rows]} for title, rows in said],
        "today": {"year": local.year, "month": local.month, "day": local.day},
    }
