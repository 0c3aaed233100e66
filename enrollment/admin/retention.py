"""How long evidence is kept: periods that the owner confirms, and what each would delete tonight."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from enrollment import retention
from enrollment.models import LicenseCheck, RetentionClock
from enrollment.workflow import MoveRefused
from iiwam import office
from iiwam.templatetags.components import status_tag

from .acts import moment


class ConfirmedFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("waiting", _("Waits for confirmation")), ("confirmed", _("Confirmed"))]

    def queryset(self, request, queryset):
        narrowed = {"waiting": queryset.unconfirmed, "confirmed": queryset.confirmed}
        return narrowed.get(self.value(), queryset.all)()


@admin.register(RetentionClock)
class RetentionClockAdmin(admin.ModelAdmin):
    """A period holds once somebody has confirmed it; changed, it waits to be confirmed again."""

    change_form_template = "admin/enrollment/retentionclock/change_form.html"
    change_list_template = "admin/enrollment/retentionclock/change_list.html"
    list_display = ["start", "which", "days", "state", "due_now", "basis"]
    list_filter = [ConfirmedFilter, "start"]
    list_select_related = ["confirmed_by"]
    search_fields = ["kind", "basis"]
    search_help_text = _("Search by kind of document or reason")
    show_full_result_count = False
    fields = ["start", "kind", "days", "basis"]

    @admin.display(description=_("kind of document"), ordering="kind")
    def which(self, clock):
        if clock.kind == LicenseCheck.KIND:
            return _("Pictures of registers")
        return clock.kind or _("Every other kind")

    @admin.display(description=_("state"), ordering="confirmed_at")
    def state(self, clock):
        if clock.confirmed_at is None:
            return status_tag(_("Waits for confirmation"), "wait")
        said = f"{clock.confirmed_by}, {moment(clock.confirmed_at)}"
        return format_html('{} <span class="who-said">{}</span>', status_tag(_("Confirmed"), "ok"), said)

    @admin.display(description=_("over now"))
    def due_now(self, clock):
        return retention.due_now(clock, timezone.now())

    def get_urls(self):
        acts = {"confirm": self.confirm_view, "suspend": self.suspend_view}
        return [
            *(
                path(
                    f"<int:pk>/{name}/",
                    self.admin_site.admin_view(view),
                    name=f"enrollment_retentionclock_{name}",
                )
                for name, view in acts.items()
            ),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            count = retention.due_now(obj, timezone.now())
            context |= {
                "due_now": count,
                "confirmed_on": moment(obj.confirmed_at),
                "in_words": tonight(obj, count),
            }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_model(self, request, obj, form, change):
        if retention.set_period(clock=obj, by=request.user):
            messages.warning(request, _("It was changed, so it deletes nothing until it is confirmed again."))

    @method_decorator(require_POST)
    def confirm_view(self, request, pk):
        days = request.POST.get("days", "")
        seen = int(days) if days.isdecimal() and len(days) < 6 else 0
        return self.act(
            request, pk, _("Confirmed: the coming night goes by it."), retention.confirm, days=seen
        )

    @method_decorator(require_POST)
    def suspend_view(self, request, pk):
        return self.act(request, pk, _("Suspended: nothing is deleted by it any more."), retention.suspend)

    def act(self, request, pk, words, verb, **answers):
        """Find, do, say, go back."""
        clock = get_object_or_404(self.get_queryset(request), pk=pk)
        try:
            verb(clock=clock, by=request.user, **answers)
        except MoveRefused as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, words)
            self.log_change(request, clock, str(words))
        return HttpResponseRedirect(reverse("admin:enrollment_retentionclock_change", args=[pk]))


def tonight(clock: RetentionClock, count: int) -> str:
    if clock.start == RetentionClock.Start.SEEN:
        return ngettext("%(n)s row of the log of views", "%(n)s rows of the log of views", count) % {
            "n": count
        }
    return ngettext("%(n)s file", "%(n)s files", count) % {"n": count}


@office.waiting
def periods_to_confirm(request):
    if request.user.has_perm("enrollment.change_retentionclock"):
        address = reverse("admin:enrollment_retentionclock_changelist")
        count = RetentionClock.objects.unconfirmed().count()
        words = (
            _("Retention periods wait for confirmation; until then they delete nothing")
            if count
            else _("Retention periods wait for confirmation")
        )
        yield words, count, f"{address}?state=waiting"
