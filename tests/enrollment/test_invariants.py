"""Each promise is broken on purpose, around the verbs, and the check says which record breaks it."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from courses.models import Intake
from enrollment import admissions, invariants
from enrollment.completeness import DECLARATIONS
from enrollment.models import Application, Certificate, Enrollment, Letter
from tests.factories import ApplicationFactory, EnrollmentFactory, IntakeFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def staff():
    return StaffFactory(rights=["review_application", "decide_application"])


@pytest.fixture
def house(staff):
    """Records made by the verbs alone: one enrolled, one offered, one waiting, one in review."""
    intake = IntakeFactory(capacity=2)
    made = {name: in_review(intake, staff) for name in ("enrolled", "offered", "waiting", "in_review")}
    for name in ("enrolled", "offered"):
        admissions.offer_place(application=made[name], by=staff, note="Good.", at=AT)
    admissions.waitlist(application=made["waiting"], by=staff, note="Full.", at=AT)
    admissions.accept_offer(application=made["enrolled"], by=made["enrolled"].applicant, at=AT)
    return made


def in_review(intake, staff) -> Application:
    person = UserFactory()
    earlier = ApplicationFactory(applicant=person, complete=True, status="withdrawn", intake=intake)
    application = admissions.start_application(applicant=person, intake=intake, at=AT)
    earlier.delete()
    admissions.save_section(
        application=application, by=person, section="course", values={"motivation": "To needle safely."}
    )
    admissions.save_section(
        application=application, by=person, section="license", values={"standing": "clear"}
    )
    admissions.agree(application=application, by=person, declarations=DECLARATIONS, at=AT)
    admissions.submit_application(application=application, by=person, at=AT)
    admissions.start_review(application=application, by=staff, note="Complete.", at=AT)
    admissions.record_review(application=application, by=staff, recommendation="offer", note="Good.")
    return application


def broken() -> dict[str, list[str]]:
    found = {invariant.__name__: invariant().breaches for invariant in invariants.INVARIANTS}
    return {name: breaches for name, breaches in found.items() if breaches}


def drop_index(name: str) -> None:
    """A promise over some rows alone is an index in either database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f'DROP INDEX "{name}"')


def certificate_of(enrollment) -> Certificate:
    return Certificate.objects.create(
        number=f"IIWAM-TEST-{Certificate.objects.count()}",
        enrollment=enrollment,
        snapshot={},
        snapshot_sha256="0" * 64,
        issued_at=AT,
        issued_by=StaffFactory(),
    )


def test_what_the_verbs_make_keeps_every_promise(house):
    assert broken() == {}
    assert {invariant.__name__: invariant().checked > 0 for invariant in invariants.INVARIANTS} == {
        "seats_given_never_exceed_capacity": True,
        "nobody_waits_while_a_seat_is_free": True,
        "one_live_application_per_person_and_intake": True,
        "the_confirmed_hold_a_seat": True,
        "a_certificate_follows_completion": False,
        "certificates_form_chains": False,
        "history_leads_to_the_present": True,
        "every_step_has_its_letter": True,
        "the_logbook_is_as_it_was_signed": False,
        "the_cpd_ledger_adds_up": False,
    }


def test_too_few_seats_are_found(house):
    Intake.objects.update(capacity=1)
    assert list(broken()) == ["seats_given_never_exceed_capacity"]


def test_somebody_waiting_beside_a_free_seat_is_found(house):
    Intake.objects.update(capacity=3)
    assert list(broken()) == ["nobody_waits_while_a_seat_is_free"]


def test_two_live_applications_of_one_person_are_found(house):
    drop_index("one_live_application_per_person_and_intake")
    first = house["in_review"]
    Application.objects.filter(pk=house["waiting"].pk).update(applicant=first.applicant)
    assert broken() == {
        "one_live_application_per_person_and_intake": [
            f"person {first.applicant_id}, intake {first.intake_id}"
        ]
    }


@pytest.mark.parametrize(
    "plant",
    [
        lambda house: Enrollment.objects.update(status="withdrawn"),
        lambda house: Enrollment.objects.update(learner=UserFactory()),
        lambda house: Enrollment.objects.update(intake=IntakeFactory()),
        lambda house: Letter.objects.filter(name="place-confirmed").update(name="another"),
    ],
)
def test_somebody_confirmed_without_a_seat_is_found(house, plant):
    plant(house)
    assert broken()["the_confirmed_hold_a_seat"] == [f"application {house['enrolled'].pk}"]


def test_a_seat_without_confirmation_is_found(house):
    Application.objects.filter(pk=house["enrolled"].pk).update(status="withdrawn")
    enrollment = Enrollment.objects.get()
    assert broken()["the_confirmed_hold_a_seat"] == [f"enrollment {enrollment.pk}"]


def test_somebody_told_confirmed_whose_application_says_otherwise_is_found(house):
    Letter.objects.filter(name="place-offered", application=house["offered"]).update(name="place-confirmed")
    assert broken()["the_confirmed_hold_a_seat"] == [f"application {house['offered'].pk}"]


def test_a_certificate_before_completion_is_found():
    certificate = certificate_of(EnrollmentFactory(status="active"))
    assert broken()["a_certificate_follows_completion"] == [f"certificate {certificate.pk}"]


def test_two_certificates_of_one_enrollment_are_found():
    enrollment = EnrollmentFactory(status="completed")
    for name in ("one_first_certificate_per_enrollment", "one_certificate_speaks_for_an_enrollment"):
        drop_index(name)
    pair = [certificate_of(enrollment), certificate_of(enrollment)]
    assert broken()["a_certificate_follows_completion"] == [f"certificate {one.pk}" for one in pair]


def test_a_certificate_that_leads_nowhere_is_found():
    """Renewed by hand, without the one that took its place."""
    certificate = certificate_of(EnrollmentFactory(status="completed"))
    Certificate.objects.update(status="renewed")
    assert broken()["certificates_form_chains"] == [f"certificate {certificate.pk}"]


def test_a_state_without_its_history_is_found(house):
    Application.objects.filter(pk=house["in_review"].pk).update(status="submitted")
    assert broken() == {"history_leads_to_the_present": [f"application {house['in_review'].pk}"]}


def test_a_record_without_any_history_is_found(house):
    orphan = ApplicationFactory()
    assert broken() == {"history_leads_to_the_present": [f"application {orphan.pk}"]}


@pytest.mark.parametrize(
    "change",
    [
        {"from_status": "draft"},
        {"move": "nonsense"},
        {"move": "start"},
        {"to_status": "info_requested"},
    ],
)
def test_a_step_that_no_table_allows_is_found(house, change):
    event = house["in_review"].history.get(move="start_review")
    rewrite(event, **change)
    assert f"event {event.pk} of application" in broken()["history_leads_to_the_present"]


def test_a_step_without_its_letter_is_found(house):
    event = house["in_review"].history.get(move="start_review")
    Letter.objects.filter(event=event).delete()
    assert broken() == {"every_step_has_its_letter": [f"event {event.pk}"]}


def test_a_step_with_another_letter_is_found(house):
    event = house["in_review"].history.get(move="start_review")
    Letter.objects.filter(event=event).update(name="waitlisted")
    assert broken() == {"every_step_has_its_letter": [f"event {event.pk}"]}


def rewrite(event, **change) -> None:
    """Around the rule that history is only ever added to."""
    for name, value in change.items():
        setattr(event, name, value)
    event.save(update_fields=list(change))


# The command


def test_command_counts_each_promise(house, capsys):
    call_command("check_invariants")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("breaches  ")[1] for line in lines] == [
        invariant.__doc__ for invariant in invariants.INVARIANTS
    ]
    assert lines[0].split()[:5] == ["ok", "1", "checked", "0", "breaches"]


def test_command_fails_on_any_breach_and_names_it(house, capsys):
    Intake.objects.update(capacity=1)
    with pytest.raises(CommandError, match="1 of 10 invariants are broken."):
        call_command("check_invariants")
    assert f"intake {house['offered'].intake_id}: Seats(" in capsys.readouterr().out


def test_nightly_lets_offers_run_out_and_can_be_repeated(house, capsys):
    Application.objects.filter(status="offered").update(offer_expires_at=AT)
    for _time in range(2):
        call_command("nightly")
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Offers run out")]
    assert told == ["Offers run out: 1", "Offers run out: 0"]
    statuses = Application.objects.filter(pk__in=[house["offered"].pk, house["waiting"].pk]).order_by("pk")
    assert [application.status for application in statuses] == ["expired", "offered"]
    assert broken() == {}
