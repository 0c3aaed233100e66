"""The narrow table that the catalog counts by says what is so, however the catalog is written."""

import pytest
from django.db import connection

from courses import listing, models
from courses.models.search import Listing
from tests.factories import CourseFactory, ProfessionFactory, SubjectFactory

pytestmark = pytest.mark.django_db


def keys(rows) -> str:
    found = sorted(rows.values_list("pk", flat=True))
    return f",{','.join(map(str, found))}," if found else ""


def as_it_is(course: models.Course) -> tuple:
    course.refresh_from_db()
    return (
        *(course.kind, course.delivery, course.enrolment, course.award, course.position, course.title),
        keys(models.Profession.objects.filter(audiences__course=course)),
        keys(course.subjects),
        keys(course.procedures),
    )


def as_listed(course: models.Course) -> tuple | None:
    return Listing.objects.filter(course=course).values_list(*LISTED).first()


LISTED = ["kind", "mode", "enrolment", "award", "position", "title", "professions", "subjects", "procedures"]


@pytest.fixture
def course():
    made = CourseFactory(professions=ProfessionFactory.create_batch(2))
    made.subjects.set(SubjectFactory.create_batch(2))
    models.Procedure.objects.create(slug="needling", name="Needling").courses.add(made)
    return made


def test_new_course_is_listed_as_it_is(course):
    assert as_listed(course) == as_it_is(course)


@pytest.mark.parametrize(
    "write",
    [
        lambda course: models.Course.objects.update(title="Other", kind="short", award="A", position=7),
        lambda course: course.audiences.first().delete(),
        lambda course: course.audiences.all().delete(),
        lambda course: course.audiences.filter(pk=course.audiences.first().pk).update(
            profession=ProfessionFactory()
        ),
        lambda course: course.subjects.clear(),
        lambda course: course.subjects.add(SubjectFactory()),
        lambda course: course.procedures.clear(),
        lambda course: models.CourseAudience.objects.bulk_create(
            [models.CourseAudience(course=course, profession=ProfessionFactory())]
        ),
        lambda course: models.CourseAudience.objects.update(course=CourseFactory()),
    ],
)
def test_listing_follows_what_is_written(course, write):
    write(course)
    assert {one.pk: as_listed(one) for one in models.Course.objects.all()} == {
        one.pk: as_it_is(one) for one in models.Course.objects.all()
    }


def test_only_what_is_published_is_listed(course):
    models.Course.objects.update(published_at=None)
    assert as_listed(course) is None
    CourseFactory().delete()
    assert not Listing.objects.exists()


def test_migrations_leave_the_listing_whole(course):
    before = as_listed(course)
    Listing.objects.all().delete()
    listing.take_off(using="default", plan=["a migration"])
    models.Course.objects.update(title="Unwatched")
    listing.keep(using="default", plan=["a migration"])
    assert as_listed(course) == (*before[:5], "Unwatched", *before[6:])
    models.Course.objects.update(title="Watched again")
    assert as_listed(course)[5] == "Watched again"


def test_nothing_to_migrate_changes_nothing(course, django_assert_num_queries):
    with django_assert_num_queries(0):
        listing.take_off(using="default")
        listing.keep(using="default")


def test_database_writes_the_listing_and_nobody_else(course):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE courses_course SET title = 'By hand'")
    assert as_listed(course)[5] == "By hand"
