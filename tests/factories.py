"""Small true-to-life records for tests; each factory makes the least that the database accepts."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from factory.django import DjangoModelFactory

from courses import models
from enrollment.models import (
    Application,
    Document,
    Enrollment,
    LogbookEntry,
)

# The smallest picture there is: one grey dot, as PNG.
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


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


class StaffFactory(UserFactory):
    """A member of staff with rights by name: `StaffFactory(rights=["review_application"])`.

    A reviewer sees every intake, or those in `intakes` alone: `StaffFactory(rights=[...], intakes=[intake])`.
    """

    is_staff = True

    class Params:
        intakes = None

    @factory.post_generation
    def rights(self, create, extracted, **kwargs):
        rights = list(extracted or [])
        given = self.intakes_given
        if "review_application" in rights and given is None:
            rights.append("review_every_intake")
        self.user_permissions.set(Permission.objects.filter(codename__in=rights))
        for intake in given or []:
            self.review_duties.create(intake=intake)

    @classmethod
    def _create(cls, model_class, *args, intakes_given=None, **kwargs):
        person = super()._create(model_class, *args, **kwargs)
        person.intakes_given = intakes_given
        return person

    intakes_given = factory.SelfAttribute("intakes")


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


class InterestFactory(DjangoModelFactory):
    """Somebody who confirmed that they want to hear of a course."""

    class Meta:
        model = models.Interest

    course = factory.SubFactory(CourseFactory)
    email = factory.Sequence(lambda n: f"reader{n}@example.org")
    consent = "IIWAM may write to me."
    asked_at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    confirmed_at = datetime(2026, 1, 5, 10, tzinfo=UTC)


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


class FrequentQuestionFactory(DjangoModelFactory):
    class Meta:
        model = models.FrequentQuestion

    key = factory.Sequence(lambda n: f"question-{n}")
    question = factory.Sequence(lambda n: f"Is it {n}?")
    answer = "It is."
    answer_html = "<p>It is.</p>"


class PolicyFactory(DjangoModelFactory):
    class Meta:
        model = models.Policy

    key = factory.Sequence(lambda n: f"policy-{n}")
    heading = factory.Sequence(lambda n: f"Policy {n}")
    text = "So it is."
    text_html = "<p>So it is.</p>"


class EnquiryFactory(DjangoModelFactory):
    """A question that waits for an answer."""

    class Meta:
        model = models.Enquiry

    course = factory.SubFactory(CourseFactory)
    email = factory.Sequence(lambda n: f"asker{n}@example.org")
    text = "When does it run, and where?"
    asked_at = datetime(2026, 1, 5, 9, tzinfo=UTC)


class ApplicationFactory(DjangoModelFactory):
    """An application in any state; it has no history, which only the verbs write."""

    class Meta:
        model = Application
        skip_postgeneration_save = True

    class Params:
        complete = factory.Trait(
            legal_name=factory.SelfAttribute("applicant.full_name"),
            birth_date=date(1990, 5, 17),
            nationality="TH",
            residence_country="TH",
            city="Chiang Mai",
            phone="+66812345678",
            profession=factory.LazyAttribute(lambda made: made.intake.course.audiences.first().profession),
            qualification="MD, 2014",
            register_country="TH",
            register_body="Medical Council of Thailand",
            register_number="12345",
            license_valid_from=date(2020, 1, 1),
            license_valid_until=date(2099, 12, 31),
            standing="clear",
            years_in_practice=8,
            workplace="A clinic in Chiang Mai",
            prior_training="None.",
            payer="self",
            motivation="To needle more safely.",
        )

    applicant = factory.SubFactory(UserFactory)
    intake = factory.SubFactory(IntakeFactory)
    offer_expires_at = factory.LazyAttribute(
        lambda made: datetime(2099, 1, 1, tzinfo=UTC) if made.status == "offered" else None
    )
    waitlisted_at = factory.LazyAttribute(
        lambda made: datetime(2026, 1, 6, tzinfo=UTC) if made.status == "waitlisted" else None
    )
    status = Application.Status.DRAFT

    @factory.post_generation
    def opinions(self, create, extracted, **kwargs):
        """So many people have given their opinion: one where the application is in review, unless told otherwise."""
        default = 1 if self.status == Application.Status.IN_REVIEW else 0
        for _each in range(default if extracted is None else extracted):
            self.reviews.create(reviewer=UserFactory(), recommendation="offer", note="Evidence is in order.")

    @factory.post_generation
    def seat(self, create, extracted, **kwargs):
        if self.status == Application.Status.ENROLLED:
            EnrollmentFactory(application=self)


class EnrollmentFactory(DjangoModelFactory):
    class Meta:
        model = Enrollment
        skip_postgeneration_save = True

    application = factory.SubFactory(ApplicationFactory, status=Application.Status.OFFERED)
    learner = factory.SelfAttribute("application.applicant")
    intake = factory.SelfAttribute("application.intake")
    enrolled_at = datetime(2026, 1, 7, tzinfo=UTC)

    @factory.post_generation
    def admitted(self, create, extracted, **kwargs):
        Application.objects.filter(pk=self.application_id).update(status=Application.Status.ENROLLED)
        self.application.status = Application.Status.ENROLLED


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = Document

    application = factory.SubFactory(ApplicationFactory)
    kind = "photo-id"
    label = "Photo identity"
    file = factory.django.FileField(filename="passport.pdf", data=b"%PDF-1.7 passport")
    original_name = "passport.pdf"
    content_type = "application/pdf"
    size = 17
    sha256 = factory.Sequence(lambda n: f"{n:064x}")


class LogbookEntryFactory(DjangoModelFactory):
    """A draft of a supervised case; it has no history, which only the verbs write."""

    class Meta:
        model = LogbookEntry

    enrollment = factory.SubFactory(EnrollmentFactory)
    performed_on = date(2026, 2, 1)
    patient_code = factory.Sequence(lambda n: f"P-{n % 1000:03}")
    procedure = "Microneedling for acne scars"
    area = "Cheeks"
    phototype = LogbookEntry.Phototype.TYPE_IV
    device = "Motorised pen"
    cartridge_lot = "LOT-1"
    depth_mm = Decimal("1.50")
    passes = 5
    role = LogbookEntry.Role.SUPERVISED
    outcome = "Even redness."
