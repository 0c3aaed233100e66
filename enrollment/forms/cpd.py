from django import forms
from django.utils.translation import gettext_lazy as _

from ..cpd import identity

CONSENT = _(
    "IIWAM may pass this number to the scheme, so that the scheme can add points to my record. It is kept encrypted "
    "and deleted afterwards."
)


class IdentityForm(forms.Form):
    """A Malaysian identity card number, in whatever spacing; never prefilled."""

    use_required_attribute = False
    number = forms.CharField(
        label=_("IC number"),
        max_length=40,
        help_text=_("Twelve digits, such as 900517-00-1234. With or without hyphens."),
        error_messages={"required": _("Enter your IC number")},
        widget=forms.TextInput(
            {"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false", "class": "w12"}
        ),
    )
    consent = forms.BooleanField(label=CONSENT, error_messages={"required": _("Tick the box if you agree")})

    def clean_number(self) -> str:
        digits = identity.read(self.cleaned_data["number"])
        if digits is None:
            raise forms.ValidationError(
                _("Enter the twelve digits of the card; the first six are the date of birth")
            )
        return digits
