"""The queue of the desk: what it narrows to, what many acts at once report, and the way from one to the next."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrollment import admissions
from enrollment.admin import queue
from enrollment.models import Application, Event, LicenseCheck, ReviewPlan
from iiwam import office
from tests.factories import ApplicationFactory, DocumentFactory, IntakeFactory, StaffFactory

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:enrollment_application_changelist")
RIGHTS = ["view_application", "review_application", "decide_application"]
DAY = timedelta(days=1)


@pytest.fixture
def reviewer(client):
    person = StaffFactory(full_name="Rev Iewer", rights=RIGHTS)
    client.force_login(person)
    return person


def sent(status="submitted", **fields):
    fields = {"complete": True, "submitted_at": datetime(2026, 1, 5, tzinfo=UTC), **fields}
    return ApplicationFactory(status=status, **fields)


def listed(client, **query) -> list[str]:
    page = client.get(QUEUE, query)
    return [application.reference for application in page.context["cl"].result_list]


def in_every_view(intake):
    """Its licence runs out, its intake closes, and its applicant has just answered."""
    intake.applications_close_at = timezone.now() + DAY
    intake.save()
    one = sent("in_review", intake=intake, license_valid_until=timezone.localdate())
    Event.objects.create(
        application=one, move="send_information", to_status="in_review", actor_name="A", at=timezone.now()
    )
    return one


# Narrowing


def test_work_is_chosen_by_links_over_the_list(client, reviewer):
    page = client.get(QUEUE)
    assert [str(choice["display"]) for choice in page.context["cl"].work] == [
        "Awaiting review",
        "Mine",
        "Unassigned",
        "Information received",
        "Waiting on the applicant",
        "Evidence expiring",
        "Deadline this week",
    ]
    assert 'href="?show=mine"' in page.content.decode()


def test_mine_and_unassigned(client, reviewer):
    mine = sent("info_requested", reviewer=reviewer)
    sent("declined", reviewer=reviewer)
    nobodys = sent()
    sent(reviewer=StaffFactory())
    assert listed(client, show="mine") == [mine.reference]
    assert listed(client, show="nobody") == [nobodys.reference]


def test_waiting_on_the_applicant_says_until_when(client, reviewer):
    waiting = sent("in_review")
    late = sent("in_review", submitted_at=datetime(2026, 1, 6, tzinfo=UTC))
    now = timezone.now()
    admissions.request_information(application=waiting, by=reviewer, note="More.", sections=["about"])
    admissions.request_information(
        application=late, by=reviewer, note="More.", sections=["about"], at=now - 30 * DAY
    )
    sent()
    assert listed(client, show="applicant") == [waiting.reference, late.reference]
    page = client.get(QUEUE, {"show": "applicant"}).content.decode()
    assert page.count("Overdue") == 1


def test_evidence_that_expires_is_a_licence_or_a_document_of_an_open_application(client, reviewer):
    today = timezone.localdate()
    license_ends = sent(license_valid_until=today + 30 * DAY)
    document_ends = sent("waitlisted")
    DocumentFactory(application=document_ends, valid_until=today - DAY)
    DocumentFactory(application=sent(), valid_until=today - DAY, status="rejected", reason="Old.")
    DocumentFactory(application=sent(), valid_until=today + 300 * DAY)
    sent("declined", license_valid_until=today)
    assert set(listed(client, show="expiring")) == {license_ends.reference, document_ends.reference}


def test_deadline_this_week_is_an_offer_a_request_a_start_or_a_close(client, reviewer):
    now = timezone.now()
    soon, later = now + 3 * DAY, now + 30 * DAY
    offered = sent("offered", offer_expires_at=soon)
    sent("offered", offer_expires_at=later)
    asked, asked_later = sent("in_review"), sent("in_review")
    for one, days in ((asked, 3), (asked_later, 30)):
        admissions.request_information(
            application=one,
            by=reviewer,
            note="More.",
            sections=["about"],
            answer_by=timezone.localdate(now) + days * DAY,
        )
    starts = sent(intake__starts_on=soon.date(), intake__ends_on=later.date())
    closes = sent(intake__applications_close_at=soon)
    sent(intake__applications_close_at=later)
    sent("declined", intake=starts.intake)
    assert set(listed(client, show="week")) == {one.reference for one in (offered, asked, starts, closes)}


def test_queue_is_narrowed_by_intake_and_age(client, reviewer):
    old, young = sent(), sent(submitted_at=timezone.now() - DAY)
    assert listed(client, age="7") == [old.reference]
    assert listed(client, age="nonsense") == [old.reference, young.reference]
    assert listed(client, intake=young.intake_id) == [young.reference]


@pytest.mark.parametrize(
    ("query", "questions"),
    [
        ("", 7),
        ("?status=all", 7),
        ("?show=week", 8),
        ("?show=expiring", 8),
        ("?show=received", 8),
        ("?status=all&q=example.org", 9),
    ],
)
def test_queue_asks_the_same_number_of_questions_however_long_it_is(
    client, reviewer, django_assert_num_queries, query, questions
):
    given = StaffFactory(rights=RIGHTS, intakes=[IntakeFactory()])
    client.force_login(given)
    intake = given.review_duties.get().intake
    in_every_view(intake)
    client.get(QUEUE + query)
    with django_assert_num_queries(questions):
        client.get(QUEUE + query)
    people = [sent(intake=intake).applicant for _number in range(3)]
    Application.objects.bulk_create(
        Application(
            applicant=people[number % 3],
            intake=intake,
            status="withdrawn" if number % 2 else "expired",
            submitted_at=timezone.now(),
            reviewer=given,
        )
        for number in range(300)
    )
    with django_assert_num_queries(questions):
        client.get(QUEUE + query)


def test_more_than_can_be_handed_over_by_key_are_narrowed_all_the_same(client, reviewer, monkeypatch):
    monkeypatch.setattr(queue, "FEW", 1)
    soon = timezone.localdate() + DAY
    expiring = [sent(license_valid_until=soon) for _number in range(3)]
    sent("declined", license_valid_until=soon)
    assert set(listed(client, show="expiring")) == {one.reference for one in expiring}


def test_pages_of_the_list_follow_its_order(client, reviewer, monkeypatch):
    monkeypatch.setattr(queue.FirstOfMany, "MOST", 60)
    course = IntakeFactory()
    rows = [sent(intake=course, submitted_at=timezone.now() - number * DAY) for number in range(62)]
    first, second = listed(client, o="-6"), listed(client, o="-6", p="2")
    assert first + second == [one.reference for one in rows[:60]]
    assert "The first 60 are listed" in client.get(QUEUE).content.decode()


def test_home_counts_no_farther_than_anybody_reads(client, reviewer, monkeypatch):
    monkeypatch.setattr(office, "MOST", 2)
    two = [sent(), sent()]
    assert "<b>2</b> <span>Applications awaiting review" in client.get("/admin/").content.decode()
    sent(intake=two[0].intake)
    assert "<b>2+</b> <span>Applications awaiting review" in client.get("/admin/").content.decode()


def test_home_asks_the_same_number_of_questions_however_much_waits(
    client, reviewer, django_assert_num_queries
):
    one = in_every_view(IntakeFactory())
    client.get("/admin/")
    with CaptureQueriesContext(connection) as few:
        client.get("/admin/")
    for _number in range(3):
        in_every_view(one.intake)
    with django_assert_num_queries(len(few)):
        page = client.get("/admin/")
    assert [work.count for work in page.context["waiting"]] == [4, 4, 4]


# From one to the next


def desk(application, **query):
    address = reverse("admin:enrollment_application_change", args=[application.pk])
    return address, query


def test_previous_and_next_follow_the_list_that_the_page_was_opened_from(client, reviewer):
    first, second, third = (sent(submitted_at=datetime(2026, 1, day, tzinfo=UTC)) for day in (1, 2, 3))
    Application.objects.filter(pk__in=[first.pk, third.pk]).update(reviewer=reviewer)
    address, _query = desk(second)
    page = client.get(address)
    assert (page.context["previous"], page.context["next"]) == (first, third)
    address, _query = desk(first)
    page = client.get(address, {"_changelist_filters": "show=mine"})
    assert (page.context["previous"], page.context["next"]) == (None, third)
    assert f"{third.pk}/change/?_changelist_filters=show%3Dmine" in page.content.decode()


def test_an_act_keeps_the_list_that_it_came_from(client, reviewer):
    application = sent()
    move = reverse("admin:enrollment_application_move", args=[application.pk, "start_review"])
    response = client.post(f"{move}?_changelist_filters=show%3Dmine", {"note": "Begun."})
    assert response.url.endswith("/change/?_changelist_filters=show%3Dmine")


@pytest.mark.parametrize("filters", ["show=x&q=%00", "intake=abc", "%", "p=-1", "q=" + "x" * 500])
def test_any_list_to_come_from_is_borne(client, reviewer, filters):
    address, _query = desk(sent())
    assert client.get(address, {"_changelist_filters": filters}).status_code == 200


# Many at once


def act_on(client, name, *applications, **answers):
    keys = [application.pk for application in applications]
    return client.post(QUEUE + "?status=all", {"action": name, "_selected_action": keys, **answers})


def test_many_are_declined_and_each_line_says_what_happened(client, reviewer):
    ready, unread, ended = sent("in_review"), sent("in_review", opinions=0), sent("declined")
    page = act_on(client, "decline", ready, unread, ended)
    assert "Chosen" in page.content.decode() and not page.context["outcomes"]
    page = act_on(client, "decline", ready, unread, ended, confirmed="1", note="No register entry.")
    told = {one.application.pk: (one.is_done, one.words) for one in page.context["outcomes"]}
    assert told == {
        ready.pk: (True, "Done: “Declined by the institute”."),
        unread.pk: (
            False,
            "One more opinion is needed before a decision. Record yours under “Reviews”.",
        ),
        ended.pk: (
            False,
            "This is “Declined by the institute” now, so “Decline” is not possible.",
        ),
    }
    ready.refresh_from_db()
    assert ready.letters.get().name == "application-declined"
    assert "1 of 3 done." in page.content.decode()


def test_many_are_not_declined_without_a_reason(client, reviewer):
    application = sent("in_review")
    page = act_on(client, "decline", application, confirmed="1", note=" ")
    assert page.context["outcomes"] is None and page.context["form"].errors
    application.refresh_from_db()
    assert application.status == "in_review"


def test_many_are_assigned_to_a_reviewer_of_their_intakes(client, reviewer):
    one, other = sent(), sent()
    colleague = StaffFactory(rights=RIGHTS, intakes=[one.intake])
    page = act_on(client, "assign", one, other, confirmed="1", reviewer=colleague.pk)
    assert [outcome.is_done for outcome in page.context["outcomes"]] == [True, False]
    one.refresh_from_db()
    assert one.reviewer == colleague
    page = act_on(client, "assign", one, confirmed="1", reviewer=StaffFactory().pk)
    assert page.context["form"].errors.keys() == {"reviewer"}


def test_what_only_deciders_do_is_not_offered_to_others(client):
    client.force_login(StaffFactory(rights=["review_application"]))
    sent("in_review")
    page = client.get(QUEUE)
    choices = [name for name, _label in page.context["action_form"].fields["action"].choices]
    assert choices == ["", "assign", "start_review"]


# On the page


def page_of(client, application):
    return client.get(desk(application)[0])


def post(client, application, name, **answers):
    return client.post(reverse(f"admin:enrollment_application_{name}", args=[application.pk]), answers)


def test_a_look_into_a_register_is_recorded_on_the_page(client, reviewer):
    application = sent("in_review")
    given = {"register": "Medical Council", "number": "12345", "result": "good"}
    page = post(client, application, "license", **given)
    assert page.context["license_form"].errors.keys() == {"note"}
    post(client, application, "license", **given, note="Listed since 2014.", address="mmc.example/search")
    check = LicenseCheck.objects.get()
    assert (check.by, check.address) == (reviewer, "https://mmc.example/search")
    assert "Listed since 2014." in page_of(client, application).content.decode()


def test_points_stand_beside_the_opinion(client, reviewer):
    application = sent("in_review", opinions=0)
    plan = ReviewPlan.objects.create(course=application.intake.course, reviews_needed=1)
    skill = plan.criteria.create(title="Skill", guidance="Five: teaches others.")
    answers = {"recommendation": "offer", "note": "Good."}
    page = post(client, application, "review", **answers, **{f"points_{skill.pk}": "6"})
    assert page.context["review_form"].errors.keys() == {f"points_{skill.pk}"}
    post(client, application, "review", **answers, **{f"points_{skill.pk}": "4"})
    page = page_of(client, application).content.decode()
    assert "Skill: <b>4</b> of 5" in page and "1 given, 1 needed" in page


def test_an_application_is_handed_to_a_colleague_who_has_its_intake(client, reviewer):
    application = sent("in_review")
    colleague = StaffFactory(rights=RIGHTS, intakes=[application.intake])
    stranger = StaffFactory(rights=RIGHTS, intakes=[IntakeFactory()])
    for person, holder in ((stranger, None), (colleague, colleague)):
        post(client, application, "reviewer", act="assign", reviewer=person.pk)
        application.refresh_from_db()
        assert application.reviewer == holder


def test_a_request_shows_its_letter_and_names_what_was_rejected(client, reviewer):
    application = sent("in_review")
    course = application.intake.course
    course.evidence_requirements.create(kind="photo-id", label="Photo identity")
    DocumentFactory(application=application, status="rejected", reason="Too dark.")
    address = reverse("admin:enrollment_application_move", args=[application.pk, "request_information"])
    page = client.get(address)
    assert "This is open to you again: Photo identity." in page.context["letter"]["body_text"]
    assert page.context["form"]["documents"].initial == ["photo-id"]
    week_on = timezone.localdate(timezone=application.intake.zone) + 7 * DAY
    assert f'value="{week_on.isoformat()}"' in str(page.context["form"]["answer_by"])
    last = timezone.localdate() + 5 * DAY
    answers = {"note": "Brighter, please.", "sections": ["about"], "answer_by": last.isoformat()}
    page = client.post(address, {**answers, "preview": "1"})
    assert "open to you again: About you." in page.context["letter"]["body_text"]
    client.post(address, answers)
    request = application.information_requests.get()
    assert (request.sections, request.documents, request.asked_by) == (["about"], [], reviewer)
    assert timezone.localtime(request.answer_by, application.intake.zone).date() == last


@pytest.mark.parametrize(
    "answers",
    [{}, {"sections": ["about"], "answer_by": "2020-01-01"}, {"sections": ["x"], "answer_by": "\x00"}],
)
def test_a_request_without_sense_is_asked_again(client, reviewer, answers):
    application = sent("in_review")
    address = reverse("admin:enrollment_application_move", args=[application.pk, "request_information"])
    page = client.post(address, {"note": "More.", **answers})
    assert page.status_code == 200 and page.context["form"].errors
    assert not application.information_requests.exists()


def test_what_the_applicant_changed_is_set_beside_what_was_there(client, reviewer):
    application = sent("in_review")
    admissions.request_information(application=application, by=reviewer, note="City?", sections=["about"])
    admissions.save_section(
        application=application, by=application.applicant, section="about", values={"city": "Mandalay"}
    )
    page = page_of(client, application).content.decode()
    assert "<del>Chiang Mai</del>" in page and "<ins>Mandalay</ins>" in page


def test_reading_an_application_is_on_record(client, reviewer):
    application = sent("in_review")
    page_of(client, application)
    assert application.evidence_history.get().actor == reviewer
