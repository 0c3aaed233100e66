"""Supervised practice: assessors countersign an entry or return it, and change nothing in it."""

from datetime import date

from django.contrib import admin
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from enrollment import practice
from enrollment.models import LogbookEntry
from enrollment.transitions import LOGBOOK
from enrollment.workflow import available_moves
from iiwam.templatetags.components import status_tag

from .acts import Act, ActingRecord, Button
from .forms import QuotedReasonForm
from .history import steps

TONES = {
    LogbookEntry.Status.DRAFT: "none",
    LogbookEntry.Status.AWAITING: "wait",
    LogbookEntry.Status.RETURNED: "stop",
    LogbookEntry.Status.COUNTERSIGNED: "ok",
}
ACTS = {
    "return": Act(
        practice.return_entry,
        _("The entry is back with the learner, with your reason."),
        form=QuotedReasonForm,
    ),
}
FACTS = (
    *("performed_on", "procedure", "area", "patient_code", "phototype", "role"),
    *("device", "cartridge_lot", "depth_mm", "passes", "anesthetic", "outcome", "reflection"),
)


class EntryStatusFilter(admin.SimpleListFilter):
    """Opens on what awaits a countersignature."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [("all", _("All")), ("returned", _("Returned")), ("countersigned", _("Countersigned"))]

    def choices(self, changelist):
        labels = [(None, LogbookEntry.Status.AWAITING.label), *self.lookup_choices]
        for value, label in labels:
            query = (
                {"remove": [self.parameter_name]}
                if value is None
                else {"new_params": {self.parameter_name: value}}
            )
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string(**query),
                "display": label,
            }

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset.awaiting_countersignature()
        return queryset if self.value() == "all" else queryset.filter(status=self.value())


@admin.register(LogbookEntry)
class LogbookEntryAdmin(ActingRecord):
    table, acts, subject = LOGBOOK, ACTS, "entry"
    page_template = "admin/enrollment/logbookentry/page.html"

    list_display = ["learner", "procedure", "patient_code", "role", "performed_on", "state", "submitted_at"]
    list_filter = [EntryStatusFilter, "role"]
    list_select_related = ["enrollment__learner", "enrollment__application"]
    search_fields = ["enrollment__application__legal_name", "enrollment__learner__full_name", "patient_code"]
    search_help_text = _("Search by name or patient code")
    ordering = ["submitted_at", "pk"]

    def get_queryset(self, request):
        """Others' entries that have been sent: a draft is its writer's own business."""
        entries = super().get_queryset(request).exclude(status=LogbookEntry.Status.DRAFT)
        return entries.exclude(enrollment__learner=request.user)

    def buttons(self, request, entry):
        """A signature is given on one page alone, which asks for the password at that moment."""
        others = super().buttons(request, entry)
        if "countersign" not in available_moves(LOGBOOK, entry, by=request.user):
            return others
        sign = LOGBOOK["countersign"]
        return [Button(sign.label, reverse("enrollment:assess_entry", args=[entry.pk]), "primary"), *others]

    @admin.display(description=_("learner"), ordering="enrollment__application__legal_name")
    def learner(self, entry):
        return entry.enrollment.application.legal_name or entry.enrollment.learner

    @admin.display(description=_("status"), ordering="status")
    def state(self, entry):
        return status_tag(entry.get_status_display(), TONES[entry.status])

    def details(self, request, entry):
        return {
            "entry": entry,
            "tone": TONES[entry.status],
            "facts": [(label_of(name), words_of(entry, name)) for name in FACTS],
            "learner": self.learner(entry),
            "steps": list(steps(entry)),
        }


def label_of(name: str) -> str:
    label = str(LogbookEntry._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def words_of(entry: LogbookEntry, name: str):
    display = getattr(entry, f"get_{name}_display", None)
    value = display() if display else getattr(entry, name)
    return date_format(value, "j F Y") if isinstance(value, date) else value
