"""How many seats are left, for pages of the catalog, which may not know admissions in Python."""

from collections.abc import Iterable

from django import template

from courses.models import Intake

from .. import seats

register = template.Library()


@register.simple_tag
def seats_of(intake: Intake) -> seats.Seats:
    """The seats of one intake: `{% seats_of intake as seats %}{{ seats.free }}`."""
    return seats.ledger(intake)


@register.simple_tag
def seat_ledgers(intakes: Iterable[Intake]) -> dict[int, seats.Seats]:
    """The seats of many intakes in one query: `{% seat_ledgers intakes as ledgers %}`."""
    return seats.ledgers(intakes)


@register.filter
def of_intake(ledgers: dict[int, seats.Seats], intake: Intake) -> seats.Seats | None:
    """One intake's line of those: `{% with seats=ledgers|of_intake:intake %}`."""
    return ledgers.get(intake.pk)


@register.filter
def first_free(ledgers: dict[int, seats.Seats], intakes: Iterable[Intake]) -> Intake | None:
    """The first of these intakes that has a free seat: `{% with free=ledgers|first_free:intakes %}`."""
    return next((intake for intake in intakes if intake.pk in ledgers and ledgers[intake.pk].free), None)
