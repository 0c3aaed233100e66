"""Countries as people know them, those IIWAM has affiliations with first."""

from django.utils.translation import gettext_lazy as _

from courses.countries import names
from courses.models import Affiliation

__all__ = ["choices", "names"]


def choices() -> list:
    """For a select: nothing chosen, the affiliated countries, then all others by name."""
    near = list(Affiliation.objects.values_list("country", flat=True))
    known = names()
    others = sorted((name, code) for code, name in known.items() if code not in near)
    return [
        ("", _("Choose a country")),
        (_("Countries with an IIWAM affiliation"), [(code, known[code]) for code in near if code in known]),
        (_("All other countries"), [(code, name) for name, code in others]),
    ]
