"""The form of somebody who wants to be told of an intake."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Profession
from .address import AddressField


class ProfessionField(forms.ModelChoiceField):
    """A profession, by its name in addresses, or none."""

    def __init__(self):
        super().__init__(
            Profession.objects.all(),
            to_field_name="slug",
            required=False,
            label=_("Your profession"),
            empty_label=_("I would rather not say"),
            error_messages={"invalid_choice": _("Choose a profession from the list")},
        )


class InterestForm(forms.Form):
    email = AddressField(
        help_text=_("We send one email there, with a link to confirm. Nothing is sent until you follow it.")
    )
    profession = ProfessionField()
