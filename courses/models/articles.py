from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .people import FacultyMember
from .publishing import Publishable, PublishableQuerySet
from .sources import Source
from .syllabus import Module


class Article(Publishable):
    """Something worth reading before choosing a course."""

    slug = models.SlugField(_("address part"), unique=True, max_length=100)
    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("summary"), max_length=400)
    body = models.TextField(_("text"), help_text=_("Markdown. Cite a source as [@KEY]."))
    body_html = models.TextField(editable=False, blank=True)
    author = models.ForeignKey(
        FacultyMember,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("author"),
        help_text=_("Empty: the institute."),
    )
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    modules = models.ManyToManyField(
        Module, blank=True, related_name="articles", verbose_name=_("modules it leads to")
    )
    sources = models.ManyToManyField(Source, blank=True, related_name="articles", verbose_name=_("sources"))

    objects = PublishableQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-published_at", "title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("courses:article", args=[self.slug])

    def missing_for_publication(self) -> list[str]:
        """What an editor must still add before the public may read this article."""
        missing = []
        if not self.summary.strip():
            missing.append(_("a summary"))
        if not self.body.strip():
            missing.append(_("a text"))
        if not self.sources.exists():
            missing.append(_("at least one source"))
        return missing
