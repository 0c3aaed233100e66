"""Modules in order, each with the clinical rows of its kind and no others."""

from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from courses.forms.editing import ModuleForm
from courses.models import CLINICAL_MODELS, Course, Module, Question, Topic

from .base import CatalogAdmin, StackedRows
from .catalog import number_of
from .order import Ordered

# What every clinical row has, shown last and in this order.
COMMON = ["source", "more_sources", "note"]
NAMES = ["key", "position"]


class CourseFilter(admin.SimpleListFilter):
    """One question to the database however many courses there are."""

    title = _("course")
    parameter_name = "course"
    path = "course"

    def lookups(self, request, model_admin):
        return [(str(pk), title) for pk, title in Course.objects.values_list("pk", "title")]

    def queryset(self, request, queryset):
        value = self.value()
        if value is None:
            return queryset
        return queryset.filter(**{self.path: value}) if value.isdecimal() else queryset.none()


class ClinicalRows(StackedRows):
    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("more_sources")


def clinical_rows(row_model) -> type[ClinicalRows]:
    own = [
        field.name
        for field in row_model._meta.concrete_fields
        if field.editable and field.name not in {*COMMON, *NAMES, "id", "module"}
    ]
    return type(
        f"{row_model.__name__}Rows",
        (ClinicalRows,),
        {
            "model": row_model,
            # Closed, for a module may hold thirty rows; one with a fault opens by itself.
            "fieldsets": [(_("Details"), {"classes": ["collapse"], "fields": [*own, *COMMON, tuple(NAMES)]})],
            "prepopulated_fields": {"key": ["name"]} if "name" in own else {},
        },
    )


CLINICAL_ROWS = {model: clinical_rows(model) for model in CLINICAL_MODELS}


@admin.register(Module)
class ModuleAdmin(Ordered, CatalogAdmin):
    form = ModuleForm
    list_display = ["title", "number", "course", "kind", "topic_count", "question_count", "order"]
    list_filter = [CourseFilter, "kind"]
    list_select_related = ["course"]
    search_fields = ["title", "course__title", "summary"]
    search_help_text = _("Search by title of the module or its course")
    ordering = ["course__position", "course__title", "number"]
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = [
        (None, {"fields": ["course", "number", "title", "slug", "kind", "summary", "outcomes"]}),
        (
            _("Questions"),
            {"fields": ["pass_mark", "questions_per_attempt", "attempts_allowed", "cool_off_hours"]},
        ),
        (_("Time"), {"fields": ["hours"]}),
    ]

    def get_queryset(self, request):
        counted = {"topics_held": number_of(Topic, "module"), "questions_held": number_of(Question, "module")}
        return super().get_queryset(request).annotate(**counted)

    def get_inlines(self, request, obj):
        return [rows for model, rows in CLINICAL_ROWS.items() if obj and model.kind == obj.kind]

    @admin.display(description=_("topics"), ordering="topics_held")
    def topic_count(self, module):
        return module.topics_held

    @admin.display(description=_("questions"), ordering="questions_held")
    def question_count(self, module):
        return module.questions_held

    def view_on_site(self, module):
        return module.get_absolute_url()

    def extras(self, request, module):
        topics = module.topics.defer("body", "body_html").annotate(cited=Count("sources")).order_by("number")
        return {"module": module, "topics": topics, "question_total": module.questions_held}
