"""The matrix of who may do what where: a list that reads like the matrix, and what in it has gone stale."""

from django import forms
from django.contrib import admin
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from courses.countries import names
from courses.models import Procedure, Profession, ScopeRule
from iiwam import office
from iiwam.templatetags.components import status_tag

from .base import CatalogAdmin

STANDING_TONES = {
    ScopeRule.Standing.MAY_TRAIN: "ok",
    ScopeRule.Standing.TRAIN_ONLY: "wait",
    ScopeRule.Standing.NOT_ELIGIBLE: "stop",
    ScopeRule.Standing.UNKNOWN: "none",
}
REVIEW_TONES = {
    ScopeRule.Review.NEVER: "half",
    ScopeRule.Review.OVERDUE: "wait",
    ScopeRule.Review.HOLDS: "ok",
}


class CountryFilter(admin.SimpleListFilter):
    title = _("country")
    parameter_name = "land"

    def lookups(self, request, model_admin):
        codes = ScopeRule.objects.countries()
        named = sorted((names().get(code, code), code) for code in codes)
        return [*((code, name) for name, code in named), ("-", _("Every other country"))]

    def queryset(self, request, queryset):
        value = self.value()
        return queryset if value is None else queryset.filter(country="" if value == "-" else value)


class ReviewFilter(admin.SimpleListFilter):
    title = _("review")
    parameter_name = "review"

    def lookups(self, request, model_admin):
        return ScopeRule.Review.choices

    def queryset(self, request, queryset):
        return reviewed(queryset, self.value())


def reviewed(rules, state: str | None):
    """The rules in this state of review today; of any other word, all."""
    today = timezone.localdate()
    match state:
        case ScopeRule.Review.NEVER:
            return rules.never_reviewed()
        case ScopeRule.Review.OVERDUE:
            return rules.review_overdue(today)
        case ScopeRule.Review.HOLDS:
            return rules.review_holds(today)
    return rules


@office.waiting
def rules_to_review(request):
    if request.user.has_perm("courses.change_scoperule"):
        counts = ScopeRule.objects.aggregate(
            never=Count("pk", filter=Q(reviewed_on__isnull=True)),
            overdue=Count("pk", filter=Q(reviewed_on__lt=ScopeRule.oldest_review(timezone.localdate()))),
        )
        rules = reverse("admin:courses_scoperule_changelist")
        yield _("Scope rules never reviewed"), counts["never"], f"{rules}?review=never"
        yield _("Scope rules whose review is overdue"), counts["overdue"], f"{rules}?review=overdue"


def matrix() -> dict:
    """What holds for every procedure, country by country and profession by profession."""
    professions = list(Profession.objects.all())
    held = {
        (rule.country, rule.profession_id): rule for rule in ScopeRule.objects.filter(procedure__isnull=True)
    }
    codes = sorted({code for code, _profession in held}, key=lambda code: names().get(code, "~"))
    rows = [
        {
            "country": names().get(code, _("Every other country")),
            "cells": [cell(held.get((code, profession.pk))) for profession in professions],
        }
        for code in codes
    ]
    return {"professions": professions, "rows": rows}


def cell(rule: ScopeRule | None) -> dict:
    if rule is None:
        return {}
    address = reverse("admin:courses_scoperule_change", args=[rule.pk])
    return {"rule": rule, "address": address, "tone": STANDING_TONES[rule.standing]}


@admin.register(ScopeRule)
class ScopeRuleAdmin(CatalogAdmin):
    change_list_template = "admin/courses/scoperule/change_list.html"
    list_display = [
        *("cell", "profession", "procedure_name", "standing_tag", "review_state", "source_key", "says"),
    ]
    list_filter = ["profession", CountryFilter, "procedure", "standing", ReviewFilter]
    list_select_related = ["profession", "procedure", "source"]
    list_per_page = 100
    search_fields = ["rule", "ask", "source__key"]
    search_help_text = _("Search in rules, regulators and keys of sources")
    fieldsets = [
        (_("The cell"), {"fields": ["profession", "country", "procedure"]}),
        (_("What holds there"), {"fields": ["standing", "rule", "min_years", "source", "reviewed_on"]}),
        (_("Whom to ask"), {"fields": ["ask", "ask_url"]}),
    ]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"matrix": matrix(), **(extra_context or {})})

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name != "country":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        listed = sorted((name, code) for code, name in names().items())
        choices = [("", _("Every other country")), *((code, name) for name, code in listed)]
        return forms.ChoiceField(
            choices=choices,
            required=False,
            label=_("Country"),
            help_text=_("“Every other country”: those without a rule of their own."),
        )

    @admin.display(description=_("country"), ordering="country")
    def cell(self, rule):
        return rule.country_name

    @admin.display(
        description=_("procedure"), ordering="procedure__position", empty_value=_("every procedure")
    )
    def procedure_name(self, rule):
        return rule.procedure

    @admin.display(description=_("standing"), ordering="standing")
    def standing_tag(self, rule):
        return status_tag(rule.get_standing_display(), STANDING_TONES[rule.standing])

    @admin.display(description=_("rule"))
    def says(self, rule):
        return Truncator(rule.rule).chars(80)

    @admin.display(description=_("source"), ordering="source__key")
    def source_key(self, rule):
        return rule.source and rule.source.key

    @admin.display(description=_("review"), ordering="reviewed_on")
    def review_state(self, rule):
        state = rule.review(timezone.localdate())
        tag = status_tag(state.label, REVIEW_TONES[state])
        if rule.reviewed_on is None:
            return tag
        return format_html("{} {}", tag, date_format(rule.reviewed_on, "j M Y"))


@admin.register(Procedure)
class ProcedureAdmin(CatalogAdmin):
    list_display = ["name", "taught_in", "position"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(courses_held=Count("courses"))

    @admin.display(description=_("courses"), ordering="courses_held")
    def taught_in(self, procedure):
        return procedure.courses_held
