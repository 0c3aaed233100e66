"""The office's side of completion: rules as rows, requirements set aside, renewed licences."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from enrollment.models import AwardWaiver, CompletionRule, Enrollment
from tests.factories import (
    CompetencyFactory,
    CourseFactory,
    ProcedureFactory,
    StaffFactory,
    TrainingDayFactory,
)

from .learners import finished

pytestmark = pytest.mark.django_db
RIGHTS = [
    *("view_enrollment", "issue_certificate", "view_completionrule", "add_completionrule"),
    "change_completionrule",
]


@pytest.fixture
def desk(client):
    client.force_login(StaffFactory(full_name="Grace Lim", rights=RIGHTS))
    return client


@pytest.fixture
def absent():
    enrollment = finished()
    TrainingDayFactory(intake=enrollment.intake, kind="theory")
    return enrollment


def address(name, *args):
    return reverse(f"admin:enrollment_{name}", args=args)


def said(response):
    return [str(message) for message in response.context["messages"]]


def waive(desk, enrollment, **given):
    given = {"key": "attendance", "reason": "Ill on that day."} | given
    return desk.post(address("enrollment_waive", enrollment.pk), given, follow=True)


def test_requirement_is_set_aside_and_asked_for_again(desk, absent):
    page = address("enrollment_change", absent.pk)
    assert "Set aside<" in desk.get(page).content.decode()
    response = waive(desk, absent)
    assert said(response) == ["It is set aside, with your reason."]
    shown = response.content.decode()
    assert "Set aside by Grace Lim" in shown
    assert "Ill on that day." in shown
    assert said(waive(desk, absent, again="1", reason="Was there.")) == ["It is asked for again."]
    assert not AwardWaiver.objects.exists()


def checklist(enrollment):
    """Five skills before the treatment and two after it, one of those seen; and one of no section."""
    sections = ["Before"] * 5 + ["After"] * 2 + [""]
    skills = [
        CompetencyFactory(course=enrollment.course, is_critical=True, section=section, position=place)
        for place, section in enumerate(sections)
    ]
    enrollment.competency_checks.create(
        competency=skills[5], result="met", assessor=StaffFactory(), checked_at=timezone.now()
    )


def folds(page: str) -> list[tuple]:
    """Each fold of the list: whether it stands open, its title, its count, and how many rows it holds."""
    found = re.findall(
        r"<details([^>]*)>\s*<summary>.*?>([^<]+)</h\d>(.*?)</details>\s*(?=<details|</|$)", page, re.S
    )
    return [
        (" open" in opening, unescape(title), *re.findall(r"\d+ of \d+ done", rest)[:1])
        for opening, title, rest in found
    ]


@pytest.mark.parametrize("reader", ["registrar", "learner"])
def test_what_the_award_asks_for_stands_in_folded_sections(client, desk, absent, reader):
    checklist(absent)
    address_of = {"registrar": address("enrollment_change", absent.pk), "learner": absent.get_absolute_url()}
    if reader == "learner":
        client.force_login(absent.learner)
    page = client.get(address_of[reader]).content.decode().partition('id="requirements"')[2]
    assert folds(page)[:6] == [
        (False, "Study", "2 of 2 done"),
        (False, "Supervised cases", "1 of 1 done"),
        (False, "Before", "0 of 5 done"),
        (True, "After", "1 of 2 done"),
        (True, "Practical skills", "0 of 1 done"),
        (True, "Training days, fee and licence", "0 of 1 done"),
    ]
    assert page.count("Skill: ") >= 8


def test_assessor_finds_the_checklist_in_its_sections(client, absent):
    checklist(absent)
    client.force_login(StaffFactory(rights=["countersign_logbookentry"]))
    page = client.get(reverse("enrollment:assess_skills", args=[absent.pk])).content.decode()
    assert re.findall(r'<h2 class="h3 mt7">([^<]+)</h2>', page) == ["Before", "After"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"reason": ""}, "Give a reason: it is kept with the waiver."),
        ({"reason": "\x00"}, "Give a reason: it is kept with the waiver."),
        ({"reason": "x" * 1001}, "Give a reason: it is kept with the waiver."),
        ({"key": "nonsense"}, "Nothing of this kind is outstanding now."),
        ({"again": "1", "key": "reading"}, "Nothing of this kind is outstanding now."),
    ],
)
def test_what_cannot_be_set_aside_is_answered_with_a_sentence(desk, absent, given, words):
    assert said(waive(desk, absent, **given)) == [words]


def test_who_may_not_issue_sets_nothing_aside(client, absent):
    client.force_login(StaffFactory(rights=["view_enrollment"]))
    assert "Set aside<" not in client.get(address("enrollment_change", absent.pk)).content.decode()
    waive(client, absent)
    assert not AwardWaiver.objects.exists()


def test_renewed_licence_is_recorded_with_a_reason(desk, absent):
    move = address("enrollment_move", absent.pk, "renew_license")
    assert desk.get(move).status_code == 200
    for answers in ({}, {"valid_until": "2099-12-31"}, {"valid_until": "soon", "note": "Seen."}):
        assert desk.post(move, answers).status_code == 200
    desk.post(move, {"valid_until": "2099-12-31", "note": "Seen in the register."})
    renewed = Enrollment.objects.get(pk=absent.pk).application.license_valid_until
    assert renewed == date(2099, 12, 31)


def test_quota_is_a_row_with_ticked_phototypes(desk):
    course, procedure = CourseFactory(), ProcedureFactory()
    row = {"course": course.pk, "kind": "quota", "least": "3", "role": "supervised", "is_asked": "on"}
    row |= {"procedure": procedure.pk, "phototypes": ["V", "VI"]}
    assert desk.post(address("completionrule_add"), row | {"least": ""}).status_code == 200
    assert desk.post(address("completionrule_add"), row).status_code == 302
    rule = CompletionRule.objects.get()
    assert (rule.phototypes, rule.phototype_list) == ("V,VI", ["V", "VI"])
    assert desk.get(address("completionrule_changelist")).status_code == 200
    page = desk.get(address("completionrule_change", rule.pk))
    assert page.context["adminform"].form["phototypes"].value() == ["V", "VI"]


def test_share_outside_per_cent_is_refused(desk):
    row = {"kind": "attendance", "least": "120", "role": "supervised", "is_asked": "on"}
    assert desk.post(address("completionrule_add"), row).status_code == 200
    assert not CompletionRule.objects.exists()
