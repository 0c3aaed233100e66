"""The second choice of intake is tried when the first is full; reminders come once; a letter's link declines."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from courses.models import Intake, ResidenceFee
from enrollment import admissions, declining, invariants, seats
from enrollment.models import Application, Letter
from enrollment.workflow import MoveRefused
from tests.factories import ApplicationFactory, CourseFactory, IntakeFactory, StaffFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
KL = ZoneInfo("Asia/Kuala_Lumpur")


@pytest.fixture
def staff():
    return StaffFactory(rights=["review_application", "decide_application", "change_intake"])


@pytest.fixture
def spring():
    return IntakeFactory(course=CourseFactory(), capacity=1, starts_on=date(2099, 3, 1))


@pytest.fixture
def autumn(spring):
    return IntakeFactory(
        course=spring.course,
        capacity=1,
        starts_on=date(2099, 9, 1),
        ends_on=date(2099, 9, 9),
        fee_minor=680_000,
        currency="MYR",
    )


@pytest.fixture
def both(spring, autumn):
    """Somebody who would take either."""
    return ApplicationFactory(intake=spring, second_choice=autumn, status="in_review")


def fill(intake) -> Application:
    return ApplicationFactory(intake=intake, status="offered")


def offer(application, staff, at=AT):
    return admissions.offer_place(application=application, by=staff, note="Good.", at=at)


def test_the_first_choice_is_offered_while_it_has_a_seat(both, staff, spring, autumn):
    offer(both, staff)
    assert (both.intake, both.second_choice) == (spring, autumn)


def test_the_second_choice_is_offered_when_the_first_is_full(both, staff, spring, autumn):
    fill(spring)
    offer(both, staff)
    assert (both.intake, both.second_choice, both.offer_fee_minor) == (autumn, spring, 680_000)
    letter = Letter.objects.get(application=both).body_text
    assert "It is on your second choice of intake: 1 September 2099 to 9 September 2099." in letter
    assert "Your first choice, 1 March 2099 to 8 March 2099, is full." in letter


def test_nobody_waits_while_the_second_choice_has_a_seat(both, staff, spring, autumn):
    fill(spring)
    with pytest.raises(MoveRefused, match="A seat is free"):
        admissions.waitlist(application=both, by=staff, note="Full.", at=AT)
    held = fill(autumn)
    with pytest.raises(MoveRefused, match="All seats of this intake"):
        offer(both, staff)
    admissions.waitlist(application=both, by=staff, note="Full.", at=AT)
    admissions.decline_offer(application=held, by=held.applicant, at=AT)
    both.refresh_from_db()
    assert (both.status, both.intake, both.second_choice) == ("offered", autumn, spring)
    assert both.history.last().note.startswith("A seat of the second choice became free")


def test_a_second_choice_that_has_its_own_application_is_not_tried(both, staff, spring, autumn):
    fill(spring)
    ApplicationFactory(intake=autumn, applicant=both.applicant)
    with pytest.raises(MoveRefused, match="All seats of this intake"):
        offer(both, staff)


def test_offer_freezes_the_fee_for_residence_and_day_of_sending(staff, autumn):
    autumn.early_fee_minor, autumn.early_fee_until, autumn.deposit_minor = 600_000, date(2026, 2, 1), 90_000
    autumn.save()
    ResidenceFee.objects.create(intake=autumn, countries="TH", fee_minor=500_000, early_fee_minor=450_000)
    sent = datetime(2026, 2, 1, 15, 59, tzinfo=UTC)
    person = ApplicationFactory(intake=autumn, status="in_review", residence_country="TH", submitted_at=sent)
    offer(person, staff)
    assert (person.offer_fee_minor, person.offer_deposit_minor) == (450_000, 90_000)
    text = Letter.objects.get().body_text
    assert "Deposit: MYR\xa0900" in text
    assert "23:59 (Kuala Lumpur time), which is Monday 9 March 2026, 22:59 Bangkok time" in text


# No to the second, and still waiting for the first


@pytest.fixture
def on_both(both, staff, spring, autumn):
    """Waited for spring since January, and is offered a seat of autumn that became free; the seat and its list."""
    fill(spring)
    held = fill(autumn)
    admissions.waitlist(application=both, by=staff, note="Full.", at=AT - timedelta(days=50))
    ApplicationFactory(intake=spring, status="waitlisted", waitlisted_at=AT - timedelta(days=20))
    admissions.decline_offer(application=held, by=held.applicant, at=AT)
    both.refresh_from_db()
    assert (both.status, both.intake, both.waited_for) == ("offered", autumn, spring)
    return both


def test_who_declines_the_second_choice_may_keep_their_place_in_the_list_of_the_first(
    on_both, spring, autumn
):
    next_one = ApplicationFactory(intake=autumn, status="waitlisted", waitlisted_at=AT)
    admissions.keep_waiting(application=on_both, by=on_both.applicant, at=AT)

    on_both.refresh_from_db()
    assert (on_both.status, on_both.intake) == ("waitlisted", spring)
    assert (on_both.second_choice, on_both.waited_for) == (None, None)
    assert (on_both.waitlisted_at, seats.position(on_both)) == (AT - timedelta(days=50), 1)
    assert Application.objects.get(pk=next_one.pk).status == "offered"
    letter = on_both.letters.latest("pk").body_text
    assert "declined the place on your second choice of intake, 1 September 2099 to 9 September" in letter
    assert "your place in it is number 1" in letter


def test_who_keeps_waiting_is_not_offered_the_second_choice_again_and_gets_the_first(on_both, spring):
    admissions.keep_waiting(application=on_both, by=on_both.applicant, at=AT)
    assert Application.objects.get(pk=on_both.pk).status == "waitlisted"
    held = Application.objects.get(intake=spring, status="offered")
    admissions.decline_offer(application=held, by=held.applicant, at=AT)
    on_both.refresh_from_db()
    assert (on_both.status, on_both.intake, on_both.waited_for) == ("offered", spring, None)


def test_a_seat_of_the_first_choice_that_is_free_by_then_is_offered_at_once(on_both, staff, spring):
    admissions.change_capacity(intake=spring, capacity=5, by=staff, at=AT)
    admissions.keep_waiting(application=on_both, by=on_both.applicant, at=AT)
    on_both.refresh_from_db()
    assert (on_both.status, on_both.intake) == ("offered", spring)


def test_declining_the_second_choice_can_still_end_the_application(on_both):
    admissions.decline_offer(application=on_both, by=on_both.applicant, at=AT)
    assert Application.objects.get(pk=on_both.pk).status == "offer_declined"


def test_who_never_waited_has_no_list_to_go_back_to(both, staff, spring):
    fill(spring)
    offer(both, staff)
    with pytest.raises(MoveRefused, match="no waiting list"):
        admissions.keep_waiting(application=both, by=both.applicant, at=AT)


@pytest.mark.parametrize("fields", [{"status": "cancelled"}, {"starts_on": date(2026, 3, 1)}])
def test_a_list_that_gives_no_more_seats_is_nothing_to_go_back_to(on_both, spring, fields):
    Intake.objects.filter(pk=spring.pk).update(**fields)
    on_both.refresh_from_db()
    with pytest.raises(MoveRefused, match="no waiting list"):
        admissions.keep_waiting(application=on_both, by=on_both.applicant, at=AT)


def test_who_has_applied_for_the_first_choice_anew_does_not_wait_for_it_twice(on_both, spring):
    ApplicationFactory(applicant=on_both.applicant, intake=spring)
    with pytest.raises(MoveRefused, match="another application for that intake"):
        admissions.keep_waiting(application=on_both, by=on_both.applicant, at=AT)


def test_an_offer_taken_back_forgets_the_list(on_both, staff):
    admissions.rescind_offer(application=on_both, by=staff, note="A slip.", at=AT)
    assert Application.objects.get(pk=on_both.pk).waited_for is None


def test_the_page_asks_which_is_meant_and_two_presses_are_one(client, on_both):
    client.force_login(on_both.applicant)
    shown = client.get(on_both.get_absolute_url()).content.decode()
    assert "whether you keep your place in its waiting list" in shown
    shown = client.get(f"{on_both.get_absolute_url()}decline-offer/").content.decode()
    wait = f"{on_both.get_absolute_url()}keep-waiting/"
    assert f'formaction="{wait}"' in shown and "Decline and end the application" in shown
    assert "intake of" in client.get(wait).content.decode()
    for _press in range(2):
        assert "You are on the waiting list" in client.post(wait, follow=True).content.decode()
    assert on_both.history.filter(move="keep_waiting").count() == 1


def test_the_link_of_the_letter_asks_which_is_meant_and_two_presses_are_one(client, on_both):
    assert "you keep your place in its waiting list" in on_both.letters.latest("pk").body_text
    address = link(on_both)
    assert "Decline and keep waiting" in client.get(address).content.decode()
    for _press in range(2):
        answer = client.post(address, {"then": "wait"})
        assert answer.status_code == 200 and "in the same place as before" in answer.content.decode()
    assert Application.objects.get(pk=on_both.pk).status == "waitlisted"


def test_the_old_link_leaves_the_offer_of_the_first_choice_alone(client, on_both, staff, spring):
    """Both offers may run out at the same moment: a second press must not decline the better one."""
    address = link(on_both)
    admissions.change_capacity(intake=spring, capacity=5, by=staff, at=AT)
    assert "You are on the waiting list" in client.post(address, {"then": "wait"}).content.decode()
    on_both.refresh_from_db()
    assert (on_both.status, on_both.intake) == ("offered", spring)
    assert client.post(address, {"then": "end"}).status_code == 404
    assert Application.objects.get(pk=on_both.pk).status == "offered"


# No answer to the second, and still waiting for the first


def run_out(application):
    """Nobody answered; whoever was offered a place at the same moment has not, either."""
    admissions.expire_offers(at=application.offer_expires_at)
    application.refresh_from_db()
    return application


def test_who_lets_the_second_choice_lapse_keeps_their_place_in_the_list_of_the_first(on_both, spring, autumn):
    next_one = ApplicationFactory(intake=autumn, status="waitlisted", waitlisted_at=AT)
    lapsed = run_out(on_both)

    assert (lapsed.status, lapsed.intake, lapsed.second_choice, lapsed.waited_for) == (
        "waitlisted",
        spring,
        None,
        None,
    )
    assert (lapsed.waitlisted_at, seats.position(lapsed)) == (AT - timedelta(days=50), 1)
    assert Application.objects.get(pk=next_one.pk).status == "offered"
    event = lapsed.history.last()
    assert (event.move, event.actor_name) == ("return_to_line", "nightly run")
    letter = lapsed.letters.latest("pk")
    assert letter.name == "second-choice-expired"
    told = " ".join(letter.body_text.split())
    assert "It was for your second choice of intake, 1 September 2099 to 9 September 2099" in told
    assert "You have not lost your place in the waiting list of your first choice, 1 March 2099" in told
    assert "it is number 1. We do not offer you the second choice again." in told
    assert invariants.every_step_has_its_letter().breaches == []


def test_the_offer_and_its_reminder_say_what_comes_of_no_answer(on_both):
    admissions.remind_of_offers(at=on_both.offer_expires_at - timedelta(hours=2))
    letters = {one.name: " ".join(one.body_text.split()) for one in on_both.letters.all()}
    assert "You keep it, too, when we have no answer from you." in letters["place-offered"]
    assert "or we have no answer from you." in letters["offer-reminder"]


def test_a_lapsed_second_choice_is_offered_the_first_at_once_when_that_has_a_seat(on_both, staff, spring):
    admissions.change_capacity(intake=spring, capacity=5, by=staff, at=AT)
    lapsed = run_out(on_both)
    assert (lapsed.status, lapsed.intake, lapsed.waited_for) == ("offered", spring, None)
    assert run_out(lapsed).status == "expired"


@pytest.mark.parametrize("fields", [{"status": "cancelled"}, {"starts_on": date(2026, 3, 1)}])
def test_a_lapsed_second_choice_ends_where_the_first_gives_no_more_seats(on_both, spring, fields):
    Intake.objects.filter(pk=spring.pk).update(**fields)
    assert run_out(on_both).status == "expired"


def test_a_lapsed_second_choice_ends_for_who_has_applied_for_the_first_anew(on_both, spring):
    ApplicationFactory(applicant=on_both.applicant, intake=spring)
    assert run_out(on_both).status == "expired"


def test_a_lapsed_second_choice_ends_for_who_never_waited(both, staff, spring):
    fill(spring)
    offer(both, staff)
    assert admissions.expire_offers(at=both.offer_expires_at) == 1
    assert Application.objects.get(pk=both.pk).status == "expired"
    assert "You keep it, too" not in Letter.objects.get(application=both, name="place-offered").body_text


def test_the_old_link_and_the_page_tell_of_the_lapse(client, on_both):
    address = link(on_both)
    run_out(on_both)
    for answer in (client.get(address), client.post(address), client.post(address, {"then": "wait"})):
        assert "has gone to the next in line. You wait for your first choice" in answer.content.decode()
    client.force_login(on_both.applicant)
    page = client.get(on_both.get_absolute_url()).content.decode()
    assert "The offer of your second choice ran out, and you went on waiting for the first" in page


# Reminders


@pytest.fixture
def offered(spring, staff):
    return offer(ApplicationFactory(intake=spring, status="in_review"), staff)


def reminders() -> int:
    return Letter.objects.filter(name="offer-reminder").count()


def test_reminders_come_on_their_mornings_and_once_each(offered):
    """The answer is due on the 9th; three days and one day before are the 6th and the 8th, at eight."""
    counted = []
    for day, hour in [(5, 23), (6, 7), (6, 8), (6, 9), (7, 12), (8, 7), (8, 8), (9, 12), (10, 1)]:
        admissions.remind_of_offers(at=datetime(2026, 3, day, hour, tzinfo=KL))
        counted.append(reminders())
    assert counted == [0, 0, 1, 1, 1, 1, 2, 2, 2]


def test_after_a_long_silence_of_the_site_one_reminder_is_enough(offered):
    for hour in (9, 10):
        admissions.remind_of_offers(at=datetime(2026, 3, 9, hour, tzinfo=KL))
    assert reminders() == 1


def test_no_reminder_is_sent_for_days_before_the_offer(offered):
    offered.intake.offer_reminders = "30"
    offered.intake.save()
    assert admissions.remind_of_offers(at=AT + timedelta(hours=1)) == 0


def test_an_intake_without_reminders_sends_none(offered):
    offered.intake.offer_reminders = ""
    offered.intake.save()
    assert admissions.remind_of_offers(at=datetime(2026, 3, 9, 12, tzinfo=KL)) == 0


def test_the_history_shows_the_reminder(offered):
    admissions.remind_of_offers(at=datetime(2026, 3, 8, 12, tzinfo=KL))
    event = offered.history.last()
    assert (event.move, event.from_status, event.to_status) == ("remind_of_offer", "offered", "offered")


# The link that declines


def link(application) -> str:
    body = Letter.objects.filter(application=application).latest("pk").body_text
    [found] = [line for line in body.splitlines() if "/decline/" in line]
    return found.removeprefix("http://127.0.0.1:8000")


def test_the_link_of_the_letter_asks_then_declines_without_signing_in(client, offered):
    waiting = ApplicationFactory(intake=offered.intake, status="waitlisted")
    address = link(offered)
    page = client.get(address)
    assert "Decline the place" in page.content.decode() and not page.cookies
    assert Application.objects.get(pk=offered.pk).status == "offered"
    assert "You declined the place" in client.post(address).content.decode()
    assert Application.objects.get(pk=waiting.pk).status == "offered"
    assert "You declined the place" in client.post(address).content.decode()
    assert offered.history.filter(move="decline_offer").count() == 1


@pytest.mark.parametrize(
    "status, words", [("enrolled", "was accepted"), ("expired", "nothing left to decline")]
)
def test_the_link_of_an_offer_that_is_over_says_so(client, offered, status, words):
    address = link(offered)
    Application.objects.filter(pk=offered.pk).update(status=status)
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 200 and words in answer.content.decode()
    assert Application.objects.get(pk=offered.pk).status == status


def test_a_link_declines_its_own_offer_alone(client, offered, staff):
    old = link(offered)
    admissions.rescind_offer(application=offered, by=staff, note="A slip.", at=AT)
    offer(offered, staff, at=AT + timedelta(days=2))
    for address in (old, old[:-12] + "x/decline/", "/offers/nonsense/decline/"):
        assert client.post(address).status_code == 404
    assert Application.objects.get(pk=offered.pk).status == "offered"
    assert declining.offer_of(link(offered).split("/")[2]) == offered
