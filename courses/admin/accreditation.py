"""Approvals by other bodies: what each one still needs before its mark is shown, and which ones run out soon."""

from datetime import timedelta

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from courses.forms.editing import AccreditationForm
from courses.models import Accreditation
from iiwam import office
from iiwam.templatetags.components import status_tag

from .base import CatalogAdmin

# Time enough to write to the body and to get an answer.
WARNED_BEFORE = timedelta(days=60)


class StandingFilter(admin.SimpleListFilter):
    title = _("shown as")
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        return [("mark", _("Mark shown")), ("soon", _("Runs out within 60 days")), ("over", _("Not shown"))]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        match self.value():
            case "mark":
                return queryset.with_mark(today)
            case "soon":
                return running_out(queryset)
            case "over":
                return queryset.exclude(pk__in=Accreditation.objects.standing(today).values("pk"))
        return queryset


def running_out(records):
    today = timezone.localdate()
    return records.in_force(today).filter(valid_to__lte=today + WARNED_BEFORE)


@office.waiting
def approvals_that_run_out(request):
    if request.user.has_perm("courses.change_accreditation"):
        address = reverse("admin:courses_accreditation_changelist")
        soon = running_out(Accreditation.objects.all()).count()
        yield _("Approvals that run out within 60 days"), soon, f"{address}?standing=soon"


@admin.register(Accreditation)
class AccreditationAdmin(CatalogAdmin):
    form = AccreditationForm
    list_display = ["body", "about", "standing", "reference", "valid_from", "valid_to", "cpd_points"]
    list_filter = [StandingFilter, "may_use_mark"]
    list_select_related = ["course"]
    search_fields = ["body", "statement", "reference", "course__title"]
    search_help_text = _("Search by body, statement, reference or course")
    readonly_fields = ["picture", "held"]
    fieldsets = [
        (None, {"fields": ["body", "key", "statement", "course", "source", "position"]}),
        (
            _("The approval"),
            {"fields": ["scope", "reference", ("valid_from", "valid_to"), "scheme", "cpd_points", "held"]},
        ),
        (_("The mark"), {"fields": ["may_use_mark", "picture", "mark_file", "drop_mark"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).without_marks()

    @admin.display(description=_("about"), ordering="course__title")
    def about(self, record):
        return record.course or _("The institute")

    @admin.display(description=_("shown as"))
    def standing(self, record):
        today = timezone.localdate()
        if not record.stands(today):
            return status_tag(_("Not shown"), "off")
        if record.shows_mark(today):
            return status_tag(_("Approval with mark"), "ok")
        if record.is_in_force(today):
            return status_tag(_("Approval in force"), "ok")
        return status_tag(_("Statement only"), "none")

    @admin.display(description=_("the programme"))
    def held(self, record):
        if record.ended_on:
            day = date_format(record.ended_on, "j F Y")
            return _("Ended on %(day)s: %(why)s") % {"day": day, "why": record.ended_reason}
        if record.locks_programme and record.stands(timezone.localdate()):
            return _("Held as approved. A registrar can reopen it with a reason.")
        return _("Free to change.")

    @admin.display(description=_("on file"))
    def picture(self, record):
        if not record.mark_width:
            return _("No picture yet.")
        missing = record.missing_for_mark()
        if missing:
            return _("On file. Not shown before these are filled in: %s.") % get_text_list(missing, _("and"))
        return format_html(
            '<img src="{}" alt="" width="{}" height="{}">',
            reverse("courses:mark", args=[record.key]),
            record.mark_width // 2,
            record.mark_height // 2,
        )
