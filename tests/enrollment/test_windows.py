"""Two windows on one section: what is one's own goes on, what is older than another window's save is asked about."""

import re

import pytest
from django.urls import reverse

from enrollment import admissions
from enrollment.admissions import Turn
from enrollment.models import Application
from enrollment.questionnaire import fingerprint
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.django_db
ONE, OTHER = "window-one", "window-two"


@pytest.fixture
def draft():
    return ApplicationFactory(city="Penang")


@pytest.fixture
def owner(client, draft):
    client.force_login(draft.applicant)
    return client


def save(application, city, seen, window=ONE, number=1, section="about"):
    values = {"city": city} if section == "about" else {"qualification": city}
    return admissions.save_section(
        application=application,
        by=application.applicant,
        section=section,
        values=values,
        seen=seen,
        turn=Turn(window, number) if window else None,
    )


def test_a_window_goes_on_from_its_own_save_though_the_answer_was_lost(draft):
    seen = fingerprint(draft, "about")
    for number, town in enumerate(("Ipoh", "Kuching", "Melaka"), 1):
        save(draft, town, seen, number=number)
    draft.refresh_from_db()
    assert (draft.city, draft.last_turns) == ("Melaka", {"about": [ONE, 3]})


def test_another_window_that_is_older_is_still_asked(draft):
    seen = fingerprint(draft, "about")
    save(draft, "Ipoh", seen)
    for window in (OTHER, None):
        with pytest.raises(admissions.StaleAnswers):
            save(draft, "Kuching", seen, window=window, number=9)
    assert Application.objects.get().city == "Ipoh"


def test_a_window_is_asked_when_another_has_saved_since(draft):
    seen = fingerprint(draft, "about")
    draft = save(draft, "Ipoh", seen)
    save(draft, "Kuching", fingerprint(draft, "about"), window=OTHER)
    with pytest.raises(admissions.StaleAnswers):
        save(draft, "Melaka", seen, number=2)
    assert Application.objects.get().city == "Kuching"


@pytest.mark.parametrize("number", [1, 2])
def test_a_save_that_comes_late_does_not_undo_a_later_one(draft, number):
    """A copy of the window counts as well, so it does not pass for the window that it was copied from."""
    seen = fingerprint(draft, "about")
    save(draft, "Kuching", seen, number=2)
    with pytest.raises(admissions.StaleAnswers):
        save(draft, "Ipoh", seen, number=number)
    assert Application.objects.get().city == "Kuching"


def test_a_save_from_no_window_forgets_the_window_before(draft):
    seen = fingerprint(draft, "about")
    draft = save(draft, "Ipoh", seen)
    save(draft, "Kuching", fingerprint(draft, "about"), window=None)
    with pytest.raises(admissions.StaleAnswers):
        save(draft, "Melaka", seen, number=2)


def test_each_section_has_its_own_window(draft):
    seen = fingerprint(draft, "about")
    save(draft, "Ipoh", seen)
    save(draft, "MD, 2014", None, window=OTHER, section="profession")
    save(draft, "Kuching", seen, number=2)
    draft.refresh_from_db()
    assert draft.last_turns == {"about": [ONE, 2], "profession": [OTHER, 1]}


# As a browser sends it


def address(draft):
    return reverse("enrollment:section", args=[draft.reference, "about"])


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())[1]


def opened(owner, draft):
    page = owner.get(address(draft))
    return {name: hidden(page, name) for name in ("seen", "window")}


def test_without_scripts_whoever_goes_back_saves_again_and_an_old_window_is_asked(owner, draft):
    first, old = opened(owner, draft), opened(owner, draft)
    assert first["window"] != old["window"]
    for town in ("Ipoh", "Kuching"):
        assert owner.post(address(draft), first | {"city": town}).status_code == 302
    assert owner.post(address(draft), old | {"city": "Melaka"}).status_code == 409
    assert Application.objects.get().city == "Kuching"


def test_a_page_with_a_fault_is_the_same_window(owner, draft):
    first = opened(owner, draft)
    again = owner.post(address(draft), first | {"city": "Ipoh", "phone": "12"})
    assert hidden(again, "window").split(":")[0] == first["window"].split(":")[0]
    assert owner.post(address(draft), first | {"city": "Kuching"}).status_code == 302


def test_what_a_browser_sends_once_more_undoes_nothing_that_came_after_it(owner, draft):
    """Back to a page that asked again: without scripts its first answers are offered to be sent again."""
    sent = opened(owner, draft) | {"city": "Ipoh", "phone": "12"}
    asked_again = owner.post(address(draft), sent)
    assert "Enter a telephone number" in asked_again.content.decode()
    put_right = {name: hidden(asked_again, name) for name in ("seen", "window")} | {"city": "Kuching"}
    assert owner.post(address(draft), put_right).status_code == 302

    assert owner.post(address(draft), sent).status_code == 409
    assert Application.objects.get().city == "Kuching"
    assert owner.post(address(draft), put_right).status_code == 302


def test_who_chose_between_two_windows_is_not_asked_again(owner, draft):
    first, old = opened(owner, draft), opened(owner, draft)
    owner.post(address(draft), first | {"city": "Ipoh"})
    asked = owner.post(address(draft), old | {"city": "Melaka"})
    chosen = {name: hidden(asked, name) for name in ("seen", "window", "city")} | {"keep-city": "here"}
    assert asked.content.decode().count('name="window"') == 1
    assert owner.post(address(draft), chosen).status_code == 302
    assert owner.post(address(draft), old | {"city": "Kuching"}).status_code == 302
    assert Application.objects.get().city == "Kuching"


@pytest.mark.parametrize(
    "window", ["", "x", "window-one", "window-one:-1", "window-one:9999999", "ünter-one:1"]
)
def test_a_window_without_a_good_name_is_none(owner, draft, window):
    seen = opened(owner, draft)["seen"]
    codes = [
        owner.post(address(draft), {"seen": seen, "window": window, "city": town}).status_code
        for town in ("Ipoh", "Kuching")
    ]
    assert codes == [302, 409]
