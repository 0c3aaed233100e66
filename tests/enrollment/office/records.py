"""Learners of a small course, as far as they are, and what the office keeps of them."""

from datetime import UTC, date, datetime
from decimal import Decimal

from django.urls import reverse

from enrollment.models import Letter, LogbookEntry
from tests.factories import EnrollmentFactory, IntakeFactory, UserFactory

REGISTRAR = [
    *("view_enrollment", "view_certificate", "issue_certificate", "revoke_certificate"),
    *("view_letter", "change_letter", "view_event", "view_logbookentry", "view_attendance"),
]
ASSESSOR = ["view_logbookentry", "countersign_logbookentry", "view_attendance", "view_enrollment"]
AT = datetime(2026, 1, 8, tzinfo=UTC)


def address(model, name, *args):
    return reverse(f"admin:enrollment_{model}_{name}", args=args)


def learner(course, **done):
    enrollment = EnrollmentFactory(
        application__intake=IntakeFactory(course=course), application__legal_name="Nang Mwe"
    )
    module = course.modules.get()
    if done.get("read"):
        enrollment.progress.create(topic=module.topics.get(), read_at=AT)
    if done.get("passed"):
        enrollment.attempts.create(
            module=module,
            number=1,
            questions=[],
            pass_mark=80,
            started_at=AT,
            submitted_at=AT,
            is_passed=True,
        )
    if done.get("case"):
        entry(enrollment, "countersigned", assessor=UserFactory(), countersigned_at=AT)
    for result in done.get("skill", "").split():
        enrollment.competency_checks.create(
            competency=course.competencies.get(), result=result, assessor=UserFactory(), checked_at=AT
        )
    return enrollment


def entry(enrollment, status="awaiting", **fields):
    return LogbookEntry.objects.create(
        enrollment=enrollment,
        status=status,
        submitted_at=AT,
        **{
            "performed_on": date(2026, 1, 7),
            "patient_code": "P-014",
            "procedure": "Microneedling",
            "area": "Cheeks",
            "phototype": "III",
            "device": "Pen",
            "cartridge_lot": "L1",
            "depth_mm": Decimal("1.5"),
            "passes": 3,
            "role": "supervised",
            "outcome": "Erythema.",
            **fields,
        },
    )


DONE = {"read": True, "passed": True, "case": True, "skill": "met"}


def said(response):
    return [str(message) for message in response.context["messages"]]


def letter(**fields):
    return Letter.objects.create(
        **{
            "name": "place-offered",
            "recipient": UserFactory(),
            "to_email": "nang@example.org",
            "subject": "A place",
            "body_text": "Dear",
            "body_html": "Dear",
            "message_id": f"<{Letter.objects.count()}@example.org>",
            "written_at": AT,
            **fields,
        }
    )
