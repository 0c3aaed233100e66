"""The office's side of completion: rules as rows, requirements set aside, renewed licences."""

from datetime import date

import pytest
from django.urls import reverse

from enrollment.models import AwardWaiver, CompletionRule, Enrollment
from tests.factories import CourseFactory, ProcedureFactory, StaffFactory, TrainingDayFactory

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
