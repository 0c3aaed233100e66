"""What the site says beside its courses, and who asks: intakes and their days, articles, questions, policies."""

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from courses import models
from tests.factories.teaching import CourseFactory


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


class ArticleFactory(DjangoModelFactory):
    class Meta:
        model = models.Article

    slug = factory.Sequence(lambda n: f"article-{n}")
    title = factory.Sequence(lambda n: f"Article {n}")
    summary = "What the article says."
    body = "A paragraph."
    body_html = "<p>A paragraph.</p>"
    published_at = datetime(2026, 1, 5, 9, tzinfo=UTC)


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
