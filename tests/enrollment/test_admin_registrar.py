"""The registrar's and the assessor's side of the office: standing, award, certificates, logbook, letters, days."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from enrollment import certification, completion
from enrollment.admin.standing import outstanding_counts, ready_for_award
from enrollment.models import Certificate, CompetencyCheck, Enrollment, Letter, LogbookEntry
from enrollment.workflow import record_birth
from tests.factories import (
    CompetencyFactory,
    CourseFactory,
    EnrollmentFactory,
    IntakeFactory,
    LogbookEntryFactory,
    ModuleFactory,
    QuestionFactory,
    StaffFactory,
    TopicFactory,
    TrainingDayFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

REGISTRAR = [
    *("view_enrollment", "view_certificate", "issue_certificate", "revoke_certificate"),
    *("view_letter", "change_letter", "view_event", "view_logbookentry", "view_attendance"),
]
ASSESSOR = ["view_logbookentry", "countersign_logbookentry", "view_attendance", "view_enrollment"]
AT = datetime(2026, 1, 8, tzinfo=UTC)


def address(model, name, *args):
    return reverse(f"admin:enrollment_{model}_{name}", args=args)


@pytest.fixture
def registrar(client):
    person = StaffFactory(full_name="Reg Istrar", rights=REGISTRAR)
    client.force_login(person)
    return person


@pytest.fixture
def assessor(client):
    person = StaffFactory(full_name="Ass Essor", rights=ASSESSOR)
    client.force_login(person)
    return person


@pytest.fixture
def course():
    """One topic, one question, one case, one critical skill."""
    course = CourseFactory(supervised_cases_required=1)
    module = ModuleFactory(course=course)
    TopicFactory(module=module)
    QuestionFactory(module=module)
    CompetencyFactory(course=course, is_critical=True)
    return course


def learner(course, **done):
    enrollment = EnrollmentFactory(
        application__intake=IntakeFactory(course=course), application__legal_name="Nang Mwe"
    )
    module = course.modules.get()
    if done.get("read"):
        enrollment.progress.create(topic=module.topics.get(), read_at=AT)
    if done.get("passed"):
        enrollment.attempts.create(
            module=module,
            number=1,
            questions=[],
            pass_mark=80,
            started_at=AT,
            submitted_at=AT,
            is_passed=True,
        )
    if done.get("case"):
        entry(enrollment, "countersigned", assessor=UserFactory(), countersigned_at=AT)
    for result in done.get("skill", "").split():
        enrollment.competency_checks.create(
            competency=course.competencies.get(), result=result, assessor=UserFactory(), checked_at=AT
        )
    return enrollment


def entry(enrollment, status="awaiting", **fields):
    return LogbookEntry.objects.create(
        enrollment=enrollment,
        status=status,
        submitted_at=AT,
        **{
            "performed_on": date(2026, 1, 7),
            "patient_code": "P-014",
            "procedure": "Microneedling",
            "area": "Cheeks",
            "phototype": "III",
            "device": "Pen",
            "cartridge_lot": "L1",
            "depth_mm": Decimal("1.5"),
            "passes": 3,
            "role": "supervised",
            "outcome": "Erythema.",
            **fields,
        },
    )


DONE = {"read": True, "passed": True, "case": True, "skill": "met"}


def said(response):
    return [str(message) for message in response.context["messages"]]


# Standing


@pytest.mark.parametrize(
    "done",
    [
        {},
        {"read": True},
        {"passed": True},
        {"case": True},
        {"skill": "not_met"},
        {"skill": "met not_met"},
        {"skill": "not_met met"},
        {**DONE, "skill": "not_met"},
        {**DONE, "skill": "met"},
        DONE,
    ],
)
def test_standing_in_bulk_is_the_rule_of_certification(course, done):
    enrollment = learner(course, **done)
    assert outstanding_counts([enrollment]) == {enrollment.pk: len(completion.outstanding(enrollment))}


def test_standing_of_a_course_without_content_is_never_ready():
    enrollment = EnrollmentFactory()
    assert outstanding_counts([enrollment]) == {enrollment.pk: 1}
    assert len(completion.outstanding(enrollment)) == 1


def test_ready_for_award_are_those_who_study_and_owe_nothing(course):
    ready, _owing = learner(course, **DONE), learner(course)
    gone = learner(course, **DONE)
    Enrollment.objects.filter(pk=gone.pk).update(status="withdrawn")
    assert list(ready_for_award(Enrollment.objects.all())) == [ready]


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_learners_asks_the_same_number_of_questions(
    client, registrar, course, django_assert_num_queries, number
):
    for _each in range(number):
        learner(course, read=True)
    client.get(address("enrollment", "changelist"))
    with django_assert_num_queries(28):
        page = client.get(address("enrollment", "changelist"))
    assert [one.owed for one in page.context["cl"].result_list] == [3] * number


# Award


def test_learner_page_offers_the_certificate_only_when_nothing_is_outstanding(client, registrar, course):
    owing, ready = learner(course), learner(course, **DONE)
    page = client.get(address("enrollment", "change", owing.pk))
    assert [str(button.label) for button in page.context["buttons"]] == [
        "Give up the place",
        "Record a renewed licence",
    ]
    assert "Questions of module" in page.content.decode()
    page = client.get(address("enrollment", "change", ready.pk))
    assert [str(button.label) for button in page.context["buttons"]] == [
        "Issue certificate",
        "Give up the place",
        "Record a renewed licence",
    ]


def test_certificate_is_issued_once_however_often_it_is_asked_for(client, registrar, course):
    enrollment = learner(course, **DONE)
    for _click in range(2):
        response = client.post(address("enrollment", "move", enrollment.pk, "complete"), follow=True)
    assert said(response)[-1] == "You have done this already: it is “Completed” now."
    assert Certificate.objects.get().issued_by == registrar


def test_certificate_is_refused_while_something_is_outstanding(client, registrar, course):
    enrollment = learner(course)
    response = client.post(address("enrollment", "move", enrollment.pk, "complete"), follow=True)
    assert said(response) == ["Still outstanding: see what the award asks for."]
    assert not Certificate.objects.exists()


def test_assessor_is_not_offered_the_award(client, assessor, course):
    enrollment = learner(course, **DONE)
    page = client.get(address("enrollment", "change", enrollment.pk))
    assert page.context["buttons"] == []
    client.post(
        address("enrollment", "changelist"),
        {"action": "issue_certificates", "_selected_action": [enrollment.pk]},
    )
    client.post(address("enrollment", "move", enrollment.pk, "complete"))
    assert not Certificate.objects.exists()


def test_place_is_given_up_with_a_reason_and_frees_its_seat(client, registrar, course):
    enrollment = learner(course)
    client.post(address("enrollment", "move", enrollment.pk, "withdraw"), {"note": "Moved abroad."})
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.application.status) == ("withdrawn", "withdrawn")
    assert "Moved abroad." in Letter.objects.get().body_text


def test_registrar_does_not_find_their_own_enrollment(client, registrar, course):
    enrollment = learner(course, **DONE)
    Enrollment.objects.filter(pk=enrollment.pk).update(learner=registrar)
    assert client.get(address("enrollment", "change", enrollment.pk)).status_code == 404
    client.post(address("enrollment", "move", enrollment.pk, "complete"))
    assert not Certificate.objects.exists()


# Certificates


@pytest.fixture
def certificate(registrar, course):
    return certification.issue_certificate(enrollment=learner(course, **DONE), by=registrar)


def test_certificate_is_shown_as_it_was_frozen(client, certificate):
    type(certificate.enrollment.application).objects.update(legal_name="Another Name")
    page = client.get(address("certificate", "change", certificate.pk)).content.decode()
    assert "Nang Mwe" in page and "Another Name" not in page


def test_certificate_can_be_downloaded(client, certificate):
    response = client.get(address("certificate", "pdf", certificate.pk))
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")


def test_certificate_is_revoked_with_a_class_of_reason_and_a_note(client, certificate):
    revoke = address("certificate", "move", certificate.pk, "revoke")
    page = client.post(revoke, {"note": "Wrong name."})
    assert page.context["form"].errors.keys() == {"reason_class"}
    client.post(revoke, {"note": "Wrong name.", "reason_class": "issued_in_error"})
    certificate.refresh_from_db()
    assert (certificate.status, certificate.reason_class) == ("revoked", "issued_in_error")


def test_revocation_letter_is_previewed_with_the_chosen_class(client, certificate):
    revoke = address("certificate", "move", certificate.pk, "revoke")
    assert "the class that you choose" in client.get(revoke).context["letter"]["body_text"]
    page = client.post(revoke, {"note": "Why.", "reason_class": "misconduct", "preview": "1"})
    assert "Misconduct" in page.context["letter"]["body_text"]
    certificate.refresh_from_db()
    assert certificate.status == "issued"


@pytest.mark.parametrize("name", ["add", "delete"])
@pytest.mark.parametrize("model", ["certificate", "enrollment", "logbookentry", "letter", "event"])
def test_records_are_neither_added_nor_deleted(client, certificate, model, name):
    client.force_login(StaffFactory(is_superuser=True))
    entry(certificate.enrollment)
    record = {
        "certificate": certificate,
        "enrollment": certificate.enrollment,
        "logbookentry": LogbookEntry.objects.first(),
        "letter": Letter.objects.first(),
        "event": certificate.history.first(),
    }[model]
    path = address(model, "changelist") + ("add/" if name == "add" else f"{record.pk}/delete/")
    assert client.post(path, {"post": "yes"}).status_code == 403


def test_history_of_ones_own_record_is_not_for_oneself(client, registrar):
    others, own = EnrollmentFactory(), EnrollmentFactory(learner=registrar, application__applicant=registrar)
    records = [
        record
        for enrollment in (others, own)
        for record in (enrollment.application, enrollment, LogbookEntryFactory(enrollment=enrollment))
    ]
    for record in records:
        record_birth(record, "start", by=registrar, note="Kept between colleagues.")
    page = client.get(address("event", "changelist"))
    assert {
        event.application or event.enrollment or event.entry for event in page.context["cl"].result_list
    } == {*records[:3]}
    assert client.get(address("event", "change", own.history.get().pk)).status_code == 302


# Logbook


def test_entries_open_on_what_awaits_and_never_show_a_draft(client, assessor, course):
    enrollment = learner(course)
    waiting = entry(enrollment)
    entry(enrollment, "draft"), entry(enrollment, "returned")
    page = client.get(address("logbookentry", "changelist"))
    assert list(page.context["cl"].result_list) == [waiting]
    page = client.get(address("logbookentry", "changelist"), {"status": "all"})
    assert {one.status for one in page.context["cl"].result_list} == {"awaiting", "returned"}


def test_entry_is_countersigned_on_the_page_that_asks_for_the_password_alone(client, assessor, course):
    waiting = entry(learner(course))
    page = client.get(address("logbookentry", "change", waiting.pk))
    assert reverse("enrollment:assess_entry", args=[waiting.pk]) in [
        button.url for button in page.context["buttons"]
    ]
    assert client.post(address("logbookentry", "move", waiting.pk, "countersign")).status_code == 404
    waiting.refresh_from_db()
    assert waiting.status == "awaiting"


def test_entry_is_returned_with_a_reason_that_the_letter_quotes(client, assessor, course):
    waiting = entry(learner(course))
    page = client.get(address("logbookentry", "move", waiting.pk, "return"))
    assert page.context["letter"]["subject"]
    client.post(address("logbookentry", "move", waiting.pk, "return"), {"note": "Which lot?"})
    waiting.refresh_from_db()
    assert waiting.status == "returned"
    assert "Which lot?" in Letter.objects.get().body_text


def test_entry_is_not_the_registrars_to_sign(client, registrar, course):
    waiting = entry(learner(course))
    page = client.get(address("logbookentry", "change", waiting.pk))
    assert [button.url for button in page.context["buttons"]] == []
    assert client.post(reverse("enrollment:assess_entry", args=[waiting.pk])).status_code == 403


def test_assessor_does_not_find_their_own_entry(client, assessor, course):
    enrollment = learner(course)
    Enrollment.objects.filter(pk=enrollment.pk).update(learner=assessor)
    own = entry(enrollment)
    assert client.get(address("logbookentry", "change", own.pk)).status_code == 404
    assert client.post(address("logbookentry", "move", own.pk, "return")).status_code == 404


def test_skill_is_judged(client, assessor, course):
    enrollment, competency = learner(course), course.competencies.get()
    judged = address("enrollment", "skill", enrollment.pk)
    client.post(judged, {"competency": competency.pk, "result": "met", "note": "Clean field."})
    check = CompetencyCheck.objects.get()
    assert (check.competency, check.result, check.assessor) == (competency, "met", assessor)
    page = client.post(judged, {"competency": CompetencyFactory().pk, "result": "met"})
    assert page.context["skill_form"].errors.keys() == {"competency"}


# Training days


def test_office_reads_who_was_there_and_marks_nothing(client, registrar, course):
    there, absent = learner(course), learner(course)
    Enrollment.objects.filter(pk=absent.pk).update(intake=there.intake)
    day = TrainingDayFactory(intake=there.intake)
    there.attendance.create(training_day=day, is_present=True, marked_by=registrar, marked_at=AT)
    page = client.get(reverse("admin:courses_trainingday_change", args=[day.pk])).content.decode()
    assert [page.count(word) for word in ("There</", "Not marked yet", "Only an assessor")] == [1, 1, 1]


# Letters


def letter(**fields):
    return Letter.objects.create(
        **{
            "name": "place-offered",
            "recipient": UserFactory(),
            "to_email": "nang@example.org",
            "subject": "A place",
            "body_text": "Dear",
            "body_html": "Dear",
            "message_id": f"<{Letter.objects.count()}@example.org>",
            "written_at": AT,
            **fields,
        }
    )


def test_failed_letters_are_sent_again_and_others_stay(client, registrar, mailoutbox):
    failed, sent = letter(status="failed", attempts=5), letter(status="sent", sent_at=AT)
    response = client.post(
        address("letter", "changelist"),
        {"action": "send_again", "_selected_action": [failed.pk, sent.pk]},
        follow=True,
    )
    assert set(said(response)) == {"“A place” has not failed.", "1 letter is on its way again."}
    assert [message.to for message in mailoutbox] == [["nang@example.org"]]
    failed.refresh_from_db()
    assert failed.status == "sent"


# The home of the office


def waiting(client):
    page = client.get(reverse("admin:index"))
    return {str(work.label): work.count for work in page.context["waiting"]}


def test_home_counts_what_waits_for_the_registrar(client, registrar, course):
    learner(course, **DONE), learner(course), letter(status="failed")
    assert waiting(client) == {"Learners ready for award": 1, "Letters that could not be sent": 1}


def test_home_counts_what_waits_for_the_assessor(client, assessor, course):
    entry(learner(course))
    assert waiting(client) == {"Logbook entries to countersign": 1}


def test_home_shows_an_editor_nothing_of_persons(client, course):
    client.force_login(StaffFactory(rights=["change_course", "view_course"]))
    entry(learner(course, **DONE))
    assert waiting(client) == {}


@pytest.mark.parametrize("number", [1, 3])
def test_home_asks_the_same_number_of_questions(client, course, django_assert_num_queries, number):
    client.force_login(StaffFactory(rights=[*REGISTRAR, *ASSESSOR, "review_application"]))
    for _each in range(number):
        entry(learner(course, **DONE))
    client.get(reverse("admin:index"))
    with django_assert_num_queries(14):
        client.get(reverse("admin:index"))
