"""The tests' settings: those of the project on a database of their own, whatever the environment says."""

import os
import secrets
import tempfile
from pathlib import Path

ENGINE = os.environ.get("TEST_ENGINE", "sqlite")
FOLDER = tempfile.TemporaryDirectory(prefix="fund-tests-")

for name in (
    "DEBUG",
    "HTTPS",
    "FUND_TITLE",
    "FUNCTIONAL_CURRENCY",
    "RATE_MAX_AGE_DAYS",
    "TWO_APPROVERS_FROM",
    "PARTNER_REPORTS_AFTER_DAYS",
    "ATTACHMENT_MAX_MB",
    "ALLOWED_HOSTS",
    "EMAIL_URL",
):
    os.environ.pop(name, None)
os.environ["SECRET_KEY"] = secrets.token_urlsafe(64)

# Through the variable, so that the options under test are the project's and a child process never sees real data.
if ENGINE == "postgresql":
    from tests.postgresql import start_server

    os.environ["DATABASE_URL"] = start_server()
elif ENGINE == "sqlite":
    os.environ["DATABASE_URL"] = f"sqlite:///{FOLDER.name}/fund.sqlite3"
else:
    raise ValueError(f"TEST_ENGINE is {ENGINE!r}; it may be sqlite or postgresql.")

from fund.config.settings import *

if ENGINE == "sqlite":
    # A file, because threads do not share a database in memory.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(FOLDER.name) / "test.sqlite3")}
else:
    # A connection that outlives its request would keep the test database from being dropped.
    DATABASES["default"]["CONN_MAX_AGE"] = 0

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SAMPLES_DIR = Path(os.environ.get("SAMPLES_DIR", "../shared/samples"))
SAMPLES_DIR = SAMPLES_DIR if SAMPLES_DIR.is_absolute() else (BASE_DIR / SAMPLES_DIR).resolve()
