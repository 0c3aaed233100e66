from .application import Application, Declaration, Document, DocumentView, Review
from .certificate import Certificate
from .enrollment import Attempt, Attendance, Enrollment, TopicProgress
from .history import Event
from .intake_change import IntakeChange
from .letter import Letter
from .logbook import CompetencyCheck, LogbookEntry
from .payment import Payment

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
    "IntakeChange",
    "Letter",
    "LogbookEntry",
    "Payment",
    "Review",
    "TopicProgress",
]
