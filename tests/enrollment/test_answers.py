"""Answers and declarations: saved by their owner only, never over somebody's newer words."""

from datetime import UTC, date, datetime

import pytest

from enrollment import admissions
from enrollment.completeness import missing_answers
from enrollment.models import Application, ExtraQuestion
from enrollment.questionnaire import DECLARATIONS, fingerprint
from enrollment.workflow import MoveRefused
from tests.enrollment.form_rows import ExtraQuestionFactory, StatementFactory
from tests.factories import (
    ApplicationFactory,
    IntakeFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def save(application, values, section="about", by=None, seen=None):
    return admissions.save_section(
        application=application,
        by=by or application.applicant,
        section=section,
        values=values,
        seen=seen,
    )


# Answers


def test_saving_a_section_keeps_its_answers_and_counts_up():
    application = ApplicationFactory()
    save(
        application,
        {"city": "Penang", "birth_date": date(1990, 5, 17)},
        seen=fingerprint(application, "about"),
    )
    application.refresh_from_db()
    assert (application.city, application.birth_date, application.version) == ("Penang", date(1990, 5, 17), 2)


def test_a_section_takes_its_own_fields_only():
    application = ApplicationFactory()
    save(application, {"city": "Penang", "status": "enrolled", "motivation": "Mine", "version": 99})
    application.refresh_from_db()
    assert (application.city, application.status, application.motivation, application.version) == (
        "Penang",
        "draft",
        "",
        2,
    )


def test_stale_answers_are_refused_with_what_stands_there():
    application = ApplicationFactory(city="Penang")
    seen = fingerprint(application, "about")
    save(application, {"city": "Ipoh"}, seen=seen)
    with pytest.raises(admissions.StaleAnswers) as stale:
        save(application, {"city": "Kuching"}, seen=seen)
    assert stale.value.present["city"] == "Ipoh"
    assert Application.objects.get().city == "Ipoh"


def test_the_same_form_sent_again_changes_nothing():
    application = ApplicationFactory()
    seen = fingerprint(application, "about")
    for _time in range(5):
        save(application, {"city": "Penang"}, seen=seen)
    assert Application.objects.get().version == 2


@pytest.mark.parametrize("status", ["draft", "info_requested"])
def test_answers_can_be_changed_while_open(status):
    application = ApplicationFactory(status=status)
    save(application, {"city": "Penang"})
    assert Application.objects.get().city == "Penang"


def test_answers_stay_as_they_were_sent():
    closed = set()
    for status in Application.Status.values:
        application = ApplicationFactory(status=status)
        try:
            save(application, {"city": "Penang"})
        except MoveRefused as refused:
            assert "so its answers stay as they are" in str(refused)
            closed.add(status)
    assert closed == set(Application.Status.values) - {"draft", "info_requested"}


def test_nobody_else_changes_answers_not_even_staff():
    application = ApplicationFactory()
    for by in (UserFactory(), StaffFactory(is_superuser=True)):
        with pytest.raises(MoveRefused, match="Only the applicant"):
            save(application, {"city": "Penang"}, by=by)
    assert Application.objects.get().city == ""


# Declarations


def agree(application, *keys, shown=None, at=AT):
    return admissions.agree(
        application=application, by=application.applicant, declarations=keys, shown=shown, at=at
    )


def test_declarations_are_kept_in_the_version_and_words_shown():
    application = ApplicationFactory()
    StatementFactory(key="accurate", version=2, text="It is true.", notice="We check it.")
    agree(application, "accurate")
    kept = application.declarations.values_list("key", "version", "text", "notice", "agreed_at")
    assert list(kept) == [("accurate", 2, "It is true.", "We check it.", AT)]


def test_what_is_taken_back_is_kept_with_both_its_times():
    application = ApplicationFactory()
    first, second = (datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2))
    agree(application, "accurate", "scope", at=first)
    agree(application, "accurate", at=second)
    kept = application.declarations.values_list("key", "agreed_at", "withdrawn_at")
    assert set(kept) == {("accurate", first, None), ("scope", first, second)}


def test_a_page_changes_only_what_it_showed():
    application = ApplicationFactory()
    agree(application, "accurate", "privacy")
    agree(application, shown=["photographs", "marketing"])
    assert {one.key for one in application.declarations.standing()} == {"accurate", "privacy"}


def test_new_words_are_declared_anew():
    application = ApplicationFactory()
    agree(application, "accurate")
    StatementFactory(key="accurate", version=2, text="It is true and complete.")
    assert "It is true and complete." in missing_answers(application)["declarations"]
    agree(application, "accurate", at=datetime(2026, 3, 3, tzinfo=UTC))
    standing = application.declarations.standing().get()
    assert (standing.version, standing.text) == (2, "It is true and complete.")
    assert application.declarations.count() == 2


def test_a_free_consent_can_be_taken_back_after_sending_and_nothing_else_can():
    application = ApplicationFactory()
    agree(application, "marketing", *DECLARATIONS)
    Application.objects.update(status="in_review")
    agree(application, shown=["marketing"])
    assert {one.key for one in application.declarations.standing()} == set(DECLARATIONS)
    for shown in (["accurate"], ["privacy"], ["marketing", "privacy"], None):
        with pytest.raises(MoveRefused, match="answers stay as they are"):
            agree(application, shown=shown)


def test_nobody_consents_for_somebody_else():
    application = ApplicationFactory()
    with pytest.raises(MoveRefused, match="Only the applicant"):
        admissions.agree(
            application=application,
            by=StaffFactory(is_superuser=True),
            declarations=["marketing"],
            shown=["marketing"],
        )


# The intake


def test_another_run_of_the_course_can_be_chosen_while_it_is_a_draft():
    application = ApplicationFactory()
    later, other = IntakeFactory(course=application.intake.course), IntakeFactory()
    save(application, {"intake": later, "second_choice": application.intake}, section="course")
    application.refresh_from_db()
    assert application.intake == later
    with pytest.raises(MoveRefused, match="takes no applications now"):
        save(application, {"intake": other}, section="course")
    Application.objects.update(status="info_requested")
    with pytest.raises(MoveRefused, match="has been sent for its intake"):
        save(application, {"intake": other}, section="course")


def test_an_intake_is_not_chosen_twice():
    application = ApplicationFactory()
    twin = ApplicationFactory(
        applicant=application.applicant, intake=IntakeFactory(course=application.intake.course)
    )
    with pytest.raises(MoveRefused, match="another application for that intake"):
        save(application, {"intake": twin.intake}, section="course")


# Added questions


def test_an_added_question_is_kept_as_it_was_asked():
    application = ApplicationFactory()
    question = ExtraQuestionFactory(section="about", label="Which dialect?")
    save(application, {question.name: "Hokkien"})
    ExtraQuestion.objects.update(label="Which language?")
    answer = application.extra_answers.get()
    assert (answer.asked_as, answer.value) == ("Which dialect?", "Hokkien")


def test_an_added_question_of_another_section_or_country_is_not_taken():
    application = ApplicationFactory(residence_country="TH")
    elsewhere = ExtraQuestionFactory(section="about", country="KR")
    other = ExtraQuestionFactory(section="course")
    save(application, {elsewhere.name: "x", other.name: "y"})
    assert not application.extra_answers.exists()


def test_an_old_window_does_not_overwrite_an_added_answer():
    application = ApplicationFactory()
    question = ExtraQuestionFactory(section="about")
    seen = fingerprint(application, "about")
    save(application, {question.name: "first"}, seen=seen)
    with pytest.raises(admissions.StaleAnswers):
        save(application, {question.name: "second"}, seen=seen)
