"""Articles for feed readers."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _

from ..models import Article

ARTICLES_TOLD = 30


class Articles(Feed):
    """The newest articles, as Atom."""

    feed_type = Atom1Feed
    title = _("Articles of IIWAM")
    subtitle = _("What is known, and how well, about microneedling and cosmetic dermatology.")
    author_name = "IIWAM"

    def link(self) -> str:
        return settings.SITE_URL + reverse("courses:article_list")

    def feed_url(self) -> str:
        return settings.SITE_URL + reverse("courses:feed")

    def items(self):
        return Article.objects.published().select_related("author").defer("body", "body_html")[:ARTICLES_TOLD]

    def item_title(self, article):
        return article.title

    def item_description(self, article):
        return article.summary

    def item_link(self, article):
        return settings.SITE_URL + article.get_absolute_url()

    def item_guid(self, article):
        return self.item_link(article)

    def item_author_name(self, article):
        return article.author.name if article.author else "IIWAM"

    def item_pubdate(self, article):
        return article.published_at

    def item_updateddate(self, article):
        return max(article.published_at, article.changed_at)
