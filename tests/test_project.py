"""What the project says about itself holds: migrations, settings, README."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.django_db
def test_models_and_migrations_agree():
    out = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)
    assert out.getvalue() == "No changes detected\n"


def test_every_setting_from_the_environment_has_its_line():
    asked = set(re.findall(r'env\.\w+\("([A-Z_]+)"', (ROOT / "iiwam/settings.py").read_text()))
    asked |= set(re.findall(r'given\("([A-Z_]+)"', (ROOT / "iiwam/gunicorn.py").read_text()))
    asked |= set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text()))
    listed = re.findall(r"^# .+\n([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M)
    assert sorted(listed) == sorted(asked)


def test_no_setting_has_a_remark_behind_it():
    """Docker Compose would take it for the value of an empty name, a secret key among them."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#") and "#" in line] == []


def test_image_is_told_its_own_places_and_no_secrets():
    """A `.env` copied from the example names places on the host, and is no part of the image."""
    compose, image = (ROOT / "compose.yaml").read_text(), (ROOT / "Dockerfile").read_text()
    places = re.search(r"environment: &places\n((?: {6}.+\n)+)", compose).group(1)
    told = dict(re.findall(r"^ +([A-Z_]+): \"?([^\"\n]+)", places, re.M))
    assert told.pop("DATABASE_URL").startswith("postgres://")
    assert told == {"DATA_DIR": "/data", "STATIC_ROOT": "/site/collected", "BIND": "0.0.0.0", "PORT": "8000"}
    assert {f"{name}={value}" for name, value in told.items()} <= set(image.split())
    assert compose.count("environment: *places") == 2
    assert ".env" in (ROOT / ".dockerignore").read_text().splitlines()


def test_readme_is_short_and_its_paths_exist():
    text = (ROOT / "README.md").read_text()
    assert text.count("\n") < 150
    links = re.findall(r"\]\(([^)#h][^)]*)\)", text)
    named = re.findall(r"^\| `([^`]+)`", text, re.M)
    assert {path for path in [*links, *named] if not (ROOT / path).exists()} == set()


def test_make_help_lists_every_target():
    text = (ROOT / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.+)$", text, re.M).group(1).split())
    described = set(re.findall(r"^([a-z-]+):.*## ", text, re.M))
    assert described == targets


@pytest.mark.django_db
def test_database_keeps_what_it_acknowledges():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys")
            assert cursor.fetchone() == (1,)
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone() == (2,)
            assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        else:
            cursor.execute("select current_setting('transaction_isolation'), current_setting('lock_timeout')")
            assert cursor.fetchone() == ("read committed", "4s")
            cursor.execute("select current_setting('statement_timeout')")
            assert cursor.fetchone() == ("15s",)


def test_repository_holds_no_machine_paths():
    """Nothing in the tracked text points into somebody's machine."""
    here = str(ROOT)
    texts = [
        path
        for folder in ("iiwam", "courses", "enrollment", "templates", "static")
        for path in (ROOT / folder).rglob("*")
    ]
    offenders = [
        str(path.relative_to(ROOT))
        for path in texts
        if path.suffix in {".py", ".html", ".css", ".js", ".toml", ".md", ".txt"} and here in path.read_text()
    ]
    assert offenders == []
