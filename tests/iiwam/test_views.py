import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from iiwam import health
from iiwam.accounts.models import Job
from tests.factories import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db


def waiting_job(since):
    job = Job.objects.create(
        args_kwargs={},
        task_path="x.y",
        backend_name="default",
        run_after=since,
        exception_class_path="",
        traceback="",
    )
    Job.objects.filter(pk=job.pk).update(enqueued_at=since)
    return job


class TestHealth:
    def test_healthz_asks_nothing(self, client, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert client.get("/healthz").json() == {"status": "ok"}

    @pytest.mark.parametrize("address", ["/healthz", "/readyz"])
    def test_probes_are_answered_whatever_host_they_ask_for(self, client, address):
        assert client.get(address, headers={"host": "10.0.0.7"}).status_code == 200

    def test_readyz_names_what_is_well(self, client):
        answer = client.get("/readyz")
        assert answer.status_code == 200
        assert answer.json() == {
            "status": "ok",
            "failed": [],
            "queue": {"oldest_waiting_seconds": 0, "failed": 0},
        }

    @pytest.mark.parametrize("part", ["database", "migrations", "cache", "queue"])
    def test_readyz_names_the_part_that_fails_and_no_more(self, client, monkeypatch, part):
        def broken():
            raise DatabaseError("password authentication failed for user iiwam")

        monkeypatch.setitem(health.QUESTIONS, part, broken)
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["failed"]) == (503, [part])
        assert "password" not in answer.content.decode()

    def test_readyz_notices_a_migration_nobody_applied(self, client, monkeypatch):
        monkeypatch.setattr(
            "django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *a: ["0002"]
        )
        assert client.get("/readyz").json()["failed"] == ["migrations"]

    def test_readyz_notices_a_queue_that_stands_still(self, client):
        waiting_job(timezone.now() - timedelta(hours=1))
        answer = client.get("/readyz").json()
        assert answer["failed"] == ["queue"]
        assert answer["queue"]["oldest_waiting_seconds"] >= 3600

    def test_readyz_is_patient_with_a_job_that_is_put_off(self, client):
        job = waiting_job(timezone.now() - timedelta(hours=1))
        Job.objects.filter(pk=job.pk).update(run_after=timezone.now() + timedelta(hours=1))
        assert client.get("/readyz").json()["failed"] == []

    def test_readyz_counts_jobs_that_failed_for_good_and_stays_well(self, client):
        job = waiting_job(timezone.now())
        Job.objects.filter(pk=job.pk).update(status="FAILED")
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["queue"]["failed"]) == (200, 1)


class TestErrorPages:
    def test_unknown_address_is_a_helpful_404(self, client):
        answer = client.get("/nowhere/")
        assert answer.status_code == 404
        assert 'href="/courses/"' in answer.content.decode()

    def test_form_that_was_open_too_long_is_told_so(self):
        answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@b.co"})
        assert answer.status_code == 403
        assert "open for too long" in answer.content.decode()

    def test_too_many_fields_are_too_large(self, client):
        assert client.post("/accounts/login/", {f"f{n}": "1" for n in range(2_001)}).status_code == 413

    def test_too_much_text_is_said_to_be_too_large(self, client):
        assert client.post("/accounts/login/", {"login": "x" * 3_000_000}).status_code == 413

    def test_wrong_host_is_a_bad_request(self, client):
        assert client.get("/courses/", headers={"host": "evil.example"}).status_code == 400


class TestTexts:
    def test_robots_keeps_private_rooms_out_and_names_the_sitemap(self, client, settings):
        lines = client.get("/robots.txt").content.decode().splitlines()
        assert lines == [
            "User-agent: *",
            "Disallow: /admin/",
            "Disallow: /accounts/",
            "Disallow: /applications/",
            "Disallow: /learn/",
            f"Sitemap: {settings.SITE_URL}/sitemap.xml",
        ]

    def test_security_txt_has_a_contact_and_has_not_expired(self, client):
        text = client.get("/.well-known/security.txt").content.decode()
        assert re.search(r"^Contact: mailto:\S+@\S+$", text, re.M)
        assert re.search(r"^Expires: (\S+)$", text, re.M)[1] > timezone.now().isoformat()


class TestTheme:
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_choice_is_kept_in_a_cookie_and_shown(self, client, theme):
        answer = client.post("/theme/", {"theme": theme, "next": "/courses/"})
        assert (answer.status_code, answer["Location"]) == (302, "/courses/")
        assert f'data-theme="{theme}"' in client.get("/courses/").content.decode()

    def test_auto_forgets_the_choice(self, client):
        client.post("/theme/", {"theme": "dark"})
        client.post("/theme/", {"theme": "auto"})
        assert "data-theme" not in client.get("/courses/").content.decode()

    @pytest.mark.parametrize("theme", ["", "blue", '"><script>'])
    def test_nonsense_changes_nothing(self, client, theme):
        assert client.post("/theme/", {"theme": theme}).cookies == {}

    @pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
    def test_return_never_leaves_the_site(self, client, target):
        assert client.post("/theme/", {"theme": "dark", "next": target})["Location"] == "/"


class TestComponentSheet:
    def test_is_for_staff(self, client):
        client.force_login(UserFactory())
        assert client.get("/components/").status_code == 404
        client.force_login(StaffFactory())
        assert client.get("/components/").status_code == 200

    def test_is_hidden_from_visitors(self, client):
        assert client.get("/components/").status_code == 404


def test_cache_is_shared_through_the_database(settings):
    assert settings.CACHES["default"]["BACKEND"].endswith("SharedCache")
    cache.set("a", 1)
    assert cache.get("a") == 1
