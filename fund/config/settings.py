"""Settings; everything that differs between installations comes from the environment."""

from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONE, SELF

from fund.config.secret_key import read_or_make_secret_key

# Lets generic views, forms and managers take their type parameters at run time too.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()

# The fund

FUND_TITLE = env.str("FUND_TITLE", default="Voluntary Contributions Trust Fund")
FUNCTIONAL_CURRENCY = env.str("FUNCTIONAL_CURRENCY", default="USD")
RATE_MAX_AGE_DAYS = env.int("RATE_MAX_AGE_DAYS", default=45)
# In the functional currency.
TWO_APPROVERS_FROM = env.int("TWO_APPROVERS_FROM", default=100_000)
# A partner reports what it spent of an advance within so many days of the payment.
PARTNER_REPORTS_AFTER_DAYS = env.int("PARTNER_REPORTS_AFTER_DAYS", default=90)
ATTACHMENT_MAX_MB = env.int("ATTACHMENT_MAX_MB", default=20)

# Database


def read_database_url() -> dict[str, Any]:
    """Return the database that DATABASE_URL names: an SQLite file in the checkout when it names none."""
    if not env.str("DATABASE_URL", default=""):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(BASE_DIR / "fund.sqlite3")}
    database: dict[str, Any] = env.db_url("DATABASE_URL")
    if database["ENGINE"].endswith("sqlite3") and database["NAME"] != ":memory:":
        database["NAME"] = str(Path(database["NAME"]).absolute())
    return database


DATABASE = read_database_url()

if DATABASE["ENGINE"].endswith("sqlite3"):
    # Django's own, with a fair queue of writers.
    DATABASE["ENGINE"] = "ledger.sqlite3"
    # What DATABASE_URL says comes last: the ledger refuses a connection that it weakens.
    DATABASE["OPTIONS"] = {
        # A writer takes its lock when the transaction begins: one that took it later could not wait for its turn.
        "transaction_mode": "IMMEDIATE",
        # Read through the system's memory: a trial balance of 1,000,000 entries takes three quarters of the time.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA mmap_size=2147418112"
        ),
        "timeout": 20,
        **DATABASE.get("OPTIONS", {}),
    }
else:
    options = DATABASE.setdefault("OPTIONS", {})
    # As long as on SQLite: who waits longer for the book's lock is told to try again.
    options["options"] = f"-c lock_timeout=20s {options.get('options', '')}".strip()
    # The values travel apart from a question, so that PostgreSQL can keep it prepared once a connection asked it five
    # times: planning it anew took as long as answering it.
    options.setdefault("server_side_binding", True)
    options.setdefault("prepare_threshold", 5)
    DATABASE.setdefault("CONN_MAX_AGE", 60)
    DATABASE["CONN_HEALTH_CHECKS"] = True

DATABASES = {"default": DATABASE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In the database, so that a lockout holds in every process; `migrate` makes the table (fund.apps).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "fund_cache",
        # Beyond it a third is thrown away, locks of names among them: the usual 300 are a few minutes' attempts.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Security


def find_data_folder() -> Path:
    """Return the folder of the SQLite file, or the checkout when the database is a server or in memory."""
    if DATABASE["ENGINE"].endswith("sqlite3") and DATABASE["NAME"] != ":memory:":
        return Path(DATABASE["NAME"]).parent
    return BASE_DIR


SECRET_KEY = env.str("SECRET_KEY", default="") or read_or_make_secret_key(find_data_folder() / ".secret_key")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# HTTPS=on where a proxy ends TLS and sets X-Forwarded-Proto; the demonstration speaks plain HTTP on loopback.
HTTPS = env.bool("HTTPS", default=False)
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "fund.views.failures.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Applications

INSTALLED_APPS = [
    # Ours first: their templates replace those of the packages.
    "ledger",
    "fund",
    "imports",
    "reports",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "csp",
    "django_filters",
    "django_countries",
    "djmoney",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "fund.config.urls"
WSGI_APPLICATION = "fund.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fund.context.navigation",
            ],
        },
    },
]

# Sign-in

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "fund.adapter.ClosedAccountAdapter"
ACCOUNT_FORMS = {"login": "fund.forms.sign_in.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Nothing is sent to a stranger's address.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
# Five wrong passwords lock a user name for five minutes.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
# The client's address is read from X-Forwarded-For only behind this many proxies of one's own.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Mail goes to the console unless EMAIL_URL names a server.
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="fund@localhost")

# Language, time

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# Static files are served from where they lie: no step between a change and the page that shows it.

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True

# Errors reach the console with their traceback, whatever DEBUG says.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
