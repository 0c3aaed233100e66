from . import applications, attendance, certificates, enrollments, events, letters, logbook, waiting

__all__ = [
    "applications",
    "attendance",
    "certificates",
    "enrollments",
    "events",
    "letters",
    "logbook",
    "waiting",
]
