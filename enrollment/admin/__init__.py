from . import (
    applications,
    attendance,
    certificates,
    enrollments,
    events,
    intakes,
    letters,
    logbook,
    payments,
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
    "payments",
    "retention",
    "sightings",
    "waiting",
]
