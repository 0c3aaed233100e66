"""What pages of the catalog are put together from, in as few questions as it takes.

Short lists ride along with the record they belong to and become records again here, with only the fields that a page
shows.
"""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Value
from django.utils import timezone

from .models import (
    Accreditation,
    Affiliation,
    Article,
    ClinicalRow,
    Course,
    CourseFaculty,
    EvidenceRequirement,
    FacultyMember,
    Profession,
    Source,
)
from .models.rows import rows_of

SOURCE = ("pk", "key", "citation", "url", "strength", "note")


# The page of a course


def with_parts(courses: QuerySet) -> QuerySet:
    """The courses, each with the documents it asks for, its teachers and the articles that lead to it."""
    of_course = {"course": OuterRef("pk")}
    leading = Article.modules.through.objects.filter(module__course=OuterRef("pk")).values("article")
    return courses.annotate(
        evidence_rows=rows_of(
            EvidenceRequirement.objects.filter(**of_course),
            *("pk", "position", "label", "help_text", "is_required", "profession__pk"),
            *("profession__name_plural", "profession__position"),
        ),
        faculty_rows=rows_of(
            CourseFaculty.objects.filter(**of_course),
            *("pk", "position", "role", "member__name", "member__role", "member__biography_html"),
        ),
        article_rows=rows_of(
            Article.objects.published().filter(pk__in=leading), "slug", "title", "summary", "published_at"
        ),
    )


def facts_of(course: Course, at: datetime) -> dict[str, Any]:
    """What is told of a course that has its parts, on its page and on paper, as it stands at this moment."""
    today = timezone.localdate(at)
    accreditations = list(Accreditation.objects.concerning(course))
    intakes = list(course.intakes.shown_on_course_page(today).prefetch_related("residence_fees"))
    accepting = [intake for intake in intakes if intake.accepts_applications(at)]
    return {
        "course": course,
        "now": at,
        "audiences": list(course.audiences.select_related("profession")),
        "evidence": evidence_of(course),
        "modules": course.modules.with_contents(),
        "intakes": intakes,
        "accepting": accepting,
        "next": next(iter(accepting or intakes), None),
        "faculty": teachers_of(course),
        "accreditations": accreditations,
        "cpd": [record for record in accreditations if record.cpd_points and record.is_in_force(today)],
    }


def evidence_of(course: Course) -> list[EvidenceRequirement]:
    """What everyone shows, then what each profession shows besides."""
    made = []
    for row in course.evidence_rows or []:
        profession = parted(row, "profession__")
        row["profession"] = Profession(**profession) if profession["pk"] else None
        row["is_required"] = bool(row["is_required"])
        made.append(EvidenceRequirement(**row))
    return sorted(made, key=place_of_evidence)


def place_of_evidence(document: EvidenceRequirement) -> tuple:
    asked_of = (document.profession.position, document.profession.pk) if document.profession else (-1, 0)
    return (*asked_of, document.position, document.pk)


def teachers_of(course: Course) -> list[CourseFaculty]:
    rows = sorted(course.faculty_rows or [], key=lambda row: (row["position"], row["pk"]))
    return [CourseFaculty(member=FacultyMember(**parted(row, "member__")), **row) for row in rows]


def articles_of(course: Course) -> list[Article]:
    """The newest first."""
    rows = sorted(course.article_rows or [], key=lambda row: row["title"])
    rows.sort(key=lambda row: row.pop("published_at"), reverse=True)
    return [Article(**row) for row in rows]


def parted(row: dict, prefix: str) -> dict:
    """The values of a record that this one points to, taken out of it."""
    return {name.removeprefix(prefix): row.pop(name) for name in list(row) if name.startswith(prefix)}


# The page of a module


def with_sources(rows: QuerySet) -> QuerySet:
    """Clinical rows with their source, and with the further ones for `more_sources_of`."""
    link = rows.model.more_sources.through
    parent = f"{rows.model._meta.model_name}_id"
    further = Source.objects.filter(
        pk__in=link.objects.filter(**{parent: OuterRef(OuterRef("pk"))}).values("source")
    )
    return rows.select_related("source").annotate(source_rows=rows_of(further, *SOURCE))


def more_sources_of(row: ClinicalRow) -> list[Source]:
    return sorted((Source(**source) for source in row.source_rows or []), key=lambda source: source.key)


# The front page


def front_lists() -> dict[str, list[dict]]:
    """Professions, affiliated countries and statements of accreditation, in one question."""
    none = Value("")
    lists = {
        "professions": (Profession.objects.all(), ("name_plural", "slug", "note", "is_registered")),
        "affiliations": (Affiliation.objects.all(), ("name", "native_name", "native_language", Value(False))),
        "accreditations": (Accreditation.objects.stated(), ("body", "statement", none, Value(False))),
    }
    first, *others = (
        records.order_by().values_list(Value(name), "position", *columns)
        for name, (records, columns) in lists.items()
    )
    found: dict[str, list[dict]] = {name: [] for name in lists}
    for name, _position, *values in sorted(first.union(*others, all=True), key=lambda row: row[:3]):
        names = (column for column in lists[name][1] if isinstance(column, str))
        found[name].append(dict(zip(names, values, strict=False)))
    return found
