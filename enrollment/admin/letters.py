"""Letters as they were written, and the ones that could not be sent."""

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enrollment import notifications, permissions
from enrollment.models import Letter
from enrollment.workflow import MoveRefused
from iiwam.templatetags.components import status_tag

from .acts import Record, moment

LETTER_TONES = {Letter.Status.QUEUED: "half", Letter.Status.SENT: "ok", Letter.Status.FAILED: "stop"}


def title_of(name: str) -> str:
    """A letter's name as the office reads it."""
    return name.replace("-", " ").capitalize()


class NameFilter(admin.SimpleListFilter):
    title = _("letter")
    parameter_name = "name"

    def lookups(self, request, model_admin):
        return [(name, title_of(name)) for name in sorted(notifications.ACTIONS)]

    def queryset(self, request, queryset):
        return queryset.filter(name=self.value()) if self.value() else queryset


@admin.register(Letter)
class LetterAdmin(Record):
    list_display = ["subject", "to_email", "state", "when", "error"]
    list_filter = ["status", NameFilter]
    search_fields = ["subject", "to_email", "application__reference"]
    search_help_text = _("Search by subject, address or reference of the application")
    date_hierarchy = "written_at"
    fields = [
        *("subject", "to_email", "state", "attempts", "error"),
        *("written_at", "handed_over_at", "sent_at", "body_text"),
    ]
    readonly_fields = ["state"]
    actions = ["send_again"]

    def get_queryset(self, request):
        letters = super().get_queryset(request).exclude(recipient=request.user)
        return letters.filter(permissions.given_to(request.user, "application__"))

    @admin.display(description=_("status"), ordering="status")
    def state(self, letter):
        return status_tag(letter.get_status_display(), LETTER_TONES[letter.status])

    @admin.display(description=_("written"), ordering="written_at")
    def when(self, letter):
        return moment(letter.written_at)

    def has_retry_permission(self, request):
        return permissions.may(request.user, "change_letter")

    @admin.action(description=_("Send the failed ones again"), permissions=["retry"])
    def send_again(self, request, queryset):
        count = 0
        for letter in queryset:
            try:
                notifications.send_again(letter=letter, by=request.user)
            except MoveRefused as refused:
                self.message_user(request, str(refused), messages.WARNING)
            else:
                count += 1
        if count:
            words = ngettext("%d letter is on its way again.", "%d letters are on their way again.", count)
            self.message_user(request, words % count)
