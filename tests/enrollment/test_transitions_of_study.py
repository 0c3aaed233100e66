"""Who may move what follows admission, and when: every cell written by hand, as for applications."""

import pytest

from enrollment.models import Certificate, Enrollment, LogbookEntry
from enrollment.transitions import CERTIFICATE, ENROLLMENT, LOGBOOK
from tests.enrollment.moves import NOW, certificate_in, is_made, logbook_entry, people, rows, with_a_rule
from tests.factories import EnrollmentFactory, StaffFactory

pytestmark = pytest.mark.django_db


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
