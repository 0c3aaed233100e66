"""How an application is shown to the person who made it."""

from django import template

from iiwam.templatetags.components import status_tag

from ..models import Application
from ..views.road import TONES

register = template.Library()


@register.simple_tag
def application_tag(application: Application):
    """The state in a word, with its shape and color."""
    return status_tag(application.get_status_display(), TONES[application.status])
