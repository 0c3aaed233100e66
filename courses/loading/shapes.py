"""Which records come from files, what names each of them for ever, and what is derived rather than written."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Field, ForeignKey, Model, UniqueConstraint

from courses import models


@dataclass(frozen=True)
class Shape:
    """How one model looks in the files."""

    model: type[Model]
    key: tuple[str, ...]
    html: dict[str, str] = field(default_factory=dict)
    cites: bool = False
    has_options: bool = False

    def __hash__(self):
        return hash(self.model)

    @cached_property
    def name(self) -> str:
        """What a row is called in the files and on the command line, such as `skin_layer`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", self.model.__name__).lower()

    @cached_property
    def fields(self) -> dict[str, Field]:
        return {f.name: f for f in self.model._meta.concrete_fields if f.editable and not f.primary_key}

    @cached_property
    def parents(self) -> dict[str, type[Model]]:
        return {name: f.related_model for name, f in self.fields.items() if isinstance(f, ForeignKey)}

    @cached_property
    def links(self) -> dict[str, Field]:
        """Many-to-many fields that the files fill; cited sources follow from the text instead."""
        own = (f for f in self.model._meta.local_many_to_many if f.remote_field.through._meta.auto_created)
        return {f.name: f for f in own if not (self.cites and f.name == "sources")}

    @cached_property
    def unique_sets(self) -> list[tuple[str, ...]]:
        """Names of fields whose values no two rows may share."""
        alone = [(name,) for name, f in self.fields.items() if f.unique]
        together = [
            tuple(c.fields)
            for c in self.model._meta.constraints
            if isinstance(c, UniqueConstraint) and c.fields and c.condition is None
        ]
        return alone + together


# Parents first: rows are written in this order and pruned in the reverse of it.
SHAPES = (
    Shape(models.Source, ("key",)),
    Shape(models.Subject, ("slug",)),
    Shape(models.Profession, ("slug",)),
    Shape(models.FacultyMember, ("slug",), html={"biography": "biography_html"}),
    Shape(models.InstituteFact, ("key",), html={"text": "text_html"}),
    Shape(models.Affiliation, ("country",)),
    Shape(
        models.Course, ("slug",), html={"description": "description_html", "assessment": "assessment_html"}
    ),
    Shape(models.CourseAudience, ("course", "profession")),
    Shape(models.EvidenceRequirement, ("course", "profession", "country", "kind")),
    Shape(models.CourseFaculty, ("course", "member")),
    Shape(models.FrequentQuestion, ("course", "key"), html={"answer": "answer_html"}),
    Shape(models.Policy, ("course", "key"), html={"text": "text_html"}),
    Shape(models.Procedure, ("slug",)),
    Shape(models.ScopeRule, ("profession", "country", "procedure")),
    Shape(models.CpdScheme, ("key",)),
    Shape(models.TitleRule, ("scheme", "word")),
    Shape(models.Accreditation, ("key",)),
    Shape(models.Competency, ("course", "key")),
    Shape(models.Module, ("course", "slug")),
    Shape(models.Topic, ("module", "slug"), html={"body": "body_html"}, cites=True),
    *(Shape(model, ("module", "key")) for model in models.CLINICAL_MODELS),
    Shape(models.Question, ("module", "key"), has_options=True),
    Shape(models.Article, ("slug",), html={"body": "body_html"}, cites=True),
)
BY_NAME = {shape.name: shape for shape in SHAPES}
BY_MODEL = {shape.model: shape for shape in SHAPES}
