"""Who was there: one list per training day."""

from django.contrib import admin
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from courses.models import TrainingDay
from enrollment import attendance, permissions
from enrollment.models import Attendance

from .acts import ActingRecord
from .filters import IntakeFilter


@admin.register(TrainingDay)
class TrainingDayAdmin(ActingRecord):
    """Days are planned with their intake and ticked off by assessors; here the office reads who was there."""

    table, acts, subject = {}, {}, "training_day"
    page_template = "admin/enrollment/trainingday/page.html"

    list_display = ["starts", "name", "for_intake", "kind"]
    list_filter = ["kind", IntakeFilter]
    list_select_related = ["intake__course"]
    search_fields = ["title", "intake__code", "intake__course__title"]
    search_help_text = _("Search by title, intake or course")
    date_hierarchy = "starts_at"
    ordering = ["starts_at"]

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("enrollment.view_attendance")

    @admin.display(description=_("starts, in the intake's time zone"), ordering="starts_at")
    def starts(self, day):
        return localtime(day.starts_at, day.intake.zone).strftime("%Y-%m-%d %H:%M")

    @admin.display(description=_("training day"))
    def name(self, day):
        return str(day)

    @admin.display(description=_("intake"), ordering="intake__code")
    def for_intake(self, day):
        return day.intake.code

    def title(self, day):
        return f"{day}, {self.starts(day)}"

    def details(self, request, day):
        marks = {mark.enrollment_id: mark for mark in Attendance.objects.filter(training_day=day)}
        learners = [(enrollment, marks.get(enrollment.pk)) for enrollment in attendance.attending(day)]
        may_mark = permissions.may(request.user, "countersign_logbookentry")
        return {"day": day, "learners": learners, "may_mark": may_mark}
