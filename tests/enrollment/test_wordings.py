"""Words of the office's own for a letter: what they may name, what goes out, and how they are looked at beforehand."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from enrollment import admissions, notifications, wordings
from enrollment.models import Letter, LetterWording
from tests.factories import ApplicationFactory, IntakeFactory, StaffFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
RIGHTS = ["view_letterwording", "add_letterwording", "change_letterwording", "view_letter"]
ADD = reverse("admin:enrollment_letterwording_add")
PREVIEW = reverse("admin:enrollment_letterwording_preview")


@pytest.fixture
def reviewer():
    return StaffFactory(rights=["review_application", "decide_application"])


@pytest.fixture
def registrar(client):
    person = StaffFactory(rights=RIGHTS)
    client.force_login(person)
    return person


def wording(**fields):
    fields = {
        "name": "application-declined",
        "subject": "About {{ course }}",
        "body": "Dear {{ reader }},\n\n{{ note }}",
        **fields,
    }
    return LetterWording.objects.create(**fields)


def declined(reviewer, **fields):
    application = ApplicationFactory(status="in_review", intake__course__title="Skin & Co", **fields)
    admissions.decline(application=application, by=reviewer, note="No <register>.", at=AT)
    return Letter.objects.get(name="application-declined")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dear {{ reader }}, {{course}}", []),
        (
            "One\n{{ applicant.password }}",
            ["Line 2: “{{ applicant.password }}” is no variable of this letter."],
        ),
        ("{% load x %}{{ fee }}", ["Line 1: “{% load x %}”", "Line 1: “{{ fee }}”"]),
        ("Open {{ reader", ["Line 1: “{{”"]),
        ("{{ reader|upper }} }}", ["Line 1: “{{ reader|upper }}”", "Line 1: “}}”"]),
        ("{# note #}", ["Line 1: “{#”", "Line 1: “#}”"]),
    ],
)
def test_every_brace_is_a_variable_that_the_letter_knows(text, found):
    sentences = wordings.faults("application-declined", text)
    assert len(sentences) == len(found)
    assert all(sentence.startswith(start) for sentence, start in zip(sentences, found, strict=True))


def test_what_staff_note_for_each_other_is_named_by_no_letter_that_does_not_quote_it():
    quoting = {name for name in notifications.ACTIONS if not wordings.faults(name, "{{ note }}")}
    assert quoting == {
        *("information-requested", "application-declined", "offer-rescinded", "place-given-up"),
        *("intake-changed", "intake-cancelled", "entry-returned", "entry-countered"),
        *("attendance-corrected", "certificate-suspended"),
    }


def test_own_words_go_out_in_both_forms_and_what_they_name_is_escaped(reviewer):
    wording()
    letter = declined(reviewer, legal_name="Anan <b>")
    assert letter.subject == "About Skin & Co"
    assert "Dear Anan <b>,\n\nNo <register>." in letter.body_text
    assert "Dear Anan &lt;b&gt;," in letter.body_html and "No &lt;register&gt;." in letter.body_html
    assert "<b>" not in letter.body_html and "See your application:" in letter.body_text


@pytest.mark.parametrize("fields", [{"in_use": False}, {"language": "th"}, {"name": "waitlisted"}])
def test_the_built_in_words_go_out_unless_others_are_in_use_for_that_letter_and_language(reviewer, fields):
    wording(**fields)
    assert declined(reviewer).subject == "No place offered: Skin & Co"


def test_a_letter_stays_as_it_was_sent_when_its_wording_changes(reviewer):
    mine = wording()
    letter = declined(reviewer)
    mine.body = "Something else."
    mine.save()
    letter.refresh_from_db()
    assert "Dear " in letter.body_text


def test_what_is_unknown_is_said_to_be_so(reviewer):
    wording(name="place-offered", subject="A place", body="The fee is {{ fee }}.")
    application = ApplicationFactory(status="in_review")
    admissions.offer_place(application=application, by=reviewer, note="Good.", at=AT)
    assert "The fee is to be confirmed." in Letter.objects.get().body_text


@pytest.mark.parametrize("name", sorted(notifications.ACTIONS))
def test_every_letter_can_be_worded_with_every_variable_it_knows(name):
    named = "\n".join(f"{one.name}: {{{{ {one.name} }}}}" for one in wordings.variables_of(name))
    told = notifications.sample(LetterWording(name=name, subject="{{ course }}", body=named))
    assert wordings.faults(name, named) == []
    assert not re.search(r"[{}]", told["subject"] + told["body_text"])
    assert "Siriporn Chaiyasit" in told["body_html"]


# In the office


def form(**fields):
    return {
        "name": "application-declined",
        "language": "en-gb",
        "in_use": "on",
        "subject": "About {{ course }}",
        "body": "Dear {{ reader }}",
        **fields,
    }


def test_unknown_variables_are_refused_at_save_with_name_and_line(client, registrar):
    page = client.post(ADD, form(body="Dear {{ reader }},\n{{ password }}"))
    assert page.context["adminform"].form.errors == {
        "body": ["Line 2: “{{ password }}” is no variable of this letter."]
    }
    assert not LetterWording.objects.exists()


def test_a_wording_is_kept_with_who_changed_it(client, registrar):
    client.post(ADD, form())
    kept = LetterWording.objects.get()
    assert (kept.name, kept.changed_by) == ("application-declined", registrar)
    page = client.post(ADD, form())
    assert "has a wording in this language already" in page.content.decode()


def test_a_wording_is_seen_with_nobody_and_with_a_real_application_before_it_is_saved(
    client, registrar, reviewer
):
    letter = declined(reviewer, legal_name="Nang Mwe")
    page = client.post(PREVIEW, form())
    assert "Dear Siriporn Chaiyasit" in page.context["letter"]["body_text"]
    page = client.post(PREVIEW, form(reference=letter.application.reference.lower()))
    assert "Dear Nang Mwe" in page.context["letter"]["body_text"]
    page = client.post(PREVIEW, form(reference="AP-0000-0000"))
    assert "There is no such application" in page.content.decode()
    assert "Dear Siriporn" in page.context["letter"]["body_text"]
    assert not LetterWording.objects.exists() and Letter.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"body": "{{ x }}"},
        {"name": "nonsense"},
        {"name": ""},
        {"pk": "99999999999"},
        {"reference": "x" * 500},
    ],
)
def test_any_preview_is_answered(client, registrar, fields):
    assert client.post(PREVIEW, form(**fields)).status_code == 200


def test_words_are_changed_and_seen_by_those_with_the_right_alone(client):
    client.force_login(StaffFactory(rights=["review_application"]))
    assert [client.get(ADD).status_code, client.post(PREVIEW, form()).status_code] == [403, 403]


def test_a_reviewer_of_another_intake_previews_with_none_of_its_applications(client, reviewer):
    letter = declined(reviewer, legal_name="Nang Mwe")
    rights = [*RIGHTS, "review_application"]
    client.force_login(StaffFactory(rights=rights, intakes=[IntakeFactory()]))
    page = client.post(PREVIEW, form(reference=letter.application.reference))
    assert "Nang Mwe" not in page.content.decode()
    client.force_login(StaffFactory(rights=rights, intakes=[letter.application.intake]))
    page = client.post(PREVIEW, form(reference=letter.application.reference))
    assert "Nang Mwe" in page.content.decode()


def test_variables_stand_as_they_are_written_and_letters_under_their_titles(client, registrar):
    one = wording(name="application-declined")
    page = client.get(reverse("admin:enrollment_letterwording_change", args=[one.pk])).content.decode()
    assert "<code>{{ reference }}</code>" in page and "<code>{{ decline_link }}</code>" not in page
    assert "application-declined" not in page and "Application declined" in page
    listed = client.get(reverse("admin:enrollment_letterwording_changelist")).content.decode()
    assert "English</td>" in listed and "en-gb</td>" not in listed
