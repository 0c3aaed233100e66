"""Courses, with everything that hangs on them."""

from datetime import date

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from courses.forms.editing import AccreditationForm, CourseForm, FrequentQuestionForm, PolicyForm
from courses.models import (
    Accreditation,
    Competency,
    Course,
    CourseAudience,
    CourseFaculty,
    EvidenceRequirement,
    FrequentQuestion,
    Intake,
    Module,
    Policy,
)
from iiwam.templatetags.components import status_tag

from .base import PublishableAdmin, StackedRows, TabularRows

ENROLMENT_TONES = {Course.Enrolment.OPEN: "ok", Course.Enrolment.INTEREST: "info"}


def number_of(model, parent: str, **conditions):
    """How many of these a record has, as a column that does not multiply rows."""
    rows = model.objects.filter(**{parent: OuterRef("pk")}, **conditions).order_by().values(parent)
    counted = Subquery(rows.annotate(number=Count("pk")).values("number"), output_field=IntegerField())
    return Coalesce(counted, 0)


class PublishedFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("published", _("Published")), ("draft", _("Draft"))]

    def queryset(self, request, queryset):
        if self.value() == "published":
            return queryset.published()
        return queryset.drafts() if self.value() == "draft" else queryset


class AudienceRows(TabularRows):
    model = CourseAudience


class EvidenceRows(StackedRows):
    model = EvidenceRequirement
    fields = ["label", "help_text", ("kind", "profession", "country"), ("is_required", "position")]
    classes = ["collapse"]


class FacultyRows(TabularRows):
    model = CourseFaculty


class AccreditationRows(StackedRows):
    model = Accreditation
    form = AccreditationForm
    classes = ["collapse"]


class FrequentQuestionRows(StackedRows):
    model = FrequentQuestion
    form = FrequentQuestionForm
    fields = ["question", "answer", ("key", "position")]
    prepopulated_fields = {"key": ["question"]}
    classes = ["collapse"]


class PolicyRows(StackedRows):
    model = Policy
    form = PolicyForm
    fields = ["heading", "text", ("key", "position")]
    prepopulated_fields = {"key": ["heading"]}
    classes = ["collapse"]


class CompetencyRows(StackedRows):
    model = Competency
    fields = ["title", "section", "source", ("is_critical", "key", "position")]
    classes = ["collapse"]


@admin.register(Course)
class CourseAdmin(PublishableAdmin):
    form = CourseForm
    list_display = [
        *("code", "title", "state", "enrolment_tag", "module_count", "intake_count", "next_intake"),
    ]
    list_display_links = ["code", "title"]
    list_filter = [PublishedFilter, "enrolment", "kind", "subjects"]
    search_fields = ["title", "code", "slug", "summary"]
    search_help_text = _("Search by title, code or address")
    ordering = ["position", "title"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [
        *(AudienceRows, EvidenceRows, FacultyRows, AccreditationRows, CompetencyRows),
        *(FrequentQuestionRows, PolicyRows),
    ]
    fieldsets = [
        (None, {"fields": ["title", "title_confirmed", "code", "slug", "summary", "description"]}),
        (
            _("What it is"),
            {
                "fields": [
                    "kind",
                    "subjects",
                    "delivery",
                    "enrolment",
                    "duration",
                    "hours_theory",
                    "hours_practical",
                    "languages",
                ]
            },
        ),
        (_("Award"), {"fields": ["award", "outcomes", "entry_requirements", "scope_notice"]}),
        (
            _("Assessment"),
            {"fields": ["assessment", "pass_mark", "supervised_cases_required", "is_draft_rule"]},
        ),
        (_("In the catalog"), {"fields": ["position", "syllabus_version", "reviewed_on"]}),
    ]

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .with_next_intake(timezone.now())
            .annotate(modules_held=number_of(Module, "course"), intakes_held=number_of(Intake, "course"))
        )

    @admin.display(description=_("enrolment"), ordering="enrolment")
    def enrolment_tag(self, course):
        return status_tag(course.get_enrolment_display(), ENROLMENT_TONES[course.enrolment])

    @admin.display(description=_("modules"), ordering="modules_held")
    def module_count(self, course):
        return course.modules_held

    @admin.display(description=_("intakes"), ordering="intakes_held")
    def intake_count(self, course):
        return course.intakes_held

    @admin.display(description=_("next intake"), ordering="next_start")
    def next_intake(self, course):
        if course.next_intake_id is None:
            return None
        return (
            _("to be confirmed") if course.next_start == date.max else date_format(course.next_start, "j M Y")
        )

    def view_on_site(self, course):
        return course.get_absolute_url()

    def extras(self, request, course):
        modules = course.modules.annotate(topics_held=Count("topics")).order_by("number")
        return {**super().extras(request, course), "modules": modules, "course": course}
