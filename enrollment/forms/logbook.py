from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from iiwam.forms import ThreePartDateField

from .. import practice
from ..models import Enrollment, LogbookEntry
from ..practice import ENTRY_FIELDS


def procedure_field(names: list[str]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Procedure"),
        choices=[(name, name) for name in names],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the procedure"),
            "invalid_choice": _("Choose a procedure from the list"),
        },
    )


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

    def __init__(self, *args, enrollment: Enrollment, at: datetime, **kwargs):
        super().__init__(*args, **kwargs)
        self.enrollment, self.at = enrollment, at
        if names := self.procedures():
            self.fields["procedure"] = procedure_field(names)
        for name in ("phototype", "role"):
            self.fields[name].choices = [choice for choice in self.fields[name].choices if choice[0]]

    def procedures(self) -> list[str]:
        """What the course teaches; an entry written before the list was may keep its own words."""
        names = list(self.enrollment.intake.course.procedures.values_list("name", flat=True))
        own = self.instance.procedure
        return [*names, own] if names and own and own not in names else names

    def clean_patient_code(self):
        return self.cleaned_data["patient_code"].upper()

    def clean(self):
        """Words by which the patient could be known are refused beside their field, with what they look like."""
        answers = super().clean()
        for name, sentence in practice.signs_of_identity(answers, self.enrollment, self.at).items():
            if name not in self.errors:
                self.add_error(name, sentence)
        return answers

    def clean_performed_on(self):
        day = self.cleaned_data["performed_on"]
        if day > self.at.astimezone(self.enrollment.intake.zone).date():
            raise forms.ValidationError(_("Enter the day of the procedure, not one that is still to come."))
        return day
