"""What a certificate says of points, and what the database is counted for."""

from datetime import date
from decimal import Decimal

import pytest

from courses.models import CpdScheme
from enrollment import invariants, snapshot
from enrollment.credentials import openbadge, pdf
from enrollment.models import CpdEntry
from tests.enrollment.test_pdf import snapshot as sheet_of
from tests.factories import CourseFactory, CpdSchemeFactory, ProfessionFactory

from .made import STARTS, approved, awarded, learner, run

pytestmark = pytest.mark.django_db


def test_certificate_carries_points_of_its_own_run_and_profession_alone():
    intake, doctor = run(), ProfessionFactory()
    for_doctors = CpdSchemeFactory(body="Doctors’ body", position=1)
    for_doctors.professions.add(doctor)
    hours = CpdSchemeFactory(body="Hours body", unit="hours", approves=CpdScheme.Approves.COURSE, position=2)
    approved(intake, for_doctors, reference="EV-1")
    approved(intake, hours, points="7.5", reference="EV-2")
    approved(run(course=intake.course), for_doctors, reference="Another run")
    approved(run(course=CourseFactory()), reference="Another course")
    in_hours = {"scheme": "Hours body", "points": "7.5", "event_code": "EV-2", "unit": "hours"}
    in_points = {"scheme": "Doctors’ body", "points": "8", "event_code": "EV-1"}
    of_nurse = snapshot.cpd_points(learner(intake), STARTS)
    of_doctor = snapshot.cpd_points(learner(intake, profession=doctor), STARTS)
    assert of_nurse == [in_hours]
    assert sorted(of_doctor, key=lambda line: line["event_code"]) == [in_points, in_hours]


def test_sheet_and_credential_name_the_unit():
    told = sheet_of(
        cpd=[
            {"scheme": "A scheme", "points": "8", "event_code": "EV-1"},
            {"scheme": "An office", "points": "7.5", "event_code": "EV-2", "unit": "hours"},
        ]
    )
    lines = dict(pdf.details(told))
    assert ("8, A scheme, event EV-1" in lines["CPD points"], "An office" in lines["CPD points"]) == (
        True,
        False,
    )
    assert "7.5, An office, event EV-2" in lines["CPD hours"]
    assert [one.name for one in openbadge.points(told)] == [
        "CPD points, A scheme, event EV-1",
        "CPD hours, An office, event EV-2",
    ]


def copied(entry, **changes):
    values = {f.name: getattr(entry, f.name) for f in entry._meta.concrete_fields if f.name != "id"}
    return CpdEntry.objects.create(**values | changes)


def test_ledger_that_adds_up_is_counted_and_one_that_does_not_is_named():
    entry = awarded()
    assert invariants.the_cpd_ledger_adds_up() == invariants.Finding(1, [])
    uneven = copied(entry, corrects=entry, amount=Decimal(-7), note="Seven of eight.")
    astray = copied(entry, round=2, scheme=CpdSchemeFactory())
    assert invariants.the_cpd_ledger_adds_up().breaches == [f"entry {uneven.pk}", f"entry {astray.pk}"]


def test_counter_entry_of_another_day_is_named():
    entry = awarded()
    moved = copied(entry, corrects=entry, amount=-entry.amount, earned_on=date(2020, 1, 1), note="Moved.")
    assert invariants.the_cpd_ledger_adds_up().breaches == [f"entry {moved.pk}"]
