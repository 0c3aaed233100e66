"""The application form as rows: registers, what is asked of whom, texts with versions, entry requirements."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrollment.completeness import label_of
from enrollment.models import EntryRule, ExtraQuestion, FormRule, Register, Statement
from enrollment.questionnaire import ALWAYS_ASKED, SECTIONS, SECTIONS_ALWAYS_ASKED

SCOPE = ["course", "profession", "country"]
QUESTIONED = [key for key, section in SECTIONS.items() if section.fields]


def subjects() -> list:
    """Everything a rule may speak of: whole sections that can be left out, then questions by section."""
    sections = [
        (f"section:{key}", section.label)
        for key, section in SECTIONS.items()
        if key not in SECTIONS_ALWAYS_ASKED
    ]
    questions = [
        (
            SECTIONS[key].label,
            [(name, label_of(name)) for name in SECTIONS[key].fields if name not in ALWAYS_ASKED],
        )
        for key in QUESTIONED
    ]
    return [(_("Whole sections"), sections), *questions]


def sections() -> list:
    return [(key, SECTIONS[key].label) for key in QUESTIONED]


class RuleForm(forms.ModelForm):
    subject = forms.ChoiceField(label=_("Section or question"), choices=subjects)

    def clean(self):
        same = {name: self.cleaned_data.get(name) for name in ["subject", *SCOPE]}
        if FormRule.objects.filter(**same).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is a rule for this already. Change that one."))


class QuestionForm(forms.ModelForm):
    section = forms.ChoiceField(label=_("Section"), choices=sections)


@admin.register(Register)
class RegisterAdmin(admin.ModelAdmin):
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ["name", "country", "website", "is_retired"]
    list_filter = ["is_retired", "country"]
    search_fields = ["name", "country"]


@admin.register(FormRule)
class FormRuleAdmin(admin.ModelAdmin):
    form = RuleForm
    list_display = ["subject", "asked", *SCOPE]
    list_filter = ["asked", "course", "profession"]
    list_select_related = ["course", "profession"]
    fields = ["subject", "asked", *SCOPE, "note"]


@admin.register(ExtraQuestion)
class ExtraQuestionAdmin(admin.ModelAdmin):
    form = QuestionForm
    list_display = ["label", "section", "kind", "is_required", "is_retired", *SCOPE]
    list_filter = ["section", "is_retired", "course", "profession"]
    list_select_related = ["course", "profession"]
    fields = [
        "section",
        "label",
        "help_text",
        "kind",
        "choices",
        "is_required",
        *SCOPE,
        "position",
        "is_retired",
    ]


@admin.register(Statement)
class StatementAdmin(admin.ModelAdmin):
    """Words that somebody may have agreed to stay as they are: a new version is a new row with the same key."""

    list_display = ["key", "version", "section", "is_required", "in_force_from", "is_retired"]
    list_filter = ["section", "is_retired"]
    fields = [
        *("section", "key", "version", "notice", "text", "is_required"),
        *("in_force_from", *SCOPE, "position", "is_retired"),
    ]

    def get_readonly_fields(self, request, obj=None):
        if obj is None or not obj.is_in_force(timezone.localdate()):
            return []
        return [name for name in self.fields if name not in ("position", "is_retired")]


@admin.register(EntryRule)
class EntryRuleAdmin(admin.ModelAdmin):
    list_display = ["kind", "years", "prerequisite", *SCOPE]
    list_filter = ["kind", "course"]
    list_select_related = ["course", "profession", "prerequisite"]
    fields = ["kind", "years", "prerequisite", *SCOPE, "note"]
