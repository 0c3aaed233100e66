"""Counting seats: an enrollment takes one, an open offer holds one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from courses.models import Intake
from iiwam.pages import content_changed

from .models import Application, Enrollment


@dataclass(frozen=True)
class Seats:
    """How the seats of one intake stand."""

    capacity: int
    enrolled: int
    offered: int
    waiting: int

    @property
    def taken(self) -> int:
        return self.enrolled + self.offered

    @property
    def free(self) -> int:
        return max(self.capacity - self.taken, 0)

    @property
    def in_words(self) -> str:
        """The whole sum, such as “12 seats = 7 enrolled + 3 offered + 2 free; 5 waiting”."""
        return _(
            "%(capacity)s seats = %(enrolled)s enrolled + %(offered)s offered + %(free)s free; %(waiting)s waiting"
        ) % {
            "capacity": self.capacity,
            "enrolled": self.enrolled,
            "offered": self.offered,
            "free": self.free,
            "waiting": self.waiting,
        }


def ledger(intake: Intake) -> Seats:
    """The seats of this intake; true for as long as its row is locked."""
    return ledgers([intake])[intake.pk]


def ledgers(intakes: Iterable[Intake]) -> dict[int, Seats]:
    """The seats of all these intakes, in one query."""
    if not (keys := [intake.pk for intake in intakes]):
        return {}
    counted = Intake.objects.filter(pk__in=keys).order_by()
    rows = counted.values_list(
        "pk",
        "capacity",
        _number_of(Enrollment.objects.taking_a_seat()),
        _number_of(Application.objects.holding_a_seat()),
        _number_of(Application.objects.waiting_for_a_seat()),
    )
    return {pk: Seats(*numbers) for pk, *numbers in rows}


def _number_of(records: QuerySet):
    per_intake = records.filter(intake=OuterRef("pk")).order_by().values("intake")
    number = per_intake.annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def lock(intake_id: int) -> Intake:
    """The intake as it is now, its seats and those of the course's other intakes ours to give in this transaction.

    All of them, in one order: a person may have chosen two, and no two transactions shall wait for each other. Always
    taken before the row of an application. Pages that tell how many seats are left are made afresh when it ends.
    """
    content_changed()
    course = Intake.objects.filter(pk=intake_id).values("course")
    intakes = Intake.objects.select_for_update(no_key=True, of=("self",)).select_related("course")
    by_key = {intake.pk: intake for intake in intakes.filter(course__in=course).order_by("pk")}
    return by_key[intake_id]


def are_given_out(intake: Intake, at: datetime) -> bool:
    """Whether a seat that becomes free still goes to the waiting list: the intake runs and has not begun."""
    has_begun = intake.starts_on is not None and intake.starts_on <= at.astimezone(intake.zone).date()
    return intake.status != Intake.Status.CANCELLED and not has_begun


# Who is next


def in_line(intake: Intake, most: int | None = None) -> list[Application]:
    """Who gets the next free seats: those who wait for this intake, then those whose second choice it is."""
    first = list(waiting_for(intake)[:most])
    room = None if most is None else most - len(first)
    return first + list(second_choices_of(intake)[:room])


def waiting_for(intake: Intake) -> QuerySet[Application]:
    return Application.objects.filter(intake=intake).waiting_for_a_seat()


def second_choices_of(intake: Intake) -> QuerySet[Application]:
    """Who waits for another intake and would take a seat of this one, unless they have applied for it as well."""
    twins = Application.objects.live().filter(intake=intake, applicant=OuterRef("applicant"))
    waiting = Application.objects.filter(second_choice=intake).waiting_for_a_seat()
    return waiting.filter(~Exists(twins))


def position(application: Application) -> int | None:
    """The place in the waiting list, counted from one; None for somebody who does not wait."""
    if application.status != Application.Status.WAITLISTED:
        return None
    at, key = application.waitlisted_at, application.pk
    ahead = Q(waitlisted_at__lt=at) | Q(waitlisted_at=at, pk__lt=key)
    waiting = Application.objects.filter(intake=application.intake_id).waiting_for_a_seat()
    return waiting.filter(ahead).count() + 1


def choice_with_a_seat(application: Application, at: datetime) -> Intake | None:
    """The intake of this person's choice that has a free seat: the first choice, or else the second."""
    intake, other = application.intake, application.second_choice
    if intake.status != Intake.Status.CANCELLED and ledger(intake).free:
        return intake
    if other is None or not are_given_out(other, at) or not ledger(other).free:
        return None
    twin = Application.objects.live().filter(applicant=application.applicant_id, intake=other)
    return None if twin.exists() else other
