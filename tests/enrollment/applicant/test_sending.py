"""What is declared and agreed to, and the page on which all is checked and sent."""

import pytest

from enrollment import admissions
from enrollment.completeness import CHOICES, DECLARATIONS, SECTIONS
from tests.enrollment.applicant.answers import address, page, said
from tests.enrollment.form_rows import StatementFactory

pytestmark = pytest.mark.django_db


def test_declarations_are_kept_in_the_words_shown(signed_in, draft):
    signed_in.post(address("declarations", draft), {"accurate": "1", "scope": "1"})
    signed_in.post(address("consents", draft), {"privacy": "1"})

    assert dict(draft.declarations.standing().values_list("key", "text")) == {
        key: DECLARATIONS[key] for key in ("accurate", "scope", "privacy")
    }


def test_each_consent_is_asked_by_itself_and_off(signed_in, draft):
    words = page(signed_in.get(address("consents", draft)))
    assert "checked" not in words
    assert all(f'id="id_{key}"' in words for key in ("privacy", *CHOICES))
    assert set(CHOICES) & set(DECLARATIONS) == set()

    before = page(signed_in.get(draft.get_absolute_url())).count("Completed")
    signed_in.post(address("consents", draft), {"privacy": "1"})
    assert page(signed_in.get(draft.get_absolute_url())).count("Completed") == before + 1


def test_a_declaration_can_be_taken_back_in_a_draft(signed_in, draft):
    signed_in.post(address("declarations", draft), {"accurate": "1"})
    signed_in.post(address("declarations", draft), {"scope": "1"})
    assert [declaration.key for declaration in draft.declarations.standing()] == ["scope"]


def test_words_that_changed_since_the_page_was_opened_are_asked_again(signed_in, draft):
    StatementFactory(key="scope", version=2, text="Other words.")
    response = signed_in.post(address("declarations", draft), {"accurate": "1", "scope": "1"})

    assert "These words have changed since you opened this page" in page(response)
    assert [declaration.key for declaration in draft.declarations.standing()] == ["accurate"]


def test_free_consents_are_changed_at_any_time(signed_in, complete):
    admissions.submit_application(application=complete, by=complete.applicant)

    words = page(signed_in.get(address("consents", complete)))
    assert 'id="id_marketing"' in words and 'id="id_privacy"' not in words
    signed_in.post(address("consents", complete), {"marketing": "1"})
    assert complete.declarations.standing().filter(key="marketing").exists()
    signed_in.post(address("consents", complete), {})
    assert {one.key for one in complete.declarations.standing()} == set(DECLARATIONS)


def test_what_is_missing_is_linked(signed_in, draft):
    words = page(signed_in.get(address("check", draft)))
    for section in SECTIONS:
        assert f'href="{address("section", draft, section)}?from=check">' in words


def test_an_incomplete_application_is_not_sent(signed_in, draft):
    response = signed_in.post(address("check", draft))

    draft.refresh_from_db()
    assert response.status_code == 200
    assert "Not sent: this is still missing" in page(response)
    assert draft.status == "draft"


def test_answers_are_shown_with_a_way_to_change_them(signed_in, complete):
    words = page(signed_in.get(address("check", complete)))
    for answer in ("17 May 1990", "Thailand", "Medical Council of Thailand", "passport.pdf", "Agreed"):
        assert answer in words
    assert f"{address('section', complete, 'about')}?from=check#id_city" in words
    assert "This is still missing" not in words


def test_an_application_is_sent_once_however_often_it_is_clicked(signed_in, complete):
    responses = [signed_in.post(address("check", complete), follow=True) for _click in range(3)]

    complete.refresh_from_db()
    assert complete.status == "submitted"
    assert [response.redirect_chain for response in responses] == [[(complete.get_absolute_url(), 302)]] * 3
    assert all("We have your application" in page(response) for response in responses)
    assert all(said(response) == [] for response in responses)
    assert complete.history.filter(move="submit").count() == 1
    assert complete.letters.filter(name="application-received").count() == 1


def test_a_sent_application_can_be_read_and_not_changed(signed_in, complete):
    admissions.submit_application(application=complete, by=complete.applicant)

    assert "Chiang Mai" in page(signed_in.get(address("sent", complete)))
    for section in set(SECTIONS) - {"consents"}:
        for method in (signed_in.get, signed_in.post):
            response = method(address("section", complete, section), follow=True)
            assert response.redirect_chain[-1][0] == complete.get_absolute_url()
            assert "Submitted" in page(response)
    assert signed_in.get(address("check", complete)).url == complete.get_absolute_url()
