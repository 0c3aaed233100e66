"""How long evidence is kept: periods as rows, one run a night, and a sweep for files that no record names."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.apps import apps
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import FileField, Max, QuerySet
from django.utils import timezone

from . import permissions as who
from .custody import purge
from .models import Application, Document, Enrollment, EvidenceEvent, RetentionClock
from .models.document import evidence_storage

Start, Act = RetentionClock.Start, EvidenceEvent.Act
# A file is written before its record is committed; only what is much older than an upload lies there forgotten.
ORPHAN_AGE = timedelta(days=1)
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


def due(clock: RetentionClock, at: datetime) -> QuerySet:
    """Documents whose time under this clock is up; the clock without a kind leaves those that have their own."""
    documents = Document.objects.kept().filter(
        application__in=ended_before(clock.start, clock.strikes_for(at))
    )
    if clock.kind:
        return documents.filter(kind=clock.kind)
    own = RetentionClock.objects.filter(start=clock.start).exclude(kind="").values("kind")
    return documents.exclude(kind__in=own)


def purge_due(*, at: datetime | None = None) -> int:
    """Every file whose confirmed period is over is gone, its record kept; how many they were. Safe to repeat."""
    at = at or timezone.now()
    clocks = RetentionClock.objects.filter(is_confirmed=True).exclude(start=Start.SEEN)
    return sum(
        _purge_one(key, clock, at)
        for clock in clocks
        for key in list(due(clock, at).values_list("pk", flat=True))
    )


@transaction.atomic
def _purge_one(key: int, clock: RetentionClock, at: datetime) -> bool:
    """Looked at again under its lock: in the meantime its owner may have gone on with the application."""
    document = Document.objects.select_for_update(of=("self",)).filter(pk=key, purged_at=None).first()
    if document is None or not due(clock, at).filter(pk=key).exists():
        return False
    purge(document, Act.PURGED, by=who.NIGHTLY, note=str(clock), at=at)
    return True


def forget_sightings(*, at: datetime | None = None) -> int:
    """Rows of the log of views are gone whose own confirmed period is over; how many they were."""
    at = at or timezone.now()
    clock = RetentionClock.objects.filter(is_confirmed=True, start=Start.SEEN, kind="").first()
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


def unconfirmed() -> QuerySet:
    """Periods that nobody has confirmed, so that nothing is deleted by them."""
    return RetentionClock.objects.filter(is_confirmed=False)
