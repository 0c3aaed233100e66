"""The pages of an application as forms. A draft may lack answers; a wrong one is refused and the others are kept."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from courses.models import Intake, Profession
from iiwam.forms import ThreePartDateField

from ..completeness import ADULT_AGE, years_between
from ..models import Application
from ..questionnaire import SECTIONS, Questionnaire, fingerprint
from ..transcript import added_in_words
from . import countries, extras
from .registers import RegisterField, Registers

__all__ = ["SECTION_FORMS", "SectionForm", "fingerprint", "in_words"]

OLDEST = 110
Group = tuple[str | Promise, list[forms.BoundField]]


class SectionForm(forms.ModelForm):
    """One page of an application: the questions of the house that are asked here, then those the office added.

    Nothing is compulsory while it is a draft; `asked_for` marks what is needed to submit.
    """

    use_required_attribute = False
    section: str
    # Headings, each with the questions under it; what stands under none comes first.
    layout: tuple[tuple[str | Promise, frozenset[str]], ...] = ()

    def __init__(self, *args, asked: Questionnaire | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.asked = asked or Questionnaire(self.instance)
        house, needed = self.asked.fields(self.section), set(self.asked.required(self.section))
        for name in [name for name in self.fields if name not in house]:
            del self.fields[name]
        for name, field in self.fields.items():
            field.required, field.asked_for = False, name in needed
        self.added = {question.name: question for question in self.asked.extras(self.section)}
        for name, question in self.added.items():
            self.fields[name] = extras.field_for(question)
            self.fields[name].asked_for = question.is_required
            self.initial[name] = extras.restored(question, self.asked.given.get(question.pk, ""))

    @property
    def good_answers(self) -> dict[str, Any]:
        """Everything that was understood, also when another answer was not."""
        return {
            name: extras.stored(self.cleaned_data[name]) if name in self.added else self.cleaned_data[name]
            for name in self.fields
            if name in self.cleaned_data
        }

    @property
    def groups(self) -> list[Group]:
        """Every question under its heading, in the order of the page."""
        layout = [*self.layout, (_("Besides") if self.layout else "", frozenset(self.added))]
        under = {name for _heading, names in layout for name in names}
        groups = [("", [bound for bound in self if bound.name not in under])]
        groups += [(heading, [bound for bound in self if bound.name in names]) for heading, names in layout]
        return [group for group in groups if group[1]]

    def words_for(self, name: str, value: Any) -> str:
        """An answer to one of these questions as a person reads it; nothing when there is none."""
        if name in self.added:
            return added_in_words(self.added[name], value or "")
        return in_words(self.fields[name], value)


class AboutForm(SectionForm):
    section = "about"
    layout = (
        (_("Birth and nationality"), frozenset({"birth_date", "nationality"})),
        (_("Where to reach you"), frozenset({"residence_country", "city", "address", "phone"})),
        (_("Taking part"), frozenset({"preferred_language", "access_needs"})),
    )
    birth_date = ThreePartDateField(label=_("Date of birth"), help_text=_("For example, 27 3 1990."))
    nationality = forms.ChoiceField(label=_("Nationality"), choices=countries.choices)
    residence_country = forms.ChoiceField(label=_("Country of residence"), choices=countries.choices)

    class Meta:
        model = Application
        fields = SECTIONS["about"].fields
        labels = {
            "legal_name": _("Full name as on your register or identity document"),
            "certificate_name": _("Name on the certificate"),
            "native_name": _("Your name in your own script"),
            "city": _("Town or city"),
            "address": _("Postal address"),
            "phone": _("Telephone"),
            "preferred_language": _("Language you prefer"),
            "access_needs": _("Anything we should know so that you can take part"),
        }
        help_texts = {
            "legal_name": _("In Latin letters, exactly as it is written there."),
            "certificate_name": _(
                "Only if it should read differently, for example with a title. We check it against your register."
            ),
            "native_name": _(
                "For example, in Thai, Korean, Khmer, Burmese or Devanagari. We print it as well."
            ),
            "phone": _(
                "With your country code, such as +66 81 234 5678. Only numbers of Malaysia may leave it out."
            ),
            "preferred_language": _("For letters and on training days, as far as we can."),
            "access_needs": _(
                "For example, step-free rooms or larger print. Leave out anything medical that we do not need."
            ),
        }
        widgets = {
            "legal_name": forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
            "certificate_name": forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
            "native_name": forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
            "city": forms.TextInput({"autocomplete": "address-level2", "class": "w20"}),
            "address": forms.Textarea({"rows": 3, "autocomplete": "street-address"}),
            "preferred_language": forms.TextInput({"autocomplete": "language", "class": "w20"}),
            "access_needs": forms.Textarea({"rows": 4}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "phone" in self.fields:
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
        fields = SECTIONS["profession"].fields
        labels = {
            "profession": _("What is your profession?"),
            "qualification": _("Primary qualification"),
            "workplace": _("Place of work"),
        }
        help_texts = {
            "profession": _("Choose the one that you are registered or trained for."),
            "qualification": _(
                "Degree or certificate, where and when, such as MBBS, University of Malaya, 2014."
            ),
            "workplace": _("Name and town. Write “none” if you do not work at present."),
        }
        widgets = {"profession": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["profession"].queryset = Profession.objects.all()
        self.fields["profession"].empty_label = None


class LicenseForm(SectionForm):
    section = "license"
    layout = (
        (_("Your register"), frozenset({"register_country", "register_body", "register_number"})),
        (
            _("Your practising certificate"),
            frozenset({"license_number", "license_valid_from", "license_valid_until", "practice_address"}),
        ),
        (_("Standing and insurance"), frozenset({"standing", "standing_details", "indemnity_insurer"})),
    )
    register_country = forms.ChoiceField(
        label=_("Country of your register"),
        choices=countries.choices,
        help_text=_("Where you are registered, which need not be where you live."),
    )
    register_body = RegisterField(
        label=_("Name of the register"),
        help_text=_("In full: MMC is a council in Malaysia and another in Myanmar."),
    )
    license_valid_from = ThreePartDateField(
        label=_("Valid from"), help_text=_("The first day printed on it, for example 1 1 2026.")
    )
    license_valid_until = ThreePartDateField(
        label=_("Valid until"), help_text=_("The last day printed on it, for example 31 12 2027.")
    )
    standing = forms.ChoiceField(
        label=_("Are you suspended or restricted, or is a disciplinary case against you open?"),
        choices=Application.Standing.choices,
        widget=forms.RadioSelect,
        help_text=_("“Yes” does not decide anything by itself: a person reads what you write."),
    )

    class Meta:
        model = Application
        fields = SECTIONS["license"].fields
        labels = {
            "register_number": _("Registration number"),
            "license_number": _("Number of the certificate"),
            "practice_address": _("Address of the practice on it"),
            "standing_details": _("If yes: what is it about, and how does it stand?"),
            "indemnity_insurer": _("Indemnity insurer"),
        }
        help_texts = {
            "register_number": _("As printed on your certificate, with its letters and signs."),
            "license_number": _("If it has one of its own."),
            "practice_address": _("If it names one."),
            "indemnity_insurer": _("Who insures you against claims of patients, if anyone does."),
        }
        widgets = {
            **{
                name: forms.TextInput({"class": "w20", "autocomplete": "off", "spellcheck": "false"})
                for name in ("register_number", "license_number")
            },
            "practice_address": forms.Textarea({"rows": 3}),
            "standing_details": forms.Textarea({"rows": 4}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.registers = Registers()
        if "register_body" in self.fields:
            self.fields["register_body"].offer(self.registers)

    def clean_register_number(self):
        return printed(self.cleaned_data["register_number"])

    def clean_license_number(self):
        return printed(self.cleaned_data["license_number"])

    def clean(self):
        self.check_register(self.cleaned_data.get("register_body"), self.cleaned_data.get("register_country"))
        begins, ends = (self.cleaned_data.get(f"license_valid_{end}") for end in ("from", "until"))
        if begins and ends and ends < begins:
            self.add_error("license_valid_until", _("The last day is before the first"))

    def check_register(self, body: str | None, country: str | None) -> None:
        places = self.registers.countries_of(body or "")
        if places and country and country not in places:
            known = countries.names()
            words = _now("“%(body)s” is a register of %(country)s. Change the country or the register")
            place = ", ".join(known.get(place, place) for place in sorted(places))
            self.add_error("register_body", words % {"body": body, "country": place})


def printed(number: str) -> str:
    """The number as it stands on paper, where groups of digits are often set apart."""
    number = " ".join(number.split())
    if not all(sign.isalnum() or sign in "/-. " for sign in number):
        raise forms.ValidationError(_("Use only letters, digits, spaces, “/”, “.” and “-” in the number"))
    return number


class TrainingForm(SectionForm):
    section = "training"

    class Meta:
        model = Application
        fields = SECTIONS["training"].fields
        labels = {"prior_training": _("Earlier training in aesthetic medicine")}
        help_texts = {
            "prior_training": _(
                "Courses, where and when. Write “none” if you have had none. Up to 2,000 characters."
            )
        }
        widgets = {"prior_training": forms.Textarea({"rows": 6})}


class IntakeField(forms.ModelChoiceField):
    def label_from_instance(self, intake):
        begins = date_format(intake.starts_on, "j F Y") if intake.starts_on else _now("date to be confirmed")
        place = intake.city or intake.where or _now("place to be confirmed")
        sample = f", {_now('sample')}" if intake.is_sample else ""
        return f"{begins}, {place} ({intake.code}{sample})"


class CourseForm(SectionForm):
    section = "course"
    layout = (
        (_("The fee"), frozenset({"payer", "payer_details"})),
        (_("Your reasons"), frozenset({"motivation"})),
    )
    intake = IntakeField(None, label=_("First choice of intake"), empty_label=None)
    second_choice = IntakeField(
        None,
        label=_("Second choice of intake"),
        empty_label=_("No second choice"),
        help_text=_("Tried when your first choice is full."),
    )
    payer = forms.ChoiceField(
        label=_("Who pays the fee?"), choices=Application.Payer.choices, widget=forms.RadioSelect
    )

    class Meta:
        model = Application
        fields = SECTIONS["course"].fields
        labels = {
            "payer_details": _("If your employer pays: who should we write to?"),
            "motivation": _("Why this course?"),
        }
        help_texts = {
            "payer_details": _("Name, organisation and email address."),
            "motivation": _("What you want to be able to do afterwards. Up to 2,000 characters."),
        }
        widgets = {"payer_details": forms.Textarea({"rows": 3}), "motivation": forms.Textarea({"rows": 5})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.status != Application.Status.DRAFT:
            # What was sent was sent for this intake; the office moves people, not the form.
            del self.fields["intake"]
        chosen = [self.instance.intake_id, self.instance.second_choice_id]
        of_course = Intake.objects.filter(course=self.instance.intake.course_id)
        open_now = Intake.objects.accepting(timezone.now()).values("pk")
        offered = of_course.filter(Q(pk__in=open_now) | Q(pk__in=chosen)).soonest_first()
        for name in {"intake", "second_choice"} & self.fields.keys():
            self.fields[name].queryset = offered

    def clean(self):
        first = self.cleaned_data.get("intake") or self.instance.intake
        if self.cleaned_data.get("second_choice") == first:
            self.add_error("second_choice", _("Choose another intake than your first choice, or none"))

    def clean_intake(self):
        return self.cleaned_data["intake"] or self.instance.intake


SECTION_FORMS: Mapping[str, type[SectionForm]] = {
    form.section: form for form in (AboutForm, ProfessionForm, LicenseForm, TrainingForm, CourseForm)
}


def in_words(field: forms.Field, value: Any) -> str:
    """An answer as a person reads it; nothing when there is none."""
    if value in (None, ""):
        return ""
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(field, IntakeField):
        return field.label_from_instance(value)
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return str(dict(flattened(field.choices)).get(value, value))
    return getattr(value, "as_international", str(value))


def flattened(choices: Iterable) -> Iterator[tuple[str, Any]]:
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield value, label
