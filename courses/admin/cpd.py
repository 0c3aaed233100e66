"""Schemes of continuing professional development, and the brand names that titles may not carry."""

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import CpdScheme, TitleRule
from courses.programme import departures
from iiwam import office

from .base import CatalogAdmin


@office.waiting
def programmes_no_longer_as_approved(request):
    if request.user.has_perm("courses.change_accreditation"):
        count = sum(1 for _approval in departures(timezone.localdate()))
        address = reverse("admin:courses_accreditation_changelist")
        yield _("Programmes that are not as they were approved"), count, address


@admin.register(CpdScheme)
class CpdSchemeAdmin(CatalogAdmin):
    list_display = ["name", "body", "unit", "required", "cycle", "submit_days", "return_days", "number"]
    search_fields = ["name", "body"]
    prepopulated_fields = {"key": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "body", "key", "provider_reference", "position", "is_sample"]}),
        (_("What it counts"), {"fields": ["unit", "professions", "required", "cap", "carry_over"]}),
        (_("Its cycle"), {"fields": [("cycle_day", "cycle_month", "cycle_years")]}),
        (_("Approval"), {"fields": ["approves", "submit_days", "locks_programme"]}),
        (_("Attendance"), {"fields": ["return_days", "identifies", "identity_days", "return_columns"]}),
        (_("Where this comes from"), {"fields": ["source", "note"]}),
    ]

    @admin.display(description=_("cycle begins"))
    def cycle(self, scheme):
        return f"{scheme.cycle_day:02}-{scheme.cycle_month:02}"

    @admin.display(description=_("our number"))
    def number(self, scheme):
        return scheme.provider_reference or _("to be confirmed")


@admin.register(TitleRule)
class TitleRuleAdmin(CatalogAdmin):
    list_display = ["word", "instead", "of_scheme"]
    list_select_related = ["scheme"]
    search_fields = ["word", "instead"]
    fields = ["word", "instead", "scheme", "source"]

    @admin.display(description=_("scheme"))
    def of_scheme(self, rule):
        return rule.scheme or _("Every scheme")
