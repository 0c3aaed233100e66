"""Pages kept whole for visitors whom the site does not know: made once, never out of date, never the wrong person's."""

import gzip
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta

import brotli
import pytest
import time_machine
from django.core.cache import caches
from django.db import connection
from django.db.utils import ConnectionHandler
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import Course
from courses.publishing import publish, unpublish
from courses.views import pages as views
from iiwam import pages, stamp
from iiwam.shelf import impatient
from tests.factories import CourseFactory, IntakeFactory, ProfessionFactory, UserFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 4, tzinfo=timezone.get_fixed_timezone(0))


@pytest.fixture(autouse=True)
def kept(settings):
    settings.PAGES_KEPT_SECONDS = 300
    caches["pages"].clear()


@pytest.fixture
def course():
    return CourseFactory(title="Peels")


@pytest.fixture
def page(course):
    return course.get_absolute_url()


def shelf_size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM kept_pages")
        return cursor.fetchone()[0]


def kinds(queries) -> Counter:
    return Counter(query["sql"].split()[0] for query in queries)


def rename(course: Course, title: str) -> None:
    """Behind the back of every verb."""
    Course.objects.filter(pk=course.pk).update(title=title)


class TestKeeping:
    @pytest.mark.parametrize("address", ["/", "/courses/", "/articles/", "/about/"])
    def test_second_visit_costs_one_question(self, client, course, django_assert_num_queries, address):
        first = client.get(address)
        with django_assert_num_queries(1):
            second = client.get(address)
        assert second.content == first.content

    def test_cold_page_costs_one_question_and_one_write_more(self, client, page, settings, monkeypatch):
        # Not one of the few writes that also count the shelf.
        monkeypatch.setattr("random.randrange", lambda most: 1)
        client.get("/about/")
        with CaptureQueriesContext(connection) as kept:
            client.get(page)
        settings.PAGES_KEPT_SECONDS = 0
        with CaptureQueriesContext(connection) as plain:
            client.get(page)
        assert kinds(kept) - kinds(plain) == Counter(SELECT=1, INSERT=1, SAVEPOINT=1, RELEASE=1)

    def test_another_worker_shows_the_page_that_the_first_one_made(self, page, django_assert_num_queries):
        first = Client().get(page).content
        with django_assert_num_queries(1):
            assert Client().get(page).content == first

    def test_process_that_showed_a_page_keeps_it_at_hand(self, client, page, monkeypatch):
        shown = [client.get(page).content for _visit in range(2)]
        asked = []
        shelf = type(caches["pages"])
        get_many = shelf.get_many
        monkeypatch.setattr(
            shelf,
            "get_many",
            lambda self, keys, *more: asked.append(list(keys)) or get_many(self, keys, *more),
        )
        assert client.get(page).content == shown[0] == shown[1]
        assert asked == [[stamp.NAME]]

    def test_page_at_hand_gives_way_to_the_one_that_another_process_made(self, page, course, monkeypatch):
        here, there = Client(), Client()
        for browser in (here, here, there):
            browser.get(page)
        rename(course, "Lasers")
        stamp.forget()
        assert "Lasers" in there.get(page).content.decode()
        assert "Lasers" in here.get(page).content.decode()
        with CaptureQueriesContext(connection) as asked:
            here.get(page)
        assert len(asked) == 1

    def test_busy_database_keeps_nobody_waiting(self, client, page, monkeypatch):
        """Whoever holds the database for writing: pages are made, shown and not kept."""
        monkeypatch.setattr("iiwam.shelf.PageShelf.write", lambda *args, **kwargs: False)
        answers = [client.get(page) for _visit in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert shelf_size() == 0

    def test_warm_page_says_all_that_the_cold_one_said(self, client, page):
        # Not in the last minute of a day, when proxies are told how many seconds are left.
        with time_machine.travel(NOON, tick=False):
            cold, warm = client.get(page), client.get(page)
        assert {**warm.headers, "X-Request-ID": ""} == {**cold.headers, "X-Request-ID": ""}

    def test_nobody_is_given_a_cookie(self, client, page):
        assert [client.get(page).cookies.output() for _visit in range(2)] == ["", ""]

    def test_security_headers_stand_on_kept_pages_and_on_304(self, client, page):
        client.get(page)
        kept = client.get(page)
        unchanged = client.get(page, headers={"If-None-Match": kept["ETag"]})
        assert unchanged.status_code == 304
        for answer in (kept, unchanged):
            assert "script-src 'self'" in answer["Content-Security-Policy"]
            assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")

    def test_each_light_has_its_own_page(self, client, page):
        plain = client.get(page).content.decode()
        client.cookies["theme"] = "dark"
        dark = [client.get(page).content.decode() for _visit in range(2)]
        client.cookies["theme"] = "nonsense"
        assert [
            'data-theme="dark"' in text for text in (plain, *dark, client.get(page).content.decode())
        ] == [*(False, True, True, False)]

    @pytest.mark.parametrize("asked", ["", "?q=peels"], ids=["kept", "made"])
    @pytest.mark.parametrize(
        ("takes", "coding", "unpack"),
        [
            ("gzip, deflate, br, zstd", "br", brotli.decompress),
            ("br;q=0, gzip", "gzip", gzip.decompress),
            ("gzip", "gzip", gzip.decompress),
            ("gzip;q=0", None, bytes),
            ("br;q=0.000 , GZIP;q=0.5", "gzip", gzip.decompress),
            ("x-br;q=1, gzip ; Q=0 ", None, bytes),
            ("zebra", None, bytes),
        ],
    )
    def test_packed_and_plain_are_the_same_page(self, client, course, asked, takes, coding, unpack):
        plain = client.get(f"/courses/{asked}")
        packed = client.get(f"/courses/{asked}", headers={"Accept-Encoding": takes})
        assert packed.get("Content-Encoding") == coding
        assert unpack(packed.content) == plain.content

    def test_head_says_how_long_the_page_is_and_no_more(self, client, page):
        whole, head = client.get(page), client.head(page)
        assert (head.content, head["Content-Length"], head["ETag"]) == (
            b"",
            str(len(whole.content)),
            whole["ETag"],
        )

    def test_draft_preview_is_never_kept(self, client, page, course):
        Course.objects.update(published_at=None)
        client.force_login(UserFactory(is_staff=True, is_superuser=True))
        assert client.get(page).status_code == 200
        assert Client().get(page).status_code == 404
        assert shelf_size() <= 1

    @pytest.mark.parametrize(
        "address", ["/accounts/login/", "/verify/", "/eligibility/", "/courses/unknown/"]
    )
    def test_what_is_no_public_page_is_not_kept(self, client, address):
        client.get(address)
        assert shelf_size() <= 1

    def test_post_is_neither_kept_nor_answered_from_the_shelf(self, client, page):
        client.get(page)
        assert client.post(page).status_code == 405


def test_write_to_the_shelf_gives_up_soon_and_other_writes_do_not(tmp_path):
    options = {"timeout": 5, "transaction_mode": "IMMEDIATE"}
    base = {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "x.sqlite3", "OPTIONS": options}
    ours = ConnectionHandler({"default": base})["default"]

    def patience() -> int:
        return ours.connection.execute("PRAGMA busy_timeout").fetchone()[0]

    with closing(sqlite3.connect(tmp_path / "x.sqlite3")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"), impatient(ours):
            assert patience() == 50
            ours.connection.execute("CREATE TABLE kept (page)")
    assert patience() == 5_000
    ours.close()


class TestWhoseItIs:
    def test_somebody_signed_in_gets_their_own_page(self, client, page):
        client.get(page)
        client.force_login(UserFactory())
        mine = client.get(page)
        assert "Sign out" in mine.content.decode()
        assert mine["Cache-Control"] == "private, no-store"

    def test_page_of_somebody_signed_in_is_shown_to_nobody_else(self, client, page):
        client.force_login(UserFactory())
        client.get(page)
        assert "Sign out" not in Client().get(page).content.decode()

    def test_proxies_keep_pages_of_people_apart(self, client, page):
        # Far from midnight, when every page ends.
        with time_machine.travel(NOON, tick=False):
            answer = client.get(page)
        assert answer["Cache-Control"] == "public, max-age=0, s-maxage=60"
        assert answer["Vary"] == "Accept-Encoding, Cookie"

    def test_host_that_is_not_ours_is_refused_although_the_page_lies_there(self, client, page):
        client.get(page)
        assert client.get(page, headers={"Host": "elsewhere.example"}).status_code == 400


class TestStayingTrue:
    def test_page_lasts_while_nothing_is_said_to_have_changed(self, client, page, course):
        client.get(page)
        rename(course, "Lasers")
        assert "Lasers" not in client.get(page).content.decode()

    def test_change_shows_at_once(self, client, page, course, django_capture_on_commit_callbacks):
        before = client.get(page)
        rename(course, "Lasers")
        with django_capture_on_commit_callbacks(execute=True):
            pages.content_changed()
        after = client.get(page, headers={"If-None-Match": before["ETag"]})
        assert (after.status_code, "Lasers" in after.content.decode()) == (200, True)

    def test_publishing_and_unpublishing_show_at_once(
        self, client, course, django_capture_on_commit_callbacks
    ):
        editor = UserFactory(is_staff=True, is_superuser=True)
        seen = ["Peels" in client.get("/courses/").content.decode()]
        for verb in (unpublish, publish):
            with django_capture_on_commit_callbacks(execute=True):
                verb(item=course, by=editor)
            seen.append("Peels" in client.get("/courses/").content.decode())
        assert seen == [True, False, True]

    def test_page_made_anew_without_a_difference_is_still_the_visitors(
        self, client, page, django_capture_on_commit_callbacks
    ):
        first = client.get(page)
        with django_capture_on_commit_callbacks(execute=True):
            pages.content_changed()
        by_tag = client.get(page, headers={"If-None-Match": first["ETag"]})
        by_date = client.get(page, headers={"If-Modified-Since": first["Last-Modified"]})
        assert (by_tag.status_code, by_date.status_code) == (304, 304)

    def test_two_changes_within_a_second_differ_by_date(
        self, client, page, course, django_capture_on_commit_callbacks
    ):
        first = client.get(page)
        rename(course, "Lasers")
        with django_capture_on_commit_callbacks(execute=True):
            pages.content_changed()
        answer = client.get(page, headers={"If-Modified-Since": first["Last-Modified"]})
        assert answer.status_code == 200

    def test_page_is_made_again_after_five_minutes(self, client, page, course, monkeypatch):
        client.get(page)
        rename(course, "Lasers")
        later = timezone.now() + timedelta(seconds=301)
        monkeypatch.setattr(timezone, "now", lambda: later)
        assert "Lasers" in client.get(page).content.decode()

    def test_deadline_ends_the_time_of_a_page(self, client, page, course, monkeypatch):
        now = timezone.now()
        IntakeFactory(course=course, applications_close_at=now + timedelta(seconds=20))
        answer = client.get(page)
        assert int(answer["Cache-Control"].rpartition("=")[2]) <= 20
        rename(course, "Lasers")
        monkeypatch.setattr(timezone, "now", lambda: now + timedelta(seconds=21))
        assert "Lasers" in client.get(page).content.decode()

    def test_deadline_that_passes_while_a_page_is_drawn_ends_its_time(self, page, course, monkeypatch):
        """Drawing takes a while, and begins before the deadline: what it says is out of date when it is done."""
        with time_machine.travel(NOON, tick=False) as clock:
            IntakeFactory(course=course, applications_close_at=NOON + timedelta(seconds=10))
            draw = views.answer
            monkeypatch.setattr(
                views, "answer", lambda *args, **told: [draw(*args, **told), clock.shift(20)][0]
            )
            assert "Peels" in Client().get(page).content.decode()
            rename(course, "Lasers")
            assert "Lasers" in Client().get(page).content.decode()

    def test_midnight_ends_the_time_of_a_page(self):
        now = timezone.now()
        midnight = pages.next_midnight(now)
        assert timezone.localdate(midnight) == timezone.localdate(now) + timedelta(days=1)
        assert timezone.localtime(midnight).time().isoformat() == "00:00:00"


class TestWhatIsAsked:
    def test_words_of_one_visitor_never_reach_the_next(self, client, page):
        client.get(page, {"utm_source": "letter-to-ada"})
        assert "letter-to-ada" not in client.get(page).content.decode()

    def test_junk_in_the_address_shares_one_page(self, client, page):
        client.get(page)
        size = shelf_size()
        for number in range(5):
            client.get(page, {f"junk{number}": "x"})
        assert shelf_size() == size

    def test_choices_in_any_order_share_one_page(self, client):
        first, second = (profession.slug for profession in ProfessionFactory.create_batch(2))
        client.get(f"/courses/?profession={first}&profession={second}")
        size = shelf_size()
        client.get(f"/courses/?profession={second}&profession={first}&profession={second}")
        assert shelf_size() == size

    @pytest.mark.parametrize(
        "query",
        ["?profession=nonsense", "?page=9999", "?sort=upside-down", "?q=peels", "?profession=" + "x" * 500],
    )
    def test_what_only_one_visitor_asks_fills_no_shelf(self, client, course, query):
        client.get("/courses/")
        size = shelf_size()
        assert client.get(f"/courses/{query}").status_code == 200
        assert shelf_size() == size

    def test_question_sent_without_an_answer_is_asked_for_one(self, client, page, course):
        course.audiences.create(profession=ProfessionFactory(slug="nurse"))
        answers = [
            client.get(f"{page}?profession=nurse{rest}").content.decode() for rest in ("&country=", "")
        ]
        assert ["Fill in “Country" in answer for answer in answers] == [True, False]

    def test_free_words_are_still_answered(self, client, course):
        answer = client.get("/courses/?q=nothing-like-it").content.decode()
        assert "nothing-like-it" in answer

    def test_shelf_has_an_end(self, settings, monkeypatch):
        monkeypatch.setattr("iiwam.shelf.WRITES_BETWEEN_COUNTS", 1)
        shelf = caches["pages"]
        monkeypatch.setattr(shelf, "_max_entries", 10)
        for number in range(40):
            shelf.set(f"page-{number}", "x")
        assert shelf_size() <= 11


class TestShelf:
    def test_value_comes_back_and_is_replaced(self):
        shelf = caches["pages"]
        shelf.set("a", {"one": 1})
        shelf.set("a", {"two": b"\0"}, None)
        assert (shelf.get("a"), shelf_size()) == ({"two": b"\0"}, 1)

    def test_value_ends_with_its_time(self):
        caches["pages"].set("a", 1, -1)
        assert caches["pages"].get("a") is None

    def test_one_statement_keeps_a_page(self, django_assert_num_queries, monkeypatch):
        monkeypatch.setattr("random.randrange", lambda most: 1)
        with django_assert_num_queries(3):
            # Two of the three only mark a savepoint of the test's own transaction.
            caches["pages"].set("a", 1)
