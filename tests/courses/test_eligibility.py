"""The eligibility check: what a reader is told, what junk is answered with, and what it costs to ask."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from courses.eligibility import MOST_COURSES, LicenseStatus, Reader, eligibility
from courses.models import Course, Intake, ScopeRule
from tests.factories import (
    CourseFactory,
    EvidenceRequirementFactory,
    IntakeFactory,
    ProcedureFactory,
    ProfessionFactory,
    ScopeRuleFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 1, 8, tzinfo=UTC)
PAGE = "/eligibility/"


@pytest.fixture
def nurse():
    return ProfessionFactory(slug="nurse", name="Nurse", name_plural="Nurses")


@pytest.fixture
def spa_owner():
    return ProfessionFactory(slug="spa-owner", name="Spa owner", is_registered=False)


@pytest.fixture
def course(nurse):
    return CourseFactory(slug="needling", title="Needling", professions=[nurse])


def answers(**changed):
    return {"profession": "nurse", "country": "MY", "license_status": "current", "years": "3", **changed}


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def errors_of(response) -> dict[str, list[str]]:
    return {name: list(words) for name, words in response.context["form"].errors.items()}


# Courses


def test_courses_are_those_that_admit_the_profession_and_are_public(nurse, course):
    CourseFactory()
    CourseFactory(professions=[nurse], published_at=None)
    assert [offer.course for offer in eligibility(Reader(nurse, "MY"), at=NOW).offers] == [course]


def test_course_with_an_open_intake_can_be_applied_to_now(nurse, course):
    intake = IntakeFactory(course=course)
    [offer] = eligibility(Reader(nurse, "MY", "current", 3), at=NOW).open_offers
    assert (offer.course, offer.course.next_intake) == (course, intake)


@pytest.mark.parametrize(
    "intake",
    [
        None,
        {"status": Intake.Status.CLOSED},
        {"applications_open_at": datetime(2098, 1, 1, tzinfo=UTC)},
        {"applications_close_at": datetime(2027, 5, 1, tzinfo=UTC)},
    ],
)
def test_course_without_an_open_intake_is_named_but_not_offered(nurse, course, intake):
    if intake is not None:
        IntakeFactory(course=course, **intake)
    answer = eligibility(Reader(nurse, "MY", "current", 3), at=NOW)
    assert (answer.open_offers, [offer.course for offer in answer.other_offers]) == ([], [course])


def test_course_that_only_takes_interest_is_not_offered(nurse):
    course = CourseFactory(professions=[nurse], enrolment=Course.Enrolment.INTEREST)
    IntakeFactory(course=course)
    assert not eligibility(Reader(nurse, "MY"), at=NOW).open_offers


@pytest.mark.parametrize("status", ["applied", "lapsed", "none"])
def test_course_that_asks_for_proof_of_a_licence_waits_for_it(nurse, course, status):
    IntakeFactory(course=course)
    EvidenceRequirementFactory(course=course, profession=nurse, kind="practising-certificate")
    assert eligibility(Reader(nurse, "MY", "current", 3), at=NOW).open_offers
    answer = eligibility(Reader(nurse, "MY", status, 3), at=NOW)
    assert [[str(words) for words in offer.obstacles] for offer in answer.offers] == [
        ["Apply once your licence is current: the course asks for proof of it."]
    ]


def test_course_that_asks_for_no_licence_is_open_without_one(nurse, course):
    IntakeFactory(course=course)
    EvidenceRequirementFactory(course=course, kind="photo-id")
    EvidenceRequirementFactory(course=course, profession=nurse, kind="registration", is_required=False)
    assert eligibility(Reader(nurse, "MY", "none", 3), at=NOW).open_offers


def test_profession_without_a_register_needs_no_licence(spa_owner):
    course = CourseFactory(professions=[spa_owner])
    IntakeFactory(course=course)
    EvidenceRequirementFactory(course=course, kind="registration")
    ScopeRuleFactory(profession=spa_owner)
    answer = eligibility(Reader(spa_owner, "MY", "none", 0), at=NOW)
    assert answer.open_offers and not answer.other_offers


def test_rule_that_bars_training_closes_the_course_and_its_documents(nurse, course):
    IntakeFactory(course=course)
    EvidenceRequirementFactory(course=course)
    barred = ProcedureFactory(courses=[course])
    ScopeRuleFactory(profession=nurse, procedure=barred, standing="not_eligible")
    answer = eligibility(Reader(nurse, "MY", "current", 3), at=NOW)
    assert [str(words) for words in answer.offers[0].obstacles] == ["A rule below closes this course to you."]
    assert answer.papers == []
    assert eligibility(Reader(nurse, "TH", "current", 3), at=NOW).open_offers


def test_many_courses_are_cut_with_a_way_to_the_rest(client, nurse):
    for _one in range(MOST_COURSES + 1):
        CourseFactory(professions=[nurse])
    page = client.get(PAGE, answers())
    assert len(page.context["answer"].offers) == MOST_COURSES
    assert f"{reverse('courses:catalog')}?profession=nurse" in text_of(page)


# Practice at home


def practised(nurse, course, **rule):
    reader = rule.pop("reader")
    ProcedureFactory(courses=[course])
    ScopeRuleFactory(profession=nurse, standing=ScopeRule.Standing.MAY_TRAIN, **rule)
    [verdict] = eligibility(reader, at=NOW).verdicts
    return str(verdict.standing), [str(reason) for reason in verdict.reasons]


@pytest.mark.parametrize("status", LicenseStatus.values)
def test_without_a_current_licence_nobody_is_told_to_practise(nurse, course, status):
    standing, reasons = practised(nurse, course, reader=Reader(nurse, "MY", status, 9))
    if status == "current":
        assert (standing, reasons) == ("may_train", [])
    else:
        words = "You said that your licence is not current. Until it is, do not practise."
        assert (standing, reasons) == ("train_only", [words])


@pytest.mark.parametrize(
    ("years", "standing", "reasons"),
    [
        (1, "train_only", ["The rule asks for 2 years in practice; you said 1."]),
        (2, "may_train", []),
        (None, "may_train", []),
    ],
)
def test_years_that_a_rule_asks_for_are_compared(nurse, course, years, standing, reasons):
    reader = Reader(nurse, "MY", "current", years)
    assert practised(nurse, course, min_years=2, reader=reader) == (standing, reasons)


def test_procedure_that_no_public_course_teaches_is_not_mentioned(nurse, course):
    ProcedureFactory(courses=[CourseFactory(published_at=None)])
    taught = ProcedureFactory(courses=[course, CourseFactory()])
    [verdict] = eligibility(Reader(nurse, "MY"), at=NOW).verdicts
    assert verdict.procedures == [taught]


# Documents


def test_documents_are_named_once_with_the_courses_that_ask_for_them(nurse, course):
    other = CourseFactory(professions=[nurse])
    for asking in (course, other):
        EvidenceRequirementFactory(course=asking, kind="photo-id", label="Photo identity")
    EvidenceRequirementFactory(
        course=course, profession=nurse, kind="letter", label="Letter", is_required=False
    )
    EvidenceRequirementFactory(course=other, profession=nurse, kind="degree", label="Degree")
    EvidenceRequirementFactory(course=other, profession=ProfessionFactory(), label="Of others")
    papers = eligibility(Reader(nurse, "MY"), at=NOW).papers
    told = [(paper.requirement.label, set(paper.courses), paper.is_required) for paper in papers]
    assert told == [
        ("Photo identity", {course, other}, True),
        ("Degree", {other}, True),
        ("Letter", {course}, False),
    ]


# The page


def test_page_tells_courses_price_deadline_practice_and_documents(client, nurse, course):
    intake = IntakeFactory(
        course=course,
        starts_on=date(2099, 3, 1),
        applications_close_at=datetime(2099, 2, 1, tzinfo=UTC),
        fee_minor=680_000,
        currency="MYR",
    )
    ProcedureFactory(name="Needling of skin", courses=[course])
    source = SourceFactory(citation="The Nursing Act", url="https://example.org/act")
    ScopeRuleFactory(
        profession=nurse, rule="Under a doctor alone.", standing="train_only", source=source, ask="The Board"
    )
    EvidenceRequirementFactory(course=course, label="Photo identity")
    page = client.get(PAGE, answers())
    text = text_of(page)
    assert page.status_code == 200
    for words in (
        "You may apply to one course",
        "1 Mar 2099",
        "1 Feb 2099",
        "MYR 6,800",
        reverse("enrollment:start", args=[intake.code]),
        f"{course.get_absolute_url()}?profession=nurse&amp;country=MY#scope",
        "Needling of skin",
        "Under a doctor alone.",
        "The Board",
        "The Nursing Act",
        "Not yet compared with the law by a reviewer.",
        "Photo identity",
        "a person reads every application",
    ):
        assert words in text, words


def test_price_that_is_not_set_is_to_be_confirmed(client, nurse, course):
    IntakeFactory(course=course)
    assert "To be confirmed" in text_of(client.get(PAGE, answers()))


def test_unknown_cell_says_whom_to_ask(client, nurse, course):
    ProcedureFactory(courses=[course])
    unnamed = text_of(client.get(PAGE, answers()))
    assert "your professional regulator; IIWAM does not know of one." in unnamed
    rule = {
        "standing": "unknown",
        "source": None,
        "ask": "Nursing Council",
        "ask_url": "https://example.org/",
    }
    ScopeRuleFactory(profession=nurse, **rule)
    named = text_of(client.get(PAGE, answers()))
    assert '<a href="https://example.org/">Nursing Council</a>' in named
    assert "your professional regulator" not in named


def test_stale_review_is_pointed_out_to_readers(client, nurse, course):
    ProcedureFactory(courses=[course])
    ScopeRuleFactory(profession=nurse, reviewed_on=date(2020, 1, 2))
    text = text_of(client.get(PAGE, answers()))
    assert "more than a year ago: check that it still holds." in text


def test_nobody_needs_an_account_or_gets_a_cookie(client, nurse, course):
    for asked in ({}, answers(), answers(years="many")):
        page = client.get(PAGE, asked)
        assert (page.status_code, dict(page.cookies)) == (200, {})


def test_page_can_be_read_and_not_sent(client):
    assert (client.head(PAGE).status_code, client.post(PAGE).status_code) == (200, 405)


def test_bare_page_asks_and_finds_no_fault(client, nurse):
    page = client.get(PAGE)
    assert (errors_of(page), page.context["answer"]) == ({}, None)


def test_link_that_names_the_profession_alone_chooses_it_and_asks_the_rest(client, nurse):
    page = client.get(PAGE, {"profession": "nurse"})
    assert (errors_of(page), page.context["answer"]) == ({}, None)
    assert '<option value="nurse" selected>' in text_of(page)


def test_answer_left_out_is_asked_for_beside_its_field(client, nurse):
    page = client.get(PAGE, answers(license_status="", years=""))
    assert set(errors_of(page)) == {"license_status", "years"}
    assert "Fill in “Years in practice”" in text_of(page)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("profession", "wizard", "Choose your profession from the list"),
        ("profession", "x" * 5000, "Choose your profession from the list"),
        ("country", "XX", "Choose a country from the list"),
        ("country", "my", "Choose a country from the list"),
        ("license_status", "maybe", "Choose one of the four answers"),
        ("years", "many", "Write the years as a whole number, such as 3"),
        ("years", "2.5", "Write the years as a whole number, such as 3"),
        ("years", "9" * 5000, "Write the years as a whole number, such as 3"),
        ("years", "-1", "Write 0 or a larger number"),
        ("years", "71", "Write a number up to 70"),
        ("years", "<script>", "Write the years as a whole number, such as 3"),
    ],
)
def test_nonsense_gets_a_sentence_and_the_other_answers_stay(client, nurse, field, value, words):
    ScopeRuleFactory(country="MY")
    page = client.get(PAGE, answers(**{field: value}))
    assert (page.status_code, errors_of(page)) == (200, {field: [words]})
    form = page.context["form"]
    assert {name: form[name].value() for name in form.fields} == answers(**{field: value})
    assert "<script>" not in page.content.decode().split('role="alert"')[1].split("</form>")[0]


def test_country_without_a_rule_is_understood(client, nurse, course):
    page = client.get(PAGE, answers(country="NP"))
    assert (page.context["answer"].reader.country, page.context["form"].country_name) == ("NP", "Nepal")
    elsewhere = client.get(PAGE, answers(country="other"))
    assert elsewhere.context["answer"].reader.country == ""


def test_parameter_given_twice_and_unknown_ones_break_nothing(client, nurse, course):
    page = client.get(
        f"{PAGE}?profession=wizard&profession=nurse&country=MY&license_status=none&years=1&x[]=1"
    )
    assert page.context["answer"].reader.profession == nurse


def test_profession_that_no_course_admits_is_told_so(client, nurse):
    CourseFactory()
    text = text_of(client.get(PAGE, answers()))
    assert "No course can take your application now" in text
    assert "No published course admits your profession" in text


@pytest.mark.parametrize("n", [1, 3])
def test_answer_asks_eight_questions(client, nurse, django_assert_num_queries, n):
    for _one in range(n):
        course = CourseFactory(professions=[nurse])
        IntakeFactory.create_batch(n, course=course)
        procedure = ProcedureFactory(courses=[course])
        ScopeRuleFactory(profession=nurse, procedure=procedure)
        EvidenceRequirementFactory.create_batch(n, course=course)
    with django_assert_num_queries(8):
        client.get(PAGE, answers())


def test_question_alone_asks_two_questions(client, nurse, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get(PAGE)


# The panel on a course's page


@pytest.fixture
def needling(course):
    return ProcedureFactory(name="Needling of skin", courses=[course])


def test_course_page_asks_who_reads(client, course, needling):
    page = client.get(course.get_absolute_url())
    assert page.context["scope"]["verdicts"] == []
    assert "Show what applies to me" in text_of(page)


def test_course_page_tells_the_reader_of_the_address_what_holds(client, nurse, course, needling):
    ScopeRuleFactory(profession=nurse, rule="Under a doctor alone.", standing="train_only")
    page = client.get(course.get_absolute_url(), {"profession": "nurse", "country": "MY"})
    text = text_of(page)
    assert "Nurse, Malaysia" in text and "Under a doctor alone." in text
    assert f"{PAGE}?profession=nurse&amp;country=MY" in text


def test_course_page_tells_a_profession_it_does_not_admit(client, course, needling, spa_owner):
    page = client.get(course.get_absolute_url(), {"profession": "spa-owner", "country": "TH"})
    assert page.context["scope"]["admits"] is False
    assert "This course is not for your profession." in text_of(page)


@pytest.mark.parametrize(
    "asked", [{"profession": "wizard", "country": "MY"}, {"profession": "nurse", "country": "??"}]
)
def test_course_page_answers_nonsense_with_a_sentence(client, course, needling, asked):
    page = client.get(course.get_absolute_url(), asked)
    assert page.status_code == 200
    assert page.context["scope"]["verdicts"] == []
    assert len(page.context["scope"]["form"].errors) == 1


def test_home_leads_each_profession_to_the_check(client, nurse, spa_owner):
    text = text_of(client.get("/"))
    assert {slug for slug in ("nurse", "spa-owner") if f"{PAGE}?profession={slug}" in text} == {
        "nurse",
        "spa-owner",
    }
