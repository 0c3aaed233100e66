"""The site's own settings in a folder of their own, so that a test run neither reads nor leaves anything."""

import atexit
import os
import shutil
import tempfile

TEST_DATA_DIR = tempfile.mkdtemp(prefix="iiwam-tests-")
atexit.register(shutil.rmtree, TEST_DATA_DIR, ignore_errors=True)

# A developer's .env never reaches the tests; which database they run on is the one thing left open.
os.environ.update(
    DATA_DIR=TEST_DATA_DIR,
    DEBUG="false",
    PORT="8000",
    SITE_URL="http://127.0.0.1:8000",
    ALLOWED_HOSTS="localhost,127.0.0.1,[::1]",
    SECRET_KEY="only-for-tests",
    EMAIL_URL="demo:",
    CLAMAV_URL="",
    EMAIL_FROM="",
    MFA_KEYS="",
    ISSUER_KEYS="",
    ISSUER_KEYS_DIR="",
    STAFF_SECOND_FACTOR="",
    TRUSTED_PROXIES="0",
    LOG_LEVEL="ERROR",
    STATIC_ROOT=os.path.join(TEST_DATA_DIR, "static"),
)

from iiwam.settings import *  # noqa: E402, F403

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, as on the site: in memory all threads of a test would share one connection, and its transactions.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(TEST_DATA_DIR, "tests.sqlite3")}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TASKS = {
    "default": {
        "BACKEND": "django_tasks.backends.immediate.ImmediateBackend",
        "QUEUES": TASKS["default"]["QUEUES"],  # noqa: F405
    }
}
STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# A test that changes rows by hand sees them at once; tests of kept pages ask for it.
PAGES_KEPT_SECONDS = 0
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
