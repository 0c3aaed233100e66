from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from iiwam.forms import ThreePartDateField

from ..models import LogbookEntry
from ..practice import ENTRY_FIELDS


class EntryForm(forms.ModelForm):
    """One supervised procedure, without the patient's identity."""

    use_required_attribute = False
    performed_on = ThreePartDateField(
        label=_("Date of the procedure"),
        help_text=_("For example, 27 3 2026."),
        error_messages={"required": _("Enter the date of the procedure")},
    )

    class Meta:
        model = LogbookEntry
        fields = ENTRY_FIELDS
        widgets = {
            "patient_code": forms.TextInput(
                {"class": "w20", "autocapitalize": "characters", "autocomplete": "off"}
            ),
            "phototype": forms.RadioSelect,
            "depth_mm": forms.TextInput({"class": "w4", "inputmode": "decimal"}),
            "passes": forms.TextInput({"class": "w4", "inputmode": "numeric"}),
            "cartridge_lot": forms.TextInput({"class": "w20", "autocomplete": "off"}),
            "role": forms.RadioSelect,
            "outcome": forms.Textarea({"rows": 4}),
            "reflection": forms.Textarea({"rows": 4}),
        }
        help_texts = {
            "procedure": _("For example, microneedling for acne scars."),
            "area": _("For example, cheeks."),
            "phototype": _("On the Fitzpatrick scale."),
            "device": _("Maker and model, or kind."),
            "cartridge_lot": _("Printed on the package of the cartridge or roller."),
            "depth_mm": _("The deepest setting used, such as 1.5."),
            "anesthetic": _("Product, amount and time on the skin."),
            "outcome": _("End-point reached, reaction of the skin, anything unexpected."),
        }

    def __init__(self, *args, on: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.on = on
        for name in ("phototype", "role"):
            self.fields[name].choices = [choice for choice in self.fields[name].choices if choice[0]]

    def clean_patient_code(self):
        return self.cleaned_data["patient_code"].upper()

    def clean_performed_on(self):
        day = self.cleaned_data["performed_on"]
        if day > self.on:
            raise forms.ValidationError(_("Enter the day of the procedure, not one that is still to come."))
        return day
