import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, IntegrityError, OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from iiwam import urls, views
from iiwam.middleware import PlainRefusals
from tests.factories import UserFactory


def busy(request):
    raise OperationalError("database is locked")


def nul(request):
    raise ValueError("A string literal cannot contain NUL (0x00) characters.")


def too_long(request):
    raise DataError("value too long for type character varying(9)")


def doubled(request):
    raise IntegrityError("DETAIL: Key (email)=(ada@example.org) already exists.")


def broken(request):
    raise RuntimeError("ada@example.org broke it")


urlpatterns = [
    path("busy/", busy),
    path("nul/", nul),
    path("long/", too_long),
    path("doubled/", doubled),
    path("broken/", broken),
    *urls.urlpatterns,
]
handler400, handler404 = urls.handler400, urls.handler404
handler403, handler500 = urls.handler403, urls.handler500


@pytest.fixture
def visitor(settings):
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.mark.django_db
class TestRefusals:
    @pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "NONSENSE"])
    def test_methods_nobody_answers_are_refused(self, visitor, method):
        answer = visitor.generic(method, "/")
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")

    @pytest.mark.parametrize(
        "address", ["/courses/%00/", "/courses/%ff%fe/", "/courses/?q=%00", "/courses/?q=%ff"]
    )
    def test_text_that_is_no_text_is_a_bad_request(self, visitor, address):
        assert visitor.get(address).status_code == 400

    def test_unicode_in_address_and_query_is_welcome(self, visitor):
        assert visitor.get("/courses/?q=ไหม%20é").status_code == 200

    @pytest.mark.parametrize(("length", "status"), [("104857600", 200), ("104857601", 413), ("9" * 19, 413)])
    def test_a_body_is_refused_by_its_announced_length(self, visitor, length, status):
        # Of an address that reads no body, so that the announcement alone is judged.
        answer = visitor.get("/robots.txt", CONTENT_LENGTH=length)
        assert answer.status_code == status
        assert ("up to 100 MB" in answer.content.decode()) == (status == 413)

    @pytest.mark.parametrize(
        ("answers", "sentence"),
        [
            ({"next": "x" * (2 * 1024 * 1024 + 1)}, "longer than 2 MB"),
            ({f"field{number}": "" for number in range(2_001)}, "more than 2,000 answers"),
            (
                {f"file{number}": SimpleUploadedFile("a", b"a") for number in range(101)},
                "More than 100 files",
            ),
        ],
        ids=["text", "fields", "files"],
    )
    def test_a_form_that_holds_too_much_says_what_of(self, visitor, answers, sentence):
        answer = visitor.post("/theme/", answers)
        assert answer.status_code == 413
        assert sentence in answer.content.decode()

    def test_wrong_method_on_a_page_says_so_in_words(self, visitor):
        answer = visitor.get("/theme/")
        assert (answer.status_code, answer["Allow"]) == (405, "POST")
        assert "<h1>" in answer.content.decode()


@pytest.mark.django_db
class TestWhatBreaksInside:
    def test_busy_database_asks_to_come_back(self, visitor):
        answer = visitor.post("/busy/")
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        page = answer.content.decode()
        assert "nothing is saved twice" in page
        assert "locked" not in page

    @pytest.mark.parametrize("address", ["/nul/", "/long/"])
    def test_input_the_database_cannot_hold_is_a_bad_request(self, visitor, address):
        assert visitor.post(address).status_code == 400

    def test_what_somebody_saved_at_the_same_instant_is_told_as_that(self, visitor):
        answer = visitor.post("/doubled/")
        assert answer.status_code == 409
        assert "Nothing was changed a second time" in answer.content.decode()
        assert "ada@example.org" not in answer.content.decode()

    def test_any_other_fault_is_a_page_with_a_reference(self, visitor):
        answer = visitor.get("/broken/")
        page = answer.content.decode()
        assert answer.status_code == 500
        assert answer["X-Request-ID"] in page
        assert "ada@example.org" not in page
        assert "Traceback" not in page

    def test_database_that_fails_on_the_way_in_is_busy_as_well(self, visitor, monkeypatch):
        visitor.force_login(UserFactory())

        def away(*args, **kwargs):
            raise OperationalError("server closed the connection unexpectedly")

        monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
        assert visitor.get("/courses/").status_code == 503


@pytest.mark.django_db
class TestHeaders:
    def test_proxys_request_id_is_kept_when_it_looks_like_one(self, visitor):
        assert (
            visitor.get("/healthz", headers={"X-Request-ID": "abc-12345678"})["X-Request-ID"]
            == "abc-12345678"
        )

    def test_other_request_ids_are_replaced(self, visitor):
        answer = visitor.get("/healthz", headers={"X-Request-ID": "x" * 500})
        assert re.fullmatch("[0-9a-f]{32}", answer["X-Request-ID"])

    def test_nothing_for_a_signed_in_person_is_stored_by_a_cache(self, visitor):
        visitor.force_login(UserFactory())
        assert visitor.get("/courses/")["Cache-Control"] == "private, no-store"

    def test_anonymous_visitor_of_a_public_page_gets_no_cookie_and_no_session(self, visitor):
        answer = visitor.get("/courses/")
        assert answer.cookies == {}
        assert "no-store" not in answer.get("Cache-Control", "")


def test_error_views_are_the_ones_the_addresses_name():
    assert {urls.handler400, urls.handler403, urls.handler404, urls.handler429, urls.handler500} == {
        f"iiwam.views.{name}"
        for name in (
            "bad_request",
            "permission_denied",
            "page_not_found",
            "too_many_requests",
            "server_error",
        )
    }
    assert callable(views.too_many_requests)


def test_head_is_answered_without_the_body_and_with_its_length(rf):
    answer = PlainRefusals(lambda request: HttpResponse("four words of text"))(rf.head("/"))
    assert (answer.content, answer["Content-Length"]) == (b"", "18")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/static/icon.svg", "/", "/nowhere/", "/healthz", "/broken/", "/theme/"])
def test_every_answer_carries_the_content_policy(visitor, address):
    assert "script-src 'self'" in visitor.get(address)["Content-Security-Policy"]
