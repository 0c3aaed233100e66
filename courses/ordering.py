"""The order of modules in a course and of topics in a module."""

from django.db import transaction

from iiwam.pages import content_changed

from .models import Module, Topic

# Far from any number in use, within what the column holds.
ASIDE = 30_000


@transaction.atomic
def step(*, item: Module | Topic, down: bool) -> bool:
    """The item has changed places with its neighbour; False when it is the first or the last."""
    parent = "course_id" if isinstance(item, Module) else "module_id"
    siblings = type(item)._default_manager.filter(**{parent: getattr(item, parent)})
    order = list(siblings.select_for_update(of=("self",)).order_by("number").values_list("pk", "number"))
    place = next(place for place, (pk, _number) in enumerate(order) if pk == item.pk)
    other = place + (1 if down else -1)
    if not 0 <= other < len(order):
        return False
    (own_pk, own_number), (other_pk, other_number) = order[place], order[other]
    # Two rows can't hold one number even for a moment, so one of them steps aside.
    for pk, number in ((own_pk, ASIDE), (other_pk, own_number), (own_pk, other_number)):
        siblings.filter(pk=pk).update(number=number)
    item.number = other_number
    content_changed()
    return True
