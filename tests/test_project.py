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
    asked |= set(re.findall(r'environ\.get\("([A-Z_]+)"', (ROOT / "iiwam/gunicorn.py").read_text()))
    listed = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    assert asked - listed == set()


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
