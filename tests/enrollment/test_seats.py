"""Seats are counted once, held by offers, and never left empty while somebody waits."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.urls import reverse

from courses.models import Intake
from enrollment import seats
from enrollment.seats import Seats
from tests.factories import (
    ApplicationFactory,
    CourseFactory,
    EnrollmentFactory,
    IntakeFactory,
    StaffFactory,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def busy_intake(db):
    """Seven seats: one learner, one who has completed, one gone, two offers, three waiting."""
    intake = IntakeFactory(capacity=7)
    for status in ("active", "completed", "withdrawn"):
        EnrollmentFactory(application__intake=intake, status=status)
    for status in ("offered", "offered", "waitlisted", "waitlisted", "waitlisted", "in_review", "declined"):
        ApplicationFactory(intake=intake, status=status)
    return intake


def test_ledger_counts_who_takes_holds_and_waits(busy_intake):
    ledger = seats.ledger(busy_intake)
    assert ledger == Seats(capacity=7, enrolled=2, offered=2, waiting=3)
    assert (ledger.taken, ledger.free) == (4, 3)


def test_ledger_of_an_overfull_intake_has_no_free_seats_rather_than_negative_ones():
    assert Seats(capacity=1, enrolled=2, offered=1, waiting=0).free == 0


@pytest.mark.parametrize("number", [1, 3])
def test_ledgers_of_many_intakes_cost_one_query(busy_intake, number, django_assert_num_queries):
    others = [IntakeFactory(capacity=4) for _number in range(number - 1)]
    with django_assert_num_queries(1):
        found = seats.ledgers([busy_intake, *others])
    assert found == {busy_intake.pk: seats.ledger(busy_intake)} | {
        other.pk: Seats(4, 0, 0, 0) for other in others
    }


def test_pages_of_the_catalog_can_say_how_many_seats_are_left(busy_intake):
    page = Template(
        "{% load seats %}{% seats_of intake as one %}{{ one.free }}/{{ one.capacity }}"
        "{% seat_ledgers intakes as all %}{% with line=all|of_intake:intake %} {{ line.waiting }} wait{% endwith %}"
    )
    assert page.render(Context({"intake": busy_intake, "intakes": [busy_intake]})) == "3/7 3 wait"


@pytest.mark.parametrize(
    "fields, given_out",
    [
        ({"starts_on": None}, True),
        ({"starts_on": date(2026, 3, 3)}, True),
        ({"starts_on": date(2026, 3, 2)}, False),
        ({"starts_on": None, "status": Intake.Status.CLOSED}, True),
        ({"starts_on": None, "status": Intake.Status.CANCELLED}, False),
    ],
)
def test_free_seats_go_to_the_waiting_list_until_the_intake_begins(fields, given_out):
    assert seats.are_given_out(Intake(**fields), AT) is given_out


def test_the_day_an_intake_begins_is_that_of_its_own_clock():
    """At 17:00 in London on the 1st it is the 2nd in Kuala Lumpur."""
    intake = Intake(starts_on=date(2026, 3, 2), timezone="Asia/Kuala_Lumpur")
    assert seats.are_given_out(intake, datetime(2026, 3, 1, 15, 59, tzinfo=UTC)) is True
    assert seats.are_given_out(intake, datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) is False


def test_the_sum_is_told_in_one_sentence(busy_intake):
    assert seats.ledger(busy_intake).in_words == "7 seats = 2 enrolled + 2 offered + 3 free; 3 waiting"


# Who is next


def test_places_in_line_are_counted_from_one_by_the_time_of_joining(db):
    intake = IntakeFactory()
    late, early = (
        ApplicationFactory(
            intake=intake, status="waitlisted", waitlisted_at=datetime(2026, 3, day, tzinfo=UTC)
        )
        for day in (9, 2)
    )
    ApplicationFactory(intake=IntakeFactory(), status="waitlisted")
    assert [seats.position(one) for one in (early, late)] == [1, 2]
    assert seats.position(ApplicationFactory(intake=intake, status="in_review")) is None


def test_first_choices_stand_before_second_choices(db):
    course = CourseFactory()
    one, other = IntakeFactory(course=course), IntakeFactory(course=course)
    second = ApplicationFactory(
        intake=one, second_choice=other, status="waitlisted", waitlisted_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    first = ApplicationFactory(intake=other, status="waitlisted")
    twin = ApplicationFactory(intake=one, second_choice=other, status="waitlisted")
    ApplicationFactory(intake=other, applicant=twin.applicant)
    assert seats.in_line(other) == [first, second]
    assert seats.in_line(other, most=1) == [first]


def test_course_page_and_office_count_by_the_same_ledger(client, busy_intake):
    ledger = seats.ledger(busy_intake)
    client.force_login(StaffFactory(rights=["view_intake", "view_enrollment"]))
    office = client.get(reverse("admin:courses_intake_seats", args=[busy_intake.pk]))
    assert office.context["seats"] == ledger
    course = client.get(busy_intake.course.get_absolute_url())
    assert f"{ledger.free} of {ledger.capacity}" in " ".join(course.content.decode().split())
