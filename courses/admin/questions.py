from django.contrib import admin
from django.db.models import Count
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from courses.forms.editing import OptionFormSet, QuestionForm
from courses.models import Option, Question

from .base import CatalogAdmin, TabularRows
from .topics import TopicCourseFilter


class ReviewedFilter(admin.SimpleListFilter):
    title = _("clinical sign-off")
    parameter_name = "reviewed"

    def lookups(self, request, model_admin):
        return [("yes", _("Signed off")), ("no", _("Not yet"))]

    def queryset(self, request, queryset):
        return queryset if self.value() is None else queryset.filter(reviewed_on__isnull=self.value() == "no")


class OptionRows(TabularRows):
    model = Option
    formset = OptionFormSet
    fields = ["text", "is_correct", "position"]

    def get_extra(self, request, obj=None, **kwargs):
        return 4 if obj is None else super().get_extra(request, obj, **kwargs)


@admin.register(Question)
class QuestionAdmin(CatalogAdmin):
    form = QuestionForm
    inlines = [OptionRows]
    list_display = [
        "short_stem",
        "module",
        "kind",
        "option_count",
        "strength",
        "is_critical",
        "is_active",
        "reviewed_on",
    ]
    list_filter = [TopicCourseFilter, "kind", ReviewedFilter, "is_active", "is_critical", "is_contested"]
    list_select_related = ["module", "source"]
    search_fields = ["stem", "key", "explanation", "module__title", "source__key"]
    search_help_text = _("Search by wording, key, module or source")
    ordering = ["module__course__position", "module__number", "position", "pk"]
    fieldsets = [
        (None, {"fields": ["module", "stem", "kind", "explanation", "source"]}),
        (
            _("Use"),
            {"fields": ["is_active", "is_critical", "is_contested", "reviewed_on", "position", "key"]},
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(options_held=Count("options"))

    @admin.display(description=_("question"), ordering="stem")
    def short_stem(self, question):
        return Truncator(question.stem).chars(90)

    @admin.display(description=_("options"), ordering="options_held")
    def option_count(self, question):
        return question.options_held

    @admin.display(description=_("source"), ordering="source__strength")
    def strength(self, question):
        return f"{question.source.key}: {question.source.get_strength_display()}"
