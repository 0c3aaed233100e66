"""What an applicant declares, each in the words that are kept."""

from django import forms

from ..completeness import CHOICES, DECLARATIONS
from ..models import Application


class DeclarationsForm(forms.Form):
    """One box for each declaration; those that are left open are asked for again before submitting."""

    use_required_attribute = False

    def __init__(self, *args, application: Application, **kwargs):
        made = set(application.declarations.values_list("key", flat=True))
        super().__init__(*args, initial=dict.fromkeys(made, True), **kwargs)
        for key, text in {**DECLARATIONS, **CHOICES}.items():
            self.fields[key] = forms.BooleanField(label=text, required=False)

    @property
    def needed(self) -> list[forms.BoundField]:
        return [self[key] for key in DECLARATIONS]

    @property
    def free(self) -> list[forms.BoundField]:
        return [self[key] for key in CHOICES]

    @property
    def made(self) -> dict[str, str]:
        """What was ticked, in the words that were shown."""
        return {key: str(self.fields[key].label) for key, ticked in self.cleaned_data.items() if ticked}
