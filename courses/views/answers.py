"""What the views of the catalog share: when an answer stops being true, and how a draft is shown."""

from datetime import datetime

from django.shortcuts import render
from django.utils.cache import patch_cache_control


def turning_points(intakes) -> list[datetime | None]:
    """The moments at which what a page says of these intakes stops being so."""
    return [
        moment
        for intake in intakes
        for moment in (
            intake.applications_open_at,
            intake.applications_close_at,
            intake.early_fee_ends_at,
        )
    ]


def missed_page(asked: str | None, page) -> bool:
    """Whether somebody asked for a page that is not the one they get."""
    return asked is not None and asked != str(page.number)


def answer(request, template, context, *, published: bool):
    """A page; a draft says that it is one, and no cache or search engine keeps it."""
    response = render(request, template, {**context, "is_draft": not published})
    if not published:
        patch_cache_control(response, private=True, no_store=True)
        response["X-Robots-Tag"] = "noindex"
    return response
