"""What comes towards a learner: training days, papers that run out; and the private address of their calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Intake, TrainingDay

from .models import CalendarFeed, Document, Enrollment

SALT = "enrollment.calendar"
# How long before its last day a paper is brought to mind: about what a renewal takes.
NOTICE = timedelta(days=90)


class BadAddress(Exception):
    """The address is not ours, was damaged, or another one has taken its place."""


# Training days


def days_ahead(enrollments: Iterable[Enrollment], at: datetime) -> list[TrainingDay]:
    """Training days of open enrollments that have not ended, soonest first; none of a cancelled intake."""
    intakes = [one.intake_id for one in enrollments if one.status == Enrollment.Status.ACTIVE]
    days = TrainingDay.objects.filter(intake__in=intakes, ends_at__gte=at)
    return list(days.exclude(intake__status=Intake.Status.CANCELLED).select_related("intake__course"))


def intakes_of(learner: Any) -> list[Intake]:
    """Intakes that a calendar of this person follows, also one that was cancelled: the calendar must hear of it."""
    mine = Enrollment.objects.of(learner).taking_a_seat().values("intake")
    return list(
        Intake.objects.filter(pk__in=mine)
        .select_related("course")
        .prefetch_related("training_days")
        .order_by("pk")
    )


# Papers


@dataclass(frozen=True)
class Paper:
    """Something with a last day that a learner has to show."""

    label: str
    last_day: date
    has_run_out: bool
    holds_day: TrainingDay | None = None


def papers_running_out(
    enrollments: Iterable[Enrollment], days: Iterable[TrainingDay], on: date
) -> list[Paper]:
    """Papers of open enrollments that have run out, will within NOTICE, or will before a training day; soonest first."""
    active = {one.application_id: one for one in enrollments if one.status == Enrollment.Status.ACTIVE}
    days = list(days)
    found: dict[tuple[str, date], Paper] = {}
    for application, label, last_day in dated_papers(active):
        intake = active[application].intake_id
        day = next((day for day in days if day.intake_id == intake and last_day < local_day(day)), None)
        if day or last_day - on <= NOTICE:
            found.setdefault((label, last_day), Paper(label, last_day, last_day < on, day))
    return sorted(found.values(), key=lambda paper: (paper.last_day, paper.label))


def dated_papers(active: dict[int, Enrollment]) -> Iterable[tuple[int, str, date]]:
    """The practising certificate, and of each asked document the copy that is valid for longest."""
    for enrollment in active.values():
        if last_day := enrollment.application.license_valid_until:
            yield enrollment.application_id, _("Practising certificate"), last_day
    documents = Document.objects.filter(application__in=active, valid_until__isnull=False)
    usable = documents.exclude(status=Document.Status.REJECTED).order_by("valid_until")
    latest = {
        (one.application_id, one.kind): (one.application_id, one.label, one.valid_until) for one in usable
    }
    yield from latest.values()


def local_day(day: TrainingDay) -> date:
    return day.starts_at.astimezone(day.intake.zone).date()


# The private calendar


@transaction.atomic
def make_feed(*, learner: Any, at: datetime | None = None) -> CalendarFeed:
    """The person has a private calendar address; one that was given out before no longer opens anything."""
    at = at or timezone.now()
    feed, is_new = CalendarFeed.objects.get_or_create(learner=learner, defaults={"made_at": at})
    feed = CalendarFeed.objects.select_for_update().get(pk=feed.pk)
    if not is_new:
        feed.number, feed.made_at, feed.is_open = feed.number + 1, at, True
        feed.save(update_fields=["number", "made_at", "is_open"])
    return feed


@transaction.atomic
def end_feed(*, learner: Any) -> None:
    """No address opens this person's calendar; the number stays, so that an old address never works again."""
    feed = CalendarFeed.objects.select_for_update().filter(learner=learner, is_open=True).first()
    if feed:
        feed.is_open, feed.number = False, feed.number + 1
        feed.save(update_fields=["is_open", "number"])


def feed_path(feed: CalendarFeed) -> str:
    """The address: signed, so that it cannot be guessed, and kept nowhere, so that no copy of the database holds it."""
    token = signing.Signer(salt=SALT, sep=".").sign(f"{feed.learner_id}-{feed.number}")
    return reverse("enrollment:calendar_feed", args=[token])


def feed_of(token: str) -> CalendarFeed:
    """The feed of an address; BadAddress when it is not the present one of an active person."""
    try:
        learner, number = signing.Signer(salt=SALT, sep=".").unsign(token).split("-")
        feed = CalendarFeed.objects.select_related("learner").get(learner=int(learner), is_open=True)
    except (signing.BadSignature, ValueError, CalendarFeed.DoesNotExist) as error:
        raise BadAddress from error
    if feed.number != int(number) or not feed.learner.is_active:
        raise BadAddress
    return feed
