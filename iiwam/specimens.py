"""What the component sheet shows: one form with every kind of control, fresh and with errors, and a page of pages."""

from django import forms
from django.core.paginator import Paginator

from iiwam.forms import ThreePartDateField
from iiwam.templatetags.components import TAG_TONES
from iiwam.templatetags.icons import PATHS

COLORS = (
    "glass mount frost ink ink-2 ink-3 rule rule-2 haem haem-2 haem-wash night eosin eosin-wash "
    "iodine iodine-wash iodine-ink ok ok-wash stop stop-wash"
)
PROFESSIONS = [
    ("doctor", "Doctor"),
    ("dentist", "Dentist"),
    ("nurse", "Nurse"),
    ("aesthetician", "Aesthetician"),
]


class SpecimenForm(forms.Form):
    name = forms.CharField(label="Full name", help_text="As it is written in your passport")
    native_name = forms.CharField(label="Your name in your own script", required=False)
    email = forms.EmailField(
        label="Email address", error_messages={"invalid": "Enter an address like name@example.org"}
    )
    registration = forms.CharField(label="Registration number", widget=forms.TextInput({"class": "w20"}))
    profession = forms.ChoiceField(
        label="What is your profession?",
        help_text="Choose the one you are licensed for",
        choices=PROFESSIONS,
        widget=forms.RadioSelect,
    )
    interests = forms.MultipleChoiceField(
        label="What do you want to learn?",
        required=False,
        choices=[("needling", "Microneedling"), ("peels", "Chemical peels")],
        widget=forms.CheckboxSelectMultiple,
    )
    country = forms.ChoiceField(
        label="Country", choices=[("", "Choose a country"), ("MY", "Malaysia"), ("TH", "Thailand")]
    )
    born_on = ThreePartDateField(label="Date of birth", help_text="For example, 27 3 1990")
    experience = forms.CharField(label="Your experience", widget=forms.Textarea({"rows": 4}))
    licence = forms.FileField(
        label="Licence or registration certificate", help_text="PDF, JPG or PNG, up to 10 MB"
    )
    agreed = forms.BooleanField(
        label="My answers are true and complete", help_text="We check them with your regulator"
    )


def wrong_answers() -> dict:
    return {
        "name": "",
        "email": "nobody",
        "profession": "wizard",
        "born_on_day": "31",
        "born_on_month": "2",
        "born_on_year": "1990",
    }


def specimens() -> dict:
    """The context of the component sheet."""
    return {
        "fresh": SpecimenForm(prefix="fresh"),
        "wrong": SpecimenForm(wrong_answers()),
        "page": Paginator(range(120), 10).page(4),
        "tones": TAG_TONES,
        "icon_names": PATHS,
        "color_names": COLORS.split(),
    }
