"""Counting seats: an enrollment takes one, an open offer holds one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

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


def ledger(intake: Intake) -> Seats:
    """The seats of this intake; true for as long as its row is locked."""
    return ledgers([intake])[intake.pk]


def ledgers(intakes: Iterable[Intake]) -> dict[int, Seats]:
    """The seats of all these intakes, in one query."""
    counted = Intake.objects.filter(pk__in=[intake.pk for intake in intakes]).order_by()
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
    """The intake as it is now, its seats ours to give until this transaction ends.

    Always taken before the row of an application, so that no two transactions wait for each other. Pages that tell
    how many seats are left are made afresh when it ends.
    """
    content_changed()
    return (
        Intake.objects.select_for_update(no_key=True, of=("self",)).select_related("course").get(pk=intake_id)
    )


def are_given_out(intake: Intake, at: datetime) -> bool:
    """Whether a seat that becomes free still goes to the waiting list: the intake runs and has not begun."""
    has_begun = intake.starts_on is not None and intake.starts_on <= at.astimezone(intake.zone).date()
    return intake.status != Intake.Status.CANCELLED and not has_begun
