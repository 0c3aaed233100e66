import json
import logging
import sys

import pytest
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from iiwam.logs import REPLACEMENTS, scrubbed, without_personal_data
from tests.factories import UserFactory

# Pieces of which something to scrub can come to be.
TELLING = [
    *(
        "/accounts/",
        "confirm-email/",
        "password/reset/key/",
        "/learn/calendar/",
        "/interest/",
        "confirm/",
        "stop/",
    ),
    *(
        "/offers/",
        "<",
        "Request",
        "QueryDict",
        ">",
        "/",
        "?",
        "DETAIL:",
        "@",
        ".",
        ":",
        "1",
        "203",
        "abcd",
        " ",
    ),
]


def formatter_of(settings):
    # Configuring takes the class out of what it is given.
    described = {**settings.LOGGING["formatters"]["json"]}
    return logging.config.DictConfigurator(settings.LOGGING).configure_formatter(described)


def line(**event):
    return without_personal_data(None, "info", event)


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("letter to ada.lim@example.org failed", "letter to [email] failed"),
        ("GET /verify/?number=A-1&name=Ada", "GET /verify/"),
        ("GET /accounts/confirm-email/MQ:1abc:xyz/ ok", "GET /accounts/confirm-email/[key]/ ok"),
        ("GET /accounts/password/reset/key/1-abc-def/", "GET /accounts/password/reset/key/[key]/"),
        ("GET /learn/calendar/7-1.Ab_c-d.ics 200", "GET /learn/calendar/[key] 200"),
        ("POST /offers/WzcsMTdd:1vN:a-B_c/decline/ 200", "POST /offers/[key]/decline/ 200"),
        ("from 203.0.113.7 again", "from [ip] again"),
        ("from 2001:db8:0:1::7 again", "from [ip] again"),
        ("duplicate\nDETAIL:  Key (full_name)=(Ada Lim) exists.", "duplicate\nDETAIL: [left out]"),
        ("<WSGIRequest: POST '/apply/?q=Ada'>", "<WSGIRequest>"),
        ("job 17 finished at 04:13:30", "job 17 finished at 04:13:30"),
    ],
)
def test_text_keeps_the_act_and_loses_the_person(said, logged):
    assert line(event=said) == {"event": logged}


def test_keys_that_name_a_person_are_dropped_at_any_depth():
    facts = {
        "event": "x",
        "ip": "203.0.113.7",
        "user_agent": "M",
        "user_id": 4,
        "form": {"email": "a@b.c", "n": 1},
    }
    assert line(**facts) == {"event": "x", "user_id": 4, "form": {"n": 1}}


def test_objects_are_shown_by_their_scrubbed_text():
    request = RequestFactory().post("/apply/?who=ada", {"name": "Ada Lim"})
    assert line(event="x", request=request, posted=request.POST) == {
        "event": "x",
        "request": "<WSGIRequest>",
        "posted": {},
    }


def test_what_the_formatter_needs_is_left_alone():
    record = object()
    assert line(event="x", _record=record, exc_info=True) == {
        "event": "x",
        "_record": record,
        "exc_info": True,
    }


def test_traceback_in_the_json_line_is_scrubbed_too(settings):
    formatter = formatter_of(settings)
    try:
        raise ValueError("ada@example.org is taken")
    except ValueError:
        record = logging.getLogger("x").makeRecord("x", logging.ERROR, "f", 1, "no", (), sys.exc_info())
    written = json.loads(formatter.format(record))
    assert "[email] is taken" in written["exception"]
    assert "ada@" not in json.dumps(written)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/", "/"),
        ("/learn/calendar/7-1.Ab_c-d.ics", "/learn/calendar/[key]"),
        ("/ada@example.org", "[email]"),
    ],
)
def test_line_of_a_request_is_json_without_the_person(settings, path, told):
    facts = {"code": 404, "request": f"GET {path}", "request_id": "0123-4567"}
    record = logging.getLogger("x").makeRecord(
        "x", logging.WARNING, "f", 1, "request_finished", (), None, extra={"request_facts": facts}
    )
    record.created = 1_700_000_000.25
    assert json.loads(formatter_of(settings).format(record)) == {
        "event": "request_finished",
        "code": 404,
        "request": f"GET {told}",
        "request_id": "0123-4567",
        "level": "warning",
        "logger": "x",
        "timestamp": "2023-11-14T22:13:20.250000Z",
    }


@given(st.lists(st.one_of(st.sampled_from(TELLING), st.text(max_size=6)), max_size=8).map("".join))
def test_text_that_is_passed_at_a_look_holds_nothing_to_scrub(text):
    whole = text
    for pattern, replacement in REPLACEMENTS:
        whole = pattern.sub(replacement, whole)
    assert scrubbed(text) == whole


@pytest.mark.django_db
def test_a_request_is_one_line_with_its_number_and_who_asked(client, caplog):
    user = UserFactory()
    client.force_login(user)
    with caplog.at_level("INFO", logger="iiwam.requests"):
        client.get("/?q=ada", headers={"X-Request-ID": "0123-4567-89ab"})
        Client().get("/nothing/")
    lines = [record for record in caplog.records if record.name == "iiwam.requests"]
    assert [line.msg for line in lines] == ["request_finished"] * 2
    mine, missed = (line.request_facts for line in lines)
    assert mine == {"code": 200, "request": "GET /", "user_id": user.pk, "request_id": "0123-4567-89ab"}
    assert (missed["code"], lines[1].levelname, missed.get("user_id")) == (404, "WARNING", None)
