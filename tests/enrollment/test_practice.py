"""The logbook, skills and training days: what the verbs make true, and what they refuse."""

from datetime import date, timedelta

import pytest

from enrollment import attendance, practice
from enrollment.models import Enrollment, Letter, LogbookEntry
from enrollment.workflow import MoveRefused
from tests.factories import (
    CompetencyFactory,
    EnrollmentFactory,
    LogbookEntryFactory,
    ProcedureFactory,
    TrainingDayFactory,
    UserFactory,
)

from .learners import AT, CONFIRMED, assessor, enrolled

pytestmark = pytest.mark.django_db
ENTRY = {
    "performed_on": date(2026, 3, 1),
    "patient_code": "P-014",
    "procedure": "Microneedling for acne scars",
    "area": "Cheeks",
    "phototype": "IV",
    "device": "Motorised pen",
    "cartridge_lot": "LOT-7",
    "depth_mm": "1.50",
    "passes": 5,
    "anesthetic": "",
    "role": "supervised",
    "outcome": "Even redness.",
    "reflection": "",
}


@pytest.fixture
def enrollment():
    return enrolled()


def close(enrollment):
    Enrollment.objects.filter(pk=enrollment.pk).update(status="withdrawn")
    enrollment.refresh_from_db()


# The logbook


def log(enrollment, **changed):
    return practice.log_practice(enrollment=enrollment, by=enrollment.learner, at=AT, **ENTRY | changed)


def test_practice_is_logged_as_a_draft_with_history(enrollment):
    entry = log(enrollment)
    assert (entry.status, entry.patient_code) == ("draft", "P-014")
    assert [(event.move, event.to_status, event.actor) for event in entry.history.all()] == [
        ("log", "draft", enrollment.learner)
    ]


def test_same_practice_sent_twice_is_one_entry(enrollment):
    assert log(enrollment) == log(enrollment)
    assert log(enrollment, area="Chin") != log(enrollment)
    assert enrollment.logbook.count() == 2


def test_practice_of_tomorrow_is_refused(enrollment):
    with pytest.raises(MoveRefused, match="still to come"):
        log(enrollment, performed_on=date(2026, 3, 3))


def test_today_is_the_day_where_the_course_is_held(enrollment):
    evening_in_london = AT.replace(hour=17)
    entry = practice.log_practice(
        enrollment=enrollment,
        by=enrollment.learner,
        at=evening_in_london,
        **ENTRY | {"performed_on": date(2026, 3, 3)},
    )
    assert entry.performed_on == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("outcome", "Siti Aminah felt well.", "“Siti Aminah” looks like a name"),
        ("cartridge_lot", "850412-14-5678", "looks like a Malaysian identity card number"),
        ("reflection", "Call +66 81 234 5678.", "looks like a telephone number"),
        ("patient_code", "LIM-3", "looks like a name"),
    ],
)
def test_words_by_which_a_patient_is_known_are_refused_from_everybody(enrollment, field, value, words):
    with pytest.raises(MoveRefused, match=words):
        log(enrollment, **{field: value})
    entry = log(enrollment)
    with pytest.raises(MoveRefused, match=words):
        practice.update_entry(entry=entry, by=enrollment.learner, at=AT, **{field: value})


def test_procedure_of_the_list_is_known_under_a_later_name(enrollment):
    procedure = ProcedureFactory(name="Acne Scars")
    procedure.courses.add(enrollment.course)
    entry = log(enrollment, procedure="acne scars")
    assert entry.listed_as == procedure
    practice.update_entry(entry=entry, by=enrollment.learner, at=AT, procedure="Something else")
    entry.refresh_from_db()
    assert entry.listed_as is None


def test_draft_can_be_changed_and_a_sent_entry_not(enrollment):
    entry = log(enrollment)
    practice.update_entry(entry=entry, by=enrollment.learner, area="Forehead", at=AT)
    assert LogbookEntry.objects.get().area == "Forehead"
    practice.submit_entry(entry=entry, by=enrollment.learner, at=AT)
    with pytest.raises(MoveRefused, match="cannot be changed"):
        practice.update_entry(entry=entry, by=enrollment.learner, area="Chin", at=AT)


def test_entry_sent_twice_is_sent_once(enrollment):
    entry = log(enrollment)
    for hours in (0, 1):
        practice.submit_entry(entry=entry, by=enrollment.learner, at=AT + timedelta(hours=hours))
    entry.refresh_from_db()
    assert (entry.status, entry.submitted_at) == ("awaiting", AT)
    assert [event.move for event in entry.history.all()] == ["log", "submit"]


def test_countersignature_names_its_assessor_and_tells_the_learner(enrollment):
    entry, by = log(enrollment), assessor()
    practice.submit_entry(entry=entry, by=enrollment.learner, at=AT)
    practice.countersign(entry=entry, by=by, confirmed=CONFIRMED, at=AT)
    entry.refresh_from_db()
    assert (entry.status, entry.assessor, entry.countersigned_at) == ("countersigned", by, AT)
    assert list(Letter.objects.values_list("name", "recipient", "event__move")) == [
        ("entry-countersigned", enrollment.learner.pk, "countersign")
    ]


def test_countersigned_entry_stays_as_it_is(enrollment):
    entry, by = log(enrollment), assessor()
    practice.submit_entry(entry=entry, by=enrollment.learner, at=AT)
    practice.countersign(entry=entry, by=by, confirmed=CONFIRMED, at=AT)
    for act in (
        lambda: practice.countersign(entry=entry, by=by, confirmed=CONFIRMED),
        lambda: practice.return_entry(entry=entry, by=by, note="No."),
        lambda: practice.submit_entry(entry=entry, by=enrollment.learner),
    ):
        with pytest.raises(MoveRefused, match="Countersigned"):
            act()
    assert Letter.objects.count() == 1


def test_returned_entry_goes_round_again(enrollment):
    entry, by = log(enrollment), assessor()
    practice.submit_entry(entry=entry, by=enrollment.learner, at=AT)
    practice.return_entry(entry=entry, by=by, note="Which lot?", at=AT)
    practice.update_entry(entry=entry, by=enrollment.learner, cartridge_lot="LOT-8", at=AT)
    practice.submit_entry(entry=entry, by=enrollment.learner, at=AT)
    practice.countersign(entry=entry, by=by, confirmed=CONFIRMED, at=AT)
    assert [event.move for event in entry.history.all()] == [
        "log",
        "submit",
        "return",
        "submit",
        "countersign",
    ]
    assert set(Letter.objects.values_list("name", flat=True)) == {"entry-returned", "entry-countersigned"}


def test_entry_is_not_returned_without_a_reason(enrollment):
    entry = log(enrollment)
    practice.submit_entry(entry=entry, by=enrollment.learner, at=AT)
    with pytest.raises(MoveRefused, match="Give a reason"):
        practice.return_entry(entry=entry, by=assessor(), note="  ")


def test_nobody_countersigns_for_themselves(enrollment):
    learner = enrollment.learner
    learner.is_staff = True
    learner.save()
    entry = LogbookEntryFactory(enrollment=enrollment, status="awaiting")
    for by in (learner, UserFactory(), enrollment.learner):
        with pytest.raises(MoveRefused, match="may not do this"):
            practice.countersign(entry=entry, by=by, confirmed=CONFIRMED)


def test_entry_of_a_closed_enrollment_is_not_countersigned(enrollment):
    entry = LogbookEntryFactory(enrollment=enrollment, status="awaiting")
    close(enrollment)
    with pytest.raises(MoveRefused, match="record is closed"):
        practice.countersign(entry=entry, by=assessor(), confirmed=CONFIRMED)


# In person


def test_competency_keeps_every_judgement(enrollment):
    competency, by = CompetencyFactory(course=enrollment.course), assessor()
    for result in ("not_met", "met"):
        practice.check_competency(enrollment=enrollment, competency=competency, result=result, by=by, at=AT)
    assert [check.result for check in enrollment.competency_checks.order_by("pk")] == ["not_met", "met"]


def test_competency_of_another_course_is_refused(enrollment):
    with pytest.raises(MoveRefused, match="another course"):
        practice.check_competency(
            enrollment=enrollment, competency=CompetencyFactory(), result="met", by=assessor()
        )


def test_competency_is_met_or_not(enrollment):
    competency = CompetencyFactory(course=enrollment.course)
    with pytest.raises(MoveRefused, match="Choose"):
        practice.check_competency(enrollment=enrollment, competency=competency, result="great", by=assessor())


def test_attendance_of_another_intake_is_refused(enrollment):
    with pytest.raises(MoveRefused, match="another intake"):
        attendance.mark_attendance(
            enrollment=enrollment, training_day=TrainingDayFactory(), is_present=True, by=assessor()
        )


def test_only_assessors_judge(enrollment):
    day = TrainingDayFactory(intake=enrollment.intake)
    for by in (enrollment.learner, EnrollmentFactory().learner):
        with pytest.raises(MoveRefused, match="Only an assessor"):
            attendance.mark_attendance(enrollment=enrollment, training_day=day, is_present=True, by=by)
