import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import get_template
from django.test import RequestFactory

CODES = {
    "400": 400,
    "403": 403,
    "csrf": 403,
    "404": 404,
    "405": 405,
    "409": 409,
    "413": 413,
    "429": 429,
    "500": 500,
    "503": 503,
}


def shown(name, **context):
    request = RequestFactory().get("/lost/")
    request.user = AnonymousUser()
    return get_template(f"errors/{name}.html").render(context, request)


@pytest.mark.parametrize(("name", "code"), CODES.items())
def test_error_page_reads_its_code_on_the_rule(name, code):
    html = shown(name)
    assert f'<g transform="translate(0 {code})">' in html
    assert len(re.findall("<h1", html)) == 1
    assert f"Error {code}" in html
    assert '<meta name="robots" content="noindex">' in html


@pytest.mark.parametrize("name", CODES)
def test_error_page_carries_nothing_inline(name):
    html = shown(name)
    assert re.findall(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)", html) == []


@pytest.mark.parametrize("name", ["500", "503"])
def test_last_pages_need_no_database_and_no_context(name):
    # No database mark: a query would fail this test.
    assert "<h1>" in get_template(f"errors/{name}.html").render()


def test_server_error_quotes_its_reference():
    assert "reference 7f2k" in shown("500", request_id="7f2k")
    assert "reference" not in shown("500")


@pytest.mark.parametrize("name", sorted(set(CODES) - {"404", "500", "csrf"}))
def test_error_page_may_carry_a_sentence_of_its_own(name):
    assert "The list is full." in shown(name, sentence="The list is full.")


def test_not_found_offers_search_courses_and_verification():
    html = shown("404", words="peel")
    assert '<input class="inp" id="lost-words" name="q" type="search" maxlength="100" value="peel">' in html
    assert {"Courses", "Verify a certificate", "Home page"} <= set(
        re.findall(r'class="go" href="[^"]*">([^<]+?) <', html)
    )
