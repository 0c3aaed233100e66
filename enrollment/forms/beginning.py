"""The first page for somebody who has no account yet: the questions about them, and where to write to."""

from django import forms
from django.forms import MultiWidget
from django.utils.translation import gettext_lazy as _

from courses.models import Intake

from ..models import Application, Beginning
from .sections import AboutForm

LONGEST = 2000


class BeginForm(AboutForm):
    """Like the section of an application, with the email address first."""

    def __init__(self, *args, intake: Intake, **kwargs):
        super().__init__(*args, instance=Application(intake=intake), **kwargs)
        email = forms.EmailField(
            label=_("Email address"),
            max_length=254,
            help_text=_("We send your reference there, and how to come back. You choose a password next."),
            widget=forms.EmailInput({"autocomplete": "email"}),
            error_messages={"invalid": _("Enter an email address, such as name@example.com")},
        )
        self.fields = {"email": email, **self.fields}

    @property
    def typed(self) -> dict[str, str]:
        """What was written into the fields that were understood, as the browser sent it."""
        good = [name for name in self.fields if name != "email" and name not in self.errors]
        names = [part for name in good for part in parts_of(name, self.fields[name])]
        return {name: self.data[name][:LONGEST] for name in names if self.data.get(name)}


def parts_of(name: str, field: forms.Field) -> list[str]:
    """The names of its controls on the page."""
    if isinstance(field.widget, MultiWidget):
        return [f"{name}{suffix}" for suffix in field.widget.widgets_names]
    return [name]


def first_answers(beginning: Beginning) -> AboutForm:
    """The section as it was typed before there was an account, understood anew."""
    form = AboutForm(beginning.answers, instance=Application(intake=beginning.intake))
    form.is_valid()
    return form
