"""Which courses and articles are found differently once a record has changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from ..models import CLINICAL_MODELS, Article, Course, Module, SearchDocument, Topic
from .index import courses_touched_by, forget, refresh, rows_name

# From a record to the courses whose documents hold something of it.
PATHS = {
    Course: "pk",
    Module: "modules",
    Topic: "modules__topics",
    **{model: f"modules__{rows_name(model)}" for model in CLINICAL_MODELS},
}


@dataclass
class Change:
    """A change under way: what it touches cannot be found until it is settled."""

    courses: set[int] = field(default_factory=set)
    articles: set[int] = field(default_factory=set)

    @classmethod
    def begin(cls, record: Model) -> "Change":
        change = cls()
        if record.pk:
            change.take_in(record)
            # An article may lead to nothing else once its module is gone.
            read = SearchDocument.objects.filter(course__in=change.courses, article__isnull=False)
            change.articles.update(read.values_list("article", flat=True))
            forget(courses=change.courses, articles=change.articles)
        return change

    def take_in(self, record: Model) -> None:
        """Also what this record touches as it now stands in the database."""
        if isinstance(record, Article):
            self.articles.add(record.pk)
            self.courses.update(courses_touched_by([record.pk]))
        elif path := PATHS.get(type(record)):
            self.courses.update(Course.objects.filter(**{path: record.pk}).values_list("pk", flat=True))

    def settle(self, record: Model) -> None:
        """What was touched is found again as it now is; a module has changed when anything on its page has."""
        if record.pk:
            self.take_in(record)
        if module := getattr(record, "module_id", None):
            Module.objects.filter(pk=module).update(changed_at=timezone.now())
        if self.courses or self.articles:
            refresh(courses=self.courses, articles=self.articles)


@contextmanager
def followed(record: Model) -> Iterator[None]:
    """What can be found follows whatever becomes of this record inside: written, moved elsewhere or deleted."""
    with transaction.atomic():
        change = Change.begin(record)
        yield
        change.settle(record)
