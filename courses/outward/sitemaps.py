"""Every page the public may read, in parts small enough for any reader; an index names the parts."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import SitemapIndexItem
from django.db.models import F, Max
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.functional import cached_property

from ..models import Article, Course, Module

# A part must be read and written within one request.
ADDRESSES_IN_A_PART = 5_000


class Part(Sitemap):
    limit = ADDRESSES_IN_A_PART

    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc


class Pages(Part):
    def items(self):
        return [
            *("home", "courses:catalog", "courses:intakes", "courses:article_list", "courses:about"),
            "courses:eligibility",
        ]

    def location(self, item):
        return reverse(item)

    def lastmod(self, item):
        return self.latest[item == "courses:article_list"]

    def get_latest_lastmod(self):
        return max(filter(None, self.latest), default=None)

    @cached_property
    def latest(self):
        """The latest change of a course, which most pages list, and of an article."""
        return Courses().get_latest_lastmod(), Articles().get_latest_lastmod()


class Rows(Part):
    """Rows with their latest change, which may be their publication."""

    def items(self):
        return self.rows().annotate(latest=self.changed).order_by("pk")

    def lastmod(self, row):
        return row.latest

    def get_latest_lastmod(self):
        return self.rows().aggregate(latest=Max(self.changed))["latest"]


class Courses(Rows):
    changed = Greatest("published_at", "changed_at")

    def rows(self):
        return Course.objects.published().only("slug")


class Modules(Rows):
    changed = Greatest(F("course__published_at"), "changed_at")

    def rows(self):
        modules = Module.objects.filter(course__published_at__isnull=False)
        return modules.select_related("course").only("slug", "course__slug")


class Articles(Rows):
    changed = Greatest("published_at", "changed_at")

    def rows(self):
        return Article.objects.published().only("slug")


SITEMAPS = {"pages": Pages, "courses": Courses, "modules": Modules, "articles": Articles}


def parts() -> list[SitemapIndexItem]:
    """The address of every part, with the latest change in its section."""
    told = []
    for name, section in SITEMAPS.items():
        address = settings.SITE_URL + reverse("courses:sitemap_part", args=[name])
        pages, changed = section().paginator.page_range, section().get_latest_lastmod()
        told += [SitemapIndexItem(address + (f"?p={page}" if page > 1 else ""), changed) for page in pages]
    return told
