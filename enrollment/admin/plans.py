"""How applications are reviewed, edited as rows: opinions and rubric by course, and who reviews which intake."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.utils.translation import gettext_lazy as _

from courses.models import Intake
from enrollment.models import Criterion, ReviewDuty, ReviewPlan

from .review_forms import reviewers


class CriterionRows(admin.TabularInline):
    model = Criterion
    fields = ["title", "guidance", "most", "position", "is_retired"]
    extra = 1
    verbose_name_plural = _("criteria (one that is retired is not asked any more; what was scored stays)")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        # What explains the narrow column stands over the rows; all of them fit beside the menu.
        fitted = {
            "is_retired": {"help_text": ""},
            "title": {"widget": forms.TextInput({"size": 22})},
            "guidance": {"widget": forms.Textarea({"rows": 2, "cols": 28})},
        }
        return super().formfield_for_dbfield(db_field, request, **fitted.get(db_field.name, {}), **kwargs)


class PlainChoices(admin.ModelAdmin):
    """Chooses among what there is: courses, intakes and people are edited on their own pages."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(widget := getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget = widget.widget
        return field


@admin.register(ReviewPlan)
class ReviewPlanAdmin(PlainChoices):
    inlines = [CriterionRows]
    list_display = ["course", "reviews_needed", "criteria_asked", "days_to_answer", "reminder_days"]
    list_select_related = ["course"]
    fields = ["course", "reviews_needed", "days_to_answer", "reminder_days"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("course").prefetch_related("criteria")

    def get_readonly_fields(self, request, obj=None):
        return ["course"] if obj else []

    @admin.display(description=_("criteria"))
    def criteria_asked(self, plan):
        return sum(not one.is_retired for one in plan.criteria.all())


@admin.register(ReviewDuty)
class ReviewDutyAdmin(PlainChoices):
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
