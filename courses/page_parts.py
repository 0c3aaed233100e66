"""What pages of the catalog are put together from, in as few questions as it takes.

Short lists ride along with the record they belong to and become records again here, with only the fields that a page
shows.
"""

from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from .eligibility import Reader
from .models import (
    Accreditation,
    Affiliation,
    Article,
    ClinicalRow,
    Competency,
    Course,
    CourseAudience,
    CourseFaculty,
    EvidenceRequirement,
    FacultyMember,
    FrequentQuestion,
    Policy,
    Profession,
    ScopeRule,
    Source,
)
from .models.rows import rows_of

SOURCE = ("pk", "key", "citation", "url", "strength", "note")
PROFESSION = ("pk", "slug", "name", "name_plural", "is_registered", "note", "position")


# The page of a course


@cache
def with_parts() -> QuerySet:
    """All courses, each with the lists that its page is made of: audiences, documents, teachers, articles, questions, rules.

    The question is put together once, for that takes longer than to ask it; each page narrows it to its own course.
    """
    of_course = {"course": OuterRef("pk")}
    # Two steps out: this asks from within the question for articles, which stands within the one for courses.
    of_its_modules = Article.modules.through.objects.filter(module__course=OuterRef(OuterRef("pk")))
    leading = of_its_modules.values("article")
    return Course.objects.annotate(
        scope_countries=ScopeRule.objects.joined_countries(),
        audience_rows=rows_of(
            CourseAudience.objects.filter(**of_course),
            *("pk", "note", *(f"profession__{name}" for name in PROFESSION)),
        ),
        evidence_rows=rows_of(
            EvidenceRequirement.objects.filter(**of_course),
            *("pk", "position", "label", "help_text", "is_required", "country", "profession__pk"),
            *("profession__name_plural", "profession__position"),
        ),
        faculty_rows=rows_of(
            CourseFaculty.objects.filter(**of_course),
            *("pk", "position", "role", "member__name", "member__role", "member__biography_html"),
        ),
        article_rows=rows_of(
            Article.objects.published().filter(pk__in=leading), "slug", "title", "summary", "published_at"
        ),
        question_rows=rows_of(
            FrequentQuestion.objects.concerning(OuterRef("pk")),
            *("pk", "position", "course_id", "question", "answer_html"),
        ),
        policy_rows=rows_of(
            Policy.objects.concerning(OuterRef("pk")),
            *("pk", "position", "course_id", "key", "heading", "text_html"),
        ),
        steps_to_show=count_of(Competency.objects.filter(**of_course)),
        critical_steps=count_of(Competency.objects.filter(**of_course, is_critical=True)),
    )


def count_of(records: QuerySet) -> Coalesce:
    """How many records an OuterRef ties to their parent."""
    one_group = records.order_by().annotate(group=Value(1)).values("group")
    return Coalesce(Subquery(one_group.annotate(number=Count("pk")).values("number")), 0)


def facts_of(course: Course, at: datetime) -> dict[str, Any]:
    """What is told of a course that has its parts, on its page and on paper, as it stands at this moment."""
    today = timezone.localdate(at)
    accreditations = marked(Accreditation.objects.concerning(course), today)
    intakes = list(course.intakes.shown_on_course_page(today).prefetch_related("residence_fees"))
    accepting = [intake for intake in intakes if intake.accepts_applications(at)]
    return {
        "course": course,
        "now": at,
        "audiences": audiences_of(course),
        "evidence": evidence_of(course),
        "modules": course.modules.with_contents(),
        "intakes": intakes,
        "accepting": accepting,
        "next": next(iter(accepting or intakes), None),
        "faculty": teachers_of(course),
        "questions": questions_of(course),
        "policies": policies_of(course),
        "accreditations": accreditations,
        "cpd": [record for record in accreditations if record.promises_points(today)],
    }


def audiences_of(course: Course) -> list[CourseAudience]:
    made = []
    for row in course.audience_rows or []:
        profession = parted(row, "profession__")
        profession["is_registered"] = bool(profession["is_registered"])
        made.append(CourseAudience(course=course, profession=Profession(**profession), **row))
    return sorted(made, key=lambda audience: (audience.profession.position, audience.profession.pk))


def evidence_of(course: Course) -> list[EvidenceRequirement]:
    """What everyone shows, then what each profession shows besides."""
    made = []
    for row in course.evidence_rows or []:
        profession = parted(row, "profession__")
        row["profession"] = Profession(**profession) if profession["pk"] else None
        row["is_required"] = bool(row["is_required"])
        made.append(EvidenceRequirement(**row))
    return sorted(made, key=place_of_evidence)


def asked_of(reader: Reader | None, documents: list[EvidenceRequirement]) -> list[EvidenceRequirement]:
    """What this reader's profession shows in their country; all of it while nobody has said who reads."""
    if reader is None:
        return documents
    whom, where = (None, reader.profession), ("", reader.country)
    return [document for document in documents if document.profession in whom and document.country in where]


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


def questions_of(course: Course) -> list[FrequentQuestion]:
    """Those of this course, then those of every course."""
    rows = course.question_rows or []
    rows.sort(key=lambda row: (row["course_id"] is None, row["position"], row["pk"]))
    return [FrequentQuestion(**row) for row in rows]


def policies_of(course: Course) -> list[Policy]:
    """Those of this course, and the general ones that it has none of its own for."""
    rows = sorted(course.policy_rows or [], key=lambda row: (row["position"], row["pk"]))
    own = {row["key"] for row in rows if row["course_id"]}
    return [Policy(**row) for row in rows if row["course_id"] or row["key"] not in own]


def marked(records: QuerySet, on: date) -> list[Accreditation]:
    """What stands on this day, each record knowing whether its mark may be shown."""
    found = list(records.standing(on).without_marks().select_related("scheme", "intake"))
    for record in found:
        record.has_mark = record.shows_mark(on)
    return found


def parted(row: dict, prefix: str) -> dict:
    """The values of a record that this one points to, taken out of it."""
    return {name.removeprefix(prefix): row.pop(name) for name in list(row) if name.startswith(prefix)}


# The page of a module


@cache
def with_sources(model: type[ClinicalRow]) -> QuerySet:
    """Clinical rows with their source, and with the further ones for `more_sources_of`."""
    link = model.more_sources.through
    parent = f"{model._meta.model_name}_id"
    further = Source.objects.filter(
        pk__in=link.objects.filter(**{parent: OuterRef(OuterRef("pk"))}).values("source")
    )
    return model.objects.select_related("source").annotate(source_rows=rows_of(further, *SOURCE))


def more_sources_of(row: ClinicalRow) -> list[Source]:
    return sorted((Source(**source) for source in row.source_rows or []), key=lambda source: source.key)


# The front page


def front_lists(on: date) -> dict[str, list[dict]]:
    """Professions, affiliated countries and the statements of accreditation that stand, in one question."""
    none = Value("")
    lists = {
        "professions": (Profession.objects.all(), ("name_plural", "slug", "note", "is_registered")),
        "affiliations": (Affiliation.objects.all(), ("name", "native_name", "native_language", Value(False))),
        "accreditations": (
            Accreditation.objects.stated().standing(on),
            ("body", "statement", none, Value(False)),
        ),
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
