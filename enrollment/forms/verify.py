"""What anyone may hand in to have a certificate checked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .. import numbers
from ..credentials.checking import LONGEST


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


class FileForm(forms.Form):
    """The PDF of a certificate, or its badge as PNG or SVG."""

    use_required_attribute = False
    file = forms.FileField(
        label=_("PDF or badge"),
        help_text=_(
            "The certificate as PDF, or its badge as PNG or SVG, as the holder sent it, up to 1 MB. The file is not kept."
        ),
        max_length=300,
        error_messages={
            "required": _("Choose the PDF of the certificate or its badge, of 1 MB at most"),
            "empty": _("This file is empty. Choose the PDF of the certificate or its badge"),
        },
        widget=forms.FileInput({"accept": "application/pdf,image/png,image/svg+xml,.pdf,.png,.svg"}),
    )


class CredentialForm(forms.Form):
    """A signed credential, as JSON or as a token."""

    use_required_attribute = False
    credential = forms.CharField(
        label=_("Credential"),
        help_text=_("The whole text of credential.json, or the long line of credential.jwt."),
        max_length=LONGEST,
        error_messages={
            "required": _("Paste the text of the credential"),
            "max_length": _("This is longer than any credential of ours. Paste the text of one credential"),
        },
        widget=forms.Textarea({"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
    )
