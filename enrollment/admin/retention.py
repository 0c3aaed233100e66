"""How long evidence is kept: periods that the owner confirms, and what each would delete tonight."""

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrollment import retention
from enrollment.models import EvidenceEvent, RetentionClock
from iiwam import office
from iiwam.templatetags.components import status_tag


@admin.register(RetentionClock)
class RetentionClockAdmin(admin.ModelAdmin):
    list_display = ["start", "which", "days", "state", "due_now", "basis"]
    list_filter = ["is_confirmed", "start"]
    search_fields = ["kind", "basis"]
    search_help_text = _("Search by kind of document or reason")
    show_full_result_count = False
    fields = ["start", "kind", "days", "basis", "is_confirmed"]

    @admin.display(description=_("kind of document"), ordering="kind")
    def which(self, clock):
        return clock.kind or _("Every other kind")

    @admin.display(description=_("state"), ordering="is_confirmed")
    def state(self, clock):
        return (
            status_tag(_("Confirmed"), "ok")
            if clock.is_confirmed
            else status_tag(_("To be confirmed"), "wait")
        )

    @admin.display(description=_("over now"))
    def due_now(self, clock):
        """What the coming night deletes by this row, or would delete once it is confirmed."""
        now = timezone.now()
        if clock.start == RetentionClock.Start.SEEN:
            return EvidenceEvent.objects.sightings().filter(at__lte=clock.strikes_for(now)).count()
        return retention.due(clock, now).count()


@office.waiting
def periods_to_confirm(request):
    if request.user.has_perm("enrollment.change_retentionclock"):
        address = reverse("admin:enrollment_retentionclock_changelist")
        yield (
            _("Retention periods to confirm"),
            retention.unconfirmed().count(),
            f"{address}?is_confirmed__exact=0",
        )
