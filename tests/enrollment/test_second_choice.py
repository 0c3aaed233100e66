"""The second choice of intake is tried when the first is full; reminders come once; a letter's link declines."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from courses.models import ResidenceFee
from enrollment import admissions, declining
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
