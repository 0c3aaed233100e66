"""The name of a person: one line that reads as it was written, in whatever script."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Control characters, ends of lines, marks that turn the direction of what follows, and half characters. Joiners stay:
# Devanagari, Khmer and Burmese are written with them.
HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")
ON_ONE_LINE = _("Write the name on one line, without tabs or signs that cannot be seen")


def validate_name(value: str) -> None:
    """Refuses what would break a line of a letter, or let a certificate read otherwise than it is kept."""
    if HIDDEN.search(value):
        raise ValidationError(ON_ONE_LINE, code="hidden")


def on_one_line(name: str) -> str:
    """A name from before this was asked, fit to be printed."""
    return HIDDEN.sub(" ", name).strip()
