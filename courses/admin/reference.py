"""What courses refer to: sources, people, bodies, professions, subjects, and what the institute says of itself."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from courses.forms.editing import (
    FacultyForm,
    FrequentQuestionForm,
    InstituteFactForm,
    PolicyForm,
)
from courses.models import (
    Affiliation,
    CourseFaculty,
    FacultyMember,
    FrequentQuestion,
    InstituteFact,
    Policy,
    Profession,
    Source,
    Subject,
)
from iiwam.templatetags.components import status_tag

from .base import CatalogAdmin, TabularRows
from .catalog import number_of

STRENGTH_TONES = {
    Source.Strength.OFFICIAL: "ok",
    Source.Strength.REVIEWED: "ok",
    Source.Strength.TRADE: "half",
    Source.Strength.WEAK: "wait",
    Source.Strength.INSTITUTE: "info",
}


@admin.register(Source)
class SourceAdmin(CatalogAdmin):
    list_display = ["key", "citation", "strength_tag", "uses"]
    list_filter = ["strength"]
    search_fields = ["key", "citation", "url"]
    search_help_text = _("Search by key, wording or address")

    def get_queryset(self, request):
        relations = Source._meta.related_objects
        used = sum(number_of(relation.related_model, relation.field.name) for relation in relations)
        return super().get_queryset(request).annotate(used=used)

    @admin.display(description=_("strength"), ordering="strength")
    def strength_tag(self, source):
        return status_tag(source.get_strength_display(), STRENGTH_TONES[source.strength])

    @admin.display(description=_("used"), ordering="used")
    def uses(self, source):
        return source.used


class TeachingRows(TabularRows):
    model = CourseFaculty


@admin.register(FacultyMember)
class FacultyAdmin(CatalogAdmin):
    form = FacultyForm
    inlines = [TeachingRows]
    list_display = ["name", "role", "is_director", "teaches"]
    search_fields = ["name", "role"]
    search_help_text = _("Search by name or role")
    prepopulated_fields = {"slug": ["name"]}
    fields = ["name", "slug", "role", "biography", "is_director", "position"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(courses_held=number_of(CourseFaculty, "member"))

    @admin.display(description=_("courses"), ordering="courses_held")
    def teaches(self, member):
        return member.courses_held


@admin.register(Profession)
class ProfessionAdmin(CatalogAdmin):
    list_display = ["name", "is_registered", "position"]
    search_fields = ["name", "name_plural"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Subject)
class SubjectAdmin(CatalogAdmin):
    list_display = ["name", "summary", "position"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(InstituteFact)
class InstituteFactAdmin(CatalogAdmin):
    form = InstituteFactForm
    list_display = ["heading", "key", "is_known", "position"]
    search_fields = ["heading", "key", "text"]

    def get_readonly_fields(self, request, obj=None):
        # Pages ask for facts by key, so the key of one that exists stays.
        return ["key"] if obj else []

    @admin.display(description=_("known"), boolean=True)
    def is_known(self, fact):
        return bool(fact.text.strip() or fact.link)


@admin.register(Affiliation)
class AffiliationAdmin(CatalogAdmin):
    list_display = ["name", "country", "native_name", "position"]
    search_fields = ["name", "country"]


class EveryCourseFilter(admin.SimpleListFilter):
    title = _("course")
    parameter_name = "course"

    def lookups(self, request, model_admin):
        return [("every", _("Every course")), ("one", _("One course"))]

    def queryset(self, request, queryset):
        if self.value() in ("every", "one"):
            return queryset.filter(course__isnull=self.value() == "every")
        return queryset


class ToldAdmin(CatalogAdmin):
    """What is said with one course or with every one."""

    list_filter = [EveryCourseFilter]
    list_select_related = ["course"]

    @admin.display(description=_("course"), ordering="course__title")
    def about(self, record):
        return record.course or _("Every course")


@admin.register(FrequentQuestion)
class FrequentQuestionAdmin(ToldAdmin):
    form = FrequentQuestionForm
    list_display = ["question", "about", "is_known", "position"]
    search_fields = ["question", "answer", "course__title"]
    prepopulated_fields = {"key": ["question"]}
    fields = ["question", "key", "course", "answer", "position"]

    @admin.display(description=_("known"), boolean=True)
    def is_known(self, record):
        return bool(record.answer.strip())


@admin.register(Policy)
class PolicyAdmin(ToldAdmin):
    form = PolicyForm
    list_display = ["heading", "about", "is_known", "position"]
    search_fields = ["heading", "text", "course__title"]
    prepopulated_fields = {"key": ["heading"]}
    fields = ["heading", "key", "course", "text", "position"]

    @admin.display(description=_("known"), boolean=True)
    def is_known(self, record):
        return bool(record.text.strip())
