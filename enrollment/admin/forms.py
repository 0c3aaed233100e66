"""What staff write beside an act: its reason, a judgement."""

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.models import Certificate, CompetencyCheck


class ReasonForm(forms.Form):
    """Why, for the history: staff alone read it."""

    shapes_letter = False
    note = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("It stays in the history, for staff. The letter does not quote it."),
        error_messages={"required": _("Write the reason: the history keeps it.")},
    )


class QuotedReasonForm(ReasonForm):
    """Why, for the person concerned as well: the letter quotes it."""

    shapes_letter = True
    note = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("The letter quotes it word for word, and it stays in the history."),
        error_messages={"required": _("Write the reason: it goes into the letter and the history.")},
    )


class RenewalForm(ReasonForm):
    """A licence that somebody saw renewed."""

    shapes_letter = False
    valid_until = forms.DateField(
        label=_("Valid until"),
        widget=forms.DateInput({"type": "date"}),
        error_messages={"required": _("Give the last day on which the licence is valid.")},
    )
    field_order = ["valid_until", "note"]


class ConfirmForm(forms.Form):
    """Nothing to write; the button is the answer."""

    shapes_letter = False


class RevokeForm(ReasonForm):
    shapes_letter = True
    reason_class = forms.ChoiceField(
        label=_("Class of reason"),
        choices=Certificate.ReasonClass,
        widget=forms.RadioSelect,
        help_text=_("Anyone who checks the certificate sees this and the date."),
        error_messages={"required": _("Choose the class of reason that the public will see.")},
    )
    field_order = ["reason_class", "note"]


class SkillForm(forms.ModelForm):
    class Meta:
        model = CompetencyCheck
        fields = ["competency", "result", "note"]


class WaiverForm(forms.Form):
    """Which expectation is set aside, and why."""

    key = forms.CharField(max_length=80)
    reason = forms.CharField(max_length=1000)
