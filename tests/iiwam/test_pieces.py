"""What pages tell everybody alike is drawn once for whoever asks next; nothing of one visitor is shown to another."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.db import connection
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import Course
from courses.search import rebuild
from iiwam import pages, pieces, stamp
from iiwam.pieces import Pieces
from tests.factories import (
    CourseFactory,
    IntakeFactory,
    ModuleFactory,
    ProfessionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 4, tzinfo=timezone.get_fixed_timezone(0))


@pytest.fixture(autouse=True)
def kept(settings):
    settings.PAGES_KEPT_SECONDS = 300
    caches["pages"].clear()
    pieces.at_hand.clear()
    yield
    pieces.at_hand.clear()


@pytest.fixture
def course():
    course = CourseFactory(slug="peels", title="Peels")
    course.audiences.create(profession=ProfessionFactory(slug="nurse", name="Nurse"))
    ProfessionFactory(slug="spa", name="Spa owner")
    ModuleFactory(course=course, number=1, slug="skin", title="Skin")
    ModuleFactory(course=course, number=2, slug="acids", title="Acids")
    IntakeFactory(course=course)
    return course


PAGES = ["/courses/", "/courses/peels/", "/courses/peels/skin/"]
READERS = ["profession=nurse&country=MY", "profession=spa&country=other", "profession=nonsense&country=MY"]


def stranger() -> Client:
    """Somebody whose pages are never kept whole."""
    client = Client()
    client.cookies["messages"] = "none"
    return client


def member(**facts) -> Client:
    client = Client()
    client.force_login(UserFactory(**facts))
    return client


def questions(client, address) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in asked]


@pytest.mark.parametrize("address", [*PAGES, *(f"/courses/peels/?{reader}" for reader in READERS)])
def test_page_from_pieces_is_the_page_drawn_anew(course, settings, address):
    settings.PAGES_KEPT_SECONDS = 0
    anew = stranger().get(address).content
    settings.PAGES_KEPT_SECONDS = 300
    # Whoever comes first is signed in, may edit, and asks as somebody: nothing of it is in the pieces.
    ada = member(is_staff=True, is_superuser=True, email="ada@example.org")
    ada.get(address.partition("?")[0], {"profession": "nurse", "country": "PH"})
    assert pieces.at_hand.drawn
    assert [stranger().get(address).content for _visit in range(2)] == [anew, anew]


def test_page_of_a_reader_is_their_own_and_leaves_the_others(course):
    plain, mine = "/courses/peels/", "/courses/peels/?profession=nurse&country=MY"
    seen = [stranger().get(address).content.decode() for address in (plain, mine, plain)]
    assert ["Nurse, Malaysia" in page for page in seen] == [False, True, False]
    assert seen[0] == seen[2]
    assert ['href="/eligibility/?profession=nurse&amp;country=MY">Check your' in page for page in seen] == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize("address", PAGES)
def test_people_who_are_signed_in_are_shown_the_pieces(course, address):
    first = member()
    first.get(address)
    assert len(questions(member(), address)) < len(questions_without_pieces(first, address)) / 2 + 2


def questions_without_pieces(client, address) -> list[str]:
    pieces.at_hand.clear()
    return questions(client, address)


@pytest.mark.parametrize("address", PAGES)
def test_change_shows_at_once(course, address, django_capture_on_commit_callbacks):
    client = stranger()
    client.get(address)
    Course.objects.filter(pk=course.pk).update(title="Lasers")
    assert "Lasers" not in client.get(address).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        pages.content_changed()
    assert "Lasers" in client.get(address).content.decode()


def test_draft_that_an_editor_looks_at_is_kept_for_nobody():
    CourseFactory(slug="secret", published_at=None)
    editor = member(is_staff=True, is_superuser=True)
    assert editor.get("/courses/secret/").status_code == 200
    assert pieces.at_hand.drawn == {}
    assert stranger().get("/courses/secret/").status_code == 404


def test_piece_gives_way_when_applications_close(course):
    with time_machine.travel(NOON, tick=False) as clock:
        closes = NOON + timedelta(seconds=90)
        course.intakes.update(
            applications_open_at=NOON - timedelta(days=9),
            applications_close_at=closes,
            starts_on="2026-05-01",
        )
        client, seen = stranger(), []
        for seconds in (0, 60, 40):
            clock.shift(seconds)
            seen.append("Apply for this intake" in client.get("/courses/peels/").content.decode())
    assert seen == [True, True, False]


def test_entry_gives_way_when_the_next_intake_opens(course):
    """An earlier one is closed for good, so nothing that the entry says of it will change."""
    with time_machine.travel(NOON, tick=False) as clock:
        course.intakes.update(
            applications_open_at=None, applications_close_at=NOON - timedelta(days=1), starts_on="2026-04-01"
        )
        opens, closes = NOON + timedelta(seconds=90), NOON + timedelta(days=9)
        IntakeFactory(
            course=course,
            applications_open_at=opens,
            applications_close_at=closes,
            starts_on="2026-05-01",
        )
        seen = []
        for seconds in (0, 60, 40):
            clock.shift(seconds)
            page = stranger().get("/courses/").content.decode()
            seen.append([day for day in ("2026-04-01", "2026-05-01") if day in page])
    assert seen == [["2026-04-01"], ["2026-04-01"], ["2026-05-01"]]


def test_deadline_ends_the_time_of_an_answer_to_words(course):
    rebuild()
    with time_machine.travel(NOON, tick=False):
        closes = NOON + timedelta(seconds=20)
        course.intakes.update(applications_open_at=None, applications_close_at=closes, starts_on="2026-05-01")
        answer = Client().get("/courses/?q=peels")
    assert answer["Cache-Control"] == "public, max-age=0, s-maxage=20"


def test_words_of_a_search_are_marked_each_time_and_never_kept(course):
    rebuild()
    client = stranger()
    marked = [b"<mark>" in client.get(address).content for address in ("/courses/?q=peels", "/courses/")]
    assert marked == [True, False]
    assert not [sql for sql in questions(client, "/courses/?q=peels") if "kept_pages" in sql]


def test_pieces_are_dropped_before_they_fill_the_memory(course, monkeypatch):
    monkeypatch.setattr(pieces, "MOST_LETTERS", 10)
    for address in PAGES:
        stranger().get(address)
    assert len(pieces.at_hand.drawn) == 1


def test_pieces_drawn_anew_take_the_place_of_the_old_ones(course):
    for _state in range(3):
        stamp.forget()
        stranger().get("/courses/peels/")
    assert pieces.at_hand.letters == sum(drawn.letters for drawn in pieces.at_hand.drawn.values()) > 0


def test_inside_a_piece_only_what_is_told_can_be_named():
    lot = Pieces("thing", stamp="s", at=NOON, seen=["told"])
    page = Template(
        '{{ user }} {% piece lot "one" %}{{ told }}{{ user }}{{ request }}{% endpiece %} {{ user }}'
    )
    drawn = page.render(Context({"lot": lot, "told": "T", "user": "Ada", "request": "/path/"}))
    assert drawn == "Ada T Ada"
    assert lot.html == {"one": "T"}


def test_tag_says_what_it_takes():
    with pytest.raises(TemplateSyntaxError, match="takes the pieces and the name"):
        Template("{% piece lot %}{% endpiece %}")
