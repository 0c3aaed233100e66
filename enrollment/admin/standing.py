"""How much each learner still owes, for many learners at once and in a fixed number of questions to the database."""

from collections.abc import Iterable

from enrollment import completion
from enrollment.models import Enrollment


def outstanding_counts(enrollments: Iterable[Enrollment]) -> dict[int, int]:
    """The number of outstanding requirements by enrollment."""
    standings = completion.standings(enrollments)
    return {key: sum(not one.done for one in asked) for key, asked in standings.items()}


def ready_for_award() -> list[Enrollment]:
    """Studying, and nothing is outstanding."""
    studying = list(
        Enrollment.objects.filter(status=Enrollment.Status.ACTIVE).select_related("intake__course")
    )
    counts = outstanding_counts(studying)
    return [enrollment for enrollment in studying if counts[enrollment.pk] == 0]
