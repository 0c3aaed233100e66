"""The country of a reader as a facet: courses that the rules on file let somebody there train in."""

from itertools import product

import pytest

from courses import models
from courses.eligibility import closest
from tests.factories import CourseFactory, ProfessionFactory, ScopeRuleFactory

from .test_finding import CATALOG, ask, counts

pytestmark = pytest.mark.django_db
Standing = models.ScopeRule.Standing
PROFESSIONS, COUNTRIES, PROCEDURES = ("doctor", "nurse", "dentist"), ("MY", "TH", "KH"), ("needle", "laser")
# Profession, country, procedure and standing of each rule; a part left open stands for all.
RULES = [
    ("doctor", "MY", "", Standing.MAY_TRAIN),
    ("doctor", "", "laser", Standing.NOT_ELIGIBLE),
    ("doctor", "TH", "", Standing.UNKNOWN),
    ("doctor", "TH", "needle", Standing.TRAIN_ONLY),
    ("nurse", "MY", "", Standing.TRAIN_ONLY),
    ("nurse", "MY", "needle", Standing.NOT_ELIGIBLE),
    ("nurse", "", "", Standing.MAY_TRAIN),
    ("dentist", "KH", "laser", Standing.UNKNOWN),
    ("dentist", "KH", "", Standing.MAY_TRAIN),
]


@pytest.fixture
def courses():
    """A course for every set of professions and procedures, and a draft that nobody finds."""
    professions = {slug: ProfessionFactory(slug=slug) for slug in PROFESSIONS}
    procedures = {slug: models.Procedure.objects.create(slug=slug, name=slug) for slug in PROCEDURES}
    for profession, country, procedure, standing in RULES:
        ScopeRuleFactory(
            profession=professions[profession],
            country=country,
            procedure=procedures.get(procedure),
            standing=standing,
        )
    for admitted, taught in product(product([0, 1], repeat=3), product([0, 1], repeat=2)):
        course = CourseFactory(
            kind="diploma" if taught[0] else "short",
            professions=[one for one, is_in in zip(professions.values(), admitted, strict=True) if is_in],
        )
        course.procedures.set(one for one, is_in in zip(procedures.values(), taught, strict=True) if is_in)
    CourseFactory(professions=professions.values(), published_at=None)


def may_train(course: models.Course, professions: set[str], country: str) -> bool:
    """The same by the rules of the eligibility check, one course after the other."""
    rules = models.ScopeRule.objects.filter(country__in=[country, ""])
    for audience in course.audiences.filter(profession__slug__in=professions):
        deciding = [
            closest(rules.filter(profession=audience.profession), procedure)
            for procedure in list(course.procedures.all()) or [None]
        ]
        if all(rule and rule.standing in (Standing.MAY_TRAIN, Standing.TRAIN_ONLY) for rule in deciding):
            return True
    return False


def brute(*, professions=(), countries=(), kinds=()) -> int:
    return sum(
        (not kinds or course.kind in kinds)
        and (not professions or course.audiences.filter(profession__slug__in=professions).exists())
        and (
            not countries
            or any(may_train(course, set(professions or PROFESSIONS), country) for country in countries)
        )
        for course in models.Course.objects.published()
    )


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"countries": ["MY"]},
        {"countries": ["MY", "TH"]},
        {"professions": ["nurse"]},
        {"professions": ["nurse"], "countries": ["MY"]},
        {"professions": ["doctor", "dentist"], "countries": ["TH", "KH"], "kinds": ["diploma"]},
        {"kinds": ["short"], "countries": ["KH"]},
    ],
)
def test_counts_stay_right_when_combined(courses, asked):
    names = {"professions": "profession", "countries": "country", "kinds": "kind"}
    question = ask("&".join(f"{names[key]}={value}" for key, values in asked.items() for value in values))
    assert question.found == brute(**asked)
    expected = {
        "country": {value: brute(**{**asked, "countries": [value]}) for value in COUNTRIES},
        "profession": {value: brute(**{**asked, "professions": [value]}) for value in PROFESSIONS},
        "kind": {value: brute(**{**asked, "kinds": [value]}) for value in ("diploma", "short")},
    }
    told = {name: counts(question, name) for name in expected}
    told["kind"] = {value: told["kind"][value] for value in ("diploma", "short")}
    assert told == expected


def test_page_shows_the_courses_that_were_counted(client, courses):
    page = client.get(CATALOG, {"country": "MY", "profession": "nurse"})
    assert page.context["courses"]
    assert all(may_train(course, {"nurse"}, "MY") for course in page.context["courses"])


def test_countries_stand_by_their_names_with_a_word_on_what_they_mean(client, courses):
    text = client.get(CATALOG, {"country": "KH"}).content.decode()
    assert [text.index(name) for name in ("Cambodia", "Malaysia", "Thailand")] == sorted(
        text.index(name) for name in ("Cambodia", "Malaysia", "Thailand")
    )
    assert "Courses that the rules on file let your profession train in" in text
    assert [(label, "country" in address) for label, address in ask("country=KH").chips] == [
        ("Cambodia", False)
    ]


def test_country_without_a_rule_is_ignored_and_named(courses):
    question = ask("country=FR&country=my")
    assert (question.found, [value for _label, value in question.ignored]) == (32, ["FR", "my"])


def test_without_rules_there_is_no_country_to_choose(client):
    CourseFactory()
    assert 'name="country"' not in client.get(CATALOG).content.decode()
