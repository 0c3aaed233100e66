from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from courses.forms.editing import ArticleForm
from courses.models import Article

from .base import PublishableAdmin
from .catalog import PublishedFilter


@admin.register(Article)
class ArticleAdmin(PublishableAdmin):
    form = ArticleForm
    list_display = ["title", "state", "author", "cited", "reviewed_on", "published_at"]
    list_filter = [PublishedFilter]
    list_select_related = ["author"]
    search_fields = ["title", "summary", "body"]
    search_help_text = _("Search in titles and texts")
    prepopulated_fields = {"slug": ["title"]}
    fields = ["title", "slug", "summary", "body", "author", "modules", "reviewed_on"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(sources_cited=Count("sources"))

    @admin.display(description=_("sources"), ordering="sources_cited")
    def cited(self, article):
        return article.sources_cited

    def view_on_site(self, article):
        return article.get_absolute_url()

    def extras(self, request, article):
        return {**super().extras(request, article), "cited_sources": article.sources.all()}
