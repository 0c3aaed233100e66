"""Who may move what, and when: every cell written by hand, never computed from the tables under test."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from courses.models import Intake
from enrollment.models import Application, Certificate, Enrollment, LogbookEntry, RenewalRule
from enrollment.permissions import NIGHTLY, PAYMENTS, WAITING_LIST
from enrollment.transitions import APPLICATION, BIRTHS, CERTIFICATE, ENROLLMENT, LOGBOOK, PLACE
from enrollment.workflow import MoveRefused, perform, refusal
from tests.factories import (
    ApplicationFactory,
    CourseFactory,
    EnrollmentFactory,
    IntakeFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)

# A: the applicant. R: staff who review. D: staff who review and decide. G: registrar. N: nightly run. W: waiting list.
# M: staff who plan intakes and know their people. P: staff who keep accounts.
# Never: S, another applicant; E, staff who edit the catalog; T, staff who assess practice. "-" means nobody.
APPLICATION_MATRIX = """
                     submit start_review request_information send_information offer_place waitlist decline accept_offer decline_offer expire_offer rescind_offer reopen withdraw leave cancel  resume_review keep_waiting return_to_line
draft                A      -            -                   -                -           -        -       -            -             -            -             -      A        -      M      -             -            -
submitted            -      RD           -                   -                -           -        -       -            -             -            -             -      A        -      M      -             -            -
in_review            -      -            RD                  -                DW          D        D       -            -             -            -             -      A        -      M      -             -            -
info_requested       -      -            -                   A                -           -        -       -            -             -            -             -      A        -      M      RD            -            -
offered              -      -            -                   -                -           -        -       A            A             -            D             -      A        -      M      -             A            -
offered_and_run_out  -      -            -                   -                -           -        -       -            A             N            D             -      A        -      M      -             A            N
waitlisted           -      -            -                   -                DW          -        D       -            -             -            -             -      A        -      M      -             -            -
enrolled             -      -            -                   -                -           -        -       -            -             -            -             -      -        AG      M      -            -            -
declined             -      -            -                   -                -           -        -       -            -             -            -             D      -        -      -      -             -            -
offer_declined       -      -            -                   -                -           -        -       -            -             -            -             D      -        -      -      -             -            -
expired              -      -            -                   -                -           -        -       -            -             -            -             D      -        -      -      -             -            -
withdrawn            -      -            -                   -                -           -        -       -            -             -            -             -      -        -      -      -             -            -
cancelled            -      -            -                   -                -           -        -       -            -             -            -             -      -        -      -      -             -            -
"""
APPLICATION_TARGETS = {
    "submit": "submitted",
    "start_review": "in_review",
    "request_information": "info_requested",
    "send_information": "in_review",
    "offer_place": "offered",
    "waitlist": "waitlisted",
    "decline": "declined",
    "accept_offer": "enrolled",
    "decline_offer": "offer_declined",
    "keep_waiting": "waitlisted",
    "return_to_line": "waitlisted",
    "expire_offer": "expired",
    "rescind_offer": "in_review",
    "reopen": "in_review",
    "resume_review": "in_review",
    "withdraw": "withdrawn",
    "leave": "withdrawn",
    "cancel": "cancelled",
}
# Acts that leave the state as it is, by the same people; G and M keep accounts and intakes.
PLACE_MATRIX = """
                     remind_of_offer change_intake close_intake record_payment correct_payment record_sponsor remind_of_request
draft                -               M             EM           -              -               -       -
submitted            -               M             -            -              -               -       -
in_review            -               M             -            -              -               -       -
info_requested       -               M             -            -              -               -       N
offered              N               M             -            P              P               P       -
offered_and_run_out  -               M             -            P              P               P       -
waitlisted           -               M             -            -              -               -       -
enrolled             -               M             -            P              P               P       -
declined             -               -             -            -              -               -       -
offer_declined       -               -             -            P              P               -       -
expired              -               -             -            P              P               -       -
withdrawn            -               -             -            P              P               -       -
cancelled            -               -             -            P              P               -       -
"""
WHAT_THE_STATE_NEEDS = {
    "offer_place": {"offer_expires_at": datetime(2026, 6, 8, tzinfo=UTC)},
    "waitlist": {"waitlisted_at": NOW},
}


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


@pytest.mark.parametrize("state", rows(APPLICATION_MATRIX))
def test_application_moves_by_state_and_person(state):
    expected = rows(APPLICATION_MATRIX)[state]
    roomy = application_in(state, intake=IntakeFactory(capacity=2))
    full = application_in(state, intake=IntakeFactory(capacity=1), applicant=roomy.applicant)
    ApplicationFactory(status="offered", intake=full.intake)
    crowd = people(roomy.applicant)
    found = {}
    for move in expected:
        record, needs = (full if move == "waitlist" else roomy), WHAT_THE_STATE_NEEDS.get(move, {})
        found[move] = {role for role, by in crowd.items() if is_made(APPLICATION, record, move, by, **needs)}
    assert found == expected


@pytest.mark.parametrize("state", rows(PLACE_MATRIX))
def test_acts_that_leave_the_state_by_state_and_person(state):
    expected = rows(PLACE_MATRIX)[state]
    record = application_in(state, intake=IntakeFactory(capacity=2))
    if state == "offered":
        record.offer_expires_at = datetime(2026, 6, 2, tzinfo=UTC)
        record.save()
    if state == "info_requested":
        record.information_requests.create(
            asked_by=UserFactory(),
            asked_at=datetime(2026, 5, 20, tzinfo=UTC),
            answer_by=datetime(2026, 6, 2, tzinfo=UTC),
            reminder_days=[3],
        )
    crowd = people(record.applicant) | {"F": PAYMENTS}
    found = {act: {role for role, by in crowd.items() if is_made(PLACE, record, act, by)} for act in expected}
    accounts = {"record_payment", "correct_payment", "record_sponsor"}
    assert found == {
        act: roles | ({"F"} if roles and act in accounts else set()) for act, roles in expected.items()
    }
    assert Application.objects.get(pk=record.pk).status == record.status


def test_every_state_and_act_of_a_place_stands_in_the_matrix():
    table = rows(PLACE_MATRIX)
    assert set(table) - {"offered_and_run_out"} == set(Application.Status.values)
    assert all(set(row) == set(PLACE) for row in table.values())
    assert {act.target for act in PLACE.values()} == {""}


def test_every_state_and_move_of_an_application_stands_in_the_matrix():
    table = rows(APPLICATION_MATRIX)
    assert set(table) - {"offered_and_run_out"} == set(Application.Status.values)
    assert all(set(row) == set(APPLICATION) for row in table.values())
    assert {name: move.target for name, move in APPLICATION.items()} == APPLICATION_TARGETS


def test_nobody_decides_on_their_own_application():
    powerful = StaffFactory(is_superuser=True)
    for state, moves in rows(APPLICATION_MATRIX).items():
        record = application_in(state, applicant=powerful, intake=IntakeFactory(capacity=5))
        mine = {move for move in moves if is_made(APPLICATION, record, move, powerful)}
        assert mine == {move for move, roles in moves.items() if "A" in roles}


@pytest.mark.parametrize("fault", [{"is_active": False}, {"is_staff": False}])
def test_rights_of_former_staff_open_nothing(fault):
    former = StaffFactory(rights=["review_application", "decide_application"], **fault)
    for state, moves in rows(APPLICATION_MATRIX).items():
        record = application_in(state, intake=IntakeFactory(capacity=5))
        assert {move for move in moves if is_made(APPLICATION, record, move, former)} == set()


@pytest.mark.parametrize(
    "move, needs_reason",
    [
        ("submit", False),
        ("start_review", True),
        ("request_information", True),
        ("send_information", False),
        ("offer_place", True),
        ("waitlist", True),
        ("decline", True),
        ("accept_offer", False),
        ("decline_offer", False),
        ("keep_waiting", False),
        ("return_to_line", False),
        ("expire_offer", False),
        ("rescind_offer", True),
        ("reopen", True),
        ("withdraw", False),
        ("leave", True),
        ("cancel", True),
    ],
)
def test_acts_of_the_office_are_kept_with_their_why(move, needs_reason):
    assert APPLICATION[move].needs_note is needs_reason


def test_reasons_that_the_other_side_reads_are_marked():
    tables = {
        "application": APPLICATION,
        "place": PLACE,
        "enrollment": ENROLLMENT,
        "entry": LOGBOOK,
        "certificate": CERTIFICATE,
    }
    shown = {(name, move) for name, table in tables.items() for move in table if table[move].note_is_shown}
    assert shown == {
        ("application", "request_information"),
        ("application", "decline"),
        ("application", "rescind_offer"),
        ("application", "leave"),
        ("application", "cancel"),
        ("place", "change_intake"),
        ("entry", "return"),
        ("entry", "counter"),
        ("enrollment", "mark_present"),
        ("certificate", "suspend"),
        ("enrollment", "mark_absent"),
    }


def test_every_application_move_has_its_own_letter():
    assert {name: move.letter for name, move in {**APPLICATION, **PLACE}.items()} | BIRTHS == {
        "start": "application-started",
        "enroll": "",
        "log": "",
        "issue": "certificate-issued",
        "follow": "",
        "submit": "application-received",
        "start_review": "review-started",
        "request_information": "information-requested",
        "send_information": "information-received",
        "offer_place": "place-offered",
        "waitlist": "waitlisted",
        "decline": "application-declined",
        "accept_offer": "place-confirmed",
        "decline_offer": "offer-declined",
        "keep_waiting": "waitlisted",
        "return_to_line": "second-choice-expired",
        "expire_offer": "offer-expired",
        "rescind_offer": "offer-rescinded",
        "reopen": "review-reopened",
        "withdraw": "application-withdrawn",
        "leave": "place-given-up",
        "cancel": "intake-cancelled",
        "remind_of_offer": "offer-reminder",
        "resume_review": "review-resumed",
        "remind_of_request": "information-reminder",
        "change_intake": "intake-changed",
        "close_intake": "intake-closed",
        "record_payment": "payment-recorded",
        "correct_payment": "payment-corrected",
        "record_sponsor": "sponsor-recorded",
    }


# What circumstances forbid


def why_not(application, move, role="D"):
    by = people(application.applicant)[role]
    return refusal(APPLICATION, application, move, by=by, at=NOW)


def test_no_place_is_offered_when_every_seat_is_gone():
    application = ApplicationFactory(status="in_review", intake=IntakeFactory(capacity=1))
    ApplicationFactory(status="offered", intake=application.intake)
    assert why_not(application, "offer_place") == (
        "All seats of this intake are taken or offered. Use the waiting list."
    )


def test_nobody_is_put_on_the_waiting_list_while_a_seat_is_free():
    application = ApplicationFactory(status="in_review", intake=IntakeFactory(capacity=1))
    assert (
        why_not(application, "waitlist") == "A seat is free, so nobody needs to wait. Offer it, or decline."
    )


@pytest.mark.parametrize("state, move", [("in_review", "offer_place"), ("in_review", "waitlist")])
def test_a_cancelled_intake_gives_no_seats(state, move):
    intake = IntakeFactory(status=Intake.Status.CANCELLED)
    assert why_not(ApplicationFactory(status=state, intake=intake), move) == (
        "This intake is cancelled. Offer another intake instead."
    )


def test_an_offer_of_a_cancelled_intake_is_not_accepted():
    application = ApplicationFactory(status="offered", intake=IntakeFactory(status=Intake.Status.CANCELLED))
    assert why_not(application, "accept_offer", "A").startswith("This intake is cancelled")


def test_a_draft_is_not_sent_after_applications_closed():
    application = ApplicationFactory(intake__applications_close_at=NOW)
    assert why_not(application, "submit", "A").startswith("This intake takes no applications any more.")


def test_staff_may_offer_after_applications_closed():
    application = ApplicationFactory(status="in_review", intake__applications_close_at=NOW)
    assert why_not(application, "offer_place") is None


def test_people_may_wait_for_an_intake_that_has_begun_although_seats_are_free():
    application = ApplicationFactory(status="in_review", intake__starts_on=date(2026, 6, 1))
    assert why_not(application, "waitlist") is None


def test_a_review_is_not_reopened_beside_a_newer_application():
    old = ApplicationFactory(status="declined")
    assert why_not(old, "reopen") is None
    ApplicationFactory(applicant=old.applicant, intake=old.intake)
    assert why_not(old, "reopen") == "This person has another application for this intake now."


def test_a_place_on_which_the_course_was_completed_stays():
    application = EnrollmentFactory(status="completed").application
    assert why_not(application, "leave", "A").startswith("The course has been completed on this place")


# What follows admission


# L: the learner. G: registrar. T: assessor. N: the nightly run. Never: S, R, D, W.
ENROLLMENT_MATRIX = """
           complete withdraw cancel mark_present mark_absent waive withdraw_waiver warn_of_license renew_license
active     G        LG       M      T            T           G     G               N               G
completed  -        -        -      -            -           -     -               -               -
withdrawn  -        -        -      -            -           -     -               -               -
"""


# L: the learner who wrote it. T: assessor. Never: S, R, D, G, N, W.
LOGBOOK_MATRIX = """
               submit countersign return
draft          L      -           -
awaiting       -      T           T
returned       L      -           -
countersigned  -      -           -
"""

# G: registrar. L: the holder. N: the nightly run. Never: S, R, D, T, W.
# The time of `ended` and `expired` is up, and a refresher course renews them; that of the others is not.
CERTIFICATE_MATRIX = """
            renew supersede suspend reinstate revoke expire remind_of_expiry share stop_sharing
issued      -     G         G       -         G      -      N                L     L
ended       G     -         -       -         G      N      -                L     L
expired     G     -         -       -         G      -      -                L     L
suspended   -     -         -       G         G      -      -                -     L
superseded  -     -         -       -         -      -      -                -     L
renewed     -     -         -       -         -      -      -                -     L
revoked     -     -         -       -         -      -      -                -     L
"""


def moves_made(table, record, learner, moves) -> dict[str, set[str]]:
    crowd = people(None) | {"L": learner}
    del crowd["A"]
    needs = {
        "countersign": {"assessor": crowd["T"], "countersigned_at": NOW},
        "revoke": {"revoked_at": NOW, "reason_class": "misconduct"},
    }
    return {
        move: {role for role, by in crowd.items() if is_made(table, record, move, by, **needs.get(move, {}))}
        for move in moves
    }


def test_enrollment_moves_by_state_and_person():
    matrix = rows(ENROLLMENT_MATRIX)
    assert set(matrix) == set(Enrollment.Status.values)
    for state, expected in matrix.items():
        enrollment = EnrollmentFactory(status=state)
        assert moves_made(ENROLLMENT, enrollment, enrollment.learner, expected) == expected


def test_logbook_moves_by_state_and_person():
    matrix = rows(LOGBOOK_MATRIX)
    assert set(matrix) == set(LogbookEntry.Status.values)
    enrollment, assessor = EnrollmentFactory(), StaffFactory()
    for state, expected in matrix.items():
        entry = logbook_entry(enrollment, state, assessor)
        assert moves_made(LOGBOOK, entry, enrollment.learner, expected) == expected


def test_certificate_moves_by_state_and_person():
    matrix = rows(CERTIFICATE_MATRIX)
    assert set(matrix) - {"ended"} == set(Certificate.Status.values)
    for state, expected in matrix.items():
        certificate = certificate_in(state)
        with_a_rule(certificate)
        learner = certificate.enrollment.learner
        assert moves_made(CERTIFICATE, certificate, learner, expected) == expected


def test_nobody_judges_or_awards_themselves():
    powerful = StaffFactory(is_superuser=True)
    enrollment = EnrollmentFactory(application__applicant=powerful)
    certificate = certificate_in("issued", enrollment)
    entry = logbook_entry(enrollment, "awaiting", None)
    assert not is_made(ENROLLMENT, enrollment, "complete", powerful)
    assert not is_made(CERTIFICATE, certificate, "revoke", powerful)
    assert not is_made(LOGBOOK, entry, "countersign", powerful)
    assert not is_made(LOGBOOK, entry, "return", powerful)


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
