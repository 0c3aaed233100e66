"""Intakes: their dates are a syllabus matter, their seats are admission's. Every time is in the intake's own zone."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from courses.admin.base import CatalogAdmin, StackedRows, TabularRows
from courses.admin.modules import CourseFilter
from courses.forms.money import AmountsForm
from courses.models import Intake, ResidenceFee, TrainingDay
from courses.models.intakes import validate_timezone
from enrollment import admissions, seats
from enrollment.intakes import people_remain
from enrollment.models import Application
from enrollment.workflow import MoveRefused
from iiwam.templatetags.components import status_tag

from .seats import SeatPages, seats_address

TONES = {
    Intake.Status.TENTATIVE: "half",
    Intake.Status.CONFIRMED: "ok",
    Intake.Status.CLOSED: "off",
    Intake.Status.CANCELLED: "stop",
}


class IntakeForm(AmountsForm):
    amount_words = {
        "fee_minor": (_("Fee"), _("As people write it, such as 6800 or 6800.50. Empty: to be confirmed.")),
        "early_fee_minor": (_("Early fee"), _("Empty: no early fee.")),
        "deposit_minor": (
            _("Deposit"),
            _("The part of the fee that confirms a place. Empty: the whole fee confirms it."),
        ),
    }

    def clean_capacity(self):
        capacity = self.cleaned_data["capacity"]
        if self.instance.pk and capacity < (taken := seats.ledger(self.instance).taken):
            raise ValidationError(
                _("%(taken)s seats are taken or offered, so %(capacity)s would be too few."),
                params={"taken": taken, "capacity": capacity},
            )
        return capacity

    def clean_status(self):
        """Whoever has an application hears of it, and that is done on the page of the seats."""
        status, stored = self.cleaned_data["status"], self.initial.get("status")
        live = Application.objects.live().filter(intake=self.instance.pk) if self.instance.pk else ()
        if status == Intake.Status.CANCELLED != stored and live:
            raise ValidationError(people_remain(len(live)))
        return status


class ResidenceFeeForm(AmountsForm):
    amount_words = {
        "fee_minor": (_("Fee"), ""),
        "early_fee_minor": (_("Early fee"), _("Empty: no early fee for these countries.")),
    }

    def currency(self) -> str:
        return self.instance.intake.currency


class ResidenceFeeRows(TabularRows):
    model = ResidenceFee
    form = ResidenceFeeForm
    fields = ["countries", "fee_minor", "early_fee_minor"]


class TrainingDayRows(StackedRows):
    model = TrainingDay
    fields = [("kind", "title"), ("starts_at", "ends_at"), "venue"]


class UpcomingFilter(admin.SimpleListFilter):
    title = _("time")
    parameter_name = "time"

    def lookups(self, request, model_admin):
        return [("ahead", _("Still to come")), ("begun", _("Begun"))]

    def queryset(self, request, queryset):
        if self.value() == "begun":
            return queryset.filter(starts_on__lte=timezone.localdate())
        return queryset.exclude(starts_on__lte=timezone.localdate()) if self.value() else queryset


@admin.register(Intake)
class IntakeAdmin(SeatPages, CatalogAdmin):
    form = IntakeForm
    inlines = [ResidenceFeeRows, TrainingDayRows]
    list_display = ["code", "course", "state", "starts_on", "ends_on", "seat_ledger", "closes"]
    list_filter = ["status", UpcomingFilter, CourseFilter, "is_sample"]
    list_select_related = ["course"]
    search_fields = ["code", "course__title", "city", "venue"]
    search_help_text = _("Search by code, course or place")
    readonly_fields = ["seat_ledger"]
    fieldsets = [
        (None, {"fields": ["course", "code", "status", "is_sample"]}),
        (_("Seats and offers"), {"fields": ["seat_ledger", "capacity", "offer_days", "offer_reminders"]}),
        (
            _("Fee"),
            {
                "fields": ["fee_minor", "currency", "early_fee_minor", "early_fee_until", "deposit_minor"],
                "description": _(
                    "Shown before anybody applies, and frozen into each offer. Fees for people who live in other "
                    "countries stand below."
                ),
            },
        ),
        (
            _("Time"),
            {
                "fields": [
                    "timezone",
                    "starts_on",
                    "ends_on",
                    "applications_open_at",
                    "applications_close_at",
                ],
                "description": _(
                    "Every time on this page, training days included, is read in this time zone."
                ),
            },
        ),
        (_("Place"), {"fields": ["venue", "city", "country"]}),
    ]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """The whole page, forms and all, thinks in the zone of the intake."""
        with timezone.override(self.zone_of(request, object_id)):
            response = super().changeform_view(request, object_id, form_url, extra_context)
            return response.render() if hasattr(response, "render") else response

    def zone_of(self, request, object_id) -> str:
        stored = self.get_object(request, object_id) if object_id else None
        name = request.POST.get("timezone") or (stored or Intake()).timezone
        try:
            validate_timezone(name)
        except ValidationError:
            return (stored or Intake()).timezone
        return name

    def get_changelist_instance(self, request):
        changes = super().get_changelist_instance(request)
        changes.result_list = list(changes.result_list)
        ledgers = seats.ledgers(changes.result_list)
        for intake in changes.result_list:
            intake.ledger = ledgers[intake.pk]
        return changes

    @admin.display(description=_("status"), ordering="status")
    def state(self, intake):
        return status_tag(intake.get_status_display(), TONES[intake.status])

    @admin.display(
        description=_("applications close, by the intake's clock"), ordering="applications_close_at"
    )
    def closes(self, intake):
        return date_format(timezone.localtime(intake.applications_close_at, intake.zone), "j M Y, H:i")

    @admin.display(description=_("seats"))
    def seat_ledger(self, intake):
        if intake.pk is None:
            return _("Counted once the intake is saved.")
        ledger = getattr(intake, "ledger", None) or seats.ledger(intake)
        return format_html('<a href="{}">{}</a>', seats_address(intake), ledger.in_words)

    def save_model(self, request, obj, form, change):
        capacity, status = obj.capacity, obj.status
        if change:
            # Seats and status go through their verbs; the lock stays until the page is saved.
            seats.lock(obj.pk)
            obj.refresh_from_db(fields=["capacity", "status"])
        super().save_model(request, obj, form, change)
        if change:
            # Also with as many seats as before: a later start or an intake that runs after all serves the waiting list.
            self.attempt(request, admissions.change_status, intake=obj, status=status)
            self.attempt(request, admissions.change_capacity, intake=obj, capacity=capacity)

    def attempt(self, request, verb, **wanted):
        try:
            verb(by=request.user, **wanted)
        except MoveRefused as refused:
            self.message_user(request, str(refused), messages.WARNING)
