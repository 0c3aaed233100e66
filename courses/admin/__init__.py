from . import (
    accreditation,
    articles,
    catalog,
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
    "enquiries",
    "interest",
    "modules",
    "questions",
    "reference",
    "scope",
    "topics",
]
