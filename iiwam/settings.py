"""One file, everything from the environment, safe when nothing is set.

The names are listed with one line each in `.env.example`.
"""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
import dj_email_url
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

from iiwam.logs import Line, without_personal_data

BASE_DIR = Path(__file__).resolve().parent.parent


class Given(Env):
    """The environment, in which a name without a value, as `.env.example` leaves many, is as good as no name."""

    def _get_value(self, env_key, default):
        value = super()._get_value(env_key, default)
        return default if isinstance(value, str) and not value.strip() else value


env = Given()
env.read_env(BASE_DIR / ".env", recurse=False)

# Where we are

DATA_DIR = Path(env.str("DATA_DIR", "var").strip())
DATA_DIR = DATA_DIR if DATA_DIR.is_absolute() else BASE_DIR / DATA_DIR
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", False)
PORT = env.int("PORT", 8000)
SITE_URL = env.str("SITE_URL", f"http://127.0.0.1:{PORT}").strip().rstrip("/")
LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]", ".localhost"}
ALLOWED_HOSTS = [host.strip() for host in env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])]
LOCAL_DEMO = set(ALLOWED_HOSTS) <= LOCAL_HOSTS and urlsplit(SITE_URL).hostname in {
    "localhost",
    "127.0.0.1",
    "::1",
}
HTTPS = SITE_URL.startswith("https://")


def local_secret_key() -> str:
    """The demo's own key, made once and kept beside its database, so that a restart signs nobody out."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


SECRET_KEY = env.str("SECRET_KEY", "").strip()
if not SECRET_KEY:
    if not (LOCAL_DEMO or DEBUG):
        raise ImproperlyConfigured(
            "Set SECRET_KEY to a long random text: this site answers to a public host and must not share a key."
        )
    SECRET_KEY = local_secret_key()

# What is in the house

INSTALLED_APPS = [
    "iiwam.admin.SiteAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    "iiwam.stylesheets.StaticFilesConfig",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "iiwam.accounts",
    "courses",
    "enrollment",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Before static files are answered: a drawing that is opened by itself is a page as well.
    "iiwam.middleware.ContentPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "iiwam.middleware.PlainRefusals",
    "iiwam.middleware.RequestLine",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "iiwam.pages.KeptPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "iiwam.accounts.middleware.StaffSecondFactor",
]

ROOT_URLCONF = "iiwam.urls"
WSGI_APPLICATION = "iiwam.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "iiwam.templatetags.components",
                "iiwam.templatetags.pieces",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "iiwam.views.site_facts",
            ],
        },
    },
]
FORM_RENDERER = "iiwam.forms.SiteRenderer"

# Database: one writer at a time on SQLite, row locks on PostgreSQL

DATABASES = {
    "default": dj_database_url.parse(
        env.str("DATABASE_URL", f"sqlite:///{DATA_DIR / 'iiwam.sqlite3'}").strip(),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        {
            "options": "-c default_transaction_isolation=read\\ committed -c lock_timeout=4s -c statement_timeout=15s"
        }
    )

CACHES = {
    "default": {
        # Shared by all workers, so that a rate limit counts once for the whole site.
        "BACKEND": "iiwam.cache.SharedCache",
        "LOCATION": "site_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
    "pages": {
        # Apart, so that pages never push out a count of attempts; about 30 kB each.
        "BACKEND": "iiwam.shelf.PageShelf",
        "LOCATION": "kept_pages",
        "OPTIONS": {"MAX_ENTRIES": 3_000},
    },
}
# A public page is made again at the latest after so long; nought while templates are being written.
PAGES_KEPT_SECONDS = 0 if DEBUG else 300
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# Files: styles and scripts are public, evidence never is

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(DATA_DIR / "static")).strip())
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "iiwam.stylesheets.StylesheetFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files"},
    },
    "evidence": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_DIR / "evidence",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "iiwam.stylesheets.SiteStaticStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
# Files of an upload are written to disk before any form sees them.
REQUEST_MAX_BYTES = 100 * 1024 * 1024
EVIDENCE_MAX_BYTES = 10 * 1024 * 1024
# Any function that takes the bytes of a file and returns the name of what it found; enrollment/evidence/scanning.py.
CLAMAV_URL = env.str("CLAMAV_URL", "").strip()
EVIDENCE_SCANNER = "enrollment.evidence.clamav.scan" if CLAMAV_URL else ""

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "enrollment:applications"
LOGOUT_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "iiwam.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = None
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_FORMS = {
    "login": "iiwam.accounts.forms.LoginForm",
    "signup": "iiwam.accounts.forms.SignupForm",
    "add_email": "iiwam.accounts.forms.ChangeEmailForm",
    "change_password": "iiwam.accounts.forms.ChangePasswordForm",
    "set_password": "iiwam.accounts.forms.SetPasswordForm",
    "reset_password": "iiwam.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "iiwam.accounts.forms.ResetPasswordKeyForm",
    "user_token": "iiwam.accounts.forms.LinkForm",
    "reauthenticate": "iiwam.accounts.forms.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_ADAPTER = "iiwam.accounts.mfa.MFAAdapter"
MFA_FORMS = {
    "authenticate": "iiwam.accounts.forms.AuthenticateForm",
    "reauthenticate": "iiwam.accounts.forms.ConfirmFactorForm",
    "activate_totp": "iiwam.accounts.forms.ActivateAppForm",
    "add_webauthn": "iiwam.accounts.forms.AddKeyForm",
    "edit_webauthn": "iiwam.accounts.forms.RenameKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "IIWAM"
# A code typed as the app moves on to the next one is still good (RFC 6238, section 5.2: at most one step).
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL_DEMO
MFA_KEYS = [key.strip() for key in env.list("MFA_KEYS", []) if key.strip()]
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", not LOCAL_DEMO)
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# The private halves of the keys that sign certificates: here or in files of their own, never in the database

ISSUER_KEYS = env.str("ISSUER_KEYS", "").strip()
ISSUER_KEYS_DIR = Path(env.str("ISSUER_KEYS_DIR", str(DATA_DIR / "issuer-keys")).strip())

# Mail

EMAIL_CONFIG = env.str("EMAIL_URL", "demo:").strip()
if EMAIL_CONFIG == "demo:":
    EMAIL_BACKEND = "iiwam.mail.DemoBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
else:
    vars().update(dj_email_url.parse(EMAIL_CONFIG))
    if EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend":  # noqa: F821 — named by the address
        EMAIL_BACKEND = "iiwam.mail.SmtpBackend"
    EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", f"IIWAM <admissions@{urlsplit(SITE_URL).hostname}>").strip()
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SECURITY_CONTACT = env.str("SECURITY_CONTACT", f"mailto:security@{urlsplit(SITE_URL).hostname}").strip()

# Work that waits its turn

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        # A job is a row stored in the transaction of the act that caused it: both or neither.
        "QUEUES": ["default", "mail", "documents"],
    }
}

# Language and time

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
# Words stand as they are written while there is one language; looking each of them up took a fifth of a page.
USE_I18N = len(LANGUAGES) > 1
USE_TZ = True
TIME_ZONE = "Asia/Kuala_Lumpur"
PHONENUMBER_DEFAULT_REGION = "MY"

# Doors and windows

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "iiwam.views.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []

# Logs: one JSON line each, with a request id and no personal data

LOG_LEVEL = env.str("LOG_LEVEL", "INFO").strip()
SHARED_LOG_PROCESSORS = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *SHARED_LOG_PROCESSORS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": Line,
            "foreign_pre_chain": SHARED_LOG_PROCESSORS,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                # Every line passes here, and last: a traceback can quote a value.
                without_personal_data,
                structlog.processors.JSONRenderer(),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.server": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django_tasks": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django_tasks_db": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
    },
}
