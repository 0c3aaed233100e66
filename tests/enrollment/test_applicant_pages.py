from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from courses.models import Course, Intake
from enrollment import admissions
from enrollment.completeness import CHOICES, DECLARATIONS, SECTIONS
from enrollment.forms.sections import fingerprint
from enrollment.models import Application, Document
from tests import factories
from tests.enrollment.form_rows import StatementFactory

pytestmark = pytest.mark.django_db

ABOUT = {
    "legal_name": "Somchai Prasert",
    "native_name": "สมชาย ประเสริฐ",
    "birth_date_day": "17",
    "birth_date_month": "5",
    "birth_date_year": "1990",
    "nationality": "TH",
    "residence_country": "TH",
    "city": "Chiang Mai",
    "phone": "+66 81 234 5678",
    "access_needs": "",
}
PROFESSION = {
    "qualification": "MD, Chiang Mai University, 2014",
    "years_in_practice": "8",
    "workplace": "A clinic in Chiang Mai",
}
REGISTER = {
    "register_country": "TH",
    "register_body_other": "Medical Council of Thailand",
    "register_number": "12345/2014-A",
    "license_valid_from_day": "1",
    "license_valid_from_month": "1",
    "license_valid_from_year": "2026",
    "license_valid_until_day": "31",
    "license_valid_until_month": "12",
    "license_valid_until_year": "2099",
    "standing": "clear",
}
COURSE = {"payer": "self", "motivation": "To needle more safely."}


@pytest.fixture
def applicant():
    return factories.UserFactory(email="somchai@example.org", full_name="Somchai Prasert")


@pytest.fixture
def signed_in(client, applicant):
    client.force_login(applicant)
    return client


@pytest.fixture
def intake():
    intake = factories.IntakeFactory(code="mn-2099", course__title="Microneedling")
    factories.EvidenceRequirementFactory(course=intake.course, kind="photo-id", label="Photo identity")
    return intake


@pytest.fixture
def draft(applicant, intake):
    return admissions.start_application(applicant=applicant, intake=intake)


@pytest.fixture
def complete(draft):
    """A draft that only has to be sent."""
    profession = draft.intake.course.audiences.get().profession
    Application.objects.filter(pk=draft.pk).update(
        birth_date="1990-05-17",
        nationality="TH",
        residence_country="TH",
        city="Chiang Mai",
        phone="+66812345678",
        profession=profession,
        qualification="MD",
        register_country="TH",
        register_body="Medical Council of Thailand",
        register_number="12345",
        license_valid_from="2026-01-01",
        license_valid_until="2099-12-31",
        standing="clear",
        prior_training="None.",
        payer="self",
        years_in_practice=8,
        workplace="A clinic",
        motivation="Safety.",
    )
    factories.DocumentFactory(application=draft)
    admissions.agree(
        application=draft,
        by=draft.applicant,
        declarations=DECLARATIONS,
    )
    draft.refresh_from_db()
    return draft


def address(name, application, *rest):
    return reverse(f"enrollment:{name}", args=[application.reference, *rest])


def save(client, application, section, answers, **more):
    data = {"seen": fingerprint(application, section), **answers, **more}
    response = client.post(address("section", application, section), data)
    application.refresh_from_db()
    return response


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def page(response):
    return response.content.decode()


# Begin


def test_the_start_page_tells_a_stranger_what_applying_takes(client, intake):
    response = client.get("/apply/mn-2099/")

    assert response.status_code == 200
    for words in (
        "Apply for Microneedling",
        "Photo identity",
        "18 or older",
        "Kuala Lumpur time",
        "12 of 12",
    ):
        assert words in page(response)


def test_the_start_page_sets_no_cookie_for_a_stranger(client, intake):
    response = client.get("/apply/mn-2099/")
    assert response.cookies == {}
    assert "csrfmiddlewaretoken" not in page(response)


def test_the_start_page_leads_a_stranger_to_an_account_and_back(client, intake):
    words = page(client.get("/apply/mn-2099/"))
    assert 'href="/apply/mn-2099/about/"' in words
    assert "/accounts/login/?next=/apply/mn-2099/" in words


def test_a_stranger_who_posts_is_sent_to_sign_in(client, intake):
    response = client.post("/apply/mn-2099/")

    assert response.url == "/accounts/login/?next=/apply/mn-2099/"
    assert Application.objects.count() == 0


def test_starting_twice_makes_one_application(signed_in, intake):
    first, second = (signed_in.post("/apply/mn-2099/") for _click in range(2))

    application = Application.objects.get()
    assert first.url == second.url == application.get_absolute_url()
    assert application.letters.count() == 1


def test_who_has_begun_is_led_back_to_it(signed_in, draft):
    words = page(signed_in.get("/apply/mn-2099/"))
    assert "Continue your application" in words
    assert "Start application" not in words


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Intake.Status.CLOSED},
        {"applications_close_at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"applications_open_at": datetime(2098, 1, 1, tzinfo=UTC)},
    ],
)
def test_a_closed_intake_says_so_and_takes_nothing(signed_in, intake, changes):
    Intake.objects.update(**changes)

    assert "takes no applications now" in page(signed_in.get("/apply/mn-2099/"))
    response = signed_in.post("/apply/mn-2099/", follow=True)
    assert response.redirect_chain == [("/apply/mn-2099/", 302)]
    assert len(said(response)) == 1 or "note-wait" in page(response)
    assert Application.objects.count() == 0


@pytest.mark.parametrize(
    "hide",
    [
        lambda intake: Intake.objects.update(status=Intake.Status.CANCELLED),
        lambda intake: Course.objects.update(published_at=None),
        lambda intake: Course.objects.update(enrolment=Course.Enrolment.INTEREST),
    ],
)
def test_an_intake_that_is_not_offered_is_not_found(signed_in, intake, hide):
    hide(intake)
    assert signed_in.get("/apply/mn-2099/").status_code == 404


# Lists and tasks


def test_my_applications_begin_empty_and_lead_to_courses(signed_in):
    words = page(signed_in.get("/applications/"))
    assert "You have not applied for a course yet" in words
    assert 'href="/courses/"' in words


@pytest.mark.parametrize("number", [1, 3])
def test_my_applications_cost_the_same_however_many(signed_in, applicant, number, django_assert_num_queries):
    factories.ApplicationFactory.create_batch(number, applicant=applicant)
    factories.ApplicationFactory()

    with django_assert_num_queries(3):
        response = signed_in.get("/applications/")

    assert page(response).count("<tr>") == number + 1


def test_the_task_list_shows_how_far_each_section_is(signed_in, draft):
    words = page(signed_in.get(draft.get_absolute_url()))

    assert words.count("Not started") == 7
    assert words.count("In progress") == 1
    assert "0 of 8 done" in words
    assert all(address("section", draft, section) in words for section in SECTIONS)


def test_the_task_list_opens_sending_when_all_is_there(signed_in, complete):
    words = page(signed_in.get(complete.get_absolute_url()))
    assert "8 of 8 done" in words
    assert words.count("Completed") == 8
    assert "Ready" in words


def test_the_task_list_says_when_a_document_was_not_accepted(signed_in, complete):
    complete.documents.update(status=Document.Status.REJECTED, reason="The date can't be read.")

    assert "Action needed" in page(signed_in.get(complete.get_absolute_url()))
    assert "The date can&#x27;t be read." in page(signed_in.get(address("evidence", complete)))


# Sections


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


# Two windows


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


# Declarations


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


# Check and send


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


# Where it stands


STANDS = {
    "submitted": "We have your application",
    "in_review": "We are reading your application",
    "info_requested": "We need something from you",
    "offered": "You have been offered a place",
    "waitlisted": "You are on the waiting list",
    "enrolled": "You are enrolled",
    "declined": "We could not offer you a place",
    "offer_declined": "You declined the place",
    "expired": "The offer has run out",
    "withdrawn": "This application is withdrawn",
    "cancelled": "This intake is cancelled",
}


def test_every_state_but_draft_has_its_words():
    assert set(STANDS) | {"draft"} == set(Application.Status.values)


@pytest.mark.parametrize(("status", "heading"), STANDS.items())
def test_a_state_is_said_in_words(signed_in, applicant, status, heading):
    application = factories.ApplicationFactory(
        applicant=applicant, status=status, submitted_at=timezone.now()
    )
    assert f"<h1>{heading}</h1>" in page(signed_in.get(application.get_absolute_url()))


def test_what_was_asked_is_shown_until_it_is_sent(signed_in, complete):
    reviewer = factories.UserFactory(is_staff=True, is_superuser=True)
    admissions.submit_application(application=complete, by=complete.applicant)
    admissions.start_review(application=complete, by=reviewer, note="For the reviewer's eyes")
    admissions.request_information(application=complete, by=reviewer, note="Page 2 of the licence, please.")

    for name in ("application", "check"):
        assert "Page 2 of the licence, please." in page(signed_in.get(address(name, complete)))
    save(signed_in, complete, "about", ABOUT)
    response = signed_in.post(address("check", complete), follow=True)

    complete.refresh_from_db()
    assert complete.status == "in_review"
    words = page(response)
    assert "We are reading your application" in words
    assert "eyes" not in words


def test_an_offer_shows_its_deadline_on_the_clock_of_the_intake(signed_in, applicant):
    application = factories.ApplicationFactory(
        applicant=applicant, status="offered", offer_expires_at=datetime(2098, 6, 1, 15, 59, 59, tzinfo=UTC)
    )
    words = page(signed_in.get(application.get_absolute_url()))
    assert "1 Jun 2098" in words
    assert "23:59" in words
    assert "Kuala Lumpur time" in words


def test_letters_stay_readable(signed_in, draft):
    letter = draft.letters.get()
    assert letter.subject in page(signed_in.get(draft.get_absolute_url()))


# Answer, withdraw, leave


@pytest.mark.parametrize(
    ("name", "before", "after", "data"),
    [
        ("accept_offer", "offered", "enrolled", {}),
        ("decline_offer", "offered", "offer_declined", {}),
        ("decline_offer", "offered", "offer_declined", {"note": "I found another course."}),
        ("withdraw", "draft", "withdrawn", {}),
        ("withdraw", "waitlisted", "withdrawn", {"note": "Too late for me."}),
        ("leave", "enrolled", "withdrawn", {"note": "I am moving."}),
    ],
)
def test_a_step_is_asked_once_and_done_once(signed_in, applicant, name, before, after, data):
    application = factories.ApplicationFactory(applicant=applicant, status=before)

    assert signed_in.get(address(name, application)).status_code == 200
    responses = [signed_in.post(address(name, application), data, follow=True) for _click in range(2)]

    application.refresh_from_db()
    assert application.status == after
    assert [said(response) for response in responses] == [[], []]
    assert application.history.get().note == data.get("note", "")


def test_giving_up_a_place_needs_a_reason(signed_in, applicant):
    application = factories.ApplicationFactory(applicant=applicant, status="enrolled")

    response = signed_in.post(address("leave", application), {"note": " "})

    application.refresh_from_db()
    assert application.status == "enrolled"
    assert "Fill in “Your reason”" in page(response)


def test_an_offer_that_ran_out_is_refused_in_a_sentence(signed_in, applicant):
    application = factories.ApplicationFactory(
        applicant=applicant, status="offered", offer_expires_at=timezone.now() - timedelta(minutes=1)
    )
    response = signed_in.post(address("accept_offer", application), follow=True)

    application.refresh_from_db()
    assert application.status == "offered"
    assert "This offer ran out" in page(response)


def test_a_step_that_is_no_longer_possible_says_what_is(signed_in, applicant):
    application = factories.ApplicationFactory(applicant=applicant, status="declined")
    response = signed_in.post(address("accept_offer", application), follow=True)
    assert "This is “Declined by the institute” now" in page(response)


def stored():
    storage = Document._meta.get_field("file").storage
    return [path for path in Path(storage.location).rglob("*") if path.is_file()]
