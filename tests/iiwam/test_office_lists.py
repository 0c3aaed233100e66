"""What an address may ask of the office's lists without breaking them."""

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from iiwam.accounts.models import Job
from tests.factories import InterestFactory, UserFactory

DATED = {
    reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"): kind.date_hierarchy
    for model, kind in admin.site._registry.items()
    if kind.date_hierarchy
}


@pytest.fixture
def office(client):
    client.raise_request_exception = False
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def test_some_lists_are_kept_by_date():
    assert len(DATED) >= 8


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "date"), DATED.items())
def test_nonsense_of_a_date_breaks_no_list(office, address, date):
    asked = [f"{date}__year=99999999999999999999", f"{date}__year=0", f"{date}__range=", f"{date}__gte=x"]
    asked += [f"{date}__month=-9223372036854775809", f"{date}__in=", "id=99999999999999999999", "p=1e400"]
    answers = {question: office.get(f"{address}?{question}").status_code for question in asked}
    assert {question: code for question, code in answers.items() if code not in (200, 302, 400)} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("ticked", ["\0", "[[", "99999999999999999999", "1e400", ""])
def test_nonsense_among_the_ticked_breaks_no_list(office, ticked):
    InterestFactory()
    Job.objects.create(task_path="x", args_kwargs={}, run_after=timezone.now())
    acts = {"courses_interest": "delete_selected", "accounts_job": "try_again"}
    for name, act in acts.items():
        sent = {"action": act, "_selected_action": ["1", ticked], "index": "0"}
        assert office.post(reverse(f"admin:{name}_changelist"), sent).status_code in (200, 302, 400)
