"""Who was there on a training day."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import TrainingDay

from .models import Attendance, Enrollment
from .study import lock, require_active, require_assessor
from .workflow import MoveRefused


@transaction.atomic
def mark_attendance(
    *,
    enrollment: Enrollment,
    training_day: TrainingDay,
    is_present: bool,
    by: Any,
    at: datetime | None = None,
) -> Attendance:
    """It is on record whether the learner was there; a later mark replaces an earlier one."""
    require_assessor(enrollment, by)
    require_active(lock(enrollment))
    if training_day.intake_id != enrollment.intake_id:
        raise MoveRefused(_("This training day belongs to another intake."))
    mark, _is_new = enrollment.attendance.update_or_create(
        training_day=training_day,
        defaults={"is_present": is_present, "marked_by": by, "marked_at": at or timezone.now()},
    )
    return mark
