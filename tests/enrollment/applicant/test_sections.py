"""The questions, a page at a time: what is kept, what is refused beside its field, what two windows do to each other."""

import pytest
from django.urls import reverse

from enrollment.completeness import SECTIONS
from enrollment.forms.sections import fingerprint
from enrollment.models import Application
from tests import factories
from tests.enrollment.applicant.answers import ABOUT, COURSE, PROFESSION, REGISTER, address, page, said, save

pytestmark = pytest.mark.django_db


def test_a_section_is_saved_and_leads_to_the_next(signed_in, draft):
    response = save(signed_in, draft, "about", ABOUT)

    assert response.url == address("section", draft, "profession")
    assert (draft.legal_name, draft.native_name, draft.city) == (
        "Somchai Prasert",
        "สมชาย ประเสริฐ",
        "Chiang Mai",
    )
    assert draft.birth_date.isoformat() == "1990-05-17"
    assert draft.phone.as_e164 == "+66812345678"


def test_every_section_of_questions_can_be_filled(signed_in, draft):
    profession = draft.intake.course.audiences.get().profession
    pages = {
        "about": ABOUT,
        "profession": {**PROFESSION, "profession": profession.pk},
        "license": REGISTER,
        "training": {"prior_training": "None."},
        "course": {**COURSE, "intake": draft.intake.pk},
    }
    ways = [save(signed_in, draft, section, answers).url for section, answers in pages.items()]

    assert ways == [address("section", draft, key) for key in list(SECTIONS)[1:6]]
    words = page(signed_in.get(draft.get_absolute_url()))
    assert words.count("Completed") == len(pages)


def test_a_draft_may_lack_answers(signed_in, draft):
    response = save(signed_in, draft, "about", {"city": "Penang"})

    assert response.status_code == 302
    assert (draft.city, draft.birth_date, draft.legal_name) == ("Penang", None, "")


def test_save_and_come_back_later_leads_to_the_task_list(signed_in, draft):
    response = save(signed_in, draft, "about", ABOUT, later="1")
    assert response.url == draft.get_absolute_url()
    assert said(response) == ["Saved. You can come back to this application at any time before it closes."]


def test_a_name_in_its_own_script_is_read_aloud_in_its_language(signed_in, draft):
    Application.objects.filter(pk=draft.pk).update(native_name=ABOUT["native_name"], city="Chiang Mai")
    page = signed_in.get(reverse("enrollment:check", args=[draft.reference])).content.decode()
    assert f'<dd lang="th">{ABOUT["native_name"]}</dd>' in page
    assert page.count(' lang="') == 2


def test_a_change_from_the_check_page_returns_there(signed_in, draft):
    shown = page(signed_in.get(address("section", draft, "about") + "?from=check"))
    assert '<input type="hidden" name="from" value="check">' in shown

    response = save(signed_in, draft, "about", ABOUT, **{"from": "check"})
    assert response.url == address("check", draft)


def test_a_wrong_answer_is_refused_and_the_others_are_kept(signed_in, draft):
    response = save(signed_in, draft, "about", {**ABOUT, "phone": "12", "birth_date_month": "13"})

    words = page(response)
    assert response.status_code == 200
    assert words.count("Enter a real date, such as 27 3 1990") == 2
    assert words.count("Enter a telephone number with its country code") == 2
    assert "<title>Error: About you" in words
    assert 'href="#id_birth_date_0"' in words
    assert (draft.city, draft.phone, draft.birth_date) == ("Chiang Mai", "", None)
    assert f'value="{fingerprint(draft, "about")}"' in words


def test_after_a_wrong_answer_the_same_window_can_be_saved_again(signed_in, draft):
    first = save(signed_in, draft, "about", {**ABOUT, "phone": "12"})
    seen = first.context["seen"]

    second = signed_in.post(address("section", draft, "about"), {**ABOUT, "seen": seen})

    assert second.url == address("section", draft, "profession")


@pytest.mark.parametrize(
    ("section", "answers", "words"),
    [
        (
            "about",
            {"birth_date_day": "1", "birth_date_month": "1", "birth_date_year": "2020"},
            "18th birthday",
        ),
        (
            "about",
            {"birth_date_day": "1", "birth_date_month": "1", "birth_date_year": "2999"},
            "the date you were born",
        ),
        (
            "about",
            {"birth_date_day": "1", "birth_date_month": "1", "birth_date_year": "1850"},
            "the date you were born",
        ),
        ("about", {"birth_date_day": "1", "birth_date_month": "1", "birth_date_year": "90"}, "four digits"),
        ("about", {"birth_date_day": "1"}, "must include a month"),
        ("about", {"residence_country": "XX"}, "Select a valid choice"),
        ("about", {"legal_name": "x" * 151}, "at most 150 characters"),
        ("about", {"city": "a\0b"}, "Null characters are not allowed"),
        ("license", {"register_body_other": "MMC"}, "Write the name in full"),
        ("license", {"register_body_other": "n.m.c."}, "Write the name in full"),
        ("license", {"register_number": "12;34"}, "Use only letters, digits"),
        ("license", {"register_number": "1" * 31}, "at most 30 characters"),
        ("profession", {"profession": "999999999999999999999999"}, "Select a valid choice"),
        ("profession", {"profession": "a nurse"}, "Select a valid choice"),
        ("profession", {"years_in_practice": "-1"}, "greater than or equal to 0"),
        ("profession", {"years_in_practice": "4.5"}, "whole number"),
        ("profession", {"years_in_practice": "9" * 9000}, "whole number"),
        ("course", {"motivation": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_a_wrong_answer_is_answered_beside_the_field(signed_in, draft, section, answers, words):
    response = save(signed_in, draft, section, answers)

    assert response.status_code == 200
    assert words in page(response)


@pytest.mark.parametrize("number", ["12345", "ABC-1/2", "N 12 345", "No. 5.1", "1" * 30, "ศ12"])
def test_a_register_number_is_taken_as_it_is_printed(signed_in, draft, number):
    assert save(signed_in, draft, "license", {"register_number": number}).status_code == 302
    assert draft.register_number == number


def test_a_profession_that_the_course_does_not_admit_is_told_so_at_once_and_may_go_on(signed_in, draft):
    other = factories.ProfessionFactory(name="Astrologer")

    onward = save(signed_in, draft, "profession", {"profession": other.pk})

    assert draft.profession == other
    for place in (onward.url, draft.get_absolute_url(), address("check", draft)):
        assert "You chose “Astrologer”." in page(signed_in.get(place))


def test_a_profession_without_a_register_needs_no_register(signed_in, draft):
    profession = draft.intake.course.audiences.get().profession
    profession.is_registered = False
    profession.save()
    onward = save(signed_in, draft, "profession", {**PROFESSION, "profession": profession.pk})

    assert onward.url == address("section", draft, "training")
    words = page(signed_in.get(draft.get_absolute_url()))
    assert address("section", draft, "license") not in words
    assert "1 of 7 done" in words


def test_an_old_window_never_overwrites_newer_answers_silently(signed_in, draft):
    old = fingerprint(draft, "about")
    save(signed_in, draft, "about", {**ABOUT, "city": "Bangkok"})

    response = signed_in.post(address("section", draft, "about"), {**ABOUT, "city": "Penang", "seen": old})

    draft.refresh_from_db()
    assert response.status_code == 409
    assert draft.city == "Bangkok"
    assert [(bound.name, saved, here) for bound, saved, here in response.context["differing"]] == [
        ("city", "Bangkok", "Penang")
    ]


@pytest.mark.parametrize(("choice", "city"), [("saved", "Bangkok"), ("here", "Penang")])
def test_the_person_chooses_between_two_windows(signed_in, draft, choice, city):
    old = fingerprint(draft, "about")
    save(signed_in, draft, "about", {**ABOUT, "city": "Bangkok", "birth_date_day": "18"})
    conflict = signed_in.post(address("section", draft, "about"), {**ABOUT, "city": "Penang", "seen": old})

    answers = {**dict(conflict.context["mine"]), "seen": conflict.context["seen"]}
    answers |= {"keep-city": choice, "keep-birth_date": "saved"}
    response = signed_in.post(address("section", draft, "about"), answers)

    draft.refresh_from_db()
    assert response.status_code == 302
    assert (draft.city, draft.birth_date.day) == (city, 18)


def test_an_old_window_that_says_the_same_is_no_conflict(signed_in, draft):
    old = fingerprint(draft, "about")
    save(signed_in, draft, "about", ABOUT)
    assert signed_in.post(address("section", draft, "about"), {**ABOUT, "seen": old}).status_code == 302


def test_two_windows_on_different_sections_do_not_disturb_each_other(signed_in, draft):
    seen = fingerprint(draft, "course")
    save(signed_in, draft, "about", ABOUT)

    response = signed_in.post(address("section", draft, "course"), {**COURSE, "seen": seen})

    assert response.status_code == 302
