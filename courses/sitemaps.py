from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from .models import Article, Course, Module


class Pages(Sitemap):
    def items(self):
        return [
            "home",
            "courses:catalog",
            "courses:intakes",
            "courses:article_list",
            "courses:about",
            "courses:eligibility",
        ]

    def location(self, item):
        return reverse(item)


class Courses(Sitemap):
    def items(self):
        return Course.objects.published().only("slug", "published_at").order_by("pk")

    def lastmod(self, course):
        return course.published_at


class Modules(Sitemap):
    def items(self):
        modules = Module.objects.filter(course__published_at__isnull=False)
        return modules.select_related("course").only("slug", "course__slug").order_by("pk")


class Articles(Sitemap):
    def items(self):
        return Article.objects.published().only("slug", "published_at").order_by("pk")

    def lastmod(self, article):
        return article.published_at


SITEMAPS = {"pages": Pages, "courses": Courses, "modules": Modules, "articles": Articles}
