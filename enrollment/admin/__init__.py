from . import (
    applications,
    attendance,
    certificates,
    enrollments,
    events,
    intakes,
    letters,
    logbook,
    retention,
    sightings,
    waiting,
)

__all__ = [
    "applications",
    "attendance",
    "certificates",
    "enrollments",
    "events",
    "intakes",
    "letters",
    "logbook",
    "retention",
    "sightings",
    "waiting",
]
