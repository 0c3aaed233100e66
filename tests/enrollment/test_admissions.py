"""An application from its beginning to the decision."""

from datetime import UTC, datetime, timedelta

import pytest

from courses.models import Course, Intake
from enrollment import admissions
from enrollment.completeness import DECLARATIONS
from enrollment.models import Application, Declaration, Event, Letter, Review
from enrollment.workflow import MoveRefused
from tests.factories import (
    ApplicationFactory,
    CourseFactory,
    EvidenceRequirementFactory,
    IntakeFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def reviewer():
    return StaffFactory(rights=["review_application"])


@pytest.fixture
def decider():
    return StaffFactory(rights=["review_application", "decide_application"])


def declare_everything(application: Application) -> None:
    for key, text in DECLARATIONS.items():
        Declaration.objects.create(application=application, key=key, text=str(text), agreed_at=AT)


@pytest.fixture
def filled():
    """A draft that lacks nothing."""
    application = ApplicationFactory(complete=True)
    declare_everything(application)
    return application


# Beginning


def test_starting_makes_a_draft_with_its_history():
    person, intake = UserFactory(full_name="Ananya Rao"), IntakeFactory()
    application = admissions.start_application(applicant=person, intake=intake, at=AT)
    assert (application.applicant, application.intake, application.status) == (person, intake, "draft")
    assert application.legal_name == "Ananya Rao"
    assert [(event.move, event.actor, event.at) for event in application.history.all()] == [
        ("start", person, AT)
    ]


def test_starting_again_returns_the_live_application():
    person, intake = UserFactory(), IntakeFactory()
    first = admissions.start_application(applicant=person, intake=intake, at=AT)
    assert admissions.start_application(applicant=person, intake=intake, at=AT) == first
    assert Event.objects.count() == Letter.objects.count() == 1


def test_a_live_application_is_found_again_after_applications_closed():
    application = ApplicationFactory(intake__applications_close_at=AT)
    found = admissions.start_application(applicant=application.applicant, intake=application.intake, at=AT)
    assert found == application


def test_a_race_between_two_clicks_makes_one_application(monkeypatch):
    """The second click looked before the first had saved, and is stopped by the database."""
    application = ApplicationFactory()
    looks = iter([Application.objects.none(), Application.objects.live()])
    monkeypatch.setattr(
        "enrollment.models.application.ApplicationQuerySet.live",
        lambda queryset: next(looks).filter(pk__in=queryset),
    )
    found = admissions.start_application(applicant=application.applicant, intake=application.intake, at=AT)
    assert found == application
    assert not Event.objects.exists()


def test_a_new_application_may_follow_one_that_ended():
    old = ApplicationFactory(status="withdrawn")
    new = admissions.start_application(applicant=old.applicant, intake=old.intake, at=AT)
    assert new != old


def test_answers_of_the_latest_application_are_carried_over():
    old = ApplicationFactory(complete=True, status="declined")
    new = admissions.start_application(applicant=old.applicant, intake=IntakeFactory(), at=AT)
    carried = {name: getattr(new, name) for name in admissions.CARRIED_OVER}
    assert carried == {name: getattr(old, name) for name in admissions.CARRIED_OVER}
    assert (new.city, new.register_number, new.motivation) == ("Chiang Mai", "12345", "")


def test_nothing_is_carried_over_from_somebody_else():
    ApplicationFactory(complete=True)
    new = admissions.start_application(applicant=UserFactory(), intake=IntakeFactory(), at=AT)
    assert new.city == ""


@pytest.mark.parametrize(
    "fields, sentence",
    [
        (
            {"applications_open_at": AT + timedelta(days=1)},
            "Applications for this intake open on 3 March 2026.",
        ),
        ({"applications_close_at": AT}, "Applications for this intake closed on 2 March 2026."),
        ({"status": Intake.Status.CLOSED}, "This intake takes no applications now."),
        ({"status": Intake.Status.CANCELLED}, "This intake takes no applications now."),
        ({"course__enrolment": Course.Enrolment.INTEREST}, "This intake takes no applications now."),
        ({"course__published_at": None}, "This intake takes no applications now."),
    ],
)
def test_an_intake_that_takes_no_applications_says_why(fields, sentence):
    intake = IntakeFactory(**fields)
    with pytest.raises(MoveRefused, match=sentence):
        admissions.start_application(applicant=UserFactory(), intake=intake, at=AT)
    assert not Application.objects.exists()


# Sending


def test_submitting_a_complete_application(filled):
    admissions.submit_application(application=filled, by=filled.applicant, at=AT)
    filled.refresh_from_db()
    assert (filled.status, filled.submitted_at) == ("submitted", AT)


def test_submitting_twice_sends_one(filled):
    admissions.submit_application(application=filled, by=filled.applicant, at=AT)
    with pytest.raises(MoveRefused, match="This is “Submitted” now"):
        admissions.submit_application(application=filled, by=filled.applicant, at=AT)
    assert Letter.objects.filter(name="application-received").count() == 1


def test_an_incomplete_application_is_refused_with_what_is_missing(filled):
    Application.objects.update(motivation="", city="")
    filled.declarations.filter(key="scope").delete()
    EvidenceRequirementFactory(course=filled.intake.course, label="Photo identity")
    with pytest.raises(admissions.IncompleteApplication) as refused:
        admissions.submit_application(application=filled, by=filled.applicant, at=AT)
    assert refused.value.missing == {
        "about": ["town or city"],
        "course": ["why this course"],
        "evidence": ["Photo identity"],
        "declarations": [str(DECLARATIONS["scope"])],
    }
    assert str(refused.value) == (
        "Some answers are still missing. Complete these sections: "
        "About you, Your course, Evidence documents, Declarations."
    )
    assert Application.objects.get().status == "draft"


def test_a_stranger_does_not_learn_what_is_missing():
    application = ApplicationFactory()
    with pytest.raises(MoveRefused) as refused:
        admissions.submit_application(application=application, by=UserFactory(), at=AT)
    assert type(refused.value) is MoveRefused


def test_a_draft_is_not_sent_after_applications_closed(filled):
    Intake.objects.update(applications_close_at=AT)
    with pytest.raises(MoveRefused, match="takes no applications any more"):
        admissions.submit_application(application=filled, by=filled.applicant, at=AT)


def test_information_is_sent_even_after_applications_closed(filled):
    Application.objects.update(status="info_requested")
    Intake.objects.update(applications_close_at=AT)
    admissions.send_information(application=filled, by=filled.applicant, at=AT)
    assert Application.objects.get().status == "in_review"


def test_information_that_is_still_missing_is_named(filled):
    Application.objects.update(status="info_requested", phone="")
    with pytest.raises(admissions.IncompleteApplication) as refused:
        admissions.send_information(application=filled, by=filled.applicant, at=AT)
    assert refused.value.missing == {"about": ["telephone"]}


# Reviewing


def test_who_starts_the_review_is_the_reviewer(reviewer):
    application = ApplicationFactory(status="submitted")
    admissions.start_review(application=application, by=reviewer, note="Complete.", at=AT)
    application.refresh_from_db()
    assert (application.status, application.reviewer) == ("in_review", reviewer)


def test_an_assigned_reviewer_stays_when_another_starts(reviewer, decider):
    application = ApplicationFactory(status="submitted")
    admissions.assign_reviewer(application=application, by=decider, reviewer=reviewer)
    admissions.start_review(application=application, by=decider, note="Complete.", at=AT)
    application.refresh_from_db()
    assert application.reviewer == reviewer


def test_an_application_can_be_taken_from_its_reviewer(reviewer):
    application = ApplicationFactory(status="in_review", reviewer=reviewer)
    admissions.assign_reviewer(application=application, by=reviewer, reviewer=None)
    assert Application.objects.get().reviewer is None


def test_only_reviewers_assign_and_are_assigned(reviewer):
    application = ApplicationFactory(status="in_review")
    for by, chosen in [
        (UserFactory(), reviewer),
        (reviewer, UserFactory()),
        (reviewer, application.applicant),
    ]:
        with pytest.raises(MoveRefused):
            admissions.assign_reviewer(application=application, by=by, reviewer=chosen)
    assert Application.objects.get().reviewer is None


def test_a_reviewer_has_one_opinion_which_may_change(reviewer, decider):
    application = ApplicationFactory(status="in_review", opinions=0)
    for by, recommendation in [(reviewer, "unsure"), (decider, "decline"), (reviewer, "offer")]:
        admissions.record_review(
            application=application, by=by, recommendation=recommendation, note=" Register checked. "
        )
    found = set(Review.objects.values_list("reviewer", "recommendation", "note"))
    assert found == {
        (reviewer.pk, "offer", "Register checked."),
        (decider.pk, "decline", "Register checked."),
    }


@pytest.mark.parametrize("recommendation, note", [("", "Good."), ("maybe", "Good."), ("offer", "  ")])
def test_an_opinion_needs_a_recommendation_and_a_reason(reviewer, recommendation, note):
    application = ApplicationFactory(status="in_review")
    with pytest.raises(MoveRefused, match="Choose a recommendation and say why."):
        admissions.record_review(
            application=application, by=reviewer, recommendation=recommendation, note=note
        )


def test_opinions_are_given_while_an_application_is_reviewed(reviewer):
    open_for_opinions = set()
    for status in Application.Status.values:
        application = ApplicationFactory(status=status)
        try:
            admissions.record_review(
                application=application, by=reviewer, recommendation="offer", note="Register checked."
            )
        except MoveRefused:
            continue
        open_for_opinions.add(status)
    assert open_for_opinions == {"in_review", "info_requested", "waitlisted"}


def test_nobody_gives_an_opinion_on_their_own_application(reviewer):
    application = ApplicationFactory(status="in_review", applicant=reviewer)
    with pytest.raises(MoveRefused, match="never on their own"):
        admissions.record_review(application=application, by=reviewer, recommendation="offer", note="Me.")


def test_what_is_requested_can_be_added_and_the_review_goes_on(filled, reviewer):
    Application.objects.update(status="in_review")
    admissions.request_information(application=filled, by=reviewer, note="Page 2 is missing.", at=AT)
    assert Application.objects.get().is_editable
    admissions.send_information(application=filled, by=filled.applicant, at=AT)
    assert [event.move for event in filled.history.all()] == ["request_information", "send_information"]


# Deciding


def test_declining_and_reopening(decider):
    application = ApplicationFactory(status="in_review")
    admissions.decline(application=application, by=decider, note="Not registered.", at=AT)
    assert Application.objects.get().status == "declined"
    admissions.reopen(application=application, by=decider, note="The register was wrong.", at=AT)
    assert Application.objects.get().status == "in_review"


def test_a_reopened_review_carries_no_offer(decider):
    application = ApplicationFactory(
        status="expired", offer_expires_at=AT, offer_fee_minor=100, offer_currency="MYR"
    )
    admissions.reopen(application=application, by=decider, note="Wrote to us.", at=AT)
    application.refresh_from_db()
    assert (application.offer_expires_at, application.offer_fee_minor) == (None, None)


def test_reopening_loses_a_race_against_a_new_application_with_a_sentence(decider, monkeypatch):
    """The guard looked before the new application was saved; the database looks last."""
    old = ApplicationFactory(status="declined")
    ApplicationFactory(applicant=old.applicant, intake=old.intake)
    monkeypatch.setattr(
        "enrollment.models.application.ApplicationQuerySet.live", lambda queryset: queryset.none()
    )
    with pytest.raises(MoveRefused, match="another application for this intake now"):
        admissions.reopen(application=old, by=decider, note="Wrote to us.", at=AT)
    assert Application.objects.get(pk=old.pk).status == "declined"


def test_the_whole_road_leaves_the_whole_story(decider):
    course = CourseFactory()
    intake = IntakeFactory(course=course)
    person = UserFactory()
    application = admissions.start_application(applicant=person, intake=intake, at=AT)
    whole = ApplicationFactory(complete=True, intake__course=course)
    for name in [*admissions.CARRIED_OVER, "motivation", "standing"]:
        setattr(application, name, getattr(whole, name))
    application.save()
    admissions.agree(application=application, by=person, declarations=DECLARATIONS, at=AT)
    admissions.submit_application(application=application, by=person, at=AT)
    admissions.start_review(application=application, by=decider, note="Complete.", at=AT)
    admissions.record_review(
        application=application, by=decider, recommendation="offer", note="All criteria met."
    )
    admissions.offer_place(application=application, by=decider, note="All criteria met.", at=AT)
    admissions.accept_offer(application=application, by=person, at=AT)
    told = application.letters.order_by("pk").values_list("name", "event__move", "event__actor")
    assert list(told) == [
        ("application-started", "start", person.pk),
        ("application-received", "submit", person.pk),
        ("review-started", "start_review", decider.pk),
        ("place-offered", "offer_place", decider.pk),
        ("place-confirmed", "accept_offer", person.pk),
    ]
