"""Countries by their two letters, named as people know them."""

from functools import cache

from babel import Locale
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

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


def validate_country(code: str) -> None:
    if code not in names():
        raise ValidationError(
            _("“%(code)s” is no country. Use two letters, such as MY."), params={"code": code}
        )
