from .answers import Beginning, Declaration, ExtraAnswer, Waiver
from .application import Application, Document, DocumentView, Review
from .certificate import Certificate
from .enrollment import Attempt, Attendance, Enrollment, TopicProgress
from .history import Event
from .intake_change import IntakeChange
from .letter import Letter
from .logbook import CompetencyCheck, LogbookEntry
from .payment import Payment
from .questionnaire import EntryRule, ExtraQuestion, FormRule, Register, Statement

__all__ = [
    "Application",
    "Attempt",
    "Attendance",
    "Beginning",
    "Certificate",
    "CompetencyCheck",
    "Declaration",
    "Document",
    "DocumentView",
    "Enrollment",
    "EntryRule",
    "Event",
    "ExtraAnswer",
    "ExtraQuestion",
    "FormRule",
    "IntakeChange",
    "Letter",
    "LogbookEntry",
    "Payment",
    "Register",
    "Review",
    "Statement",
    "TopicProgress",
    "Waiver",
]
