"""One certificate in the place of another, and what happens as the end comes near."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enrollment import certification, evidence, renewal_terms, renewals, schedule, verification
from enrollment.models import Certificate, Correction, CpdEntry, EvidenceEvent, Letter, RenewalRule
from enrollment.workflow import MoveRefused
from tests.factories import (
    AccreditationFactory,
    CourseFactory,
    CpdSchemeFactory,
    EnrollmentFactory,
    IntakeFactory,
    StaffFactory,
    UserFactory,
)

from .learners import AT, assessor, finished, registrar

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
END = datetime(2028, 3, 2, 15, 59, 59, tzinfo=UTC)


def paper() -> evidence.CheckedFile:
    return evidence.CheckedFile("extract.pdf", "application/pdf", b"%PDF-1.7 an extract of the register")


@pytest.fixture
def rule_for():
    def make(course, **fields):
        return RenewalRule.objects.create(
            course=course, **{"valid_months": 24, "opens_days": 90, "reminders": "30, 7"} | fields
        )

    return make


@pytest.fixture
def certificate(rule_for):
    """Valid for two years, renewed by a refresher course."""
    enrollment = finished()
    rule_for(enrollment.course, refresher=CourseFactory(title="Refresher"))
    return certification.issue_certificate(enrollment=enrollment, by=registrar(), at=AT)


def refreshed(certificate, at):
    """The holder has earned the certificate of the refresher course."""
    course = certificate.enrollment.course.renewal_rule.refresher
    enrollment = EnrollmentFactory(
        application__intake=IntakeFactory(course=course),
        application__applicant=certificate.enrollment.learner,
        status="completed",
    )
    return Certificate.objects.create(
        number=f"IIWAM-R-{enrollment.pk}",
        enrollment=enrollment,
        snapshot={},
        snapshot_sha256="0" * 64,
        issued_at=at,
        issued_by=registrar(),
    )


def correct(certificate, **given):
    given = {
        "name": "Nurul Aisyah Rahman",
        "native_name": "นูรุล",
        "evidence": paper(),
        "note": "Marriage.",
    } | given
    return renewals.supersede(certificate=certificate, **{"by": registrar(), "at": AT + DAY} | given)


# A name put right


def test_correction_changes_the_name_alone_and_keeps_the_paper(certificate):
    corrected = correct(certificate)
    certificate.refresh_from_db()
    assert (certificate.status, certificate.state_since, corrected.status) == (
        "superseded",
        AT + DAY,
        "issued",
    )
    assert (corrected.follows, corrected.valid_until) == (certificate, END)
    before, after = certificate.snapshot, corrected.snapshot
    changed = {key for key in after if after[key] != before.get(key)}
    assert changed == {
        *(
            "number",
            "verify_url",
            "holder",
            "issued_on",
            "issued_at",
            "first_issued_on",
            "follows",
            "signatories",
        )
    } - {key for key in ("signatories",) if after[key] == before[key]}
    assert after["holder"] == {
        "name": "Nurul Aisyah Rahman",
        "printed_name": "",
        "native_name": "นูรุล",
        "native_language": "th",
    }
    with corrected.correction.evidence.open("rb") as kept:
        assert kept.read() == paper().content
    assert [event.move for event in corrected.history.all()] == ["follow"]
    assert Letter.objects.filter(name="certificate-superseded").count() == 1


def looks():
    return list(EvidenceEvent.objects.sightings().values_list("actor_name", "label", "act"))


def test_every_look_at_the_paper_behind_a_name_is_on_record(client, certificate):
    corrected = correct(certificate)
    address = reverse("admin:enrollment_certificate_evidence", args=[corrected.pk])
    label = f"Evidence of the name on {corrected.number}"
    viewer = StaffFactory(full_name="Omar Tan", rights=["view_certificate"])
    for times in (1, 2):
        client.force_login(viewer)
        response = client.get(address)
        assert b"".join(response.streaming_content) == paper().content
        assert looks() == [("Omar Tan", label, "taken")] * times
    application = EvidenceEvent.objects.values_list("application", flat=True).distinct().get()
    assert application == corrected.enrollment.application_id


def test_look_at_a_paper_that_is_not_there_or_not_theirs_shows_and_writes_nothing(client, certificate):
    corrected = correct(certificate)
    client.force_login(StaffFactory(rights=["view_certificate"]))
    former = reverse("admin:enrollment_certificate_evidence", args=[certificate.pk])
    assert client.get(former).status_code == 404
    for stranger in (UserFactory(), StaffFactory(), corrected.enrollment.learner):
        with pytest.raises(MoveRefused):
            renewals.view_evidence(certificate=corrected, by=stranger, at=AT)
    corrected.correction.evidence.storage.delete(corrected.correction.evidence.name)
    lost = reverse("admin:enrollment_certificate_evidence", args=[corrected.pk])
    assert client.get(lost).status_code == 404
    Correction.objects.update(evidence="")
    with pytest.raises(MoveRefused, match="no paper"):
        renewals.view_evidence(certificate=corrected, by=StaffFactory(rights=["view_certificate"]), at=AT)
    assert looks() == []


def test_former_number_leads_on_and_names_nobody(certificate):
    corrected = correct(certificate)
    found = verification.look_up(certificate.number, at=AT + DAY)
    assert (found.state, found.successor, found.name, found.native_name) == (
        "superseded",
        corrected.number,
        "",
        "",
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": "  "}, "Write the name"),
        ({"name": "Nurul Aisyah binti Rahman", "native_name": ""}, "carries already"),
        ({"note": ""}, "Give a reason"),
        ({"by": "assessor"}, "may not do this"),
        ({"at": END + DAY}, "time of this certificate is up"),
    ],
)
def test_correction_is_refused_without_its_grounds(certificate, given, sentence):
    given = given | ({"by": assessor()} if "by" in given else {})
    with pytest.raises(MoveRefused, match=sentence):
        correct(certificate, **given)
    certificate.refresh_from_db()
    assert (certificate.status, Certificate.objects.count()) == ("issued", 1)


# Renewal


def test_renewal_begins_where_the_former_term_ends(certificate):
    refreshed(certificate, END - 60 * DAY)
    renewed = renewals.renew(certificate=certificate, by=registrar(), note="Refreshed.", at=END - 50 * DAY)
    certificate.refresh_from_db()
    assert (certificate.status, renewed.status, renewed.follows) == ("renewed", "issued", certificate)
    assert renewed.valid_until == datetime(2030, 3, 2, 15, 59, 59, tzinfo=UTC)
    assert renewed.snapshot["valid_on"] == "2030-03-02"
    assert renewed.snapshot["first_issued_on"] == certificate.snapshot["issued_on"]
    assert [way["way"] for way in renewed.snapshot["renewed_by"]] == ["refresher"]


def test_expired_certificate_is_renewed_from_the_day_of_renewal(certificate):
    renewals.expire_due(at=END + DAY)
    certificate.refresh_from_db()
    refreshed(certificate, END + 20 * DAY)
    renewed = renewals.renew(certificate=certificate, by=registrar(), note="Late.", at=END + 30 * DAY)
    assert renewed.snapshot["valid_on"] == "2030-04-01"


def test_chain_of_renewals_and_corrections_has_one_certificate_that_speaks(certificate):
    refreshed(certificate, END - 60 * DAY)
    renewed = renewals.renew(certificate=certificate, by=registrar(), note="Refreshed.", at=END - 50 * DAY)
    corrected = correct(renewed, at=END - 40 * DAY)
    assert renewals.chain(certificate) == [corrected, renewed, certificate]
    assert corrected.snapshot["first_issued_on"] == "2026-03-02"
    assert certification.issue_certificate(enrollment=certificate.enrollment, by=registrar()) == corrected


@pytest.mark.parametrize(
    ("at", "sentence"),
    [(END - 100 * DAY, "can be renewed from"), (END - 50 * DAY, "Nothing renews it yet: Refresher")],
)
def test_renewal_waits_for_its_time_and_its_grounds(certificate, at, sentence):
    with pytest.raises(MoveRefused, match=sentence):
        renewals.renew(certificate=certificate, by=registrar(), note="Early.", at=at)


def test_certificate_without_a_rule_does_not_end():
    certificate = certification.issue_certificate(enrollment=finished(), by=registrar(), at=AT)
    assert (certificate.valid_until, certificate.snapshot["valid_until"]) == (None, "")
    with pytest.raises(MoveRefused, match="does not end"):
        renewals.renew(certificate=certificate, by=registrar(), note="Why.", at=AT)


def told_of(certificate, **fields) -> list[tuple]:
    """The ways by points that this rule leaves open at the end of the certificate."""
    rule = certificate.enrollment.course.renewal_rule
    for name, value in {"points": Decimal(20), "refresher": None, **fields}.items():
        setattr(rule, name, value)
    rule.save()
    return [(way.label, way.detail, way.done) for way in renewal_terms.ways(certificate, rule, END)]


def another(certificate):
    return EnrollmentFactory(application__applicant=certificate.enrollment.learner, status="completed")


def test_points_of_a_scheme_renew_a_certificate(certificate):
    scheme, other = CpdSchemeFactory(name="MMA CPD"), another(certificate)
    assert told_of(certificate) == [("CPD points", "0 of 20 points", False)]
    enter(certificate, other, Decimal("19.5"), scheme=scheme)
    assert told_of(certificate) == [("CPD, MMA CPD", "19.5 of 20 points", False)]
    enter(certificate, another(certificate), Decimal("0.5"), scheme=scheme)
    assert told_of(certificate) == [("CPD, MMA CPD", "20 of 20 points", True)]


def test_what_different_schemes_gave_is_never_added_up(certificate):
    """Fifteen points, twelve of another body, and thirty hours: none of them is twenty points."""
    first, second = CpdSchemeFactory(name="First", position=1), CpdSchemeFactory(name="Second", position=2)
    hours = CpdSchemeFactory(name="Hours", unit="hours", position=3)
    for scheme, amount in ((first, 15), (second, 12), (hours, 30)):
        enter(certificate, another(certificate), amount, scheme=scheme)
    assert told_of(certificate) == [
        ("CPD, First", "15 of 20 points", False),
        ("CPD, Second", "12 of 20 points", False),
    ]
    with pytest.raises(MoveRefused, match=r"First \(15 of 20 points\); CPD, Second \(12 of 20 points\)"):
        renewals.renew(certificate=certificate, by=registrar(), note="Enough?", at=END)
    assert told_of(certificate, scheme=hours) == [("CPD, Hours", "30 of 20 hours", True)]
    assert told_of(certificate, scheme=second) == [("CPD, Second", "12 of 20 points", False)]
    told_of(certificate, scheme=hours)
    renewed = renewals.renew(certificate=certificate, by=registrar(), note="Hours.", at=END)
    assert renewed.snapshot["renewed_by"] == [
        {"way": "points", "label": "CPD, Hours", "detail": "30 of 20 hours"}
    ]


def test_scheme_that_is_named_is_told_before_anything_was_earned(certificate):
    scheme = CpdSchemeFactory(name="Hours", unit="hours")
    assert told_of(certificate, scheme=scheme) == [("CPD, Hours", "0 of 20 hours", False)]


def test_points_are_those_of_the_ledger_since_the_issue_and_of_other_courses(certificate):
    scheme, other = CpdSchemeFactory(name="MMA CPD"), another(certificate)
    enter(certificate, certificate.enrollment, 5, scheme=scheme)
    assert told_of(certificate) == [("CPD points", "0 of 20 points", False)]
    for amount, earned_on in ((7, AT.date() - DAY), (12, AT.date()), (7, END.date()), (9, END.date() + DAY)):
        enter(certificate, other, amount, earned_on, scheme=scheme)
    assert told_of(certificate) == [("CPD, MMA CPD", "19 of 20 points", False)]


def test_holder_and_registrar_are_told_scheme_by_scheme(client, certificate):
    for name in ("First", "Second"):
        enter(certificate, another(certificate), 12, scheme=CpdSchemeFactory(name=name))
    told_of(certificate)
    pages = [
        (certificate.enrollment.learner, reverse("enrollment:certificate", args=[certificate.enrollment_id])),
        (
            StaffFactory(rights=["view_certificate", "issue_certificate"]),
            reverse("admin:enrollment_certificate_change", args=[certificate.pk]),
        ),
    ]
    with time_machine.travel(END - 10 * DAY, tick=False):
        for reader, address in pages:
            client.force_login(reader)
            page = client.get(address).content.decode()
            assert [name for name in ("CPD, First", "CPD, Second") if name not in page] == []
            assert ("12 of 20 points" in page, "24 of 20" in page) == (True, False)


def enter(certificate, enrollment, amount, earned_on=None, *, scheme) -> None:
    """A line of the ledger."""
    CpdEntry.objects.create(
        learner=certificate.enrollment.learner,
        enrollment=enrollment,
        scheme=scheme,
        approval=AccreditationFactory(),
        amount=amount,
        title="A course",
        event_code="EV-1",
        earned_on=earned_on or AT.date(),
        by=registrar(),
        by_name="Grace Lim",
        at=AT,
    )


def test_signed_credential_names_the_end(certificate):
    assert json.loads(certificate.seal.credential)["validUntil"] == "2028-03-02T15:59:59Z"


@pytest.mark.parametrize(
    ("issued", "months", "last"),
    [
        (datetime(2024, 2, 29, 4, tzinfo=UTC), 12, "2025-02-28"),
        (datetime(2026, 8, 31, 4, tzinfo=UTC), 6, "2027-02-28"),
        (datetime(2026, 12, 31, 18, tzinfo=UTC), 1, "2027-02-01"),
    ],
)
def test_term_ends_with_the_day_where_the_course_is_held(certificate, issued, months, last):
    zone = certificate.enrollment.intake.zone
    ends = renewal_terms.end_of(issued, months, zone)
    assert (ends.date().isoformat(), ends.hour, ends.minute) == (last, 23, 59)


# As the end comes near


def moments_of(name) -> list:
    return [letter.written_at for letter in Letter.objects.filter(name=name).order_by("written_at")]


def test_holder_is_reminded_on_each_day_of_the_rule_and_told_of_the_end_once(certificate):
    for hours in range(-40 * 24, 3 * 24, 7):
        at = END + timedelta(hours=hours)
        renewals.expire_due(at=at)
        renewals.remind_due(at=at)
    reminded = [(END - at).days for at in moments_of("certificate-expires")]
    assert reminded == [30, 7]
    assert len(moments_of("certificate-expired")) == 1
    certificate.refresh_from_db()
    assert (certificate.status, certificate.state_since > END) == ("expired", True)


def test_nobody_is_reminded_of_a_certificate_that_does_not_stand(certificate):
    certification.suspend(certificate=certificate, by=registrar(), note="Looked into.", at=AT)
    assert renewals.remind_due(at=END - 5 * DAY) + renewals.expire_due(at=END + DAY) == 0


def test_worker_watches_certificates(certificate):
    Certificate.objects.update(valid_until=AT + DAY)
    assert schedule.watch_certificates.func() == 1
    assert Certificate.objects.get().status == "expired"


def test_evidence_is_looked_into_before_it_is_kept():
    with pytest.raises(evidence.EvidenceRefused):
        evidence.check(SimpleUploadedFile("extract.pdf", b"no document at all"))
