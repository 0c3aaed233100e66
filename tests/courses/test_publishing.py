"""Publishing is an act with a right behind it, refused while something is missing."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission

from courses.models import Article, Course
from courses.publishing import PublicationRefused, publish, unpublish
from tests.factories import ArticleFactory, CourseFactory, SourceFactory, UserFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def editor():
    person = UserFactory()
    person.user_permissions.add(Permission.objects.get(codename="publish_course"))
    return person


def test_publish_shows_a_whole_course_from_that_moment(editor):
    course = CourseFactory(published_at=None)
    publish(item=course, by=editor, at=NOON)
    assert course.published_at == NOON
    assert list(Course.objects.published()) == [course]


def test_publish_names_everything_that_a_course_lacks(editor):
    course = CourseFactory(published_at=None, professions=[], scope_notice="", summary=" ")
    with pytest.raises(PublicationRefused) as refused:
        publish(item=course, by=editor, at=NOON)
    for part in ("a summary", "at least one profession it is for", "the scope-of-practice notice"):
        assert part in str(refused.value)
    assert not Course.objects.published().exists()


def test_publish_looks_at_what_is_stored_and_not_at_a_stale_copy(editor):
    course = CourseFactory(published_at=None)
    stale = Course.objects.get(pk=course.pk)
    Course.objects.update(summary="")
    with pytest.raises(PublicationRefused):
        publish(item=stale, by=editor, at=NOON)


def test_article_needs_a_source(editor):
    article = ArticleFactory(published_at=None)
    with pytest.raises(PublicationRefused, match="at least one source"):
        publish(item=article, by=editor, at=NOON)
    article.sources.add(SourceFactory())
    publish(item=article, by=editor, at=NOON)
    assert list(Article.objects.published()) == [article]


def test_publish_again_keeps_the_first_date(editor):
    course = CourseFactory(published_at=None)
    publish(item=course, by=editor, at=NOON)
    publish(item=course, by=editor, at=NOON.replace(hour=15))
    assert Course.objects.get().published_at == NOON


def test_unpublish_hides_and_loses_nothing(editor):
    course = CourseFactory()
    unpublish(item=course, by=editor)
    assert course.published_at is None
    assert list(Course.objects.drafts()) == [course]


@pytest.mark.parametrize("act", [lambda **given: publish(at=NOON, **given), unpublish])
def test_without_the_right_nothing_changes(act):
    for course in (CourseFactory(), CourseFactory(published_at=None)):
        before = course.published_at
        with pytest.raises(PublicationRefused, match="right"):
            act(item=course, by=UserFactory())
        assert Course.objects.get(pk=course.pk).published_at == before


def test_course_that_somebody_deleted_is_refused_in_a_sentence(editor):
    course = CourseFactory(published_at=None)
    Course.objects.all().delete()
    with pytest.raises(PublicationRefused, match="no longer exists"):
        publish(item=course, by=editor, at=NOON)
