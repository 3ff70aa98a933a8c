"""Settings of the tests: `config.settings` in a world of its own.

pytest-django reads settings before any conftest.py, so the environment is laid here: a data
folder for this run alone, in which the tests, and the servers and commands they start, share one
test database and the same secrets. Nothing of the developer's environment leaks in.

`TEST_DATABASE=postgresql` runs on a PostgreSQL of this run's own (`tests/support/postgres.py`).
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

#: Everything that `config.environment` reads, and so what could leak in.
VARIABLES = (
    "ALLOWED_HOSTS",
    "ARCHIVE_BUCKET",
    "ARCHIVE_ENDPOINT",
    "ARCHIVE_KEY_ID",
    "ARCHIVE_LOCAL_DAYS",
    "ARCHIVE_PREFIX",
    "ARCHIVE_REDIRECT",
    "ARCHIVE_REGION",
    "ARCHIVE_SECRET",
    "ARCHIVE_WHILE_LIVE",
    "DATABASE_URL",
    "DEBUG",
    "DEMO",
    "DOCUMENT_MAX_MB",
    "EMAIL_FROM",
    "EMAIL_HOST",
    "EMAIL_PASSWORD",
    "EMAIL_PORT",
    "EMAIL_SECURITY",
    "EMAIL_USER",
    "HOST",
    "ICE_SERVERS",
    "MEDIA_DIR",
    "MEDIA_ICE_ADDRESSES",
    "MEDIA_INTERNAL_URL",
    "MEDIA_KEY",
    "MEDIA_LADDER",
    "MEDIA_LADDER_PATIENCE_S",
    "MEDIA_MIN_FREE_BYTES",
    "MEDIA_NAME",
    "MEDIA_UPLINK_MBIT",
    "MEDIA_PORT",
    "MEDIA_PUBLIC_IPS",
    "MEDIA_UDP_PORTS",
    "MEDIA_URL",
    "PHONE_CIPHER_KEY",
    "PHONE_HASH_KEY",
    "PORT",
    "PROXIES",
    "PUBLIC_URL",
    "PUSH_CONTACT",
    "PUSH_HOSTS",
    "RECORDINGS_KEEP_MONTHS",
    "REDIS_URL",
    "SECRET_KEY",
    "SMS_AUTHORIZATION",
    "SMS_BACKEND",
    "SMS_BODY",
    "SMS_SENDER",
    "SMS_URL",
    "VAPID_SECRET",
    "WEB_INTERNAL_URL",
)

#: Names the data folder of a run; commands that tests start find it already there.
RUN = "PALABRE_TEST_RUN"
#: Which of several workers (`pytest -n`) a run's folder is for: each has one of its own.
RUN_OF = "PALABRE_TEST_WORKER"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


def _lay_environment() -> None:
    for name in VARIABLES:
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="palabre-tests-"))
    owner = os.getpid()

    def clear() -> None:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(clear)
    os.environ[RUN] = os.environ["DATA_DIR"] = str(folder)
    os.environ[RUN_OF] = WORKER
    if os.environ.get("TEST_DATABASE") == "postgresql":
        # Started by the fixture `django_db_modify_db_settings`, before the first connection.
        from tests.support.ports import free_port

        os.environ["DATABASE_URL"] = f"postgresql://palabre@127.0.0.1:{free_port()}/palabre"


if RUN not in os.environ or os.environ.get(RUN_OF, "") != WORKER:
    _lay_environment()

from config.settings import *  # noqa: E402, F403
