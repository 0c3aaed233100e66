"""The form of somebody who wants to be told of an intake."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..interest import plain_address
from ..models import Profession

LONGEST_ADDRESS = 254


class InterestForm(forms.Form):
    email = forms.EmailField(
        label=_("Email address"),
        max_length=LONGEST_ADDRESS,
        help_text=_("We send one email there, with a link to confirm. Nothing is sent until you follow it."),
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"invalid": _("Enter an email address, such as name@example.org")},
    )
    profession = forms.ModelChoiceField(
        Profession.objects.all(),
        to_field_name="slug",
        required=False,
        label=_("Your profession"),
        empty_label=_("I would rather not say"),
        error_messages={"invalid_choice": _("Choose a profession from the list")},
    )

    def clean_email(self):
        email = self.cleaned_data["email"]
        # Allowed on paper, met only in attacks: a quoted name can hold spaces, control characters and a second @.
        if '"' in email or not email.isprintable():
            raise self.no_address()
        try:
            plain = plain_address(email)
        except UnicodeError:
            raise self.no_address() from None
        # A name without a dot is a machine of our own, and an address can grow when its domain is spelled out.
        if "." not in plain.rpartition("@")[2] or len(plain) > LONGEST_ADDRESS:
            raise self.no_address()
        return plain

    def no_address(self) -> ValidationError:
        return ValidationError(self.fields["email"].error_messages["invalid"])
