"""Approvals by other bodies: nothing is said of one that has run out, and a mark needs more than consent."""

import io
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from PIL import Image

from courses.models import Accreditation
from tests.factories import AccreditationFactory, CourseFactory, StaffFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 4)
FIELDS = {"scope": "", "reference": "", "valid_from": None, "valid_to": None, "may_use_mark": False}


@pytest.fixture
def editor(client):
    call_command("sync_roles", verbosity=0)
    person = StaffFactory()
    person.groups.add(Group.objects.get(name="Editor"))
    client.force_login(person)


def picture(size=(960, 400), kind="PNG") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return SimpleUploadedFile("mark.png", out.getvalue(), "image/png")


def test_whole_record_shows_its_mark(client):
    record = AccreditationFactory(with_mark=True)
    page = client.get("/about/").content.decode()
    address = reverse("courses:mark", args=[record.key])
    assert f'src="{address}"' in page
    assert (record.scope in page, record.reference in page, "1 Jan 2020" in page) == (True, True, True)
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer.content == bytes(record.mark)


@pytest.mark.parametrize("field", FIELDS)
def test_mark_without_any_one_part_of_its_record_is_not_shown(client, field):
    record = AccreditationFactory(with_mark=True, **{field: FIELDS[field]})
    assert not record.shows_mark(TODAY)
    assert list(Accreditation.objects.with_mark(TODAY)) == []
    assert record.body in client.get("/about/").content.decode()
    assert 'class="mark"' not in client.get("/about/").content.decode()
    assert client.get(reverse("courses:mark", args=[record.key])).status_code == 404


@pytest.mark.parametrize(
    ("start", "end", "stands"),
    [
        (None, None, True),
        (date(2026, 5, 4), date(2026, 5, 4), True),
        (date(2026, 5, 5), None, False),
        (None, date(2026, 5, 3), False),
    ],
)
def test_record_stands_from_its_first_day_to_the_end_of_its_last(start, end, stands):
    record = AccreditationFactory(valid_from=start, valid_to=end)
    assert record.stands(TODAY) is stands
    assert list(Accreditation.objects.standing(TODAY)) == [record] * stands


def test_approval_vanishes_from_kept_pages_with_its_last_day(client, settings):
    settings.PAGES_KEPT_SECONDS = 86_400
    caches["pages"].clear()
    course = CourseFactory()
    record = AccreditationFactory(
        with_mark=True, body="Passing Body", cpd_points=7, valid_to=date(2026, 5, 4), course=None
    )
    pages = [course.get_absolute_url(), "/about/", "/", reverse("courses:mark", args=[record.key])]
    # The institute's day ends at 16:00 UTC: Kuala Lumpur is eight hours ahead.
    with time_machine.travel(datetime(2026, 5, 4, 15, 59, 50, tzinfo=UTC), tick=False) as clock:
        before = [client.get(page) for page in pages]
        assert [page.status_code for page in before] == [200] * 4
        assert all("Passing Body" in page.content.decode() for page in before[:3])
        assert all("s-maxage=10" in page["Cache-Control"] for page in before)
        clock.move_to(datetime(2026, 5, 4, 16, 0, 1, tzinfo=UTC))
        after = [client.get(page) for page in pages]
    assert [page.status_code for page in after] == [200, 200, 200, 404]
    assert not any("Passing Body" in page.content.decode() for page in after[:3])


def test_course_shows_the_points_and_the_mark_of_an_approval_in_force(client):
    course = CourseFactory()
    AccreditationFactory(with_mark=True, course=course, cpd_points=7, body="Own Body", reference="R-7")
    AccreditationFactory(with_mark=True, course=CourseFactory(), body="Body of another course")
    page = client.get(course.get_absolute_url()).content.decode()
    assert ("CPD points" in page, "Own Body, R-7" in page, 'class="mark"' in page) == (True, True, True)
    assert "Body of another course" not in page


# In the office


def saved(client, record, **sent):
    address = reverse("admin:courses_accreditation_change", args=[record.pk])
    fields = {"key": record.key, "body": record.body, "statement": record.statement, "position": 0}
    return client.post(address, {**fields, **sent})


def test_uploaded_mark_is_drawn_anew_and_small(client, editor):
    record = AccreditationFactory()
    assert saved(client, record, mark_file=picture()).status_code == 302
    record.refresh_from_db()
    assert (record.mark_width, record.mark_height) == (480, 200)
    assert Image.open(io.BytesIO(record.mark)).format == "PNG"
    saved(client, record, drop_mark="on")
    record.refresh_from_db()
    assert (bytes(record.mark), record.mark_width) == (b"", None)


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (SimpleUploadedFile("mark.svg", b"<svg onload='x()'/>"), "This is no PNG, JPEG or WebP picture"),
        (SimpleUploadedFile("mark.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40), "This is no PNG, JPEG or WebP"),
        (SimpleUploadedFile("mark.png", b"\x00" * (2 * 1024 * 1024 + 1)), "larger than 2 MB"),
        (picture((8, 8), "GIF"), "This is no PNG, JPEG or WebP picture"),
    ],
)
def test_file_that_is_no_picture_is_refused_with_a_sentence(client, editor, upload, words):
    record = AccreditationFactory()
    answer = saved(client, record, mark_file=upload)
    assert (answer.status_code, words in answer.content.decode()) == (200, True)
    record.refresh_from_db()
    assert record.mark_width is None


def test_office_says_what_a_mark_still_needs(client, editor):
    record = AccreditationFactory(with_mark=True, scope="", may_use_mark=False)
    page = client.get(reverse("admin:courses_accreditation_change", args=[record.pk])).content.decode()
    assert "Not shown before these are filled in: scope and consent to use the mark." in page


@time_machine.travel(datetime(2026, 5, 4, 8, tzinfo=UTC), tick=False)
def test_office_is_warned_before_an_approval_runs_out(client, editor):
    soon = AccreditationFactory(with_mark=True, valid_to=date(2026, 6, 30))
    AccreditationFactory(with_mark=True, valid_to=date(2027, 6, 30))
    AccreditationFactory(with_mark=True, valid_to=date(2026, 5, 1))
    page = client.get(reverse("admin:courses_accreditation_changelist"), {"standing": "soon"})
    assert list(page.context["cl"].result_list) == [soon]
    waiting = client.get(reverse("admin:index")).context["waiting"]
    assert [one.count for one in waiting if "run out" in str(one.label)] == [1]
