"""What editors read of a question beside its form."""

from django import template
from django.utils.translation import gettext_lazy as _

from courses.models import Question

from .. import item_figures

register = template.Library()

REMARKS = {
    "idle": (_("Nobody chose it"), "wait"),
    "beats": (_("Chosen more often than the right one: check the key"), "stop"),
}


@register.inclusion_tag("admin/enrollment/parts/choices.html")
def option_choices(question: Question) -> dict:
    """How often each option was chosen; read afresh, for the form may hold other words than the bank."""
    kept = Question.objects.prefetch_related("options").get(pk=question.pk)
    answers, found = item_figures.choices(kept)
    lines = [(one, *REMARKS.get(one.remark, ("", ""))) for one in found]
    return {"answers": answers, "lines": lines, "seen": item_figures.SEEN}
