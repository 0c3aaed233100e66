"""Amounts as people write them: 6,800.00 in a form, 680000 minor units in the row."""

from decimal import Decimal

from babel.numbers import get_currency_precision
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# The largest number that PostgreSQL keeps in an integer column.
MOST = 2_147_483_647


def minor_units(amount: Decimal, currency: str) -> int:
    """The amount in the smallest unit of the currency; a ValidationError where it is finer than that, or too large.

    How many decimal places a currency has comes from CLDR, by way of Babel.
    """
    precision = get_currency_precision(currency)
    minor = amount.scaleb(precision)
    if minor != minor.to_integral_value():
        raise ValidationError(
            _("%(currency)s has %(precision)s decimal places."),
            params={"currency": currency, "precision": precision},
        )
    if abs(minor) > MOST:
        raise ValidationError(_("That is more than can be recorded here. Check the amount."))
    return int(minor)


class AmountsForm(forms.ModelForm):
    """Each field whose name ends in `_minor` is typed in whole units of the row's currency."""

    amount_words = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.amounts():
            label, hint = self.amount_words[name]
            self.fields[name] = forms.DecimalField(
                label=label,
                help_text=hint,
                required=self.fields[name].required,
                min_value=0,
                max_digits=11,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "vTextField"}),
            )
            if self.initial.get(name) is not None:
                precision = get_currency_precision(self.currency())
                self.initial[name] = Decimal(self.initial[name]).scaleb(-precision)

    def amounts(self) -> list[str]:
        return [name for name in self.fields if name.endswith("_minor")]

    def currency(self) -> str:
        """The currency that the amounts are in, as three letters; empty when none is named."""
        return getattr(self, "cleaned_data", {}).get("currency", self.instance.currency)

    def clean(self):
        cleaned = super().clean()
        for name in self.amounts():
            if cleaned.get(name) is not None:
                self.keep_minor(cleaned, name)
        return cleaned

    def keep_minor(self, cleaned: dict, name: str) -> None:
        try:
            cleaned[name] = minor_units(cleaned[name], self.currency())
        except ValidationError as refusal:
            self.add_error(name, refusal)
