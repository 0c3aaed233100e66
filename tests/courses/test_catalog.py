from datetime import date

import pytest
from django.urls import reverse

from courses import models
from courses.search import rebuild
from tests.factories import CourseFactory, IntakeFactory, ModuleFactory, ProfessionFactory, SourceFactory

pytestmark = pytest.mark.django_db
CATALOG = "/courses/"


def titles(response) -> list[str]:
    return [course.title for course in response.context["courses"]]


def counts(response, facet: str) -> dict[str, int]:
    (found,) = [f for f in response.context["question"].facets if f.name == facet]
    return {choice.value: choice.count for choice in found.choices}


@pytest.fixture
def courses():
    doctor = ProfessionFactory(slug="doctor", name="Doctor")
    nurse = ProfessionFactory(slug="nurse", name="Nurse")
    Kind, Enrolment = models.Course.Kind, models.Course.Enrolment
    return [
        CourseFactory(title="Microneedling", kind=Kind.CERTIFICATE, professions=[doctor, nurse]),
        CourseFactory(title="Diploma", kind=Kind.DIPLOMA, professions=[doctor]),
        CourseFactory(title="Peels", kind=Kind.SHORT, enrolment=Enrolment.INTEREST, professions=[nurse]),
    ]


def test_catalog_is_at_its_address():
    assert reverse("courses:catalog") == CATALOG


def test_catalog_lists_all_published_courses(client, courses):
    CourseFactory(title="Draft", published_at=None)
    assert set(titles(client.get(CATALOG))) == {"Microneedling", "Diploma", "Peels"}


def test_catalog_puts_the_next_intake_first_and_no_intake_last(client, courses):
    IntakeFactory(course=courses[1], starts_on=date(2099, 5, 1), ends_on=None)
    IntakeFactory(course=courses[2], starts_on=date(2099, 4, 1), ends_on=None)
    assert titles(client.get(CATALOG)) == ["Peels", "Diploma", "Microneedling"]


def test_catalog_prefers_an_open_intake_to_an_earlier_closed_one(client, courses):
    closed = models.Intake.Status.CLOSED
    IntakeFactory(course=courses[0], starts_on=date(2099, 1, 1), ends_on=date(2099, 2, 1), status=closed)
    opened = IntakeFactory(course=courses[0], starts_on=date(2099, 6, 1), ends_on=date(2099, 7, 1))
    (course,) = [c for c in client.get(CATALOG).context["courses"] if c.title == "Microneedling"]
    assert course.next_intake == opened


def test_one_facet_widens_and_two_narrow(client, courses):
    both = client.get(CATALOG, {"profession": ["doctor", "nurse"]})
    assert set(titles(both)) == {"Microneedling", "Diploma", "Peels"}
    narrow = client.get(CATALOG, {"profession": ["nurse"], "kind": ["certificate", "diploma"]})
    assert titles(narrow) == ["Microneedling"]


def test_counts_say_what_a_choice_would_show_beside_the_other_facets(client, courses):
    page = client.get(CATALOG, {"profession": "nurse"})
    assert counts(page, "profession") == {"doctor": 2, "nurse": 2}
    assert counts(page, "kind") == {"certificate": 1, "diploma": 0, "masterclass": 0, "short": 1}
    assert counts(page, "enrolment") == {"open": 1, "interest": 1}


def test_counts_follow_the_words(client, courses):
    rebuild()
    assert counts(client.get(CATALOG, {"q": "peels"}), "profession") == {"doctor": 0, "nurse": 1}


@pytest.mark.parametrize("words", ["NEEDL", "micro needling", "mn", "erythema"])
def test_words_are_sought_in_title_code_and_modules(client, words):
    course = CourseFactory(title="Microneedling", code="MN")
    ModuleFactory(course=course, title="Erythema and other effects")
    CourseFactory(title="Lasers", code="LS")
    rebuild()
    assert titles(client.get(CATALOG, {"q": words})) == ["Microneedling"]


def test_nothing_found_keeps_the_filters_and_shows_the_way_out(client, courses):
    page = client.get(CATALOG, {"q": "osteopathy"})
    assert titles(page) == []
    assert "No course answers all of this" in page.content.decode()


def test_chips_take_away_one_thing_each(client, courses):
    page = client.get(CATALOG, {"profession": ["doctor", "nurse"], "q": "a", "page": "1"})
    assert [(str(label), address) for label, address in page.context["question"].chips] == [
        ("“a”", "?profession=doctor&profession=nurse"),
        ("Doctor", "?profession=nurse&q=a"),
        ("Nurse", "?profession=doctor&q=a"),
    ]


def test_sorting_by_title_keeps_the_filters(client, courses):
    page = client.get(CATALOG, {"sort": "title", "profession": "doctor"})
    assert titles(page) == ["Diploma", "Microneedling"]


@pytest.mark.parametrize(
    "query",
    [
        {"profession": "astronaut"},
        {"kind": "<script>alert(1)</script>"},
        {"mode": "\u202e"},
        {"enrolment": "x" * 5000},
        {"sort": "price'--"},
        {"subject": "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")},
    ],
)
def test_unknown_values_are_ignored_with_a_note(client, courses, query):
    page = client.get(CATALOG, query)
    assert page.status_code == 200
    assert len(titles(page)) == 3
    assert "Part of the address was ignored." in page.content.decode()
    assert "<script>alert" not in page.content.decode()


@pytest.mark.parametrize("words", ["%", "_", "'", '"', "\\", "a" * 5000, "a " * 500, "ไทย", "\u202e", "("])
def test_any_words_get_an_answer(client, courses, words):
    assert client.get(CATALOG, {"q": words}).status_code == 200


@pytest.mark.parametrize(
    "query", ["q=%00", "page=%00", "profession=%00", "q=%FF%FE%ED%A0%80", "profession=%FF"]
)
def test_what_no_database_stores_is_refused_as_a_bad_address(client, courses, query):
    assert client.get(f"{CATALOG}?{query}").status_code == 400


@pytest.mark.parametrize("number", ["abc", "0", "-1", "9999", "9" * 5000, "1.5", "", "１"])
def test_page_that_does_not_exist_says_how_many_there_are(client, courses, number):
    page = client.get(CATALOG, {"page": number})
    assert page.status_code == 200
    assert len(titles(page)) == 3
    assert "the list has one page" in page.content.decode()


def test_second_page_goes_on_where_the_first_ended(client, monkeypatch, courses):
    monkeypatch.setattr("courses.finding.COURSES_PER_PAGE", 2)
    first, second = (
        client.get(CATALOG, {"sort": "title"}),
        client.get(CATALOG, {"sort": "title", "page": "2"}),
    )
    assert titles(first) + titles(second) == ["Diploma", "Microneedling", "Peels"]
    assert "There is no such page" not in second.content.decode()
    assert 'rel="prev"' in second.content.decode()


def test_entry_says_fee_and_dates_are_to_be_confirmed(client):
    course = CourseFactory(duration="", award="", title_confirmed=False)
    IntakeFactory(course=course, fee_minor=None)
    entry = client.get(CATALOG).content.decode().split('<article class="entry">')[1]
    assert entry.count("To be confirmed") == 4  # fee, format, length, award
    assert "Working title" in entry


def test_entry_marks_a_sample_intake_and_writes_the_fee(client):
    IntakeFactory(course=CourseFactory(), fee_minor=680000, currency="MYR", is_sample=True)
    entry = client.get(CATALOG).content.decode().split('<article class="entry">')[1]
    assert "MYR\xa06,800" in entry
    assert '<span class="sample">sample</span>' in entry


def test_gauge_spans_the_depths_of_all_schemes(client):
    module = ModuleFactory(kind=models.Module.Kind.PROTOCOLS)
    for key, low, high in [("a", "0.25", "0.50"), ("b", "1.50", "2.00"), ("c", None, "1.00")]:
        models.NeedleDepth.objects.create(
            module=module, key=key, source=SourceFactory(), scheme="S", target="T", min_mm=low, max_mm=high
        )
    assert "Needle depths in its sources: 0.25 to 2 mm" in client.get(CATALOG).content.decode()


def test_gauge_without_depths_says_so(client, courses):
    assert client.get(CATALOG).content.decode().count("No needle depth on file") == 3
