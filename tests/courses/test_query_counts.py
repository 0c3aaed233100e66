"""One and three of everything cost the same number of questions; where seats are shown, one more counts them."""

import pytest

from courses import models
from courses.search import rebuild
from tests.factories import (
    AccreditationFactory,
    ArticleFactory,
    CompetencyFactory,
    CourseFactory,
    EvidenceRequirementFactory,
    FacultyMemberFactory,
    FrequentQuestionFactory,
    IntakeFactory,
    ModuleFactory,
    PolicyFactory,
    ProfessionFactory,
    SourceFactory,
    SubjectFactory,
    TopicFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("n", [1, 3])]


def fill(n: int) -> models.Course:
    """A catalog with n of everything that a page lists."""
    professions = ProfessionFactory.create_batch(n)
    courses = [CourseFactory(professions=professions) for _ in range(n)]
    for course in courses:
        course.subjects.set(SubjectFactory.create_batch(n))
        IntakeFactory.create_batch(n, course=course)
    course = courses[0]
    course.description = " ".join(f"[@{source.key}]" for source in SourceFactory.create_batch(n))
    course.save()
    EvidenceRequirementFactory.create_batch(n, course=course, profession=professions[0])
    AccreditationFactory.create_batch(n)
    AccreditationFactory.create_batch(n, course=course, with_mark=True)
    for of_course in (None, course):
        FrequentQuestionFactory.create_batch(n, course=of_course)
        PolicyFactory.create_batch(n, course=of_course)
    CompetencyFactory.create_batch(n, course=course)
    for position, country in enumerate(["MY", "KR", "TH"][:n]):
        models.Affiliation.objects.create(country=country, name=country, position=position)
    for member in FacultyMemberFactory.create_batch(n, is_director=True):
        models.CourseFaculty.objects.create(course=course, member=member)
    for module in ModuleFactory.create_batch(n, course=course, kind=models.Module.Kind.PROTOCOLS):
        TopicFactory.create_batch(n, module=module)
        for number in range(n):
            cite(models.NeedleDepth, module, number, n, scheme="S", target="T", max_mm=1)
            cite(models.ProtocolStep, module, number, n, phase="day", name="Step", do="It")
    for article in ArticleFactory.create_batch(n, author=FacultyMemberFactory()):
        article.modules.set(course.modules.all())
        article.sources.set(SourceFactory.create_batch(n))
    return course


def cite(model, module, number, sources, **values):
    row = model.objects.create(module=module, key=f"row-{number}", source=SourceFactory(), **values)
    row.more_sources.set(SourceFactory.create_batch(sources))


def test_home_asks_four_questions_and_counts_seats(client, django_assert_num_queries, n):
    fill(n)
    with django_assert_num_queries(5):
        client.get("/")


def test_catalog_asks_three_questions_and_counts_seats(client, django_assert_num_queries, n):
    fill(n)
    with django_assert_num_queries(4):
        client.get("/courses/")


def test_searched_and_filtered_catalog_asks_five_questions_and_counts_seats(
    client, django_assert_num_queries, n
):
    fill(n)
    rebuild()
    profession = models.Profession.objects.first().slug
    with django_assert_num_queries(6):
        page = client.get("/courses/", {"q": "cuorse modul", "profession": profession, "enrolment": "open"})
    assert page.context["courses"]


def test_course_asks_six_questions_and_counts_seats(client, django_assert_num_queries, n):
    page = fill(n).get_absolute_url()
    with django_assert_num_queries(7):
        client.get(page)


def test_module_asks_five_questions(client, django_assert_num_queries, n):
    page = fill(n).modules.first().get_absolute_url()
    with django_assert_num_queries(5):
        client.get(page)


def test_article_list_asks_two_questions(client, django_assert_num_queries, n):
    fill(n)
    with django_assert_num_queries(2):
        client.get("/articles/")


def test_article_asks_three_questions(client, django_assert_num_queries, n):
    fill(n)
    page = models.Article.objects.first().get_absolute_url()
    with django_assert_num_queries(3):
        client.get(page)


def test_about_asks_five_questions(client, django_assert_num_queries, n):
    fill(n)
    with django_assert_num_queries(5):
        client.get("/about/")
