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
from .institute import Affiliation, InstituteFact, LoadedRow
from .intakes import Intake, TrainingDay
from .interest import Interest, Notice
from .people import CourseFaculty, FacultyMember
from .publishing import Publishable, PublishableQuerySet
from .scope import Procedure, ScopeRule
from .search import SearchDocument, SearchEntry, SearchWord
from .sources import Source
from .syllabus import Competency, Module, Option, Question, Topic

__all__ = [
    "CLINICAL_MODELS",
    "Accreditation",
    "Affiliation",
    "Article",
    "ClinicalRow",
    "Competency",
    "Complication",
    "Course",
    "CourseAudience",
    "CourseFaculty",
    "Device",
    "EvidenceRequirement",
    "FacultyMember",
    "Indication",
    "InstituteFact",
    "Intake",
    "Interest",
    "LoadedRow",
    "Module",
    "NeedleDepth",
    "Notice",
    "Option",
    "Procedure",
    "Profession",
    "ProtocolStep",
    "Publishable",
    "PublishableQuerySet",
    "Question",
    "RiskControl",
    "ScopeRule",
    "SearchDocument",
    "SearchEntry",
    "SearchWord",
    "SkinLayer",
    "SkinThickness",
    "Source",
    "Subject",
    "Topic",
    "TrainingDay",
]
