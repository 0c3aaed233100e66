"""The address of the catalog: what it can ask, what is ignored, and how the facets count when they are combined."""

import pytest
from django.http import QueryDict
from django.utils import timezone

from courses import models
from courses.finding import Question
from courses.search import rebuild
from tests.factories import ArticleFactory, CourseFactory, IntakeFactory, ProfessionFactory, SubjectFactory

pytestmark = pytest.mark.django_db
CATALOG = "/courses/"
Kind, Mode, Enrolment = models.Course.Kind, models.Course.Delivery, models.Course.Enrolment


def ask(address: str) -> Question:
    return Question(QueryDict(address), at=timezone.now())


def counts(question: Question, name: str) -> dict[str, int]:
    (facet,) = [facet for facet in question.facets if facet.name == name]
    return {choice.value: choice.count for choice in facet.choices}


@pytest.fixture
def courses():
    doctor, nurse = ProfessionFactory(slug="doctor"), ProfessionFactory(slug="nurse")
    ProfessionFactory(slug="dentist")
    skin, laser = SubjectFactory(slug="skin"), SubjectFactory(slug="laser")
    made = [
        CourseFactory(
            title="Needles", kind=Kind.CERTIFICATE, delivery=Mode.ONLINE, professions=[doctor, nurse]
        ),
        CourseFactory(
            title="Lasers", kind=Kind.DIPLOMA, delivery=Mode.ONLINE, professions=[doctor], award="Diploma"
        ),
        CourseFactory(
            title="Peels", kind=Kind.SHORT, delivery=Mode.ONSITE, professions=[nurse], award="Statement"
        ),
    ]
    for course, subjects in zip(made, [[skin], [skin, laser], []], strict=True):
        course.subjects.set(subjects)
    CourseFactory(title="Draft", kind=Kind.SHORT, professions=[doctor], award="Secret", published_at=None)
    rebuild()
    return made


def brute(asked: dict[str, set[str]], name: str, value: str) -> int:
    """The same count, by looking at every course in turn."""
    facts = {
        "profession": lambda c: {a.profession.slug for a in c.audiences.all()},
        "subject": lambda c: {s.slug for s in c.subjects.all()},
        "kind": lambda c: {c.kind},
        "mode": lambda c: {c.delivery},
        "award": lambda c: {c.award},
        "enrolment": lambda c: {c.enrolment},
    }
    wanted = {**asked, name: {value}}
    return sum(
        all(facts[facet](course) & values for facet, values in wanted.items())
        for course in models.Course.objects.published()
    )


ADDRESSES = [
    "",
    "profession=doctor",
    "profession=doctor&profession=nurse",
    "profession=nurse&kind=certificate",
    "subject=skin&mode=online&kind=diploma",
    "award=Diploma",
    "award=Diploma&award=Statement&profession=nurse",
    "profession=dentist",
    "enrolment=interest",
    "profession=doctor&subject=laser&kind=diploma&mode=online&award=Diploma&enrolment=open",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_count_says_what_choosing_it_alone_would_show(courses, address):
    question = ask(address)
    asked = {name: set(values) for name, values in QueryDict(address).lists()}
    for facet in question.facets:
        told = {choice.value: choice.count for choice in facet.choices}
        assert told == {value: brute(asked, facet.name, value) for value in told}, facet.name


@pytest.mark.parametrize("address", ADDRESSES)
def test_number_found_is_the_number_of_answers(courses, address):
    question = ask(address)
    assert question.found == len(question.keys) == len(question.bring(question.keys))
    assert question.total == 3


def test_choices_with_nothing_stay_with_their_zero(client, courses):
    assert counts(ask("kind=diploma"), "profession") == {"doctor": 1, "nurse": 0, "dentist": 0}
    assert 'class="opt opt-0"' in client.get(CATALOG, {"kind": "diploma"}).content.decode()


def test_awards_are_those_of_published_courses(courses):
    assert set(counts(ask(""), "award")) == {"Diploma", "Statement"}


def test_twelve_awards_are_offered_and_a_chosen_one_is_among_them(courses):
    for number in range(20):
        CourseFactory.create_batch(2, award=f"Award {number:02}")
    question = ask("award=Statement")
    assert len(counts(question, "award")) == 12
    assert counts(question, "award")["Statement"] == 1
    assert question.ignored == []


def test_words_and_facets_narrow_together(courses):
    question = ask("q=lasers&profession=nurse")
    assert (question.found, counts(question, "profession")) == (0, {"doctor": 1, "nurse": 0, "dentist": 0})


@pytest.mark.parametrize("name", ["profession", "subject", "kind", "mode", "award", "enrolment"])
@pytest.mark.parametrize(
    "value", ["nonsense", "'; DROP TABLE x; --", "%", "x" * 3_000, "ไทย", "\ud83d", "%s"]
)
def test_value_that_is_no_choice_is_ignored_and_named(client, courses, name, value):
    page = client.get(CATALOG, {name: value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")})
    assert page.status_code == 200
    assert page.context["question"].found == 3
    assert len(page.context["question"].ignored) == 1
    assert "Part of the address was ignored." in page.content.decode()


def test_known_value_beside_an_unknown_one_still_counts(courses):
    for address in ["profession=doctor&profession=nobody", "kind=diploma&kind=x&kind=certificate"]:
        assert ask(address).found == 2
        assert len(ask(address).ignored) == 1


def test_what_the_catalog_does_not_ask_is_let_be(courses):
    question = ask("utm_source=mail&foo[]=1&=")
    assert (question.found, question.ignored) == (3, [])


def test_order_is_next_intake_unless_words_are_asked(courses):
    assert [choice.label for choice in ask("").sorts if choice.checked] == ["Next intake"]
    assert [choice.label for choice in ask("q=lasers").sorts if choice.checked] == ["Best match"]
    assert [choice.label for choice in ask("q=lasers&sort=title").sorts if choice.checked] == ["Title"]


def test_best_match_without_words_is_no_order_and_no_fault(courses):
    question = ask("sort=relevance")
    assert (question.sort, question.ignored) == ("intake", [])


def test_both_ways_to_reckon_the_next_intake_agree(courses):
    closed, cancelled = models.Intake.Status.CLOSED, models.Intake.Status.CANCELLED
    IntakeFactory(course=courses[0], starts_on=None, ends_on=None)
    IntakeFactory(course=courses[0], starts_on="2099-01-01", status=closed)
    IntakeFactory(course=courses[1], starts_on="2099-06-01", ends_on=None)
    IntakeFactory(course=courses[1], starts_on="2099-01-01", status=cancelled)
    IntakeFactory(course=courses[1], starts_on="2001-01-01", ends_on="2001-02-01")
    IntakeFactory(course=courses[2], starts_on="2099-02-01", status=closed)
    question = ask("sort=intake")
    shown = question.bring(question.keys)
    assert (
        shown == sorted(shown, key=lambda course: course.next_start) == [courses[2], courses[1], courses[0]]
    )


def test_chips_of_words_and_choices_take_one_thing_away(courses):
    question = ask("q=lasers&award=Diploma&page=3&utm=1")
    assert [(str(label), address) for label, address in question.chips] == [
        ("“lasers”", "?award=Diploma&utm=1"),
        ("Diploma", "?q=lasers&utm=1"),
    ]


def test_guess_is_named_with_the_address_that_says_it(client, courses):
    page = client.get(CATALOG, {"q": "Lazers for peels", "kind": "short"})
    assert page.context["question"].corrections == [("lazers", "lasers", "?q=lasers+for+peels&kind=short")]


def test_word_too_many_is_offered_to_be_left_out(client, courses):
    assert ask("q=lasers+peels").fewer_words == [("lasers", "?q=peels"), ("peels", "?q=lasers")]
    assert ask("q=lasers+zzqqxx").fewer_words == [("zzqqxx", "?q=lasers")]
    assert ask("q=zzqqxx").fewer_words == []


@pytest.mark.parametrize(("number", "shown"), [("2", 2), ("3", 2), ("9999", 2), ("-1", 2), ("x", 1)])
def test_page_beyond_the_last_is_the_last(client, courses, monkeypatch, number, shown):
    monkeypatch.setattr("courses.finding.COURSES_PER_PAGE", 2)
    page = client.get(CATALOG, {"page": number})
    assert page.context["page"].number == shown
    assert ("the list has 2 pages" in page.content.decode()) is (number != "2")


def test_page_reads_no_more_courses_than_it_shows(client, courses, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("courses.finding.COURSES_PER_PAGE", 2)
    read = []
    monkeypatch.setattr(
        models.Course,
        "from_db",
        classmethod(lambda cls, *row: read.append(row) or cls.__base__.from_db.__func__(cls, *row)),
    )
    client.get(CATALOG, {"q": "what the course teaches"})
    assert len(read) == 2


def test_article_list_needs_no_course(client):
    ArticleFactory(title="Alone")
    rebuild()
    assert "Alone" in client.get(CATALOG, {"q": "alone"}).content.decode()


def test_entry_marks_title_and_summary(client, courses):
    text = client.get(CATALOG, {"q": "lasers teaches"}).content.decode()
    assert "<mark>Lasers</mark>" in text
    assert "<mark>teaches</mark>" in text


def test_visitor_is_given_no_cookie(client, courses):
    page = client.get(CATALOG, {"q": "lasers", "profession": "doctor"})
    assert page.cookies == {}
