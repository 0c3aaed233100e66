from django import forms
from django.utils.translation import gettext_lazy as _


class CorrectionForm(forms.Form):
    """Why a mark is turned into the other one, with what it was on the page, so that a stale page turns nothing back."""

    use_required_attribute = False
    was = forms.BooleanField(required=False, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Reason"),
        help_text=_("The learner reads this, and it stays in the history."),
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Say why the mark is corrected")},
    )
