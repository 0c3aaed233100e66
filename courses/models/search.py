from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .articles import Article
from .catalog import Course
from .syllabus import Module, Topic


class SearchDocument(models.Model):
    """What can be found of one course, module, topic or article; derived from it, and never edited."""

    class Kind(models.TextChoices):
        COURSE = "course", _("Course")
        MODULE = "module", _("Module")
        TOPIC = "topic", _("Topic")
        ARTICLE = "article", _("Article")

    kind = models.CharField(max_length=8, choices=Kind)
    course = models.ForeignKey(Course, models.CASCADE, null=True, related_name="documents")
    module = models.ForeignKey(Module, models.CASCADE, null=True, related_name="+")
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, related_name="+")
    article = models.ForeignKey(Article, models.CASCADE, null=True, related_name="documents")
    place = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=200)
    text = models.TextField()
    # Vectors are PostgreSQL's; SQLite keeps the same keys in a virtual table that follows this one.
    heading = SearchVectorField(null=True)
    vector = SearchVectorField(null=True)
    # Which words this course or article lends to the vocabulary, so that they can be taken back.
    words = models.TextField(blank=True)

    class Meta:
        verbose_name = _("search document")
        verbose_name_plural = _("search documents")
        indexes = [GinIndex(fields=["vector"], name="search_document_vector")]
        constraints = [
            models.UniqueConstraint(
                fields=["course"], condition=Q(kind="course"), name="one_search_document_per_course"
            )
        ]

    def __str__(self):
        return self.title


class SearchWord(models.Model):
    """A word that the public catalog uses, for guessing what a misspelt one was meant to be."""

    word = models.CharField(max_length=40, unique=True)
    # The same letters in the order of the alphabet: two that changed places still lead to the word.
    letters = models.CharField(max_length=40, db_index=True)
    uses = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("search word")
        verbose_name_plural = _("search words")

    def __str__(self):
        return self.word
