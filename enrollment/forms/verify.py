from django import forms
from django.utils.translation import gettext_lazy as _

from .. import numbers


class VerifyForm(forms.Form):
    """A certificate number, in whatever spelling."""

    use_required_attribute = False
    number = forms.CharField(
        label=_("Certificate number"),
        help_text=_("Printed on the certificate. It begins with IIWAM."),
        max_length=numbers.LONGEST_INPUT,
        error_messages={"required": _("Enter the number that is printed on the certificate")},
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def clean_number(self) -> str:
        exact = numbers.read(self.cleaned_data["number"])
        if exact is None:
            raise forms.ValidationError(
                _("There is a slip in this number. Compare it with the certificate, character by character")
            )
        return exact
