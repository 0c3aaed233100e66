"""How an application is shown to the person who made it."""

from django import template

from courses.templatetags.intakes import clock
from courses.zones import zone_of
from iiwam.templatetags.components import status_tag

from .. import payments, seats
from ..credentials import scripts
from ..models import Application
from ..views.road import PLACE_TONES, TONES

register = template.Library()
register.filter("language_of", scripts.language_of)


@register.simple_tag
def application_tag(application: Application):
    """The state in a word, with its shape and color."""
    return status_tag(application.get_status_display(), TONES[application.status])


@register.simple_tag
def answer_by(application: Application):
    """Until when the offer is held, by the clock of the course and by that of the applicant's country."""
    intake = application.intake
    return clock(application.offer_expires_at, intake.timezone, zone_of(application.residence_country))


@register.simple_tag
def place_in_line(application: Application) -> int | None:
    """The place in the waiting list, from one."""
    return seats.position(application)


@register.simple_tag
def account_of(application: Application) -> payments.Account:
    """What the place costs, what came and what is still to pay."""
    return payments.account(application)


@register.simple_tag
def place_tag(account: payments.Account):
    """How the place stands towards its fee, in a word with its shape."""
    return status_tag(account.standing.label, PLACE_TONES[account.standing])
