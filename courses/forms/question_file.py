"""A file of questions as it is handed in, looked at and confirmed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .. import question_bank
from ..models import Module


class ModuleField(forms.ModelChoiceField):
    def __init__(self):
        modules = Module.objects.select_related("course").order_by("course__position", "number")
        super().__init__(modules, label=_("Module"))

    def label_from_instance(self, module):
        return f"{module.course.title}: {module}"


class BankForm(forms.Form):
    module = ModuleField()


class PlannedForm(forms.Form):
    """A module and a file, whose lines are compared with what stands."""

    use_required_attribute = False
    module = ModuleField()

    def compare(self, content: bytes) -> None:
        try:
            self.rows = question_bank.read(content)
        except question_bank.UnreadableFile as fault:
            raise forms.ValidationError(str(fault)) from fault
        self.plan = question_bank.compare(self.cleaned_data["module"], self.rows)


class FileForm(PlannedForm):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV in UTF-8, up to 500 kB. Nothing is changed before you have seen what would be."),
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
    )

    def clean(self):
        given = super().clean()
        if "module" in given and "file" in given:
            upload = given["file"]
            content = upload.read(question_bank.LONGEST_FILE + 1)
            self.compare(content)
            self.content = content.decode("utf-8-sig")
        return given


class ConfirmForm(PlannedForm):
    """The file as it was looked at, and what it would have done then."""

    content = forms.CharField(max_length=question_bank.LONGEST_FILE, strip=False)
    fingerprint = forms.RegexField(r"^[0-9a-f]{64}$")

    def clean(self):
        given = super().clean()
        if "module" in given and "content" in given:
            self.compare(given["content"].encode())
        return given
