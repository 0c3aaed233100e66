"""How long evidence is kept: periods as rows, one run a night, and a sweep for files that no record names."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import FileField, Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import permissions as who
from .custody import purge, purge_picture
from .models import Application, Document, Enrollment, EvidenceEvent, LicenseCheck, RetentionClock
from .models.document import evidence_storage
from .workflow import MoveRefused

Start, Act, KIND = RetentionClock.Start, EvidenceEvent.Act, LicenseCheck.KIND
# A file is written before its record is committed; only what is much older than an upload lies there forgotten.
ORPHAN_AGE = timedelta(days=1)
# What a row says, and what is confirmed with it.
PERIOD = ("start", "kind", "days", "basis")
NOT_THEIRS = gettext_lazy("Only the owner confirms how long evidence is kept.")
DONE = (Enrollment.Status.COMPLETED, Enrollment.Status.WITHDRAWN)


def ended_before(start: str, moment: datetime) -> QuerySet:
    """Applications for which what this clock counts from happened before the moment."""
    if start == Start.DRAFT:
        return Application.objects.filter(status=Application.Status.DRAFT, updated_at__lte=moment)
    if start == Start.COURSE:
        finished = Application.objects.filter(enrollment__status__in=DONE)
        return finished.annotate(ended=Max("enrollment__history__at")).filter(ended__lte=moment)
    closed = Application.objects.exclude(status__in=Application.LIVE).filter(enrollment__isnull=True)
    return closed.annotate(ended=Max("history__at")).filter(ended__lte=moment)


def has_struck(records: QuerySet, clock: RetentionClock, at: datetime) -> QuerySet:
    """Those of applications for which this clock's time is up."""
    return records.filter(application__in=ended_before(clock.start, clock.strikes_for(at)))


def due(clock: RetentionClock, at: datetime) -> QuerySet:
    """Documents whose time under this clock is up; the clock without a kind leaves those that have their own."""
    documents = has_struck(Document.objects.kept(), clock, at)
    return documents.filter(kind=clock.kind) if clock.kind else documents.exclude(kind__in=own_kinds(clock))


def due_pictures(clock: RetentionClock, at: datetime) -> QuerySet:
    """Looks into registers whose picture of the page has run out of time, in the same way."""
    pictures = has_struck(LicenseCheck.objects.with_picture(), clock, at)
    mine = clock.kind == KIND or (not clock.kind and KIND not in own_kinds(clock))
    return pictures if mine else pictures.none()


def own_kinds(clock: RetentionClock) -> set[str]:
    """Kinds that have a row of their own beside this clock."""
    rows = RetentionClock.objects.filter(start=clock.start).exclude(kind="")
    return set(rows.values_list("kind", flat=True))


def due_now(clock: RetentionClock, at: datetime) -> int:
    """How much the coming night deletes by this row, or would delete once it is confirmed."""
    if clock.start == Start.SEEN:
        return EvidenceEvent.objects.sightings().filter(at__lte=clock.strikes_for(at)).count()
    return due(clock, at).count() + due_pictures(clock, at).count()


def purge_due(*, at: datetime | None = None) -> int:
    """Every file whose confirmed period is over is gone, its record kept; how many they were. Safe to repeat."""
    at = at or timezone.now()
    return sum(
        _purge_one(question, delete, key, clock, at)
        for clock in RetentionClock.objects.confirmed().exclude(start=Start.SEEN)
        for question, delete in ((due, purge), (due_pictures, purge_picture))
        for key in list(question(clock, at).values_list("pk", flat=True))
    )


@transaction.atomic
def _purge_one(question: Callable, delete: Callable, key: int, clock: RetentionClock, at: datetime) -> bool:
    """Looked at again under its lock: in the meantime its owner may have gone on with the application."""
    records = question(clock, at).model.objects
    record = records.select_for_update(of=("self",)).filter(pk=key, purged_at=None).first()
    if record is None or not question(clock, at).filter(pk=key).exists():
        return False
    delete(record, Act.PURGED, by=who.NIGHTLY, note=str(clock), at=at)
    return True


def forget_sightings(*, at: datetime | None = None) -> int:
    """Rows of the log of views are gone whose own confirmed period is over; how many they were."""
    at = at or timezone.now()
    clock = RetentionClock.objects.confirmed().filter(start=Start.SEEN, kind="").first()
    if clock is None:
        return 0
    return EvidenceEvent.objects.sightings().filter(at__lte=clock.strikes_for(at)).forget()


def sweep(*, at: datetime | None = None) -> int:
    """Files that no record names, left by a crash between a commit and a deletion, are gone; how many they were."""
    storage, limit = evidence_storage(), (at or timezone.now()) - ORPHAN_AGE
    known = named_files()
    lost = [
        name for name in files_in(storage) if name not in known and storage.get_modified_time(name) <= limit
    ]
    for name in lost:
        storage.delete(name)
    return len(lost)


def named_files() -> set[str]:
    """Every file that some record of the site names: other evidence may lie in the same store."""
    columns = [
        (model, column.name)
        for model in apps.get_models()
        for column in model._meta.concrete_fields
        if isinstance(column, FileField)
    ]
    return {name for model, column in columns for name in model._base_manager.values_list(column, flat=True)}


def files_in(storage: Storage, folder: str = "") -> Iterator[str]:
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        yield f"{folder}/{name}" if folder else name
    for name in folders:
        yield from files_in(storage, f"{folder}/{name}" if folder else name)


# Confirming


@transaction.atomic
def set_period(*, clock: RetentionClock, by: Any) -> bool:
    """The row is as it is given here; where it says something else than before, nothing is deleted by it until it is
    confirmed anew.

    Returns whether that took a confirmation away. Raises MoveRefused for those who may not set periods.
    """
    kept = None
    if clock.pk:
        kept = _kept_still(clock, by)
    elif not who.may(by, "add_retentionclock"):
        raise MoveRefused(NOT_THEIRS)
    is_same = kept is not None and all(getattr(clock, name) == getattr(kept, name) for name in PERIOD)
    clock.confirmed_at, clock.confirmed_by = (
        (kept.confirmed_at, kept.confirmed_by) if is_same else (None, None)
    )
    clock.save()
    return kept is not None and kept.confirmed_at is not None and not is_same


@transaction.atomic
def confirm(*, clock: RetentionClock, by: Any, days: int, at: datetime | None = None) -> RetentionClock:
    """The period holds from the coming night on, and it is on record who said so and when. Safe to repeat.

    `days` is the period that the person had before their eyes. Raises MoveRefused when it is another one by now, and
    for those who may not set periods.
    """
    clock = _kept_still(clock, by)
    if clock.days != days:
        raise MoveRefused(
            _("The period was changed to %(days)s days meanwhile. Look at it again.") % {"days": clock.days}
        )
    if clock.confirmed_at is None:
        clock.confirmed_at, clock.confirmed_by = at or timezone.now(), by
        clock.save(update_fields=["confirmed_at", "confirmed_by"])
    return clock


@transaction.atomic
def suspend(*, clock: RetentionClock, by: Any) -> RetentionClock:
    """Nothing is deleted by this row until it is confirmed again. Raises MoveRefused for those who may not set periods."""
    clock = _kept_still(clock, by)
    clock.confirmed_at = clock.confirmed_by = None
    clock.save(update_fields=["confirmed_at", "confirmed_by"])
    return clock


def _kept_still(clock: RetentionClock, by: Any) -> RetentionClock:
    if not who.may(by, "change_retentionclock"):
        raise MoveRefused(NOT_THEIRS)
    return RetentionClock.objects.select_for_update(of=("self",)).get(pk=clock.pk)
