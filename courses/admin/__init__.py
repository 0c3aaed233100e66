from . import (
    accreditation,
    articles,
    catalog,
    cpd,
    enquiries,
    interest,
    modules,
    questions,
    reference,
    scope,
    topics,
)

__all__ = [
    "accreditation",
    "articles",
    "catalog",
    "cpd",
    "enquiries",
    "interest",
    "modules",
    "questions",
    "reference",
    "scope",
    "topics",
]
