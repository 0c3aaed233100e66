"""The office erases somebody who has written in: one act of the owner, with its reason, and never by mistake."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse

from enrollment.models import Application
from iiwam.accounts import own_data, people
from iiwam.accounts.models import User
from tests.factories import ApplicationFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
SAID = {"reason": "Letter of 3 May.", "identified": "Called back on the number we hold.", "sure": "on"}


@pytest.fixture
def owner(client):
    call_command("sync_roles", verbosity=0)
    person = UserFactory(is_staff=True, full_name="Ow Ner")
    person.groups.add(Group.objects.get(name="Owner"))
    client.force_login(person)
    return person


def address(person, verb="erase"):
    return reverse(f"admin:accounts_user_{verb}", args=[person.pk])


def entries(person):
    return LogEntry.objects.filter(content_type__app_label="accounts", object_id=str(person.pk))


def test_owner_sees_what_goes_and_stays_then_erases_with_reason(client, owner):
    person = UserFactory(full_name="Mei Tan", email="mei@clinic.example")
    old = ApplicationFactory(applicant=person, status="withdrawn", complete=True)
    assert address(person) in client.get(address(person, "change")).content.decode()
    page = client.get(address(person)).content.decode()
    assert "What goes:" in page and "What stays, without the name:" in page and "Mei Tan" in page

    answer = client.post(address(person), SAID, follow=True)

    person.refresh_from_db()
    old.refresh_from_db()
    assert person.erased_at and not person.is_active and person.full_name == old.legal_name == ""
    entry = entries(person).get()
    assert entry.user == owner and entry.object_repr == f"Erased person {person.pk}"
    assert "Letter of 3 May." in entry.change_message and "Called back" in entry.change_message
    page = answer.content.decode()
    assert "Erased. The history of the account says who did it and why." in page
    assert "Erased on" in page and "mei@clinic.example" not in page
    assert (
        "Letter of 3 May."
        in client.get(reverse("admin:accounts_user_history", args=[person.pk])).content.decode()
    )


def test_second_click_changes_nothing(client, owner):
    person = UserFactory()
    client.post(address(person), SAID)
    first = User.objects.get(pk=person.pk).erased_at
    page = client.post(address(person), SAID, follow=True).content.decode()
    own_data.erase_on_request(person=person, by=owner, reason="Again.", identified="Again.")
    assert "This person has been erased already." in page
    assert User.objects.get(pk=person.pk).erased_at == first and entries(person).count() == 1


@pytest.mark.parametrize("left_out", ["reason", "identified", "sure"])
def test_nothing_goes_without_reason_identification_and_a_tick(client, owner, left_out):
    person = UserFactory()
    page = client.post(address(person), {name: value for name, value in SAID.items() if name != left_out})
    assert page.context["form"].errors.keys() == {left_out}
    assert User.objects.get(pk=person.pk).erased_at is None and not entries(person).exists()


def test_same_obstacles_as_on_the_persons_own_page(client, owner):
    waiting = ApplicationFactory(status="waitlisted", complete=True)
    [sentence] = own_data.obstacles(person=waiting.applicant)
    page = client.get(address(waiting.applicant))
    assert (
        sentence in page.context["obstacles"] and b'<form method="post" class="act-form"' not in page.content
    )
    said = client.post(address(waiting.applicant), SAID, follow=True)
    assert [str(one) for one in said.context["messages"]] == [sentence]
    assert Application.objects.get(pk=waiting.pk).legal_name and not waiting.applicant.erased_at


def test_nobody_erases_themselves_or_somebody_who_still_has_a_role(client, owner):
    colleague, former = StaffFactory(), UserFactory()
    former.groups.add(Group.objects.get(name="Reviewer"))
    for person in (owner, colleague, former):
        page = client.post(address(person), SAID, follow=True)
        assert page.status_code == 200
        person.refresh_from_db()
        assert person.erased_at is None and not entries(person).exists()
    assert client.get(address(owner)).context["obstacles"] == ["You cannot erase yourself."]
    with pytest.raises(people.Refused, match="yourself"):
        own_data.erase_on_request(person=owner, by=owner, reason="x", identified="x")
    former.groups.clear()
    client.post(address(former), SAID)
    former.refresh_from_db()
    assert former.erased_at


@pytest.mark.parametrize("role", ["Editor", "Reviewer", "Assessor", "Registrar"])
def test_only_the_owner_has_the_right(client, owner, role):
    person, other = UserFactory(), UserFactory(is_staff=True)
    other.groups.add(Group.objects.get(name=role))
    client.force_login(other)
    assert client.get(address(person)).status_code == client.post(address(person), SAID).status_code == 403
    with pytest.raises(people.Refused):
        own_data.erase_on_request(person=person, by=other, reason="x", identified="x")
    assert User.objects.get(pk=person.pk).erased_at is None


def test_an_erased_person_is_neither_renamed_nor_let_in_again(client, owner):
    person = UserFactory()
    client.post(address(person), SAID)
    client.post(address(person, "change"), {"full_name": "Named again"})
    client.post(address(person, "open"))
    with pytest.raises(people.Refused, match="erased"):
        people.reopen(user=User.objects.get(pk=person.pk), by=owner)
    person.refresh_from_db()
    assert (person.full_name, person.is_active) == ("", False)


@pytest.mark.parametrize("words", ["x" * 501, "\x00", " "])
def test_words_that_cannot_be_kept_are_asked_again(client, owner, words):
    person = UserFactory()
    page = client.post(address(person), {**SAID, "reason": words})
    assert page.context["form"].errors.keys() == {"reason"}


def test_nobody_of_that_number(client, owner):
    assert client.get(reverse("admin:accounts_user_erase", args=[99_999])).status_code == 404
