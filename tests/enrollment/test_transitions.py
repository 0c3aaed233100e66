"""Who may move an application, and when: every cell written by hand, never computed from the tables under test."""

from datetime import UTC, datetime

import pytest

from enrollment.models import Application
from enrollment.permissions import PAYMENTS
from enrollment.transitions import APPLICATION, BIRTHS, CERTIFICATE, ENROLLMENT, LOGBOOK, PLACE
from tests.enrollment.moves import NOW, application_in, is_made, people, rows
from tests.factories import ApplicationFactory, IntakeFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db


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
