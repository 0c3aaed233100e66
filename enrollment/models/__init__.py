from .answers import Beginning, Declaration, ExtraAnswer, Waiver
from .application import Application, Review
from .attempts import Attempt, ExtraAttempt, ItemResponse
from .certificate import Certificate
from .completion import AwardWaiver, CompletionRule
from .cpd import CpdEntry, CpdEvent, CpdReminder, CpdReturn, CpdSubmission, IdentityNumber
from .document import Document
from .enrollment import Attendance, Enrollment
from .evidence_event import EvidenceEvent
from .history import Event
from .information import InformationRequest
from .intake_change import IntakeChange
from .issuing import STATUS_LIST_BITS, AwardLine, AwardRun, IssuerKey, Seal, Sheet
from .letter import Letter
from .logbook import CompetencyCheck, LogbookEntry
from .payment import Payment
from .questionnaire import EntryRule, ExtraQuestion, FormRule, Register, Statement
from .reading import CalendarFeed, Reading, StudyClock, TopicProgress
from .renewal import Correction, RenewalRule
from .retention import RetentionClock
from .reviewing import Criterion, LicenseCheck, Note, ReviewDuty, ReviewPlan, Score
from .signature import ChainHead, Signature
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
    "AwardWaiver",
    "Beginning",
    "CalendarFeed",
    "Certificate",
    "ChainHead",
    "CompetencyCheck",
    "CompletionRule",
    "CpdEntry",
    "CpdEvent",
    "CpdReminder",
    "CpdReturn",
    "CpdSubmission",
    "Correction",
    "CpdEntry",
    "CpdEvent",
    "CpdReminder",
    "CpdReturn",
    "CpdSubmission",
    "Declaration",
    "Document",
    "Enrollment",
    "EntryRule",
    "Event",
    "EvidenceEvent",
    "ExtraAnswer",
    "ExtraAttempt",
    "ExtraQuestion",
    "FormRule",
    "IdentityNumber",
    "IntakeChange",
    "IssuerKey",
    "ItemResponse",
    "Letter",
    "LogbookEntry",
    "Payment",
    "Reading",
    "Register",
    "RenewalRule",
    "RetentionClock",
    "Review",
    "Seal",
    "Sheet",
    "Signature",
    "Statement",
    "StudyClock",
    "TopicProgress",
    "Waiver",
]
