from .answers import Beginning, Declaration, ExtraAnswer, Waiver
from .application import Application, Review
from .certificate import Certificate
from .document import Document
from .enrollment import Attempt, Attendance, Enrollment, TopicProgress
from .evidence_event import EvidenceEvent
from .history import Event
from .information import InformationRequest
from .intake_change import IntakeChange
from .issuing import STATUS_LIST_BITS, AwardLine, AwardRun, IssuerKey, Seal, Sheet
from .letter import Letter
from .logbook import CompetencyCheck, LogbookEntry
from .payment import Payment
from .questionnaire import EntryRule, ExtraQuestion, FormRule, Register, Statement
from .retention import RetentionClock
from .reviewing import Criterion, LicenseCheck, Note, ReviewDuty, ReviewPlan, Score
from .wording import LetterWording

__all__ = [
    "STATUS_LIST_BITS",
    "LetterWording",
    "Score",
    "ReviewPlan",
    "ReviewDuty",
    "Note",
    "LicenseCheck",
    "InformationRequest",
    "Criterion",
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
    "Enrollment",
    "EntryRule",
    "Event",
    "EvidenceEvent",
    "ExtraAnswer",
    "ExtraQuestion",
    "FormRule",
    "IntakeChange",
    "IssuerKey",
    "Letter",
    "LogbookEntry",
    "Payment",
    "Register",
    "RetentionClock",
    "Review",
    "Seal",
    "Sheet",
    "Statement",
    "TopicProgress",
    "Waiver",
]
