"""What is taught, from which sources, by whom: courses down to the options of a question."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from courses import models

# The smallest picture there is: one grey dot, as PNG.
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = models.Source

    key = factory.Sequence(lambda n: f"SRC{n}")
    citation = factory.Sequence(lambda n: f"A study of skin, no. {n}")
    url = factory.Sequence(lambda n: f"https://example.org/study/{n}")
    strength = models.Source.Strength.REVIEWED


class SubjectFactory(DjangoModelFactory):
    class Meta:
        model = models.Subject

    slug = factory.Sequence(lambda n: f"subject-{n}")
    name = factory.Sequence(lambda n: f"Subject {n}")


class ProfessionFactory(DjangoModelFactory):
    class Meta:
        model = models.Profession

    slug = factory.Sequence(lambda n: f"profession-{n}")
    name = factory.Sequence(lambda n: f"Profession {n}")
    name_plural = factory.LazyAttribute(lambda profession: f"{profession.name}s")


class CourseFactory(DjangoModelFactory):
    """A published course that takes applications, for one profession."""

    class Meta:
        model = models.Course
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"course-{n}")
    code = factory.Sequence(lambda n: f"C{n}")
    title = factory.Sequence(lambda n: f"Course {n}")
    summary = "What the course teaches, in one sentence."
    kind = models.Course.Kind.CERTIFICATE
    enrolment = models.Course.Enrolment.OPEN
    scope_notice = "This award is no licence to practise."
    published_at = datetime(2026, 1, 5, 9, tzinfo=UTC)

    @factory.post_generation
    def professions(self, create, extracted, **kwargs):
        for profession in [ProfessionFactory()] if extracted is None else extracted:
            models.CourseAudience.objects.create(course=self, profession=profession)


class EvidenceRequirementFactory(DjangoModelFactory):
    class Meta:
        model = models.EvidenceRequirement

    course = factory.SubFactory(CourseFactory)
    kind = factory.Sequence(lambda n: f"document-{n}")
    label = factory.Sequence(lambda n: f"Document {n}")


class ModuleFactory(DjangoModelFactory):
    class Meta:
        model = models.Module

    course = factory.SubFactory(CourseFactory)
    number = factory.Sequence(lambda n: n + 1)
    slug = factory.Sequence(lambda n: f"module-{n}")
    title = factory.Sequence(lambda n: f"Module {n}")
    summary = "What the module is about."


class TopicFactory(DjangoModelFactory):
    class Meta:
        model = models.Topic

    module = factory.SubFactory(ModuleFactory)
    number = factory.Sequence(lambda n: n + 1)
    slug = factory.Sequence(lambda n: f"topic-{n}")
    title = factory.Sequence(lambda n: f"Topic {n}")
    body = "A paragraph."
    body_html = "<p>A paragraph.</p>"


class OptionFactory(DjangoModelFactory):
    class Meta:
        model = models.Option

    text = factory.Sequence(lambda n: f"Answer {n}")


class QuestionFactory(DjangoModelFactory):
    """A question with one right and two wrong answers."""

    class Meta:
        model = models.Question
        skip_postgeneration_save = True

    module = factory.SubFactory(ModuleFactory)
    key = factory.Sequence(lambda n: f"question-{n}")
    stem = factory.Sequence(lambda n: f"Which answer is right, no. {n}?")
    explanation = "Because the source says so."
    source = factory.SubFactory(SourceFactory)

    @factory.post_generation
    def options(self, create, extracted, **kwargs):
        for position, (text, right) in enumerate(
            extracted or [("Right", True), ("Wrong", False), ("Also wrong", False)]
        ):
            OptionFactory(question=self, text=text, is_correct=right, position=position)


class CompetencyFactory(DjangoModelFactory):
    class Meta:
        model = models.Competency

    course = factory.SubFactory(CourseFactory)
    key = factory.Sequence(lambda n: f"competency-{n}")
    title = factory.Sequence(lambda n: f"Does step {n}")


class FacultyMemberFactory(DjangoModelFactory):
    class Meta:
        model = models.FacultyMember

    slug = factory.Sequence(lambda n: f"teacher-{n}")
    name = factory.Sequence(lambda n: f"Teacher {n}")
    role = "Trainer"


class ProcedureFactory(DjangoModelFactory):
    """A procedure taught by these courses: `ProcedureFactory(courses=[course])`."""

    class Meta:
        model = models.Procedure
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"procedure-{n}")
    name = factory.Sequence(lambda n: f"Procedure {n}")

    @factory.post_generation
    def courses(self, create, extracted, **kwargs):
        self.courses.set(extracted or [])


class ScopeRuleFactory(DjangoModelFactory):
    """What holds for a profession in Malaysia, whatever the procedure."""

    class Meta:
        model = models.ScopeRule

    profession = factory.SubFactory(ProfessionFactory)
    country = "MY"
    standing = models.ScopeRule.Standing.MAY_TRAIN
    rule = factory.Sequence(lambda n: f"What the law says, no. {n}.")
    source = factory.SubFactory(SourceFactory)


class AccreditationFactory(DjangoModelFactory):
    class Meta:
        model = models.Accreditation

    key = factory.Sequence(lambda n: f"body-{n}")
    body = factory.Sequence(lambda n: f"Body {n}")
    statement = "IIWAM states that its programmes are certified by this body."

    class Params:
        with_mark = factory.Trait(
            scope="The course",
            reference=factory.Sequence(lambda n: f"REF-{n}"),
            valid_from=date(2020, 1, 1),
            valid_to=date(2099, 12, 31),
            may_use_mark=True,
            mark=DOT,
            mark_width=1,
            mark_height=1,
        )


class CpdSchemeFactory(DjangoModelFactory):
    """A scheme in points whose year begins in July, as MMA's does."""

    class Meta:
        model = models.CpdScheme

    class Params:
        by_ic = factory.Trait(
            identifies=models.CpdScheme.Identifies.IC,
            return_columns="ic_number name event_code event_title attended_on amount",
        )

    key = factory.Sequence(lambda n: f"scheme-{n}")
    name = factory.Sequence(lambda n: f"Scheme {n}")
    body = factory.Sequence(lambda n: f"Body of scheme {n}")
    approves = models.CpdScheme.Approves.RUN
    cycle_month = 7
    required = Decimal(20)
    submit_days = 30
    return_days = 14
