"""The letter that an act would send, before anybody sends it."""

from copy import copy
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from enrollment import notifications, seats
from enrollment.models import Application, Certificate, Enrollment, Event, LogbookEntry
from enrollment.offers import terms_of


def preview(name: str, record: Any, *, note: str, reason_class: str = "", **words: Any) -> dict[str, str]:
    """The letter that a move would send now, with these reasons and words in it."""
    enrollment = enrollment_of(record)
    application = with_terms(enrollment.application if enrollment else record, name)
    event = Event(application=application, note=note.strip(), at=timezone.now())
    about = {"application": application, **({"enrollment": enrollment} if enrollment else {})}
    if isinstance(record, LogbookEntry):
        about["entry"] = record
    if isinstance(record, Certificate):
        about["certificate"] = copy(record)
        about["certificate"].reason_class = reason_class or _("the class that you choose")
    return notifications.preview(name, event=event, recipient=application.applicant, **about, **words)


def enrollment_of(record: Any) -> Enrollment | None:
    if isinstance(record, Application):
        return None
    return record if isinstance(record, Enrollment) else record.enrollment


def with_terms(application: Application, letter: str) -> Application:
    """A copy that carries what an offer made now would carry."""
    application = copy(application)
    if letter == "place-offered":
        now = timezone.now()
        application.intake = seats.choice_with_a_seat(application, now) or application.intake
        for name, value in terms_of(application, application.intake, now).items():
            setattr(application, name, value)
    return application
