"""What the list of applications can be narrowed to, and how its rows read."""

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from enrollment.models import Application, Event

TONES = {
    Application.Status.DRAFT: "none",
    Application.Status.SUBMITTED: "wait",
    Application.Status.IN_REVIEW: "half",
    Application.Status.INFO_REQUESTED: "info",
    Application.Status.OFFERED: "info",
    Application.Status.WAITLISTED: "half",
    Application.Status.ENROLLED: "ok",
    Application.Status.DECLINED: "stop",
    Application.Status.OFFER_DECLINED: "off",
    Application.Status.EXPIRED: "off",
    Application.Status.WITHDRAWN: "off",
    Application.Status.CANCELLED: "stop",
}


def information_received(applications):
    """In review again because the applicant has sent what was asked for."""
    last = Event.objects.filter(application=OuterRef("pk")).order_by("-at", "-pk")
    return (
        applications.filter(status=Application.Status.IN_REVIEW)
        .alias(last_move=Subquery(last.values("move")[:1]))
        .filter(last_move="send_information")
    )


class StatusFilter(admin.SimpleListFilter):
    """Opens on what awaits review; everything else is one click away."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [
            ("received", _("Information received")),
            ("all", _("All")),
            *((value, label) for value, label in Application.Status.choices if value != "draft"),
        ]

    def choices(self, changelist):
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("Awaiting review"),
        }
        for value, label in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset.awaiting_review()
        if self.value() == "received":
            return information_received(queryset)
        return queryset if self.value() == "all" else queryset.filter(status=self.value())


class ReviewerFilter(admin.SimpleListFilter):
    title = _("reviewer")
    parameter_name = "reviewer"

    def lookups(self, request, model_admin):
        return [("me", _("Mine")), ("nobody", _("Nobody yet")), ("others", _("Somebody else"))]

    def queryset(self, request, queryset):
        mine = {"reviewer": request.user}
        return {
            "me": lambda: queryset.filter(**mine),
            "nobody": lambda: queryset.filter(reviewer=None),
            "others": lambda: queryset.exclude(reviewer=None).exclude(**mine),
        }.get(self.value(), lambda: queryset)()
