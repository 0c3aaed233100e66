"""What a certificate freezes, and that nothing edited later reaches it."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import DataError, IntegrityError, models, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.models import Accreditation, Course, Procedure
from enrollment import certification, verification
from enrollment import snapshot as frozen
from enrollment.credentials import openbadge, pdf
from enrollment.models import Application, CompletionRule
from tests.factories import CourseFactory, FacultyMemberFactory, IntakeFactory, TrainingDayFactory

from .learners import AT, assessor, countersigned_case, finished, registrar

pytestmark = pytest.mark.django_db


def issue(enrollment, at=AT):
    return certification.issue_certificate(enrollment=enrollment, by=registrar(), at=at)


@pytest.fixture
def certificate():
    enrollment = finished(cases=1, starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 1))
    Course.objects.update(
        title="Microneedling", code="MN", award="Certificate in Microneedling", hours_theory=Decimal("40.0")
    )
    countersigned_case(enrollment, depth_mm=Decimal("0.50"))
    Application.objects.update(
        native_name="นูรุล", birth_date=date(1990, 5, 17), register_number="MMC-77", phone="+60123456789"
    )
    FacultyMemberFactory(name="Prof Dr Morthy", is_director=True)
    attend(enrollment)
    spend_reading(enrollment, hours=2.25)
    CompletionRule.objects.create(course=enrollment.course, kind="attendance", is_asked=False)
    approve(enrollment.course)
    return issue(enrollment)


def attend(enrollment):
    """One day of seven and a half hours was attended, one was missed."""
    for number, is_present in enumerate((True, False), 1):
        starts_at = AT.replace(day=number, hour=1)
        day = TrainingDayFactory(
            intake=enrollment.intake, starts_at=starts_at, ends_at=starts_at + timedelta(hours=7, minutes=30)
        )
        enrollment.attendance.create(
            training_day=day, is_present=is_present, marked_by=assessor(), marked_at=AT
        )


def spend_reading(enrollment, *, hours: float):
    """So much time was counted, over two topics."""
    for topic in enrollment.course.modules.get().topics.all():
        enrollment.readings.create(topic=topic, seconds=int(hours * 3600 / 2), opened_at=AT)


def approve(course):
    """Two approvals stand; one has run out, one has no reference yet, one is of another course, one of another run."""
    Procedure.objects.create(slug="prp", name="Platelet-rich plasma").courses.add(course)
    records = [
        ("A scheme", course, "EV-77", None, "Approved for points.", Decimal("12.5")),
        ("A school", None, "R 1", None, "Programme recognised.", None),
        ("Run out", course, "EV-1", date(2026, 3, 1), "Was approved.", Decimal(5)),
        ("Only stated", None, "", None, "We say so.", Decimal(9)),
        ("Another course", CourseFactory(), "EV-9", None, "Approved.", Decimal(7)),
    ]
    for position, (body, of, reference, valid_to, statement, points) in enumerate(records):
        Accreditation.objects.create(
            key=f"a{position}",
            body=body,
            course=of,
            reference=reference,
            valid_to=valid_to,
            statement=statement,
            cpd_points=points,
            position=position,
        )
    other_run = IntakeFactory(course=course)
    Accreditation.objects.create(
        key="run", body="Another run", course=course, intake=other_run, reference="EV-8", cpd_points=3
    )


def test_snapshot_holds_what_was_true_on_the_day(certificate, settings):
    course = certificate.enrollment.course
    assert certificate.snapshot == {
        "version": 4,
        "number": certificate.number,
        "verify_url": f"{settings.SITE_URL}/verify/{certificate.number}/",
        "issuer": "International Institute of Wellness & Aesthetic Medicine",
        "issuer_id": "did:web:127.0.0.1%3A8000",
        "holder": {
            "name": "Nurul Aisyah binti Rahman",
            "native_name": "นูรุล",
            "printed_name": "",
            "native_language": "th",
        },
        "award": "Certificate in Microneedling",
        "course": {
            "title": "Microneedling",
            "code": "MN",
            "url": f"{settings.SITE_URL}{course.get_absolute_url()}",
            "syllabus_version": "1",
            "hours_theory": "40",
            "hours_practical": "",
        },
        "procedures": [
            {"name": "Microneedling for acne scars", "supervised_cases": 2},
            {"name": "Platelet-rich plasma", "supervised_cases": 0},
        ],
        "supervised_cases": 2,
        "depths_mm": {"from": "0.5", "to": "1.5"},
        "modules_passed": [{"number": 1, "title": course.modules.get().title}],
        "hours": [
            {
                "kind": "theory",
                "label": "theory",
                "hours": "40",
                "counted": "as set by syllabus version 1",
            },
            {
                "kind": "attended",
                "label": "attended",
                "hours": "7.5",
                "counted": "from the attendance lists of 1 training day, start to end",
            },
            {
                "kind": "reading",
                "label": "reading",
                "hours": "2.2",
                "counted": "on the pages of the course while in use, at most 3 times a topic’s reading time",
            },
        ],
        "cpd": [{"scheme": "A scheme", "points": "12.5", "event_code": "EV-77"}],
        "bodies": [
            {"body": "A scheme", "statement": "Approved for points.", "reference": "EV-77"},
            {"body": "A school", "statement": "Programme recognised.", "reference": "R 1"},
        ],
        "intake": {
            "code": certificate.enrollment.intake.code,
            "starts_on": "2026-02-01",
            "ends_on": "2026-03-01",
        },
        "issued_on": "2026-03-02",
        "issued_at": "2026-03-02T09:00:00Z",
        "valid_until": "",
        "valid_on": "",
        "signatories": [
            {"name": "Prof Dr Morthy", "role": "Course Director"},
            {"name": "Grace Lim", "role": "Registrar"},
        ],
        "scope_notice": "This award is no licence to practise.",
        "no_licence": str(frozen.NO_LICENCE),
        "is_sample": False,
    }
    assert certificate.number.startswith("IIWAM-MN-2026-")
    assert certificate.snapshot_sha256 == frozen.fingerprint(certificate.snapshot)


def test_snapshot_holds_no_private_data(certificate):
    told = json.dumps(certificate.snapshot, ensure_ascii=False)
    application = certificate.enrollment.application
    private = [
        certificate.enrollment.learner.email,
        certificate.issued_by.email,
        "1990",
        application.register_number,
        str(application.phone),
    ]
    assert [value for value in private if value in told] == []


# Whatever may be told on a certificate is read from these, directly or not.
EDITED = [
    "accounts.User",
    "courses.Course",
    "courses.Module",
    "courses.Intake",
    "courses.TrainingDay",
    "courses.Procedure",
    "courses.Accreditation",
    "courses.FacultyMember",
    "enrollment.Application",
    "enrollment.Attempt",
    "enrollment.Attendance",
    "enrollment.LogbookEntry",
    "enrollment.Reading",
]
KINDS = {
    models.PositiveIntegerField: st.integers(0, 100_000),
    models.CharField: st.text(st.characters(categories=["L", "Nd", "Zs"]), max_size=12),
    models.TextField: st.text(st.characters(categories=["L", "Nd", "Zs"]), max_size=40),
    models.DecimalField: st.decimals(0, 9, places=1),
    models.BooleanField: st.booleans(),
    models.DateField: st.dates(date(2020, 1, 1), date(2030, 1, 1)),
}


def editable(name):
    return [
        field.name
        for field in apps.get_model(name)._meta.concrete_fields
        if type(field) in KINDS and not field.choices and not field.unique
    ]


FIELDS = [(name, field) for name in EDITED for field in editable(name)]


@given(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=12, unique=True), st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_later_edit_reaches_snapshot_credential_or_verdict(certificate, edits, data):
    def told():
        certificate.refresh_from_db()
        seal = certificate.seal
        seal.refresh_from_db()
        return (
            json.dumps(certificate.snapshot),
            seal.credential,
            seal.token,
            verification.look_up(number, at=AT),
        )

    number = certificate.number
    before = told()
    with transaction.atomic():
        for name, field in edits:
            model = apps.get_model(name)
            value = data.draw(KINDS[type(model._meta.get_field(field))])
            try:
                with transaction.atomic():
                    assert model.objects.update(**{field: value}) > 0
            except (IntegrityError, DataError):
                continue
        assert told() == before
        transaction.set_rollback(True)


@pytest.mark.parametrize(("hours", "told"), [(0, []), (0.04, []), (1.0, ["1"])])
def test_reading_that_rounds_to_nothing_is_no_line(hours, told):
    enrollment = finished()
    spend_reading(enrollment, hours=hours)
    lines = issue(enrollment).snapshot["hours"]
    assert [line["hours"] for line in lines if line["kind"] == "reading"] == told


def test_reading_is_told_on_the_sheet_in_the_credential_and_to_its_holder(client, certificate):
    line = certificate.snapshot["hours"][-1]
    told = f"{line['hours']} reading, {line['counted']}"
    assert told in dict(pdf.lay_out(certificate.snapshot)["details"])["Hours"]
    outcomes = {(one.name, one.value) for one in openbadge.outcomes(certificate.snapshot)}
    assert (f"Hours, reading: {line['counted']}", "2.2") in outcomes
    client.force_login(certificate.enrollment.learner)
    page = client.get(reverse("enrollment:certificate", args=[certificate.enrollment_id])).content.decode()
    assert [
        words for one in certificate.snapshot["hours"] for words in (one["counted"],) if words not in page
    ] == []


def test_page_of_a_certificate_from_before_hours_were_frozen_leaves_them_out(client, certificate):
    older = {
        key: value for key, value in certificate.snapshot.items() if key not in ("hours", "cpd", "procedures")
    }
    page = render_to_string("enrollment/learner/parts/substance.html", {"snapshot": older})
    assert "Hours" not in page


def test_day_of_issue_is_the_day_where_the_course_is_held():
    certificate = issue(finished(), at=AT.replace(day=31, hour=20))
    assert certificate.snapshot["issued_on"] == "2026-04-01"


def test_sample_intake_makes_a_specimen():
    assert issue(finished(is_sample=True)).snapshot["is_sample"] is True


def test_unknown_award_is_not_invented():
    certificate = issue(finished())
    assert certificate.snapshot["award"] == ""
    assert certificate.title == certificate.enrollment.course.title


def test_name_that_the_holder_chose_is_printed_with_the_one_on_the_register():
    enrollment = finished()
    Application.objects.update(certificate_name="Dr Nurul Aisyah Rahman")
    taken = issue(enrollment).snapshot
    assert taken["holder"]["name"] == "Nurul Aisyah binti Rahman"
    assert taken["holder"]["printed_name"] == "Dr Nurul Aisyah Rahman"
    sheet = pdf.lay_out(taken)
    assert sheet["name"] == "Dr Nurul Aisyah Rahman"
    assert ("Name on the register", "Nurul Aisyah binti Rahman") in sheet["facts"]
    assert openbadge.names(taken["holder"]) == ["Nurul Aisyah binti Rahman", "Dr Nurul Aisyah Rahman"]
