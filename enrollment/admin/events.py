"""The whole history in one list: who moved what, when, from where to where, and why."""

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment import permissions
from enrollment.models import Event

from .acts import Record, moment
from .history import FIRST_MOVES, KINDS, step


class MoveFilter(admin.SimpleListFilter):
    title = _("move")
    parameter_name = "move"

    def lookups(self, request, model_admin):
        moves = {name: move.label for _column, _model, table in KINDS for name, move in table.items()}
        return [*FIRST_MOVES.items(), *moves.items()]

    def queryset(self, request, queryset):
        return queryset.filter(move=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(Record):
    list_display = ["when", "what", "subject", "change", "actor_name", "note"]
    list_filter = [MoveFilter]
    list_select_related = [
        "application",
        "enrollment__application",
        "entry__enrollment__application",
        "certificate",
    ]
    search_fields = ["application__reference", "certificate__number", "actor_name"]
    search_help_text = _("Search by reference, certificate number or who did it")
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    fields = ["at", "what", "subject", "change", "actor_name", "note"]
    readonly_fields = ["what", "subject", "change"]

    def get_queryset(self, request):
        """Others' history: what colleagues noted on one's own application is not for oneself."""
        me = request.user
        mine = (
            Q(application__applicant=me)
            | Q(enrollment__learner=me)
            | Q(entry__enrollment__learner=me)
            | Q(certificate__enrollment__learner=me)
        )
        seen = Q(application=None) | permissions.given_to(me, "application__")
        return super().get_queryset(request).exclude(mine).filter(seen)

    @admin.display(description=_("when"), ordering="at")
    def when(self, event):
        return moment(event.at)

    @admin.display(description=_("move"), ordering="move")
    def what(self, event):
        return step(event).title

    @admin.display(description=_("of"))
    def subject(self, event):
        holder = event.enrollment or (event.entry and event.entry.enrollment)
        return event.certificate or event.application or holder.application

    @admin.display(description=_("from and to"))
    def change(self, event):
        line = step(event)
        return f"{line.before} → {line.after}" if line.before else line.after
