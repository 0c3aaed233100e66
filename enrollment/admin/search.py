"""Search in the queue: every word in what the application says of itself, or every word in whose it is."""

from collections.abc import Iterable, Sequence

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils.text import smart_split, unescape_string_literal

from enrollment.models import Application

OWN = ("reference", "legal_name")
PERSON = ("email", "full_name")
MOST_WORDS = 8
# Up to here the keys are looked up by index; what matches more often is soon met going through the list in order.
FEW = 2_000


def found(applications: QuerySet, sought: str) -> QuerySet:
    """Those in which all these words stand; a phrase in quotation marks counts as one word."""
    words = words_of(sought)
    if not words:
        return applications
    own = keys(Application.objects.filter(holds(words, OWN)))
    people = keys(get_user_model().objects.filter(holds(words, PERSON)))
    if len(own) <= FEW and len(people) <= FEW:
        return applications.filter(Q(pk__in=own) | Q(applicant__in=people))
    return applications.filter(holds(words, OWN) | holds(words, [f"applicant__{name}" for name in PERSON]))


def words_of(sought: str) -> list[str]:
    parts = [*smart_split(sought.replace("\x00", ""))][:MOST_WORDS]
    return [unescape_string_literal(part) if is_quoted(part) else part for part in parts]


def is_quoted(part: str) -> bool:
    return len(part) > 1 and part[0] == part[-1] and part[0] in "\"'"


def holds(words: Iterable[str], columns: Sequence[str]) -> Q:
    """The condition that each word stands in one of these columns."""
    condition = Q()
    for word in words:
        anywhere = Q()
        for column in columns:
            anywhere |= Q(**{f"{column}__icontains": word})
        condition &= anywhere
    return condition


def keys(records: QuerySet) -> list[int]:
    return list(records.order_by().values_list("pk", flat=True)[: FEW + 1])
