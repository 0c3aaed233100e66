from django import forms
from django.utils.translation import gettext_lazy as _


class NoteForm(forms.Form):
    """A person's own words on why."""

    use_required_attribute = False
    note = forms.CharField(
        label=_("Your reason"),
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("The institute reads it. Up to 1,000 characters."),
    )

    def __init__(self, *args, required: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note"].required = required
