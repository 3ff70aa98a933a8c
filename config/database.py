"""`DATABASE_URL` to Django's settings: PostgreSQL, or SQLite by default."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# FULL: an acknowledged vote survives a power cut. IMMEDIATE: a write transaction takes the lock
# at once, so it never fails half-way for having read first.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
    "PRAGMA cache_size=-16000;PRAGMA journal_size_limit=67108864;",
}


def database_settings(url: str, data_dir: Path) -> dict[str, Any]:
    """Django's `DATABASES["default"]`.

    `url`: empty, `sqlite:///absolute/path`, or `postgresql://user:password@host:port/name?options`.
    Raises `ValueError` for any other scheme.
    """
    parts = urlsplit(url)
    if parts.scheme in {"", "sqlite"}:
        path = Path(parts.path) if parts.path else data_dir / "palabre.sqlite3"
        path.parent.mkdir(parents=True, exist_ok=True)
        # Tests use a file too: an in-memory database has neither WAL nor a second connection.
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(path),
            "OPTIONS": SQLITE_OPTIONS,
            "TEST": {"NAME": str(path.with_name("test.sqlite3"))},
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    raise ValueError(f"DATABASE_URL: unknown scheme {parts.scheme!r}")
