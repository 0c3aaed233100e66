from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision
from django import template
from django.utils.translation import get_language, to_locale

register = template.Library()


@register.filter
def money(minor: int | None, currency: str) -> str:
    """An amount of minor units as people write it, with the currency's code; cents only when there are any."""
    if minor is None or not currency:
        return ""
    precision = get_currency_precision(currency)
    amount = Decimal(minor).scaleb(-precision)
    whole = amount == amount.to_integral_value()
    pattern = "¤¤\xa0#,##0" if whole or not precision else f"¤¤\xa0#,##0.{'0' * precision}"
    return format_currency(amount, currency, pattern, locale=reader_locale(), currency_digits=False)


def reader_locale() -> Locale:
    """The reader's locale as Babel knows it, or else English."""
    try:
        return Locale.parse(to_locale(get_language() or "en"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
