"""Who was there: one tick list per training day."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from courses.models import TrainingDay
from enrollment import attendance, permissions
from enrollment.models import Attendance, Enrollment
from enrollment.workflow import MoveRefused

from .acts import ActingRecord
from .filters import IntakeFilter


@admin.register(TrainingDay)
class TrainingDayAdmin(ActingRecord):
    """Days are planned with their intake; here they are only ticked off."""

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

    def get_urls(self):
        mark = self.admin_site.admin_view(require_POST(self.mark_view))
        return [
            path("<int:pk>/attendance/", mark, name="courses_trainingday_attendance"),
            *super().get_urls(),
        ]

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
        learners = [
            (enrollment, marks.get(enrollment.pk), permissions.may_assess(request.user, enrollment))
            for enrollment in attending(day)
        ]
        return {"day": day, "learners": learners, "may_mark": any(may for _e, _m, may in learners)}

    def mark_view(self, request, pk):
        day = self.find(request, pk)
        present = set(request.POST.getlist("present"))
        marks = dict(Attendance.objects.filter(training_day=day).values_list("enrollment", "is_present"))
        changed = 0
        for enrollment in attending(day):
            is_present = str(enrollment.pk) in present
            if marks.get(enrollment.pk) != is_present:
                changed += self.mark(request, day, enrollment, is_present)
        words = ngettext("%d mark is saved.", "%d marks are saved.", changed) % changed
        messages.success(request, words if changed else _("Nothing has changed."))
        return HttpResponseRedirect(self.address(day))

    def mark(self, request, day, enrollment, is_present) -> bool:
        try:
            attendance.mark_attendance(
                enrollment=enrollment, training_day=day, is_present=is_present, by=request.user
            )
        except MoveRefused as refused:
            name = enrollment.application.legal_name or enrollment.learner
            messages.warning(request, f"{name}: {refused}")
            return False
        return True


def attending(day: TrainingDay):
    """Those who have a place on the intake now, by name."""
    enrollments = Enrollment.objects.filter(intake=day.intake_id, status=Enrollment.Status.ACTIVE)
    return enrollments.select_related("learner", "application").order_by("application__legal_name", "pk")
