"""Whom staff look for stands in no address: logs of proxies and histories of browsers keep those."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from iiwam import office
from tests.factories import ApplicationFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
SEARCH, PEOPLE = "/admin/search/", "/admin/accounts/user/"
LINK = re.compile(r'(?:href|action)="([^"]+)"')


@pytest.fixture
def desk(client):
    client.force_login(StaffFactory(is_superuser=True))
    return client


def look_for(client, where, **asked):
    return client.post(SEARCH, {"where": where, **asked})


def test_list_is_narrowed_and_no_address_on_it_names_anybody(desk):
    ada = UserFactory(email="ada@example.org", full_name="Ada Lim")
    UserFactory(email="bob@example.org")
    answer = look_for(desk, PEOPLE, q="ada@example.org", is_active__exact="1")
    assert "ada" not in answer.url and parse_qs(urlsplit(answer.url).query)["is_active__exact"] == ["1"]

    page = desk.get(answer.url)
    assert list(page.context["cl"].result_list) == [ada]
    words = page.content.decode()
    assert 'value="ada@example.org"' in words and 'method="post" action="/admin/search/"' in words
    links = [unescape(link) for link in LINK.findall(words)]
    assert [link for link in links if "ada" in link or "%40" in link] == []
    assert [link for link in links if "_changelist_filters" in link]


def test_another_page_and_another_filter_keep_what_is_sought(desk):
    ada = UserFactory(full_name="Ada Lim")
    query = look_for(desk, PEOPLE, q="Ada").url
    assert list(desk.get(f"{query}&is_staff__exact=0").context["cl"].result_list) == [ada]
    assert not desk.get(f"{query}&is_staff__exact=1").context["cl"].result_list


def test_an_application_opened_from_a_search_knows_its_neighbours(desk):
    first, second, _other = (
        ApplicationFactory(status="submitted", legal_name=name, submitted_at="2026-03-01T09:00Z")
        for name in ("Ada Lim", "Ada Tan", "Bob")
    )
    query = urlsplit(look_for(desk, "/admin/enrollment/application/", q="Ada").url).query
    page = desk.get(
        reverse("admin:enrollment_application_change", args=[second.pk]), {"_changelist_filters": query}
    )
    assert {page.context["previous"], page.context["next"]} == {first, None}


def test_who_saw_what_is_asked_without_naming_anybody(desk):
    address = look_for(
        desk, "/admin/enrollment/evidenceevent/", person="Ada Lim", viewer="Grace", own="on"
    ).url
    assert "Ada" not in address and "Grace" not in address
    page = desk.get(address)
    given = page.context["form"].cleaned_data
    assert (given["person"], given["viewer"], given["own"]) == ("Ada Lim", "Grace", True)
    words = page.content.decode()
    assert 'value="Ada Lim"' in words and "person=Ada" not in words
    [table] = [unescape(link) for link in LINK.findall(words) if "table.csv" in link]
    assert "Ada" not in table and desk.get(table).status_code == 200


@pytest.mark.parametrize(
    "words", ["gAAAAABn", "gAAAAA" + "x" * 200, "é😀", "\ud800", "a b", "", "%", "'\"", "=" * 100]
)
def test_words_that_were_never_sealed_are_taken_as_they_stand(words):
    assert office.unsealed(words) == words


def test_words_are_sealed_short_enough_for_an_address_and_fit_for_every_database():
    assert office.unsealed(office.sealed("a\0b" + "é" * 5_000)) == "ab" + "é" * 298
    assert len(office.sealed("é" * 5_000)) < 1_000
    assert office.sealed("Ada") != office.sealed("Ada")


@pytest.mark.parametrize(
    "where",
    [
        "",
        "https://evil.example/admin/accounts/user/",
        "//evil.example",
        "/",
        "/account/",
        f"{PEOPLE}\n",
        "x\0",
    ],
)
def test_search_leads_nowhere_but_to_a_list_of_the_office(desk, where):
    assert look_for(desk, where, q="Ada").status_code == 404


def test_search_is_for_staff_and_no_link(client, desk):
    assert desk.get(SEARCH).status_code == 405
    client.force_login(UserFactory())
    assert look_for(client, PEOPLE, q="Ada").url.startswith("/admin/login/")
