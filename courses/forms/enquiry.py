"""The form of somebody who asks the office a question."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .address import AddressField
from .interest import ProfessionField

LONGEST_QUESTION = 2_000
MOST_LINKS = 1
LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


class EnquiryForm(forms.Form):
    text = forms.CharField(
        label=_("Your question"),
        max_length=LONGEST_QUESTION,
        min_length=10,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("Nothing about a patient by name, please, and no passwords or card numbers."),
        error_messages={
            "required": _("Write your question"),
            "min_length": _("Write your question in a sentence"),
        },
    )
    email = AddressField(help_text=_("The answer goes there, and nothing else."))
    name = forms.CharField(
        label=_("What may we call you?"),
        max_length=80,
        required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    profession = ProfessionField()
    # People do not see it; programs that fill in every box give themselves away.
    website = forms.CharField(required=False, max_length=500)

    @property
    def shown_fields(self):
        return [self[name] for name in ("text", "email", "name", "profession")]

    @property
    def is_from_a_program(self) -> bool:
        return bool(self.data.get("website"))

    def clean_text(self):
        text = self.cleaned_data["text"].replace("\r\n", "\n")
        if len(LINK.findall(text)) > MOST_LINKS:
            raise ValidationError(
                _("Write the question with one link at most: we get much unasked advertising.")
            )
        return text

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        # It stands at the head of a letter, where an address would be one to click on.
        if LINK.search(name) or not name.isprintable():
            raise ValidationError(_("Write a name, without a link"))
        return name

    @property
    def asked(self) -> dict:
        """What was asked, once the form is valid."""
        return {name: self.cleaned_data[name] for name in ("text", "email", "name", "profession")}
