"""What must be true of the records at any moment. A new promise is one more function in INVARIANTS."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, Value, Window
from django.db.models.functions import Coalesce, Lag
from django.utils import timezone

from courses.models import Intake

from . import chain, seats
from .models import Application, Certificate, CpdEntry, Enrollment, Event, Letter, LogbookEntry, Signature
from .transitions import APPLICATION, BIRTHS, CERTIFICATE, ENROLLMENT, LOGBOOK, PLACE
from .workflow import Table

SUBJECTS: dict[str, tuple[type[Model], Table, str]] = {
    "application": (Application, {**APPLICATION, **PLACE}, "start"),
    "enrollment": (Enrollment, ENROLLMENT, "enroll"),
    "entry": (LogbookEntry, LOGBOOK, "log"),
    "certificate": (Certificate, CERTIFICATE, "issue"),
}


@dataclass(frozen=True)
class Finding:
    """How many records were looked at, and which of them break the promise."""

    checked: int
    breaches: list[str] = field(default_factory=list)


def _finding(checked: int, what: str, *broken: QuerySet) -> Finding:
    keys = {key for records in broken for key in records.values_list("pk", flat=True)}
    return Finding(checked, [f"{what} {key}" for key in sorted(keys)])


def seats_given_never_exceed_capacity() -> Finding:
    """Taken and held seats of an intake are no more than its capacity."""
    ledgers = seats.ledgers(Intake.objects.all())
    return Finding(
        len(ledgers), [f"intake {key}: {line}" for key, line in ledgers.items() if line.taken > line.capacity]
    )


def nobody_waits_while_a_seat_is_free() -> Finding:
    """Nobody waits for a seat while one is free in an intake of their choice, the first or the second."""
    now = timezone.now()
    running = [intake for intake in Intake.objects.all() if seats.are_given_out(intake, now)]
    ledgers = seats.ledgers(running)
    return Finding(
        len(ledgers),
        [
            f"intake {intake.pk}: {ledgers[intake.pk]}"
            for intake in running
            if ledgers[intake.pk].free and seats.in_line(intake)
        ],
    )


def one_live_application_per_person_and_intake() -> Finding:
    """Nobody has two live applications for one intake."""
    pairs = Application.objects.live().order_by().values("applicant", "intake").annotate(number=Count("pk"))
    doubled = pairs.filter(number__gt=1)
    return Finding(
        pairs.count(), [f"person {pair['applicant']}, intake {pair['intake']}" for pair in doubled]
    )


def the_confirmed_hold_a_seat() -> Finding:
    """Whoever was told "confirmed" and did not leave holds a seat, and nobody else does."""
    enrolled = Application.objects.filter(status=Application.Status.ENROLLED)
    seated = Enrollment.objects.taking_a_seat().filter(
        application=OuterRef("pk"), learner=OuterRef("applicant"), intake=OuterRef("intake")
    )
    told = Letter.objects.filter(application=OuterRef("pk"), name="place-confirmed")
    unconfirmed = Enrollment.objects.taking_a_seat().exclude(application__in=enrolled)
    mistaken = Application.objects.exclude(
        status__in=[Application.Status.ENROLLED, Application.Status.WITHDRAWN]
    )
    broken = _finding(
        0, "application", enrolled.filter(~Exists(seated) | ~Exists(told)), mistaken.filter(Exists(told))
    ).breaches
    broken += _finding(0, "enrollment", unconfirmed).breaches
    return Finding(enrolled.count() + Enrollment.objects.taking_a_seat().count(), broken)


def a_certificate_follows_completion() -> Finding:
    """An enrollment has at most one first certificate, and none before it is completed."""
    incomplete = Certificate.objects.exclude(enrollment__status=Enrollment.Status.COMPLETED)
    first_ones = Certificate.objects.order_by().filter(follows=None).values("enrollment")
    several = first_ones.annotate(number=Count("pk")).filter(number__gt=1).values("enrollment")
    doubled = Certificate.objects.filter(enrollment__in=several, follows=None)
    return _finding(Certificate.objects.count(), "certificate", incomplete, doubled)


def certificates_form_chains() -> Finding:
    """A certificate leads to another of the same enrollment exactly when it was replaced or renewed."""
    led_on = Q(status__in=Certificate.FOLLOWED)
    broken = Certificate.objects.filter(led_on, successor=None) | Certificate.objects.filter(
        ~led_on, successor__isnull=False
    )
    astray = Certificate.objects.filter(follows__isnull=False).exclude(follows__enrollment=F("enrollment"))
    return _finding(Certificate.objects.count(), "certificate", broken, astray)


def history_leads_to_the_present() -> Finding:
    """Every change of state has its row of history: each begins where the last ended, and the last ends at present."""
    checked, broken = 0, []
    for name, (model, table, birth) in SUBJECTS.items():
        latest = Event.objects.filter(**{name: OuterRef("pk")}).order_by("-pk").values("to_status")[:1]
        astray = model.objects.annotate(latest=latest).exclude(latest=F("status"))
        untold = model.objects.annotate(latest=latest).filter(latest=None)
        checked += model.objects.count()
        broken += _finding(0, name, astray, untold).breaches
        broken += [
            f"event {event.pk} of {name}" for event in _steps(name) if not _is_allowed(event, table, birth)
        ]
    return Finding(checked, broken)


def _steps(name: str) -> QuerySet:
    """All history of one kind of record, each step knowing where the one before it ended."""
    before = Window(Lag("to_status"), partition_by=F(name), order_by=F("pk").asc())
    return Event.objects.filter(**{f"{name}__isnull": False}).annotate(before=Coalesce(before, Value("")))


def _is_allowed(event: Event, table: Table, birth: str) -> bool:
    if event.from_status != event.before:
        return False
    if event.move == birth or (event.certificate_id and event.move == "follow"):
        return event.from_status == ""
    move = table.get(event.move)
    if move is None or event.from_status not in move.sources:
        return False
    return event.to_status == (move.target or event.from_status)


def every_step_has_its_letter() -> Finding:
    """Every change of state that somebody must hear of has its letter."""
    expected = Q()
    for name, (_model, table, birth) in SUBJECTS.items():
        named = {birth: BIRTHS[birth], **{move: row.letter for move, row in table.items()}}
        for move, letter in named.items():
            if letter:
                expected |= Q(**{f"{name}__isnull": False}, move=move) & ~_has_letter(letter)
    due = Event.objects.filter(expected)
    return _finding(Event.objects.count(), "event", due)


def _has_letter(name: str) -> Q:
    return Q(Exists(Letter.objects.filter(event=OuterRef("pk"), name=name)))


def the_logbook_is_as_it_was_signed() -> Finding:
    """Every signed entry reads as it did, and no link of the chain is missing."""
    return Finding(Signature.objects.count(), list(chain.faults()))


def the_cpd_ledger_adds_up() -> Finding:
    """Every CPD award rests on an approval of its scheme, and a counter-entry takes back just its award."""
    astray = CpdEntry.objects.exclude(scheme=F("approval__scheme"))
    uneven = CpdEntry.objects.filter(corrects__isnull=False).exclude(
        amount=-F("corrects__amount"), learner=F("corrects__learner"), earned_on=F("corrects__earned_on")
    )
    return _finding(CpdEntry.objects.count(), "entry", astray, uneven)


INVARIANTS: tuple[Callable[[], Finding], ...] = (
    seats_given_never_exceed_capacity,
    nobody_waits_while_a_seat_is_free,
    one_live_application_per_person_and_intake,
    the_confirmed_hold_a_seat,
    a_certificate_follows_completion,
    certificates_form_chains,
    history_leads_to_the_present,
    every_step_has_its_letter,
    the_logbook_is_as_it_was_signed,
    the_cpd_ledger_adds_up,
)
