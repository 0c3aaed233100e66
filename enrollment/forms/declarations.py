"""What an applicant declares and consents to, each in the version and the words that are kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Statement
from ..questionnaire import Questionnaire

CHANGED = _("These words have changed since you opened this page. Read them, then tick again")


class Tick(forms.CheckboxInput):
    """A box that says which version of the words stood beside it."""

    def value_from_datadict(self, data, files, name) -> bool:
        return data.get(name) == str(self.attrs["value"])


class DeclarationsForm(forms.Form):
    """One box for each text; those that are left open are asked for again before submitting."""

    use_required_attribute = False

    def __init__(self, *args, asked: Questionnaire, section: str, only_free: bool = False, **kwargs):
        self.texts = [one for one in asked.texts(section) if not (only_free and one.is_required)]
        made = set(asked.application.declarations.standing().values_list("key", "version"))
        initial = {one.key: (one.key, one.version) in made for one in self.texts}
        super().__init__(*args, initial=initial, **kwargs)
        for one in self.texts:
            box = Tick({"value": one.version})
            self.fields[one.key] = forms.BooleanField(label=one.text, required=False, widget=box)

    def clean(self):
        for one in self.texts:
            if self.data.get(one.key) and not self.cleaned_data.get(one.key):
                self.add_error(one.key, CHANGED)

    @property
    def needed(self) -> list[tuple[Statement, forms.BoundField]]:
        return [(one, self[one.key]) for one in self.texts if one.is_required]

    @property
    def free(self) -> list[tuple[Statement, forms.BoundField]]:
        return [(one, self[one.key]) for one in self.texts if not one.is_required]

    @property
    def answers(self) -> dict[str, Any]:
        """Keys of what was ticked, and of everything that was shown."""
        shown = [one.key for one in self.texts if one.key not in self.errors]
        return {"declarations": [key for key in shown if self.cleaned_data.get(key)], "shown": shown}
