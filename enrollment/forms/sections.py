"""The pages of an application as forms. A draft may lack answers; a wrong one is refused and the others are kept."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from courses.models import Profession
from iiwam.forms import ThreePartDateField

from ..completeness import ADULT_AGE, SECTIONS, required_fields, years_between
from ..models import Application
from . import countries, registers

OLDEST = 110


class SectionForm(forms.ModelForm):
    """One page of an application. Nothing is compulsory while it is a draft; `asked_for` marks what is needed to submit."""

    use_required_attribute = False
    section: str

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        needed = required_fields(self.instance, self.section)
        for name, field in self.fields.items():
            field.required = False
            field.asked_for = name in needed

    @property
    def good_answers(self) -> dict[str, Any]:
        """Everything that was understood, also when another answer was not."""
        return {name: self.cleaned_data[name] for name in self.fields if name in self.cleaned_data}


class AboutForm(SectionForm):
    section = "about"
    birth_date = ThreePartDateField(label=_("Date of birth"), help_text=_("For example, 27 3 1990."))
    residence_country = forms.ChoiceField(label=_("Country of residence"), choices=countries.choices)

    class Meta:
        model = Application
        fields = SECTIONS["about"].fields
        labels = {
            "legal_name": _("Full name as on your register or identity document"),
            "native_name": _("Your name in your own script"),
            "city": _("Town or city"),
            "phone": _("Telephone"),
            "access_needs": _("Anything we should know so that you can take part"),
        }
        help_texts = {
            "legal_name": _("In Latin letters. We print it on your certificate as you write it here."),
            "native_name": _("For example, in Thai, Korean, Khmer, Burmese or Devanagari."),
            "phone": _(
                "With your country code, such as +66 81 234 5678. Only numbers of Malaysia may leave it out."
            ),
            "access_needs": _(
                "For example, step-free rooms or larger print. Leave out anything medical that we do not need."
            ),
        }
        widgets = {
            "legal_name": forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
            "native_name": forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
            "city": forms.TextInput({"autocomplete": "address-level2", "class": "w20"}),
            "access_needs": forms.Textarea({"rows": 4}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs.update({"autocomplete": "tel", "class": "w20"})
        self.fields["phone"].error_messages["invalid"] = _(
            "Enter a telephone number with its country code, such as +66 81 234 5678"
        )
        for part, name in zip(
            self.fields["birth_date"].widget.widgets, ("bday-day", "bday-month", "bday-year"), strict=True
        ):
            part.attrs["autocomplete"] = name

    def clean_birth_date(self):
        born = self.cleaned_data["birth_date"]
        if born is None:
            return None
        age = years_between(born, timezone.localdate())
        if age < 0 or age > OLDEST:
            raise forms.ValidationError(_("Enter the date you were born"))
        if age < ADULT_AGE:
            raise forms.ValidationError(_("You can apply from your 18th birthday on"))
        return born


class ProfessionForm(SectionForm):
    section = "profession"
    register_country = forms.ChoiceField(
        label=_("Country of your register"),
        choices=countries.choices,
        help_text=_("Where you are registered, which need not be where you live."),
    )
    license_valid_until = ThreePartDateField(
        label=_("Practising certificate valid until"),
        help_text=_("The last day printed on it, for example 31 12 2027."),
    )

    class Meta:
        model = Application
        fields = SECTIONS["profession"].fields
        labels = {
            "profession": _("What is your profession?"),
            "qualification": _("Primary qualification"),
            "register_body": _("Full name of the register"),
            "register_number": _("Registration number"),
        }
        help_texts = {
            "profession": _("Choose the one that you are registered or trained for."),
            "qualification": _(
                "Degree or certificate, where and when, such as MBBS, University of Malaya, 2014."
            ),
            "register_body": _(
                "Not its abbreviation: MMC is a council in Malaysia and another in Myanmar. For example, "
                "Medical Council of Thailand."
            ),
            "register_number": _("As printed on your certificate: letters, digits, “/” and “-”."),
        }
        widgets = {
            "profession": forms.RadioSelect,
            "register_body": forms.TextInput({"list": "registers", "autocomplete": "off"}),
            "register_number": forms.TextInput(
                {"class": "w20", "autocomplete": "off", "spellcheck": "false"}
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        admitted = Profession.objects.filter(audiences__course=self.instance.intake.course)
        self.fields["profession"].queryset = admitted.distinct()
        self.fields["profession"].empty_label = None

    @property
    def known_registers(self) -> list[str]:
        return registers.names()

    def clean_register_body(self):
        body = self.cleaned_data["register_body"]
        if meanings := registers.AMBIGUOUS.get(body.upper().replace(".", "")):
            raise forms.ValidationError(
                _("Write the name in full: “%(short)s” is both %(first)s and %(second)s"),
                params={"short": body, "first": meanings[0], "second": meanings[1]},
            )
        return body

    def clean_register_number(self):
        number = self.cleaned_data["register_number"]
        if not all(sign.isalnum() or sign in "/-" for sign in number):
            raise forms.ValidationError(_("Use only letters, digits, “/” and “-” in the registration number"))
        return number


class ExperienceForm(SectionForm):
    section = "experience"
    years_in_practice = forms.IntegerField(
        label=_("Years in practice"),
        min_value=0,
        max_value=70,
        help_text=_("In whole years. Write 0 if you have just begun."),
        widget=forms.TextInput({"inputmode": "numeric", "class": "w4"}),
        error_messages={"invalid": _("Enter the years in practice as a whole number, such as 4")},
    )

    class Meta:
        model = Application
        fields = SECTIONS["experience"].fields
        labels = {
            "workplace": _("Place of work"),
            "prior_training": _("Earlier training in aesthetic medicine"),
            "motivation": _("Why this course?"),
        }
        help_texts = {
            "workplace": _("Name and town. Write “none” if you do not work at present."),
            "prior_training": _("Courses, where and when. Up to 2,000 characters."),
            "motivation": _("What you want to be able to do afterwards. Up to 2,000 characters."),
        }
        widgets = {
            "prior_training": forms.Textarea({"rows": 5}),
            "motivation": forms.Textarea({"rows": 5}),
        }


SECTION_FORMS: Mapping[str, type[SectionForm]] = {
    form.section: form for form in (AboutForm, ProfessionForm, ExperienceForm)
}


def in_words(field: forms.Field, value: Any) -> str:
    """An answer as a person reads it; nothing when there is none."""
    if value in (None, ""):
        return ""
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return str(dict(flattened(field.choices)).get(value, value))
    return getattr(value, "as_international", str(value))


def flattened(choices: Iterable) -> Iterator[tuple[str, Any]]:
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield value, label


def fingerprint(application: Application, section: str) -> str:
    """Changes when an answer of this section does; other sections may be saved meanwhile without a conflict."""
    answers = repr([str(getattr(application, name)) for name in SECTIONS[section].fields])
    return hashlib.sha256(answers.encode()).hexdigest()[:16]
