import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.test import RequestFactory

from iiwam.accounts.models import User

HOUSE = {"Courses", "Intakes", "Eligibility", "Institute", "Articles", "Verify a certificate"}
PAGE = '{% extends "base.html" %}{% block title %}Courses{% endblock %}{% block content %}<h1>Courses</h1>{% endblock %}'


def shown(user, path="/courses/", source=PAGE, **context):
    request = RequestFactory().get(path)
    request.user = user
    return engines["django"].from_string(source).render(context, request)


def navigation(html):
    return set(re.findall(r'<li><a href="[^"]+"[^>]*>([^<]+)</a></li>', html.split("</header>")[0]))


def person(**rights):
    return User(pk=1, email="ann@example.org", **rights)


@pytest.mark.parametrize(
    ("user", "items"),
    [
        (AnonymousUser(), HOUSE | {"Sign in"}),
        (person(), HOUSE | {"My applications", "My learning", "Account"}),
        (person(is_staff=True), HOUSE | {"My applications", "My learning", "Account", "Staff"}),
    ],
    ids=["visitor", "learner", "staff"],
)
def test_masthead_shows_what_the_person_can_open(user, items):
    assert navigation(shown(user)) == items


@pytest.mark.parametrize("user", [AnonymousUser(), person(is_staff=True)], ids=["visitor", "staff"])
def test_every_link_leads_somewhere(user):
    html = shown(user)
    assert re.findall(r'(?:href|action|src)="(?:#[^"]*)?"', html.replace('href="#main"', "")) == []


def test_signed_in_people_sign_out_by_a_form():
    html = shown(person())
    assert re.search(
        r'<form method="post" action="/accounts/logout/"><input type="hidden" name="csrfmiddlewaretoken"',
        html,
    )


def test_visitor_gets_no_token_and_no_script():
    html = shown(AnonymousUser())
    assert "csrfmiddlewaretoken" not in html
    assert "<script" not in html


def test_page_carries_nothing_inline():
    assert re.findall(r"\sstyle=|<style|\son\w+=", shown(person(is_staff=True))) == []


def test_one_place_in_the_navigation_is_current():
    assert re.findall(r'aria-current="(\w+)"', shown(AnonymousUser(), "/courses/microneedling/")) == ["true"]


def test_title_says_error_first():
    class Broken:
        errors = {"name": ["missing"]}

    assert "<title>Error: Courses | IIWAM</title>" in shown(AnonymousUser(), form=Broken())
    assert "<title>Courses | IIWAM</title>" in shown(AnonymousUser())


@pytest.mark.parametrize(
    ("theme", "marked"),
    [("dark", ' data-theme="dark"'), ("light", ' data-theme="light"'), ("", ""), ("<b>", "")],
)
def test_theme_of_the_cookie_is_on_the_page(theme, marked):
    request = RequestFactory().get("/courses/")
    request.user = AnonymousUser()
    request.COOKIES["theme"] = theme
    html = engines["django"].from_string(PAGE).render({}, request)
    assert f'<html lang="en-gb"{marked}>' in html
