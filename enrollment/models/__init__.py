from .answers import Beginning, Declaration, ExtraAnswer, Waiver
from .application import Application, Document, DocumentView, Review
from .certificate import Certificate
from .enrollment import Attempt, Attendance, Enrollment, TopicProgress
from .history import Event
from .intake_change import IntakeChange
from .issuing import STATUS_LIST_BITS, AwardLine, AwardRun, IssuerKey, Seal, Sheet
from .letter import Letter
from .logbook import CompetencyCheck, LogbookEntry
from .payment import Payment
from .questionnaire import EntryRule, ExtraQuestion, FormRule, Register, Statement

__all__ = [
    "STATUS_LIST_BITS",
    "Application",
    "Attempt",
    "Attendance",
    "AwardLine",
    "AwardRun",
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
    "IssuerKey",
    "Letter",
    "LogbookEntry",
    "Payment",
    "Register",
    "Review",
    "Seal",
    "Sheet",
    "Statement",
    "TopicProgress",
    "Waiver",
]
