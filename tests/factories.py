"""Small true-to-life records for tests; each factory makes the least that the database accepts."""

from datetime import UTC, date, datetime

import factory
from django.contrib.auth import get_user_model
from factory.django import DjangoModelFactory

from courses import models


class UserFactory(DjangoModelFactory):
    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    full_name = factory.Sequence(lambda n: f"Person {n}")

    @factory.post_generation
    def password(self, create, extracted, **kwargs):
        self.set_password(extracted or "correct horse battery")
        self.save()


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


class IntakeFactory(DjangoModelFactory):
    """A confirmed intake that accepts applications until the far future."""

    class Meta:
        model = models.Intake

    course = factory.SubFactory(CourseFactory)
    code = factory.Sequence(lambda n: f"intake-{n}")
    status = models.Intake.Status.CONFIRMED
    starts_on = date(2099, 3, 1)
    ends_on = date(2099, 3, 8)
    applications_close_at = datetime(2099, 2, 1, tzinfo=UTC)
    capacity = 12


class TrainingDayFactory(DjangoModelFactory):
    class Meta:
        model = models.TrainingDay

    intake = factory.SubFactory(IntakeFactory)
    starts_at = datetime(2099, 3, 1, 1, tzinfo=UTC)
    ends_at = datetime(2099, 3, 1, 9, tzinfo=UTC)


class FacultyMemberFactory(DjangoModelFactory):
    class Meta:
        model = models.FacultyMember

    slug = factory.Sequence(lambda n: f"teacher-{n}")
    name = factory.Sequence(lambda n: f"Teacher {n}")
    role = "Trainer"


class ArticleFactory(DjangoModelFactory):
    class Meta:
        model = models.Article

    slug = factory.Sequence(lambda n: f"article-{n}")
    title = factory.Sequence(lambda n: f"Article {n}")
    summary = "What the article says."
    body = "A paragraph."
    body_html = "<p>A paragraph.</p>"
    published_at = datetime(2026, 1, 5, 9, tzinfo=UTC)


class AccreditationFactory(DjangoModelFactory):
    class Meta:
        model = models.Accreditation

    key = factory.Sequence(lambda n: f"body-{n}")
    body = factory.Sequence(lambda n: f"Body {n}")
    statement = "IIWAM states that its programmes are certified by this body."
