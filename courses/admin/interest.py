"""Who waits to hear of an intake: to look at, course by course; only the owner deletes, when somebody asks for it."""

from django.contrib import admin
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.models import Interest
from iiwam import office
from iiwam.templatetags.components import status_tag

from .modules import CourseFilter

COURSES_COUNTED = 20


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("confirmed", _("Confirmed")), ("asked", _("Not confirmed")), ("left", _("Unsubscribed"))]

    def queryset(self, request, queryset):
        if self.value() == "confirmed":
            return queryset.confirmed()
        if self.value() == "asked":
            return queryset.live().filter(confirmed_at__isnull=True)
        return queryset.filter(unsubscribed_at__isnull=False) if self.value() == "left" else queryset


@admin.register(Interest)
class InterestAdmin(admin.ModelAdmin):
    change_list_template = "admin/courses/interest/change_list.html"
    list_display = ["email", "course", "profession", "state", "asked_at", "told"]
    list_filter = [StateFilter, CourseFilter, "profession"]
    list_select_related = ["course", "profession"]
    search_fields = ["email", "course__title"]
    search_help_text = _("Search by address or course")
    show_full_result_count = False
    list_per_page = 50
    fields = [
        "email",
        "course",
        "profession",
        "consent",
        "asked_at",
        "confirmed_at",
        "unsubscribed_at",
        "told",
    ]
    readonly_fields = ["told"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(letters=Count("notices__sent_at"))

    def changelist_view(self, request, extra_context=None):
        counted = Interest.objects.confirmed().order_by().values_list("course__title")
        most = counted.annotate(people=Count("pk")).order_by("-people", "course__title")
        context = {"per_course": most[:COURSES_COUNTED]}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @admin.display(description=_("state"))
    def state(self, interest):
        if interest.unsubscribed_at:
            return status_tag(_("Unsubscribed"), "off")
        return status_tag(_("Confirmed"), "ok") if interest.confirmed_at else status_tag(_("Asked"), "half")

    @admin.display(description=_("emails sent"), ordering="letters")
    def told(self, interest):
        return interest.letters


@office.waiting
def people_waiting_for_an_intake(request):
    if request.user.has_perm("courses.view_interest"):
        address = reverse("admin:courses_interest_changelist")
        yield (
            _("People waiting to hear of an intake"),
            Interest.objects.confirmed().count(),
            f"{address}?state=confirmed",
        )
