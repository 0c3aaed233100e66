"""How much each learner still owes, for many learners at once and in a fixed number of questions to the database.

`certification.outstanding_requirements` is the rule; tests/enrollment/test_admin_registrar.py holds both together.
"""

from collections import Counter
from collections.abc import Iterable

from enrollment.models import CompetencyCheck, Enrollment
from enrollment.progress import Picture, pictures


def outstanding_counts(enrollments: Iterable[Enrollment]) -> dict[int, int]:
    """The number of outstanding requirements by enrollment."""
    drawn = pictures(enrollments)
    skills, judged = critical_skills([picture.enrollment for picture in drawn])
    return {
        picture.enrollment.pk: owed(picture, skills[picture.enrollment.pk], picture.enrollment.pk in judged)
        for picture in drawn
    }


def owed(picture: Picture, skills: int, has_skills: bool) -> int:
    asks_for_something = (
        has_skills or picture.required or any(module.steps_total for module in picture.modules)
    )
    if not asks_for_something:
        return 1
    unread = any(module.next_topic for module in picture.modules)
    questions = sum(module.owes_questions for module in picture.modules)
    return unread + questions + (picture.counted < picture.required) + skills


def critical_skills(enrollments: list[Enrollment]) -> tuple[Counter, set[int]]:
    """How many critical skills were last judged “not yet met”, and who has any judged at all."""
    checks = CompetencyCheck.objects.filter(enrollment__in=enrollments, competency__is_critical=True)
    newest = {
        (enrollment, competency): result
        for enrollment, competency, result in checks.order_by("checked_at", "pk").values_list(
            "enrollment", "competency", "result"
        )
    }
    missed = Counter(pair[0] for pair, result in newest.items() if result != CompetencyCheck.Result.MET)
    return missed, {enrollment for enrollment, _competency in newest}


def ready_for_award() -> list[Enrollment]:
    """Studying, and nothing is outstanding."""
    studying = list(
        Enrollment.objects.filter(status=Enrollment.Status.ACTIVE).select_related("intake__course")
    )
    counts = outstanding_counts(studying)
    return [enrollment for enrollment in studying if counts[enrollment.pk] == 0]
