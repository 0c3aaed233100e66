import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from tests.factories import StaffFactory


@pytest.fixture
def editor(client, db):
    """Somebody who writes syllabi, signed in."""
    call_command("sync_roles", verbosity=0)
    person = StaffFactory(full_name="Ed Itor")
    person.groups.add(Group.objects.get(name="Editor"))
    client.force_login(person)
    return person
