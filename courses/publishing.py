"""When the public may see something: an editor's explicit act, refused while anything is missing."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from iiwam.pages import content_changed

from .models import Publishable
from .search import followed

PERMISSION = "courses.publish_course"


class PublicationRefused(Exception):
    """Says in one sentence why something stays as it is."""


@transaction.atomic
def publish(*, item: Publishable, by, at: datetime | None = None) -> None:
    """The public can read this course or article from now on; PublicationRefused names what it lacks."""
    require_right(by)
    with followed(item):
        make_public(item=item, at=at or timezone.now())
    content_changed()


@transaction.atomic
def unpublish(*, item: Publishable, by) -> None:
    """The public can no longer read this course or article; nothing of it is lost."""
    require_right(by)
    stored = lock(item)
    with followed(stored):
        stored.published_at = item.published_at = None
        stored.save(update_fields=["published_at"])
    content_changed()


def make_public(*, item: Publishable, at: datetime) -> None:
    """The item is public since this moment, or since the earlier one when it already was."""
    stored = lock(item)
    missing = [str(part) for part in stored.missing_for_publication()]
    if missing and not stored.is_published:
        raise PublicationRefused(
            _("“%(name)s” cannot be published yet. It still needs: %(missing)s.")
            % {"name": stored, "missing": get_text_list(missing, _("and"))}
        )
    stored.published_at = item.published_at = stored.published_at or at
    stored.save(update_fields=["published_at"])


def require_right(by) -> None:
    if not by.has_perm(PERMISSION):
        raise PublicationRefused(_("You do not have the right to publish or unpublish."))


def lock(item: Publishable) -> Publishable:
    found = type(item)._default_manager.select_for_update().filter(pk=item.pk).first()
    if found is None:
        raise PublicationRefused(_("This no longer exists. Somebody has deleted it."))
    return found
