"""Two reviewers of different intakes and two applicants before every door of the desk; each cell written by hand."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from enrollment import admissions
from tests.factories import ApplicationFactory, DocumentFactory, IntakeFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
RIGHTS = ["view_application", "review_application", "decide_application"]
COLUMNS = ["stranger", "applicant", "other_applicant", "reviewer", "other_reviewer", "owner", "registrar"]
# What each gets of the first intake's application. `in` asks to sign in; staff without the right get 403 of a list.
READING = """
list        in  in  in  200 200 200 403
page        in  in  in  200 404 200 404
move        in  in  in  200 404 200 404
document    in  200 404 200 404 200 404
page_of_it  in  404 404 404 404 404 404
screenshot  in  in  in  200 404 200 404
events      in  in  in  403 403 403 200
letters     in  in  in  403 403 403 200
"""
SENDING = """
note        in  in  in  go  404 go  404
license     in  in  in  200 404 200 404
review      in  in  in  200 404 200 404
reviewer    in  in  in  go  404 go  404
accept      in  in  in  go  404 go  404
reject      in  in  in  go  404 go  404
move        in  in  in  go  404 go  404
bulk        in  in  in  200 go  200 403
"""


@pytest.fixture
def world():
    """One application on each of two intakes."""
    first, second = (
        ApplicationFactory(
            status="in_review", submitted_at="2026-01-05T00:00Z", complete=True, legal_name=name
        )
        for name in ("Nang Mwe", "Dara Chan")
    )
    reviewer = StaffFactory(rights=RIGHTS, intakes=[first.intake])
    document = DocumentFactory(application=first)
    check = admissions.record_license_check(
        application=first,
        by=reviewer,
        register="MMC",
        number="1",
        result="good",
        screenshot=checked_picture(),
    )
    people = {
        "stranger": None,
        "applicant": first.applicant,
        "other_applicant": second.applicant,
        "reviewer": reviewer,
        "other_reviewer": StaffFactory(rights=RIGHTS, intakes=[second.intake]),
        "owner": StaffFactory(rights=RIGHTS),
        "registrar": StaffFactory(rights=["view_letter", "view_event", "view_enrollment"]),
    }
    return {"first": first, "second": second, "document": document, "check": check, "people": people}


def checked_picture():
    from enrollment.evidence import CheckedFile
    from tests.enrollment.files import picture

    return CheckedFile("page.png", "image/png", picture("PNG"))


def address(world, name):
    first, document = world["first"], world["document"]
    if name in {"list", "events", "letters", "bulk"}:
        model = {"list": "application", "bulk": "application", "events": "event", "letters": "letter"}[name]
        return reverse(f"admin:enrollment_{model}_changelist")
    if name == "page":
        return reverse("admin:enrollment_application_change", args=[first.pk])
    if name == "move":
        return reverse("admin:enrollment_application_move", args=[first.pk, "decline"])
    if name == "document":
        return reverse("enrollment:document", args=[first.reference, document.pk])
    if name == "page_of_it":
        return reverse("enrollment:document_page", args=[world["second"].reference, document.pk, 1, "large"])
    if name == "screenshot":
        return reverse("admin:enrollment_application_screenshot", args=[first.pk, world["check"].pk])
    if name in {"accept", "reject"}:
        return reverse("admin:enrollment_application_document", args=[first.pk, document.pk, name])
    return reverse(f"admin:enrollment_application_{name}", args=[first.pk])


SENT = {
    "note": {"text": "Hm."},
    "reviewer": {"act": "give"},
    "reject": {"reason": "Too dark."},
    "move": {"note": "No register."},
}


def answer(world, person, method, name) -> str:
    """What this person gets, with everything undone afterwards."""
    given = {**SENT.get(name, {})}
    if name == "bulk":
        given = {"action": "decline", "_selected_action": world["first"].pk, "confirmed": "1", "note": "No."}
    client = Client()
    if person:
        client.force_login(person)
    with transaction.atomic():
        response = getattr(client, method)(address(world, name), given if method == "post" else None)
        transaction.set_rollback(True)
    if response.status_code in (301, 302):
        return "in" if "login" in response.url else "go"
    return str(response.status_code)


def rows(table):
    return [pytest.param(name, cells, id=name) for name, *cells in map(str.split, table.strip().splitlines())]


@pytest.mark.parametrize(("name", "cells"), rows(READING))
def test_reading(world, name, cells):
    found = {who: answer(world, person, "get", name) for who, person in world["people"].items()}
    assert found == dict(zip(COLUMNS, cells, strict=True))


@pytest.mark.parametrize(("name", "cells"), rows(SENDING))
def test_sending(world, name, cells):
    found = {who: answer(world, person, "post", name) for who, person in world["people"].items()}
    assert found == dict(zip(COLUMNS, cells, strict=True))


# What a page says of the other intake: nothing


def shown(person, path, **query) -> str:
    client = Client()
    client.force_login(person)
    return client.get(path, query).content.decode()


@pytest.mark.parametrize("query", [{}, {"status": "all"}, {"q": "Chan"}, {"show": "week"}, {"age": "3"}])
def test_lists_search_and_filters_tell_of_the_given_intakes_alone(world, query):
    path = reverse("admin:enrollment_application_changelist")
    page = shown(world["people"]["reviewer"], path, **query)
    for secret in ("Dara Chan", world["second"].reference, world["second"].intake.code):
        assert secret not in page
    assert "Dara Chan" in shown(world["people"]["other_reviewer"], path, status="all")


def test_an_intake_that_was_not_given_is_no_answer_to_a_filter(world):
    path = reverse("admin:enrollment_application_changelist")
    page = shown(world["people"]["reviewer"], path, intake=world["second"].intake_id, status="all")
    assert "Dara Chan" not in page and "Nang Mwe" not in page


def test_counts_at_home_are_of_the_given_intakes(world):
    ApplicationFactory(status="submitted", intake=world["second"].intake, submitted_at="2026-01-05T00:00Z")
    home = reverse("admin:index")
    counts = {}
    for who in ("reviewer", "other_reviewer", "owner"):
        client = Client()
        client.force_login(world["people"][who])
        waiting = client.get(home).context["waiting"]
        counts[who] = next(one.count for one in waiting if "awaiting review" in str(one.label))
    assert counts == {"reviewer": 1, "other_reviewer": 2, "owner": 3}


def test_a_page_names_other_applications_and_neighbours_of_given_intakes_alone(world):
    first, second = world["first"], world["second"]
    elsewhere = ApplicationFactory(
        status="declined", applicant=first.applicant, intake=second.intake, submitted_at="2026-01-04T00:00Z"
    )
    path = reverse("admin:enrollment_application_change", args=[first.pk])
    page = shown(world["people"]["reviewer"], path)
    assert elsewhere.reference not in page and second.reference not in page
    assert elsewhere.reference in shown(world["people"]["owner"], path)


def test_histories_and_letters_are_of_the_given_intakes(world):
    for application in (world["first"], world["second"]):
        admissions.start_application(applicant=UserFactory(), intake=application.intake)
        admissions.decline(application=application, by=world["people"]["owner"], note="No register.")
    both = StaffFactory(rights=[*RIGHTS, "view_event", "view_letter"], intakes=[world["first"].intake])
    for model in ("event", "letter"):
        path = reverse(f"admin:enrollment_{model}_changelist")
        client = Client()
        client.force_login(both)
        listed = {record.application for record in client.get(path).context["cl"].result_list}
        assert {one.intake for one in listed} == {world["first"].intake}


def test_what_colleagues_write_reaches_no_page_of_the_applicant(world):
    first, reviewer = world["first"], world["people"]["reviewer"]
    admissions.write_note(application=first, by=reviewer, text="Secret remark")
    admissions.record_review(application=first, by=reviewer, recommendation="offer", note="Secret opinion")
    for name in ("application", "sent"):
        page = shown(first.applicant, reverse(f"enrollment:{name}", args=[first.reference]))
        assert "Secret" not in page and "MMC" not in page
    desk = shown(reviewer, reverse("admin:enrollment_application_change", args=[first.pk]))
    assert "Secret remark" in desk and "Secret opinion" in desk


def test_nobody_is_given_an_intake_by_themselves(world):
    duty = reverse("admin:enrollment_reviewduty_add")
    client = Client()
    client.force_login(world["people"]["reviewer"])
    assert client.get(duty).status_code == 403
    client.force_login(StaffFactory(rights=["view_reviewduty", "add_reviewduty"]))
    given = {"reviewer": world["people"]["reviewer"].pk, "intake": IntakeFactory().pk}
    assert client.post(duty, given).status_code == 302
    assert world["people"]["reviewer"].review_duties.count() == 2
