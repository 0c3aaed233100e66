from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from .articles import Article
from .catalog import Course
from .syllabus import Module, Topic


class Listing(models.Model):
    """What the catalog counts and sorts a published course by, in one narrow row that the database writes itself.

    `courses.listing` says how. Columns that name several rows hold their keys as ",3,7,".
    """

    course = models.OneToOneField(
        Course, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    kind = models.CharField(max_length=16)
    mode = models.CharField(max_length=16)
    enrolment = models.CharField(max_length=16)
    award = models.CharField(max_length=160)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=160)
    professions = models.TextField()
    subjects = models.TextField()
    procedures = models.TextField()

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")

    def __str__(self):
        return self.title


class SearchEntry(models.Model):
    """Everything by which a course is found, its parts included; derived from them, and never edited.

    A narrow table of its own, so that asking all courses reads little. Vectors are PostgreSQL's; SQLite keeps the
    same keys in virtual tables that follow these.
    """

    course = models.OneToOneField(Course, models.CASCADE, primary_key=True, related_name="entry")
    heading = SearchVectorField(null=True)
    vector = SearchVectorField(null=True)
    # Which words the course lends to the vocabulary, so that they can be taken back.
    words = models.TextField(blank=True)

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        indexes = [GinIndex(fields=["vector"], name="search_entry_vector")]

    def __str__(self):
        return str(self.course)


class SearchDocument(models.Model):
    """What one module, topic, clinical row or article says, for showing where in a course the words stand."""

    class Kind(models.TextChoices):
        MODULE = "module", _("Module")
        TOPIC = "topic", _("Topic")
        ROW = "row", _("Clinical row")
        ARTICLE = "article", _("Article")

    kind = models.CharField(max_length=8, choices=Kind)
    course = models.ForeignKey(Course, models.CASCADE, null=True, related_name="documents")
    module = models.ForeignKey(Module, models.CASCADE, null=True, related_name="+")
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, related_name="+")
    article = models.ForeignKey(Article, models.CASCADE, null=True, related_name="documents")
    place = models.PositiveIntegerField(default=0)
    # Where on the page of its module a row stands.
    anchor = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=200)
    text = models.TextField()
    # The text as words are compared, letter for letter, where that is more than its small letters.
    plain = models.TextField(null=True)
    vector = SearchVectorField(null=True)
    # As in an entry; only an article that leads to no course lends words by itself.
    words = models.TextField(blank=True)

    class Meta:
        verbose_name = _("search document")
        verbose_name_plural = _("search documents")

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
