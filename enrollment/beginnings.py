"""First answers of somebody without an account: kept under their address, and a draft once the account is theirs."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from courses.models import Intake

from .admissions import save_section, start_application, why_closed
from .models import Application, Beginning
from .workflow import MoveRefused

KEPT_FOR = timedelta(days=30)


def begin(*, email: str, intake: Intake, answers: Mapping[str, str], at: datetime | None = None) -> Beginning:
    """What was typed is kept under this address for 30 days; nobody is told, and nothing is an application yet."""
    at = at or timezone.now()
    if not intake.accepts_applications(at):
        raise MoveRefused(why_closed(intake, at))
    return Beginning.objects.create(email=email.lower(), intake=intake, answers=dict(answers), begun_at=at)


def of(person: Any, intake: Intake, token: str = "") -> Beginning | None:
    """The newest beginning for this intake under the person's confirmed address, or the one of this browser."""
    mine = Beginning.objects.filter(intake=intake)
    found = mine.filter(token=token).first() if token else None
    return found or mine.filter(email=person.email.lower()).order_by("-begun_at", "-pk").first()


@transaction.atomic
def take_up(
    *,
    beginning: Beginning,
    person: Any,
    answers: Mapping[str, Any],
    extra_answers: Mapping[str, str],
    at: datetime | None = None,
) -> Application:
    """The person has a draft that holds these first answers, and what was kept of them before is gone."""
    application = start_application(applicant=person, intake=beginning.intake, answers=answers, at=at)
    if extra_answers and application.is_editable:
        save_section(application=application, by=person, section="about", values=extra_answers)
    beginning.delete()
    return application


def forget_beginnings(*, at: datetime) -> int:
    """Beginnings that nobody came back to are gone; how many they were."""
    gone, _by_model = Beginning.objects.filter(begun_at__lt=at - KEPT_FOR).delete()
    return gone
