"""An email address as a form takes it: one that a letter can reach, and that opens no door in a mail program."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..interest import plain_address

LONGEST_ADDRESS = 254


class AddressField(forms.EmailField):
    default_error_messages = {"invalid": _("Enter an email address, such as name@example.org")}

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Email address"))
        kwargs.setdefault("widget", forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}))
        super().__init__(max_length=LONGEST_ADDRESS, **kwargs)

    def clean(self, value):
        email = super().clean(value)
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
        return ValidationError(self.error_messages["invalid"], code="invalid")
