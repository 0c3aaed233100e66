"""Moves tried by everybody in turn on records in any state; each is taken back, so that the next meets the same."""

from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from enrollment.models import Application, Certificate, LogbookEntry, RenewalRule
from enrollment.permissions import NIGHTLY, WAITING_LIST
from enrollment.workflow import MoveRefused, perform
from tests.factories import (
    ApplicationFactory,
    CourseFactory,
    EnrollmentFactory,
    IntakeFactory,
    StaffFactory,
    UserFactory,
)

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


def rows(matrix: str) -> dict[str, dict[str, set[str]]]:
    head, *lines = [line.split() for line in matrix.strip().splitlines()]
    return {
        status: {move: set(cell) - {"-"} for move, cell in zip(head, cells, strict=True)}
        for status, *cells in lines
    }


def people(owner) -> dict:
    return {
        "A": owner,
        "S": UserFactory(),
        "E": StaffFactory(rights=["change_course", "change_intake"]),
        "T": StaffFactory(rights=["countersign_logbookentry"]),
        "R": StaffFactory(rights=["review_application"]),
        "D": StaffFactory(rights=["review_application", "decide_application"]),
        "O": StaffFactory(rights=["review_application", "decide_application"], intakes=[IntakeFactory()]),
        "G": StaffFactory(rights=["issue_certificate", "revoke_certificate"]),
        "M": StaffFactory(rights=["view_enrollment", "change_intake"]),
        "P": StaffFactory(rights=["view_payment", "add_payment"]),
        "N": NIGHTLY,
        "W": WAITING_LIST,
    }


def application_in(state: str, **fields) -> Application:
    fields = {"waited_for": IntakeFactory(), "waitlisted_at": NOW} | fields
    if state == "offered_and_run_out":
        return ApplicationFactory(
            status="offered", offer_expires_at=datetime(2026, 5, 31, tzinfo=UTC), **fields
        )
    return ApplicationFactory(status=state, **fields)


def is_made(table, record, move, by, **changes) -> bool:
    """Whether the move is really made; it is taken back again, so that the next person finds the same record."""
    events = record.history.count()
    try:
        with transaction.atomic():
            perform(table, record, move, by=by, note="Because.", at=NOW, **changes)
            assert record.history.count() == events + 1
            transaction.set_rollback(True)
    except MoveRefused as refused:
        assert str(refused)
        return False
    finally:
        record.refresh_from_db()
    return True


def logbook_entry(enrollment, status, assessor) -> LogbookEntry:
    signed = {"assessor": assessor, "countersigned_at": NOW} if status == "countersigned" else {}
    return LogbookEntry.objects.create(
        enrollment=enrollment,
        status=status,
        performed_on=date(2026, 5, 2),
        patient_code="P-014",
        procedure="Microneedling",
        area="Cheek",
        phototype="IV",
        device="Pen",
        cartridge_lot="L1",
        depth_mm="0.50",
        passes=2,
        role="supervised",
        outcome="Erythema for a day.",
        **signed,
    )


def certificate_in(status, enrollment=None, **fields) -> Certificate:
    revoked = {"revoked_at": NOW, "reason_class": "misconduct"} if status == "revoked" else {}
    is_over = status in ("ended", "expired")
    return Certificate.objects.create(
        number=f"IIWAM-TEST-{status}-{Certificate.objects.count()}",
        enrollment=enrollment or EnrollmentFactory(status="completed"),
        status="issued" if status == "ended" else status,
        snapshot={},
        snapshot_sha256="0" * 64,
        issued_at=NOW - timedelta(days=700),
        issued_by=StaffFactory(),
        valid_until=NOW + timedelta(days=-1 if is_over else 9),
        **revoked,
        **fields,
    )


def with_a_rule(certificate) -> None:
    """A refresher course renews it, and its holder has done that where time is up."""
    enrollment = certificate.enrollment
    rule = RenewalRule.objects.create(
        course=enrollment.intake.course, valid_months=24, refresher=CourseFactory(), opens_days=30
    )
    if certificate.has_ended(NOW):
        intake = IntakeFactory(course=rule.refresher)
        refreshed = EnrollmentFactory(
            application__intake=intake, application__applicant=enrollment.learner, status="completed"
        )
        certificate_in("issued", refreshed)
        Certificate.objects.filter(enrollment=refreshed).update(issued_at=NOW - timedelta(days=5))
