"""What the head of a page tells machines of it."""

from typing import NamedTuple

from django import template
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

INSTITUTE = _("Certification in microneedling and cosmetic dermatology")
SENTENCE = _("Courses, supervised practice and certificates in microneedling and cosmetic dermatology.")


class Told(NamedTuple):
    title: str | Promise
    summary: str | Promise


@register.simple_tag(takes_context=True)
def here(context) -> str:
    """The one address of this page; of what is asked only the page of a list makes another page."""
    page = context.get("page")
    number = getattr(page, "number", 1)
    return f"{settings.SITE_URL}{context['request'].path}{f'?page={number}' if number > 1 else ''}"


@register.simple_tag(takes_context=True)
def about_page(context) -> Told:
    """The title and the summary of the record that this page is about, or of the institute."""
    for name in ("article", "module", "course"):
        if record := context.get(name):
            return Told(record.title, record.summary)
    return Told(INSTITUTE, SENTENCE)
