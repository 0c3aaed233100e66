"""What an applicant writes: answers and declarations."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import permissions as who
from .completeness import SECTIONS
from .models import Application, Declaration
from .workflow import MoveRefused


class StaleAnswers(MoveRefused):
    """Somebody, perhaps the same person in another window, saved in between; nothing was overwritten."""

    def __init__(self, sentence: str, *, present: dict[str, Any], version: int):
        super().__init__(sentence)
        self.present = present
        self.version = version


@transaction.atomic
def save_section(
    *,
    application: Application,
    by: Any,
    section: str,
    values: Mapping[str, Any],
    version: int | None = None,
    at: datetime | None = None,
) -> Application:
    """The section holds these answers and the version is one higher; saving the same again changes nothing.

    Raises StaleAnswers, with what stands there now, when `version` is not the present one; MoveRefused when the
    application can't be changed any more.
    """
    application = editable(application, by)
    values = {name: values[name] for name in SECTIONS[section].fields if name in values}
    present = {name: getattr(application, name) for name in SECTIONS[section].fields}
    if all(present[name] == value for name, value in values.items()):
        return application
    if version is not None and version != application.version:
        raise StaleAnswers(
            _("These answers were changed in another window. Compare them, then save again."),
            present=present,
            version=application.version,
        )
    for name, value in values.items():
        setattr(application, name, value)
    application.version += 1
    application.save(update_fields=[*values, "version", "updated_at"])
    return application


@transaction.atomic
def agree(
    *, application: Application, by: Any, declarations: Mapping[str, str], at: datetime | None = None
) -> list[Declaration]:
    """The applicant has made exactly these declarations, kept in the words that were shown."""
    application = editable(application, by)
    application.declarations.exclude(key__in=declarations).delete()
    made = dict(application.declarations.values_list("key", "text"))
    for key, text in declarations.items():
        if made.get(key) != str(text):
            application.declarations.update_or_create(
                key=key, defaults={"text": str(text), "agreed_at": at or timezone.now()}
            )
    return list(application.declarations.all())


def editable(application: Application, by: Any) -> Application:
    """The application as it is now, kept still until this transaction ends; refused unless its applicant may write."""
    application = (
        Application.objects.select_for_update(no_key=True, of=("self",))
        .select_related("intake__course", "profession")
        .get(pk=application.pk)
    )
    if not who.is_applicant(by, application):
        raise MoveRefused(_("Only the applicant can change this application."))
    if not application.is_editable:
        raise MoveRefused(
            _("This application is “%(status)s” now, so its answers stay as they are.")
            % {"status": application.get_status_display()}
        )
    return application
