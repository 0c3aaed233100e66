
from django.db import models
from django.utils.translation import gettext_lazy as _


class PublishableQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__isnull=False)

    def drafts(self):
        return self.filter(published_at__isnull=True)


class Publishable(models.Model):
    """Something the public sees only after an editor's explicit act (`courses.publishing`)."""

    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)

    objects = PublishableQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    def missing_for_publication(self) -> list[str]:
        """What an editor must still add, in words; an empty list means it may be published."""
        raise NotImplementedError
