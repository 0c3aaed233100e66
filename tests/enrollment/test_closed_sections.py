"""While information is asked for: only what is named is missing and open, the rest is there to read."""

import re

import pytest
from django.urls import reverse

from enrollment import admissions
from enrollment.models import Application
from enrollment.questionnaire import SECTIONS, fingerprint
from tests import factories
from tests.enrollment import files

pytestmark = pytest.mark.django_db


@pytest.fixture
def application():
    """Sent long ago, when less was asked; a reviewer reads it."""
    course = factories.CourseFactory()
    for kind, label in (("photo-id", "Photo identity"), ("licence", "Current licence")):
        factories.EvidenceRequirementFactory(course=course, kind=kind, label=label)
    return factories.ApplicationFactory(
        intake=factories.IntakeFactory(course=course),
        status="in_review",
        legal_name="Somchai Prasert",
        qualification="MD, 2014",
    )


@pytest.fixture
def owner(client, application):
    client.force_login(application.applicant)
    return client


@pytest.fixture
def ask(application):
    reviewer = factories.StaffFactory(rights=["review_application"])

    def ask(**parts):
        admissions.request_information(application=application, by=reviewer, note="Please.", **parts)
        application.refresh_from_db()

    return ask


def page(client, application, name, *rest):
    response = client.get(reverse(f"enrollment:{name}", args=[application.reference, *rest]))
    assert response.status_code == 200
    return response.content.decode()


def headings(words):
    return re.findall(r'<h2 class="h3" id="group-(\w+)"', words)


def names_missing(words):
    return re.findall(r"/(\w+)/\?from=check\">[^<]+</a>:", words)


def test_the_check_page_names_only_what_is_asked_for(owner, application, ask):
    ask(sections=["profession"], documents=["licence"])
    words = page(owner, application, "check")
    assert headings(words) == ["profession", "evidence"]
    assert names_missing(words) == ["profession", "evidence"]
    assert "Current licence" in words and "Photo identity" not in words
    assert "Everything else stays as you sent it." in words
    sent = reverse("enrollment:check", args=[application.reference])
    assert names_missing(owner.post(sent).content.decode()) == ["profession", "evidence"]


def test_nothing_is_missing_when_what_was_asked_for_is_there(owner, application, ask):
    ask(documents=["licence"])
    factories.DocumentFactory(application=application, kind="licence", label="Current licence")
    assert names_missing(page(owner, application, "check")) == []
    owner.post(reverse("enrollment:check", args=[application.reference]))
    assert Application.objects.get().status == "in_review"


def test_the_whole_application_is_asked_for_in_the_same_words_as_a_draft(owner, application, ask):
    ask()
    words = page(owner, application, "check")
    assert headings(words) == list(SECTIONS)
    assert "Everything else stays" not in words


@pytest.mark.parametrize("section", ["about", "license", "training", "course", "declarations"])
def test_a_closed_section_shows_its_answers_and_says_what_is_open(owner, application, ask, section):
    ask(sections=["profession"])
    words = page(owner, application, "section", section)
    assert f"“{SECTIONS[section].label}” stays as you sent it." in words
    assert "Open to you: Profession. Send it by" in words
    assert 'name="seen"' not in words and "<textarea" not in words
    assert section != "about" or "Somchai Prasert" in words


def test_closed_evidence_shows_the_names_of_its_files(owner, application, ask):
    factories.DocumentFactory(application=application)
    ask(sections=["profession"])
    words = page(owner, application, "evidence")
    assert "“Evidence documents” stays as you sent it." in words
    assert "passport.pdf" in words and 'type="file"' not in words


def test_an_open_section_is_a_form_and_leads_to_the_next_open_one(owner, application, ask):
    ask(sections=["training", "declarations"])
    assert 'name="seen"' in page(owner, application, "section", "training")
    address = reverse("enrollment:section", args=[application.reference, "training"])
    seen = fingerprint(application, "training")
    answer = owner.post(address, {"prior_training": "None.", "seen": seen})
    assert answer.url == reverse("enrollment:section", args=[application.reference, "declarations"])


def test_the_list_of_sections_tells_closed_ones_from_open_ones(owner, application, ask):
    ask(sections=["profession"])
    words = page(owner, application, "section", "profession")
    nav = words[words.index('<nav class="depth') : words.index("</nav>", words.index('<nav class="depth'))]
    assert nav.count("as you sent it") == len(SECTIONS) - 1
    assert re.search(r'aria-current="page">Profession</a>', nav)


def test_of_the_documents_only_those_asked_for_can_be_changed(owner, application, ask):
    kept = factories.DocumentFactory(application=application)
    ask(documents=["licence"])
    words = page(owner, application, "evidence")
    assert words.count('type="file"') == 1 and 'name="licence"' in words
    assert "passport.pdf" in words and f"/documents/{kept.pk}/remove/" not in words
    assert "As you sent them" in words

    address = reverse("enrollment:evidence", args=[application.reference])
    late = owner.post(address, {"photo-id": files.upload(files.pdf(), "new.pdf")}).content.decode()
    assert "This document stays as you sent it." in late
    assert list(application.documents.all()) == [kept]


def test_free_consents_are_open_while_others_are_asked_for(owner, application, ask):
    ask(sections=["profession"])
    words = page(owner, application, "consents")
    assert 'name="marketing"' in words and 'name="privacy"' not in words
    address = reverse("enrollment:consents", args=[application.reference])
    assert owner.post(address, {"marketing": "1"}).url == application.get_absolute_url()
    assert [one.key for one in application.declarations.standing()] == ["marketing"]


def test_the_list_on_the_application_says_what_was_done_about_what_is_asked_for(owner, application, ask):
    factories.DocumentFactory(application=application, status="rejected", reason="Blurred.")
    ask(sections=["about"], documents=["licence"])
    words = page(owner, application, "application")
    assert "Something is missing" in words and "One document is missing" in words
    factories.DocumentFactory(application=application, kind="licence", label="Current licence")
    Application.objects.update(phone="+66812345678")
    words = page(owner, application, "application")
    assert "Changed</" in words and "One document is missing" not in words


def test_a_section_that_lacks_nothing_says_that_it_was_not_changed_yet(owner, application, ask):
    factories.DocumentFactory(application=application, kind="licence", label="Current licence")
    ask(documents=["licence"])
    assert "Not changed yet" in page(owner, application, "application")


def test_what_is_closed_is_refused_by_the_forms_of_an_old_page_too(owner, application, ask):
    ask(sections=["profession"])
    for section, data in (("about", {"legal_name": "Other"}), ("declarations", {"accurate": "1"})):
        address = reverse("enrollment:section", args=[application.reference, section])
        assert "stays as you sent it" in owner.post(address, data, follow=True).content.decode()
    application.refresh_from_db()
    assert application.legal_name == "Somchai Prasert"
    assert not application.declarations.exists()
