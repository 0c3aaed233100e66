from django.db import models
from django.utils.translation import gettext_lazy as _


class PublishableQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__isnull=False)

    def drafts(self):
        return self.filter(published_at__isnull=True)

    def visible_to(self, user):
        """What the public may read; somebody who may edit sees the drafts as well."""
        may_edit = user.has_perm(f"{self.model._meta.app_label}.change_{self.model._meta.model_name}")
        return self.all() if may_edit else self.published()


class Publishable(models.Model):
    """Something the public sees only after an editor's explicit act (`courses.publishing`)."""

    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = PublishableQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    def missing_for_publication(self) -> list[str]:
        """What an editor must still add, in words; an empty list means it may be published."""
        raise NotImplementedError
