"""What awards ask for, as rows: shares, quotas, fee, licence; for every course or for one."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from enrollment.models import CompletionRule, LogbookEntry


class RuleForm(forms.ModelForm):
    phototypes = forms.MultipleChoiceField(
        label=_("Phototypes"),
        choices=LogbookEntry.Phototype.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For a quota. None ticked: any."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["phototypes"] = self.instance.phototype_list

    def clean_phototypes(self) -> str:
        return ",".join(self.cleaned_data["phototypes"])


@admin.register(CompletionRule)
class CompletionRuleAdmin(admin.ModelAdmin):
    """A course without a row of a kind goes by that for every course, and without one everything is asked in full."""

    form = RuleForm
    list_display = ["what", "course", "least", "part", "procedure", "phototypes", "is_asked", "is_draft"]
    list_filter = ["kind", "course", "is_draft"]
    list_select_related = ["course", "procedure"]
    fields = ["course", "kind", "least", "role", "procedure", "phototypes", "is_asked", "is_draft"]

    @admin.display(description=_("what"), ordering="kind")
    def what(self, rule):
        return rule.get_kind_display()

    @admin.display(description=_("part taken"))
    def part(self, rule):
        return rule.get_role_display() if rule.kind == CompletionRule.Kind.QUOTA else None
