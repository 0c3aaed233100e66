"""How much each learner still owes, and who owes nothing, in a fixed number of questions to the database."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from enrollment import completion, readiness
from enrollment.models import Enrollment


def outstanding_counts(enrollments: Iterable[Enrollment]) -> dict[int, int]:
    """The number of outstanding requirements by enrollment."""
    standings = completion.standings(enrollments)
    return {key: sum(not one.done for one in asked) for key, asked in standings.items()}


def ready_for_award(learners: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """Those of them who study, and for whom nothing is outstanding now."""
    return readiness.ready(learners, at=timezone.now())
