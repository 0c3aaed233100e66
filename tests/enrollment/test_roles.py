"""The rights of each role, written out by hand: a right that slips into the table, or out of it, fails here."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command

from enrollment import roles
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

EDITOR = """
courses.view_course courses.add_course courses.change_course courses.publish_course
courses.view_module courses.add_module courses.change_module
courses.view_topic courses.add_topic courses.change_topic courses.delete_topic
courses.view_question courses.add_question courses.change_question courses.delete_question
courses.view_option courses.add_option courses.change_option courses.delete_option
courses.view_courseaudience courses.add_courseaudience
courses.change_courseaudience courses.delete_courseaudience
courses.view_evidencerequirement courses.add_evidencerequirement
courses.change_evidencerequirement courses.delete_evidencerequirement
courses.view_coursefaculty courses.add_coursefaculty courses.change_coursefaculty courses.delete_coursefaculty
courses.view_competency courses.add_competency courses.change_competency courses.delete_competency
courses.view_skinlayer courses.add_skinlayer courses.change_skinlayer courses.delete_skinlayer
courses.view_skinthickness courses.add_skinthickness
courses.change_skinthickness courses.delete_skinthickness
courses.view_device courses.add_device courses.change_device courses.delete_device
courses.view_needledepth courses.add_needledepth courses.change_needledepth courses.delete_needledepth
courses.view_protocolstep courses.add_protocolstep courses.change_protocolstep courses.delete_protocolstep
courses.view_indication courses.add_indication courses.change_indication courses.delete_indication
courses.view_complication courses.add_complication courses.change_complication courses.delete_complication
courses.view_riskcontrol courses.add_riskcontrol courses.change_riskcontrol courses.delete_riskcontrol
courses.view_frequentquestion courses.add_frequentquestion courses.change_frequentquestion courses.delete_frequentquestion
courses.view_policy courses.add_policy courses.change_policy courses.delete_policy
courses.view_source courses.add_source courses.change_source courses.delete_source
courses.view_scoperule courses.add_scoperule courses.change_scoperule courses.delete_scoperule
courses.view_procedure courses.add_procedure courses.change_procedure
courses.view_article courses.add_article courses.change_article
courses.view_facultymember courses.add_facultymember courses.change_facultymember
courses.view_accreditation courses.add_accreditation courses.change_accreditation
courses.view_subject courses.add_subject courses.change_subject
courses.view_profession courses.add_profession courses.change_profession
courses.view_affiliation courses.add_affiliation courses.change_affiliation
courses.view_institutefact courses.change_institutefact
courses.view_intake courses.add_intake courses.change_intake
courses.view_trainingday courses.add_trainingday courses.change_trainingday courses.delete_trainingday
courses.view_residencefee courses.add_residencefee courses.change_residencefee courses.delete_residencefee
enrollment.view_itemresponse
"""
REVIEWER = "enrollment.view_application enrollment.review_application enrollment.decide_application"
ASSESSOR = """
enrollment.view_logbookentry enrollment.countersign_logbookentry
enrollment.view_attendance enrollment.view_enrollment
"""
REGISTRAR = """
enrollment.view_enrollment enrollment.view_logbookentry enrollment.view_event
enrollment.view_certificate enrollment.issue_certificate enrollment.revoke_certificate
enrollment.view_attendance
enrollment.view_letter enrollment.change_letter enrollment.view_payment enrollment.add_payment
enrollment.view_register enrollment.add_register enrollment.change_register
enrollment.view_extraquestion enrollment.add_extraquestion enrollment.change_extraquestion
enrollment.view_statement enrollment.add_statement enrollment.change_statement
enrollment.view_formrule enrollment.add_formrule enrollment.change_formrule enrollment.delete_formrule
enrollment.view_entryrule enrollment.add_entryrule enrollment.change_entryrule enrollment.delete_entryrule
enrollment.view_renewalrule enrollment.add_renewalrule enrollment.change_renewalrule enrollment.delete_renewalrule
enrollment.view_completionrule enrollment.add_completionrule
enrollment.change_completionrule enrollment.delete_completionrule

enrollment.view_reviewduty enrollment.add_reviewduty enrollment.delete_reviewduty
enrollment.view_letterwording enrollment.add_letterwording
enrollment.change_letterwording enrollment.delete_letterwording
courses.view_cpdscheme courses.add_cpdscheme courses.change_cpdscheme
courses.view_titlerule courses.add_titlerule courses.change_titlerule courses.delete_titlerule
enrollment.view_cpdsubmission enrollment.view_cpdentry enrollment.view_cpdreturn
enrollment.run_cpd enrollment.report_cpd
courses.view_course courses.view_interest
courses.view_enquiry courses.change_enquiry
courses.view_intake courses.add_intake courses.change_intake
courses.view_trainingday courses.add_trainingday courses.change_trainingday courses.delete_trainingday
courses.view_residencefee courses.add_residencefee courses.change_residencefee courses.delete_residencefee
"""
OWNER_ALONE = """
enrollment.review_every_intake
enrollment.view_reviewplan enrollment.add_reviewplan enrollment.change_reviewplan enrollment.delete_reviewplan
enrollment.view_criterion enrollment.add_criterion enrollment.change_criterion enrollment.delete_criterion
accounts.view_user accounts.add_user accounts.change_user accounts.erase_user accounts.view_role
accounts.view_job accounts.change_job
enrollment.view_evidenceevent
enrollment.view_retentionclock enrollment.add_retentionclock
enrollment.change_retentionclock enrollment.delete_retentionclock
courses.delete_course courses.delete_module courses.delete_article courses.delete_facultymember
courses.delete_accreditation courses.delete_subject courses.delete_profession courses.delete_affiliation
courses.delete_intake courses.delete_interest courses.delete_enquiry courses.delete_procedure courses.add_institutefact courses.delete_institutefact
"""


def expected() -> dict[str, set[str]]:
    written = {
        "Editor": set(EDITOR.split()),
        "Reviewer": set(REVIEWER.split()),
        "Assessor": set(ASSESSOR.split()),
        "Registrar": set(REGISTRAR.split()),
    }
    return {**written, "Owner": set().union(*written.values(), OWNER_ALONE.split())}


def rights_of(person) -> set[str]:
    return set(type(person).objects.get(pk=person.pk).get_all_permissions())


@pytest.mark.parametrize("role", ["Editor", "Reviewer", "Assessor", "Registrar", "Owner"])
def test_sync_roles_gives_each_role_exactly_its_rights(role):
    call_command("sync_roles", verbosity=0)
    person = UserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    assert rights_of(person) == expected()[role]


def test_sync_roles_makes_the_five_roles_and_no_other():
    call_command("sync_roles", verbosity=0)
    assert set(Group.objects.values_list("name", flat=True)) == set(expected())


def test_sync_roles_takes_back_a_right_that_the_table_does_not_give(capsys):
    call_command("sync_roles", verbosity=0)
    reviewers = Group.objects.get(name="Reviewer")
    reviewers.permissions.add(Permission.objects.get(codename="change_user"))
    call_command("sync_roles")
    assert capsys.readouterr().out.splitlines() == ["Reviewer", "  - accounts.change_user"]
    assert roles.held_rights(reviewers) == set(REVIEWER.split())


def test_sync_roles_run_twice_changes_nothing_and_says_so(capsys):
    call_command("sync_roles", verbosity=0)
    before = {group.name: roles.held_rights(group) for group in Group.objects.all()}
    call_command("sync_roles")
    assert capsys.readouterr().out == "Roles are up to date: Editor, Reviewer, Assessor, Registrar, Owner.\n"
    assert {group.name: roles.held_rights(group) for group in Group.objects.all()} == before


def test_sync_roles_keeps_who_belongs_to_a_role():
    call_command("sync_roles", verbosity=0)
    person = UserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name="Registrar"))
    call_command("sync_roles", verbosity=0)
    assert set(person.groups.values_list("name", flat=True)) == {"Registrar"}


def test_sync_roles_refuses_a_right_that_no_app_has_and_changes_nothing(monkeypatch):
    monkeypatch.setitem(roles.ROLES, "Editor", frozenset({"courses.fly_course"}))
    with pytest.raises(CommandError, match="courses.fly_course"):
        call_command("sync_roles")
    assert not Group.objects.exists()


def test_only_the_owner_may_touch_people():
    call_command("sync_roles", verbosity=0)
    touching = {
        group.name
        for group in Group.objects.all()
        if {right for right in roles.held_rights(group) if right.startswith(("accounts.", "auth."))}
    }
    assert touching == {"Owner"}
