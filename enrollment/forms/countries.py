"""Countries as people know them, those IIWAM has affiliations with first."""

from functools import cache

from babel import Locale
from django.utils.translation import gettext_lazy as _

from courses.models import Affiliation

# Codes of CLDR that are no country anyone lives in or holds a licence of.
NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


@cache
def names(language: str = "en") -> dict[str, str]:
    territories = Locale.parse(language).territories
    return {
        code: name
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES
    }


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
