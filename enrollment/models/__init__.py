from .application import Application, Declaration, Document, DocumentView, Review
from .certificate import Certificate
from .enrollment import Attempt, Attendance, Enrollment, TopicProgress
from .history import Event
from .letter import Letter
from .logbook import CompetencyCheck, LogbookEntry

__all__ = [
    "Application",
    "Attempt",
    "Attendance",
    "Certificate",
    "CompetencyCheck",
    "Declaration",
    "Document",
    "DocumentView",
    "Enrollment",
    "Event",
    "Letter",
    "LogbookEntry",
    "Review",
    "TopicProgress",
]
