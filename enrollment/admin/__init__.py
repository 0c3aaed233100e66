from . import applications, attendance, certificates, enrollments, events, intakes, letters, logbook, waiting

__all__ = [
    "applications",
    "attendance",
    "certificates",
    "enrollments",
    "events",
    "intakes",
    "letters",
    "logbook",
    "waiting",
]
