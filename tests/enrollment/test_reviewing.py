"""Review: who sees what, how many opinions a decision needs, and what becomes of a question to the applicant."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from enrollment import admissions, custody, evidence, permissions
from enrollment.models import Letter, ReviewPlan
from enrollment.opinions import may_change, may_send
from enrollment.transcript import changes
from enrollment.workflow import MoveRefused
from tests.enrollment.files import picture as drawn
from tests.factories import (
    ApplicationFactory,
    DocumentFactory,
    EvidenceRequirementFactory,
    IntakeFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
RIGHTS = ["review_application", "decide_application"]


@pytest.fixture
def application():
    return ApplicationFactory(status="in_review", submitted_at=AT, complete=True)


@pytest.fixture
def reviewer(application):
    return StaffFactory(rights=RIGHTS, intakes=[application.intake])


@pytest.fixture
def stranger():
    """A reviewer of another intake."""
    return StaffFactory(rights=RIGHTS, intakes=[IntakeFactory()])


# Whose it is


def test_a_reviewer_reaches_the_given_intakes_alone(application, reviewer, stranger):
    assert set(permissions.reviewable(reviewer)) == {application}
    assert set(permissions.reviewable(stranger)) == set()
    assert permissions.may_review(reviewer, application) and permissions.may_decide(reviewer, application)
    assert not permissions.may_review(stranger, application)
    assert not permissions.may_decide(stranger, application)


def test_whoever_reviews_every_intake_reaches_all_but_drafts_and_their_own(application):
    owner = StaffFactory(rights=RIGHTS)
    ApplicationFactory(intake=application.intake)
    ApplicationFactory(status="in_review", applicant=owner)
    assert set(permissions.reviewable(owner)) == {application}


def test_every_act_of_review_is_refused_to_a_reviewer_of_another_intake(application, stranger):
    acts = [
        lambda: admissions.assign_reviewer(application=application, by=stranger, reviewer=stranger),
        lambda: admissions.record_review(
            application=application, by=stranger, recommendation="offer", note="Good."
        ),
        lambda: admissions.write_note(application=application, by=stranger, text="Hm."),
        lambda: admissions.record_license_check(
            application=application, by=stranger, register="MMC", number="1", result="good", note="Found."
        ),
        lambda: admissions.request_information(application=application, by=stranger, note="More."),
        lambda: admissions.decline(application=application, by=stranger, note="No."),
        lambda: custody.assess_document(
            document=DocumentFactory(application=application), by=stranger, accepted=True
        ),
    ]
    for act in acts:
        with pytest.raises(MoveRefused):
            act()
    assert not application.notes.exists() and not application.license_checks.exists()


def test_an_application_is_not_assigned_to_a_reviewer_of_another_intake(application, reviewer, stranger):
    with pytest.raises(MoveRefused, match="may not review this application"):
        admissions.assign_reviewer(application=application, by=reviewer, reviewer=stranger)


# Opinions


@pytest.mark.parametrize("act", ["offer_place", "decline"])
def test_a_decision_waits_for_one_opinion_unless_the_course_asks_for_more(act, reviewer, application):
    application.reviews.all().delete()
    decide = getattr(admissions, act)
    with pytest.raises(MoveRefused, match="One more opinion is needed"):
        decide(application=application, by=reviewer, note="Decided.")
    admissions.record_review(application=application, by=reviewer, recommendation="offer", note="Good.")
    assert decide(application=application, by=reviewer, note="Decided.").status != "in_review"


def test_two_opinions_are_those_of_two_people_who_are_sure(application, reviewer):
    application.reviews.all().delete()
    ReviewPlan.objects.create(course=application.intake.course, reviews_needed=2)
    second = StaffFactory(rights=RIGHTS)

    def think(by, recommendation):
        admissions.record_review(
            application=application, by=by, recommendation=recommendation, note="Because."
        )

    def refusal():
        with pytest.raises(MoveRefused) as refused:
            admissions.decline(application=application, by=reviewer, note="No.")
        return str(refused.value)

    assert refusal().startswith("2 more opinions")
    think(reviewer, "decline")
    think(reviewer, "offer")
    think(second, "unsure")
    assert refusal().startswith("One more opinion")
    think(second, "decline")
    assert admissions.decline(application=application, by=reviewer, note="No.").status == "declined"


def test_points_are_given_for_every_criterion_within_its_range(application, reviewer):
    plan = ReviewPlan.objects.create(course=application.intake.course)
    skill = plan.criteria.create(title="Skill", most=5)
    reason = plan.criteria.create(title="Reason", most=3)
    plan.criteria.create(title="Old", is_retired=True)

    def think(**scores):
        return admissions.record_review(
            application=application,
            by=reviewer,
            recommendation="offer",
            note="Good.",
            scores={skill.pk: scores.get("skill"), reason.pk: scores.get("reason")},
        )

    for scores in ({"skill": 5}, {"skill": 6, "reason": 1}, {"skill": 1, "reason": -1}):
        with pytest.raises(MoveRefused, match="Give points, each within its range"):
            think(**scores)
    think(skill=5, reason=0)
    review = think(skill=4, reason=3)
    assert set(review.scores.values_list("criterion", "points")) == {(skill.pk, 4), (reason.pk, 3)}


# What was found


def test_a_look_into_a_register_keeps_who_when_what_and_how_it_looked(application, reviewer):
    picture = evidence.check(SimpleUploadedFile("page.png", drawn("PNG")))
    check = admissions.record_license_check(
        application=application,
        by=reviewer,
        register="Medical Council of Thailand",
        address="https://example.org/check",
        number="12345",
        result="good",
        screenshot=picture,
        at=AT,
    )
    assert (check.by, check.at, check.get_result_display()) == (
        reviewer,
        AT,
        "Registered, nothing against it",
    )
    assert check.screenshot.read() == picture.content
    assert "page" not in check.screenshot.name


@pytest.mark.parametrize(
    "fields", [{"note": ""}, {"register": " ", "note": "x"}, {"result": "maybe", "note": "x"}]
)
def test_a_look_into_a_register_says_which_and_what(application, reviewer, fields):
    given = {"register": "MMC", "number": "1", "result": "good", "note": "Found.", **fields}
    with pytest.raises(MoveRefused):
        admissions.record_license_check(application=application, by=reviewer, **given)


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_a_note_says_something_and_is_short(application, reviewer, text):
    with pytest.raises(MoveRefused, match="Write a note"):
        admissions.write_note(application=application, by=reviewer, text=text)


# Asking the applicant


def ask(application, reviewer, **fields):
    fields = {"note": "Both pages, please.", "at": AT, **fields}
    return admissions.request_information(application=application, by=reviewer, **fields)


def save(application, section, **values):
    return admissions.save_section(
        application=application, by=application.applicant, section=section, values=values
    )


@pytest.fixture
def slots(application):
    for kind in ("photo-id", "degree"):
        EvidenceRequirementFactory(course=application.intake.course, kind=kind, label=kind, is_required=False)


def test_a_request_opens_what_it_names_and_nothing_else(application, reviewer, slots):
    ask(application, reviewer, sections=["about"], documents=["degree"])
    assert [name for name in ("about", "profession", "declarations") if may_change(application, name)] == [
        "about"
    ]
    assert [kind for kind in ("photo-id", "degree") if may_send(application, kind)] == ["degree"]
    save(application, "about", city="Mandalay")
    with pytest.raises(MoveRefused, match="stays as you sent it"):
        save(application, "profession", qualification="MD")
    with pytest.raises(MoveRefused, match="stays as you sent it"):
        custody.remove_document(
            document=DocumentFactory(application=application, kind="photo-id"), by=application.applicant
        )
    custody.remove_document(
        document=DocumentFactory(application=application, kind="degree"), by=application.applicant
    )
    assert set(application.documents.values_list("kind", flat=True)) == {"photo-id"}


@pytest.mark.parametrize(
    "fields", [{"sections": []}, {"sections": ["nonsense"]}, {"sections": ["about"], "documents": ["x"]}]
)
def test_a_request_names_parts_that_are_there(application, reviewer, fields):
    with pytest.raises(MoveRefused):
        ask(application, reviewer, **fields)
    application.refresh_from_db()
    assert application.status == "in_review" and not application.information_requests.exists()


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 6, 30)])
def test_a_request_has_a_deadline_in_sight(application, reviewer, day):
    with pytest.raises(MoveRefused, match="from today to 90 days on"):
        ask(application, reviewer, sections=["about"], answer_by=day)


def test_the_letter_says_what_is_open_and_until_when(application, reviewer, slots):
    ask(application, reviewer, sections=["about"], documents=["degree"], answer_by=date(2026, 3, 10))
    text = Letter.objects.get().body_text
    for words in (
        "Both pages, please.",
        "This is open to you again: About you; degree.",
        "by Tuesday 10 March 2026, 23:59 (Kuala Lumpur time)",
    ):
        assert words in text


def test_the_answer_goes_back_to_whoever_asked(application, reviewer):
    colleague = StaffFactory(rights=RIGHTS)
    ask(application, reviewer, sections=["about"])
    admissions.assign_reviewer(application=application, by=colleague, reviewer=colleague)
    admissions.send_information(application=application, by=application.applicant, at=AT + DAY)
    application.refresh_from_db()
    assert (application.status, application.reviewer) == ("in_review", reviewer)
    assert application.information_requests.get().answered_at == AT + DAY


def test_the_answer_to_somebody_who_reviews_no_more_goes_to_who_answers_for_it(application, reviewer):
    colleague = StaffFactory(rights=RIGHTS)
    ask(application, reviewer, sections=["about"])
    admissions.assign_reviewer(application=application, by=colleague, reviewer=colleague)
    reviewer.review_duties.all().delete()
    admissions.send_information(application=application, by=application.applicant)
    application.refresh_from_db()
    assert application.reviewer == colleague


def test_only_what_is_open_keeps_an_answer_from_being_sent(application, reviewer):
    ask(application, reviewer, sections=["about"])
    type(application).objects.update(qualification="", city="")
    with pytest.raises(admissions.IncompleteApplication) as missing:
        admissions.send_information(application=application, by=application.applicant)
    assert missing.value.missing.keys() == {"about"}
    save(application, "about", city="Mandalay")
    assert (
        admissions.send_information(application=application, by=application.applicant).status == "in_review"
    )


def test_what_was_changed_is_told_from_what_was_there(application, reviewer, slots):
    DocumentFactory(application=application, kind="degree", label="Degree", original_name="old.pdf")
    ask(application, reviewer)
    save(application, "about", city="Mandalay", native_name="")
    custody.remove_document(document=application.documents.get(), by=application.applicant)
    DocumentFactory(application=application, kind="degree", label="Degree", original_name="new.pdf")
    application.refresh_from_db()
    found = changes(application.information_requests.get().former, application)
    assert [(change.label, change.before, change.now) for change in found] == [
        ("Town or city", "Chiang Mai", "Mandalay"),
        ("Degree", "old.pdf", "new.pdf"),
    ]


def test_a_request_is_reminded_of_once_for_each_of_its_days(application, reviewer):
    ask(application, reviewer, sections=["about"], answer_by=date(2026, 3, 9))
    sent = {
        day: admissions.remind_of_requests(at=AT + day * DAY)
        + admissions.remind_of_requests(at=AT + day * DAY)
        for day in range(9)
    }
    assert {day for day, number in sent.items() if number} == {4, 6}
    assert set(sent.values()) == {0, 1}
    reminders = Letter.objects.filter(name="information-reminder")
    assert reminders.count() == 2
    assert "Monday 9 March 2026, 23:59" in reminders.first().body_text


def test_the_review_goes_on_without_an_answer(application, reviewer):
    ask(application, reviewer, sections=["about"])
    admissions.resume_review(application=application, by=reviewer, note="No answer came.", at=AT + 9 * DAY)
    assert application.status == "in_review"
    assert application.information_requests.get().closed_at == AT + 9 * DAY
    assert admissions.remind_of_requests(at=AT + 9 * DAY) == 0
    ask(application, reviewer, sections=["profession"], at=AT + 10 * DAY)
    assert application.information_requests.open().get().sections == ["profession"]
