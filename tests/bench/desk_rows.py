"""The applications of the measurement, with all that hangs on them: papers, requests, history, letters, places."""

from datetime import date, timedelta
from itertools import islice

from django.contrib.auth import get_user_model
from django.utils import timezone

from enrollment.models import Application, Document, Enrollment, Event, InformationRequest, Letter
from tests.factories import CourseFactory, IntakeFactory, StaffFactory

INTAKES = 20
CHUNK = 5_000
LEARNERS = 800
# Every status in turn, weighted towards what fills a queue.
STATUSES = (
    ["submitted"] * 4 + ["in_review"] * 3 + ["info_requested", "offered", "waitlisted"] + ["declined"] * 2
)
MOVES = {"submitted": ["submit"], "in_review": ["submit", "start_review"]}
ROAD = ["submit", "start_review", "request_information", "send_information"]


def fill(total: int):
    """So many applications on twenty intakes, a third with a document that runs out, and some who study by now.

    Returns a reviewer who has half of the intakes, somebody with every right, and an intake.
    """
    course = CourseFactory()
    intakes = [IntakeFactory(course=course, capacity=LEARNERS) for _number in range(INTAKES)]
    reviewer = StaffFactory(
        rights=["view_application", "review_application", "decide_application"],
        intakes=intakes[: INTAKES // 2],
    )
    owner = StaffFactory(is_superuser=True)
    profession = course.audiences.first().profession
    numbers = iter(range(total))
    while chunk := list(islice(numbers, CHUNK)):
        made = applications(chunk, intakes, reviewer, profession)
        papers(made)
        requests(made)
        history(made)
    places(intakes)
    return reviewer, owner, intakes[0]


def applications(numbers, intakes, reviewer, profession) -> list[Application]:
    now, people = timezone.now(), get_user_model()
    users = people.objects.bulk_create(
        people(email=f"person{n}@bench.example", full_name=f"Person {n}", password="!") for n in numbers
    )
    return Application.objects.bulk_create(
        Application(
            applicant=user,
            intake=intakes[n % INTAKES],
            profession=profession,
            legal_name=user.full_name,
            status=STATUSES[n % len(STATUSES)],
            reviewer=reviewer if n % 50 == 0 else None,
            submitted_at=now - timedelta(minutes=n),
            waitlisted_at=now,
            offer_expires_at=now + timedelta(days=n % 20),
            license_valid_until=date.today() + timedelta(days=n % 900),
        )
        for n, user in zip(numbers, users, strict=True)
    )


def papers(made: list[Application]) -> None:
    Document.objects.bulk_create(
        Document(
            application=one,
            kind="license",
            label="Licence",
            file="x",
            size=1,
            sha256=f"{one.pk:064x}",
            valid_until=date.today() + timedelta(days=one.pk % 900),
        )
        for one in made[::3]
    )


def requests(made: list[Application]) -> None:
    now = timezone.now()
    InformationRequest.objects.bulk_create(
        InformationRequest(
            application=one,
            asked_by=one.applicant,
            asked_at=now,
            answer_by=now + timedelta(days=one.pk % 20),
        )
        for one in made
        if one.status == "info_requested"
    )


def history(made: list[Application]) -> None:
    """One to four steps for each, the last of every fifth under review the answer to a request; each with its letter."""
    events = Event.objects.bulk_create(
        Event(
            application=one,
            move=move,
            to_status=one.status,
            actor_name="somebody",
            at=one.submitted_at + timedelta(hours=hours),
        )
        for one in made
        for hours, move in enumerate(ROAD if one.pk % 5 == 0 else MOVES.get(one.status, ROAD[:2]))
    )
    Letter.objects.bulk_create(
        Letter(
            event=event,
            application=event.application,
            recipient=event.application.applicant,
            name=event.move.replace("_", "-"),
            subject=event.move,
            message_id=f"<{event.pk}@bench.example>",
            status="sent",
            written_at=event.at,
            sent_at=event.at,
        )
        for event in events
    )


def places(intakes) -> None:
    """Who studies, as far as there are that many offers."""
    offered = list(Application.objects.filter(status="offered").order_by("pk")[:LEARNERS])
    Application.objects.filter(pk__in=[one.pk for one in offered]).update(status="enrolled")
    Enrollment.objects.bulk_create(
        Enrollment(
            application=one, learner_id=one.applicant_id, intake_id=one.intake_id, enrolled_at=timezone.now()
        )
        for one in offered
    )
