"""What the office writes about submissions to schemes."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Course, CpdScheme, Intake

from .forms import ConfirmForm, ReasonForm


class PlanForm(forms.Form):
    """Which run of which course goes to which scheme."""

    scheme = forms.ModelChoiceField(
        CpdScheme.objects.all(), label=_("Scheme"), empty_label=_("Choose a scheme")
    )
    course = forms.ModelChoiceField(Course.objects.all(), label=_("Course"), empty_label=_("Choose a course"))
    intake = forms.ModelChoiceField(
        Intake.objects.exclude(status=Intake.Status.CANCELLED).select_related("course"),
        label=_("Intake"),
        required=False,
        empty_label=_("All of them"),
        help_text=_("For a scheme that approves each run by itself."),
    )


class SubmitForm(ConfirmForm):
    """The button says it: the programme was sent to the scheme today."""


class ApproveForm(forms.Form):
    """What stands in the scheme's letter."""

    shapes_letter = False
    reference = forms.CharField(
        label=_("Code or number of the approval"),
        max_length=80,
        error_messages={"required": _("Write the code that the scheme gave")},
    )
    points = forms.DecimalField(
        label=_("Points, or hours"),
        min_value=Decimal("0.1"),
        max_digits=5,
        decimal_places=1,
        help_text=_("In the unit of the scheme, for the whole programme."),
    )
    valid_from = forms.DateField(
        label=_("Valid from"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    valid_to = forms.DateField(
        label=_("Valid to"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class TakeBackForm(ReasonForm):
    note = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("It stays in the ledger, and the learner reads it on the transcript."),
        error_messages={"required": _("Write the reason: the ledger keeps it.")},
    )


class ReopenForm(ReasonForm):
    note = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("It stays in the history and beside the approval, for staff."),
        error_messages={"required": _("Write the reason: the history keeps it.")},
    )
