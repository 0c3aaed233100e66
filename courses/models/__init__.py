from .accreditation import Accreditation
from .articles import Article
from .catalog import Course, CourseAudience, EvidenceRequirement, Profession, Subject
from .clinical import (
    CLINICAL_MODELS,
    ClinicalRow,
    Complication,
    Device,
    Indication,
    NeedleDepth,
    ProtocolStep,
    RiskControl,
    SkinLayer,
    SkinThickness,
)
from .cpd import RETURN_COLUMNS, CpdScheme, TitleRule
from .enquiry import Enquiry
from .fees import Price, ResidenceFee, Terms
from .institute import Affiliation, InstituteFact, LoadedRow
from .intakes import Intake, TrainingDay
from .interest import Interest, Notice
from .people import CourseFaculty, FacultyMember
from .publishing import Publishable, PublishableQuerySet
from .scope import Procedure, ScopeRule
from .search import SearchDocument, SearchEntry, SearchWord
from .sources import Source
from .syllabus import Competency, Module, Option, Question, Topic
from .told import FrequentQuestion, Policy

__all__ = [
    "CLINICAL_MODELS",
    "RETURN_COLUMNS",
    "Accreditation",
    "Affiliation",
    "Article",
    "ClinicalRow",
    "Competency",
    "Complication",
    "Course",
    "CourseAudience",
    "CourseFaculty",
    "CpdScheme",
    "Device",
    "Enquiry",
    "Enquiry",
    "EvidenceRequirement",
    "FacultyMember",
    "FrequentQuestion",
    "FrequentQuestion",
    "Indication",
    "InstituteFact",
    "Intake",
    "Interest",
    "LoadedRow",
    "Module",
    "NeedleDepth",
    "Notice",
    "Option",
    "Policy",
    "Price",
    "Policy",
    "Procedure",
    "Profession",
    "ProtocolStep",
    "Publishable",
    "PublishableQuerySet",
    "Question",
    "ResidenceFee",
    "RiskControl",
    "ScopeRule",
    "SearchDocument",
    "SearchEntry",
    "SearchWord",
    "SkinLayer",
    "SkinThickness",
    "Source",
    "Subject",
    "Terms",
    "TitleRule",
    "Topic",
    "TrainingDay",
]
