"""Scope of practice: which rule decides a cell, what a rule must have, and what the office and the files make of it."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from courses.eligibility import Reader, scope_of
from courses.loading import CONTENT, ContentError, load, read_catalog
from courses.models import Course, LoadedRow, Procedure, Profession, ScopeRule
from tests.factories import (
    CourseFactory,
    ProcedureFactory,
    ProfessionFactory,
    ScopeRuleFactory,
    SourceFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db
TODAY = date(2027, 6, 1)
Standing = ScopeRule.Standing


@pytest.fixture
def nurse():
    return ProfessionFactory(slug="nurse", name="Nurse")


@pytest.fixture
def needling():
    return ProcedureFactory(name="Needling", courses=[CourseFactory(slug="needling")])


def decided(profession, country, procedure) -> str | None:
    """The words of the rule that decides this cell."""
    verdicts = scope_of(Reader(profession, country), procedure.courses.get(), TODAY)
    assert len(verdicts) == 1
    return verdicts[0].rule.rule if verdicts[0].rule else None


# Which rule decides


def test_rule_that_names_country_and_procedure_beats_those_that_leave_one_open(nurse, needling):
    ScopeRuleFactory(profession=nurse, country="", procedure=None, rule="anywhere, anything")
    assert decided(nurse, "MY", needling) == "anywhere, anything"
    ScopeRuleFactory(profession=nurse, country="MY", procedure=None, rule="here, anything")
    assert decided(nurse, "MY", needling) == "here, anything"
    ScopeRuleFactory(profession=nurse, country="MY", procedure=needling, rule="here, this")
    assert decided(nurse, "MY", needling) == "here, this"
    assert decided(nurse, "TH", needling) == "anywhere, anything"


def test_stricter_of_two_rules_that_are_equally_close_decides(nurse, needling):
    ScopeRuleFactory(profession=nurse, country="MY", procedure=None, rule="lenient", standing="may_train")
    ScopeRuleFactory(profession=nurse, country="", procedure=needling, rule="strict", standing="not_eligible")
    assert decided(nurse, "MY", needling) == "strict"


@pytest.mark.parametrize(
    ("milder", "stricter"),
    [("may_train", "unknown"), ("unknown", "train_only"), ("train_only", "not_eligible")],
)
def test_strictness_goes_from_may_train_by_unknown_to_not_eligible(nurse, needling, milder, stricter):
    ScopeRuleFactory(profession=nurse, country="MY", procedure=None, rule="a", standing=stricter)
    ScopeRuleFactory(profession=nurse, country="", procedure=needling, rule="b", standing=milder)
    assert decided(nurse, "MY", needling) == "a"


def test_rules_of_other_professions_countries_and_procedures_decide_nothing(nurse, needling):
    ScopeRuleFactory(country="MY", rule="another profession")
    ScopeRuleFactory(profession=nurse, country="TH", rule="another country")
    ScopeRuleFactory(profession=nurse, country="MY", procedure=ProcedureFactory(), rule="another procedure")
    assert decided(nurse, "MY", needling) is None


def test_cell_without_a_rule_is_unknown_and_not_reviewed(nurse, needling):
    [verdict] = scope_of(Reader(nurse, "MY"), needling.courses.get(), TODAY)
    assert (verdict.standing, verdict.review, verdict.rule) == (Standing.UNKNOWN, "never", None)
    assert verdict.procedures == [needling]


def test_procedures_of_which_a_reader_would_read_the_same_share_one_verdict(nurse):
    course = CourseFactory()
    toxin, filler, peel = (ProcedureFactory(position=n, courses=[course]) for n in range(3))
    source = SourceFactory()
    for procedure in (toxin, filler):
        ScopeRuleFactory(profession=nurse, procedure=procedure, rule="Doctors alone.", source=source)
    ScopeRuleFactory(profession=nurse, procedure=peel, rule="Peels are open.", source=source)
    verdicts = scope_of(Reader(nurse, "MY"), course, TODAY)
    assert [verdict.procedures for verdict in verdicts] == [[toxin, filler], [peel]]


def test_course_without_procedures_is_told_what_holds_for_all(nurse):
    ScopeRuleFactory(profession=nurse, rule="In general.")
    [verdict] = scope_of(Reader(nurse, "MY"), CourseFactory(), TODAY)
    assert (verdict.rule.rule, verdict.procedures) == ("In general.", [])


# What a rule must have


def test_only_the_unknown_may_lack_a_source(nurse):
    ScopeRuleFactory(profession=nurse, country="TH", standing="unknown", source=None)
    for standing in ("may_train", "train_only", "not_eligible"):
        with pytest.raises(IntegrityError), transaction.atomic():
            ScopeRuleFactory(profession=nurse, country="MY", standing=standing, source=None)
    assert ScopeRule.objects.count() == 1


@pytest.mark.parametrize("named", [True, False])
def test_cell_has_one_rule(nurse, needling, named):
    procedure = needling if named else None
    ScopeRuleFactory(profession=nurse, procedure=procedure)
    with pytest.raises(IntegrityError), transaction.atomic():
        ScopeRuleFactory(profession=nurse, procedure=procedure)


def test_review_holds_for_a_year():
    states = {
        None: "never",
        TODAY: "holds",
        TODAY - timedelta(days=365): "holds",
        TODAY - timedelta(days=366): "overdue",
    }
    rules = {day: ScopeRuleFactory(reviewed_on=day) for day in states}
    assert {day: str(rule.review(TODAY)) for day, rule in rules.items()} == states
    found = {
        "never": ScopeRule.objects.never_reviewed(),
        "overdue": ScopeRule.objects.review_overdue(TODAY),
        "holds": ScopeRule.objects.review_holds(TODAY),
    }
    for state, rows in found.items():
        assert set(rows) == {rules[day] for day in states if states[day] == state}


def test_countries_that_rules_name_travel_in_one_value():
    for country in ("TH", "MY", "MY", ""):
        ScopeRuleFactory(country=country)
    CourseFactory()
    course = Course.objects.annotate(codes=ScopeRule.objects.joined_countries()).first()
    assert sorted(course.codes.split(",")) == ["MY", "TH"]
    assert list(ScopeRule.objects.countries()) == ["MY", "TH"]


# The files


@pytest.fixture(scope="module")
def written():
    entries = read_catalog(CONTENT)
    return {
        model: [entry.values for entry in entries if entry.shape.model is model]
        for model in (ScopeRule, Procedure, Profession)
    }


def test_every_profession_has_a_row_for_each_of_the_eight_countries(written):
    cells = {
        (row["profession"], row["country"])
        for row in written[ScopeRule]
        if "country" in row and "procedure" not in row
    }
    eight = ("MY", "KR", "TH", "PH", "MM", "KH", "IN", "ID")
    asked = {(row["slug"], country) for row in written[Profession] for country in eight}
    assert cells - {(who, "GB") for who in ("doctor", "dentist", "nurse")} == asked


def test_beyond_malaysia_no_row_claims_to_know_what_may_be_practised(written):
    claims = {
        (row.get("country", ""), row["standing"])
        for row in written[ScopeRule]
        if row["standing"] not in ("unknown", "not_eligible")
    }
    assert claims == {("MY", "may_train"), ("MY", "train_only")}


def test_nobody_is_said_to_have_reviewed_the_rules(written):
    assert {row.get("reviewed_on") for row in written[ScopeRule]} == {None}


def test_only_doctors_of_malaysia_are_told_that_they_may_practise(written):
    told = {
        (row["profession"], row["country"]) for row in written[ScopeRule] if row["standing"] == "may_train"
    }
    assert told == {("doctor", "MY")}


def test_files_load_and_an_editors_rule_wins():
    load()
    rule = ScopeRule.objects.get(profession__slug="dentist", country="MY", procedure=None)
    assert (rule.ask, rule.source_id is not None) == ("Malaysian Dental Council", True)
    rule.rule, rule.reviewed_on = "Asked the council, which answered.", date(2027, 5, 1)
    rule.save()
    report = load()
    assert report.kept == ["scope_rule dentist/MY/everyone: was changed in the office (rule, reviewed_on)"]
    rule.refresh_from_db()
    assert rule.rule == "Asked the council, which answered."


def test_file_with_an_unsourced_claim_writes_nothing(tmp_path):
    (tmp_path / "scope.toml").write_text(
        '[[profession]]\nslug = "nurse"\nname = "Nurse"\nname_plural = "Nurses"\n'
        '[[scope_rule]]\nprofession = "nurse"\ncountry = "MY"\nstanding = "may_train"\nrule = "All is allowed."\n'
        '[[scope_rule]]\nprofession = "nurse"\ncountry = "XX"\nstanding = "unknown"\nrule = "No such place."\n'
    )
    with pytest.raises(ContentError) as refused:
        load(tmp_path)
    assert [fault.partition(": ")[2] for fault in refused.value.faults] == [
        "scope_rule “nurse/MY/everyone”: Whoever says that something is so needs a source. "
        "Without one it is unknown.",
        "scope_rule “nurse/XX/everyone”: country: “XX” is no country. Use two letters, such as MY.",
    ]
    assert not ScopeRule.objects.exists() and not LoadedRow.objects.exists()


# The office


@pytest.fixture
def editor(client):
    call_command("sync_roles", verbosity=0, stdout=StringIO())
    person = StaffFactory()
    person.groups.add(Group.objects.get(name="Editor"))
    client.force_login(person)
    return person


def listed(client, **asked):
    page = client.get(reverse("admin:courses_scoperule_changelist"), asked)
    assert page.status_code == 200
    return set(page.context["cl"].result_list)


def test_list_is_narrowed_by_every_side_of_the_matrix(client, editor, nurse, needling):
    here = ScopeRuleFactory(profession=nurse, country="MY", procedure=needling)
    there = ScopeRuleFactory(country="TH", standing="unknown")
    anywhere = ScopeRuleFactory(country="", standing="not_eligible")
    assert listed(client) == {here, there, anywhere}
    assert listed(client, land="TH") == {there}
    assert listed(client, land="-") == {anywhere}
    assert listed(client, profession__id__exact=nurse.pk) == {here}
    assert listed(client, procedure__id__exact=needling.pk) == {here}
    assert listed(client, standing__exact="unknown") == {there}


def test_matrix_over_the_list_has_a_cell_for_every_country_and_profession(client, editor, nurse, needling):
    doctor = ProfessionFactory(slug="doctor", position=1)
    general = ScopeRuleFactory(profession=nurse, country="TH", standing="train_only")
    elsewhere = ScopeRuleFactory(profession=doctor, country="")
    ScopeRuleFactory(profession=nurse, country="MY", procedure=needling)
    page = client.get(reverse("admin:courses_scoperule_changelist"))
    matrix = page.context["matrix"]
    shown = {
        (str(row["country"]), profession): cell["rule"]
        for row in matrix["rows"]
        for profession, cell in zip(matrix["professions"], row["cells"], strict=True)
        if cell
    }
    assert shown == {("Thailand", nurse): general, ("Every other country", doctor): elsewhere}
    assert [str(row["country"]) for row in matrix["rows"]] == ["Thailand", "Every other country"]


def test_office_points_out_rules_that_nobody_has_reviewed_lately(client, editor):
    today = timezone.localdate()
    never = ScopeRuleFactory(reviewed_on=None)
    overdue = ScopeRuleFactory(reviewed_on=today - timedelta(days=400))
    holds = ScopeRuleFactory(reviewed_on=today)
    assert listed(client, review="never") == {never}
    assert listed(client, review="overdue") == {overdue}
    assert listed(client, review="holds") == {holds}
    waiting = {str(line.label): line.count for line in client.get(reverse("admin:index")).context["waiting"]}
    assert waiting["Scope rules never reviewed"] == 1
    assert waiting["Scope rules whose review is overdue"] == 1


def test_list_asks_the_same_for_one_and_three(client, editor, django_assert_num_queries):
    ScopeRuleFactory(procedure=ProcedureFactory())
    address = reverse("admin:courses_scoperule_changelist")
    client.get(address)
    with django_assert_num_queries(11):
        client.get(address)
    for _more in range(2):
        ScopeRuleFactory(procedure=ProcedureFactory())
    with django_assert_num_queries(11):
        client.get(address)


def test_editor_adds_a_rule_and_is_refused_one_without_a_source(client, editor, nurse):
    source = SourceFactory(key="LAW")
    cell = {"profession": nurse.pk, "country": "TH", "procedure": "", "standing": "train_only"}
    words = {"rule": "Nurses may study.", "min_years": "", "reviewed_on": "", "ask": "", "ask_url": ""}
    address = reverse("admin:courses_scoperule_add")
    page = client.post(address, {**cell, **words, "source": ""})
    assert page.context["adminform"].form.non_field_errors() == [
        "Whoever says that something is so needs a source. Without one it is unknown."
    ]
    client.post(address, {**cell, **words, "source": "LAW"})
    rule = ScopeRule.objects.get()
    assert (rule.country, rule.source, rule.rule) == ("TH", source, "Nurses may study.")
    page = client.post(address, {**cell, **words, "source": "LAW"})
    assert page.context["adminform"].form.non_field_errors() == [
        "There is a rule for this profession, country and procedure already."
    ]


def test_procedures_are_listed_with_the_number_of_courses(client, editor):
    ProcedureFactory(name="Needling", courses=[CourseFactory(), CourseFactory()])
    page = client.get(reverse("admin:courses_procedure_changelist"))
    assert [procedure.courses_held for procedure in page.context["cl"].result_list] == [2]
