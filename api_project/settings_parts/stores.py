"""The database and the cache."""

from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

from api_project.environment import EnvironmentProblem


def database(url: str, file: Path) -> dict[str, Any]:
    """Return the database at an address, or SQLite in a file where there is none. Raises EnvironmentProblem."""
    return _postgresql(url) if url else _sqlite(file)


def _postgresql(url: str) -> dict[str, Any]:
    try:
        # SQLite by address would come without the options below, which its safety rests on.
        if urlsplit(url).scheme not in ("postgres", "postgresql"):
            raise ValueError
        return dict(dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True))
    except (ValueError, dj_database_url.ParseError):
        # The address may carry a password, so it is not repeated.
        allowed = "an address like postgres://user:password@host:5432/name"
        raise EnvironmentProblem(f"DATABASE_URL cannot be used; allowed is {allowed}.") from None


def _sqlite(file: Path) -> dict[str, Any]:
    # Made for its owner alone, also in a folder that is there already; SQLite gives its log and index the same mode.
    with suppress(OSError):
        file.touch(mode=0o600)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        # A connection to a file costs nothing to keep, and the PRAGMAs below are then said once per thread.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Without IMMEDIATE a transaction that reads before it writes fails at once when another one wrote.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # Without FULL a commit that was acknowledged can be lost when the power fails.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def cache(redis_url: str) -> dict[str, Any]:
    """Return the cache in Redis, or that of each process where there is none. Raises EnvironmentProblem."""
    if not redis_url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if urlsplit(redis_url).scheme not in ("redis", "rediss", "unix"):
        # It may carry a password, so it is not repeated.
        raise EnvironmentProblem("REDIS_URL cannot be used; allowed is an address like redis://:password@host:6379/0.")
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_url,
        "KEY_PREFIX": "speech",
        # Seconds. What is kept there is worth no waiting.
        "OPTIONS": {"socket_timeout": 0.25, "socket_connect_timeout": 0.25},
    }
