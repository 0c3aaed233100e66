import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
SENTENCE = (
    "Set SECRET_KEY to a long random text: this site answers to a public host and must not share a key.\n"
)


def run(tmp_path, *command, **variables):
    bare = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DATA_DIR": str(tmp_path)}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**bare, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_check_deploy_is_silent_with_production_variables(tmp_path):
    done = run(
        tmp_path,
        "manage.py",
        *("check", "--deploy", "--fail-level", "WARNING"),
        SECRET_KEY="k3J-long-and-random-wQ9xT2mZr7VbN5cYp8LsD4fGhA6eUi1oXtEjRqBn",
        ALLOWED_HOSTS="iiwam.example",
        SITE_URL="https://iiwam.example",
        DEBUG="false",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "System check identified no issues (0 silenced).\n"


@pytest.mark.parametrize(
    "public",
    [{"ALLOWED_HOSTS": "iiwam.example"}, {"SITE_URL": "https://iiwam.example"}, {"ALLOWED_HOSTS": "*"}],
)
def test_public_host_without_a_key_is_refused_in_one_sentence(tmp_path, public):
    done = run(tmp_path, "manage.py", "check", DEBUG="false", SECRET_KEY="", **public)
    assert (done.returncode, done.stderr) == (1, SENTENCE)


def test_server_refuses_to_start_with_the_same_sentence(tmp_path):
    server = ("-m", "gunicorn", "--config", "iiwam/gunicorn.py", "--check-config", "iiwam.wsgi")
    done = run(tmp_path, *server, DEBUG="false", SECRET_KEY="", ALLOWED_HOSTS="iiwam.example")
    assert done.returncode != 0
    assert SENTENCE in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_set_is_a_working_local_demo(tmp_path):
    done = run(tmp_path, "manage.py", "check")
    assert (done.returncode, done.stderr) == (0, "")
    key = tmp_path / "secret_key"
    assert key.stat().st_mode & 0o077 == 0
    assert len(key.read_text()) > 50


SHOWN = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "iiwam.settings"
from django.conf import settings
import iiwam.settings
print(json.dumps({name: repr(getattr(settings, name)) for name in dir(iiwam.settings) if name.isupper()}))
"""


def stable(text: str) -> dict:
    return json.loads(re.sub(r" at 0x\w+", "", text))


def test_names_left_empty_are_as_good_as_not_set(tmp_path):
    """What `cp .env.example .env` leaves, and a container is handed."""
    names = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M)
    empty = {name: " " for name in names} | {"DATA_DIR": str(tmp_path)}
    bare, emptied = (run(tmp_path, "-c", SHOWN, PYTHONHASHSEED="0", **names) for names in ({}, empty))
    assert emptied.stderr == ""
    assert stable(emptied.stdout) == stable(bare.stdout)
    assert json.loads(emptied.stdout)["STATIC_ROOT"] == repr(tmp_path / "static")


def server_config(tmp_path, **variables):
    server = ("-m", "gunicorn", "--config", "iiwam/gunicorn.py", "--print-config", "iiwam.wsgi")
    lines = run(tmp_path, *server, **variables).stdout.replace(" ", "").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


@pytest.mark.parametrize(
    ("variables", "bind"),
    [
        ({}, "['127.0.0.1:8000']"),
        ({"PORT": "9000"}, "['127.0.0.1:9000']"),
        ({"PORT": "9000", "BIND": "0.0.0.0"}, "['0.0.0.0:9000']"),
        ({"BIND": "0.0.0.0:80"}, "['0.0.0.0:80']"),
    ],
)
def test_server_listens_where_it_is_told(tmp_path, variables, bind):
    assert server_config(tmp_path, **variables)["bind"] == bind


def test_server_opens_no_socket_under_home(tmp_path):
    told = server_config(tmp_path)
    assert told["control_socket_disable"] == "True"
    assert told["worker_class"] == "gthread"
    assert told["accesslog"] == "None"


@pytest.mark.django_db
def test_models_and_migrations_agree():
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
