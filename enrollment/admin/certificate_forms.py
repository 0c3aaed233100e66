"""What a registrar writes when the name on a certificate is put right."""

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.evidence import EvidenceRefused, check
from iiwam.accounts.names import validate_name

from .forms import ReasonForm


class SupersedeForm(ReasonForm):
    """The right name, and the paper that shows it."""

    name = forms.CharField(
        label=_("Name as on the register"),
        max_length=150,
        validators=[validate_name],
        help_text=_("In Latin letters, exactly as on the paper."),
        error_messages={"required": _("Write the name as it stands on the register.")},
    )
    printed_name = forms.CharField(
        label=_("Name on the certificate"),
        max_length=150,
        required=False,
        validators=[validate_name],
        help_text=_("Only if it is to be printed differently."),
    )
    native_name = forms.CharField(
        label=_("Name in its own script"), max_length=150, required=False, validators=[validate_name]
    )
    evidence = forms.FileField(
        label=_("Evidence"),
        help_text=_("PDF, JPEG or PNG, such as an extract of the register. Kept privately."),
        error_messages={"required": _("Attach the paper that shows the right name.")},
    )
    field_order = ["name", "printed_name", "native_name", "evidence", "note"]

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        holder = record.snapshot.get("holder", {})
        for field in ("name", "printed_name", "native_name"):
            self.fields[field].initial = holder.get(field, "")

    def clean_evidence(self):
        try:
            return check(self.cleaned_data["evidence"])
        except EvidenceRefused as refused:
            raise forms.ValidationError(str(refused)) from refused

    def words(self) -> dict[str, str]:
        """The letter tells of no name."""
        return {}
