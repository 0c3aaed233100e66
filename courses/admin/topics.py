from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from courses.forms.editing import TopicForm
from courses.models import Topic

from .base import CatalogAdmin
from .modules import CourseFilter
from .order import Ordered


class TopicCourseFilter(CourseFilter):
    path = "module__course"


@admin.register(Topic)
class TopicAdmin(Ordered, CatalogAdmin):
    """Pages of a module. Their sources are those that the text cites."""

    form = TopicForm
    list_display = ["title", "number", "module", "course", "reading_minutes", "cited", "order"]
    list_filter = [TopicCourseFilter]
    list_select_related = ["module__course"]
    search_fields = ["title", "body", "module__title", "module__course__title"]
    search_help_text = _("Search in titles and texts")
    ordering = ["module__course__position", "module__number", "number"]
    prepopulated_fields = {"slug": ["title"]}
    fields = ["module", "number", "title", "slug", "body", "reading_minutes"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(sources_cited=Count("sources"))

    @admin.display(description=_("course"), ordering="module__course__title")
    def course(self, topic):
        return topic.module.course

    @admin.display(description=_("sources"), ordering="sources_cited")
    def cited(self, topic):
        return topic.sources_cited

    def extras(self, request, topic):
        return {"cited_sources": topic.sources.all()}
