"""How applications are reviewed, edited as rows: opinions and rubric by course, and who reviews which intake."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from courses.models import Intake
from enrollment.models import Criterion, ReviewDuty, ReviewPlan

from .review_forms import reviewers


class CriterionRows(admin.TabularInline):
    model = Criterion
    fields = ["title", "guidance", "most", "position", "is_retired"]
    extra = 1


@admin.register(ReviewPlan)
class ReviewPlanAdmin(admin.ModelAdmin):
    inlines = [CriterionRows]
    list_display = ["course", "reviews_needed", "criteria_asked", "days_to_answer", "reminder_days"]
    list_select_related = ["course"]
    fields = ["course", "reviews_needed", "days_to_answer", "reminder_days"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("criteria")

    @admin.display(description=_("criteria"))
    def criteria_asked(self, plan):
        return sum(not one.is_retired for one in plan.criteria.all())


@admin.register(ReviewDuty)
class ReviewDutyAdmin(admin.ModelAdmin):
    """Given and taken back; there is nothing to change about it."""

    list_display = ["reviewer", "intake", "course", "given_at"]
    list_filter = ["reviewer"]
    list_select_related = ["reviewer", "intake__course"]
    search_fields = ["reviewer__full_name", "reviewer__email", "intake__code", "intake__course__title"]
    search_help_text = _("Search by reviewer, intake or course")
    readonly_fields = ["name"]

    def has_change_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        # By name: the account behind it is the owner's business, and a link would lead to a refusal.
        return ["name", "intake"] if obj else ["reviewer", "intake"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "reviewer":
            kwargs["queryset"] = reviewers()
        if db_field.name == "intake":
            kwargs["queryset"] = Intake.objects.select_related("course").order_by("-starts_on", "code")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("reviewer"))
    def name(self, duty):
        return duty.reviewer

    @admin.display(description=_("course"), ordering="intake__course__title")
    def course(self, duty):
        return duty.intake.course
