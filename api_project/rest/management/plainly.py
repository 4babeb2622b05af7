"""Ending a command with one line where Django would end it with a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import DatabaseError


@contextmanager
def said_in_one_line(*, returncode: int = 1) -> Iterator[None]:
    """Turn a database that cannot be used, such as one without tables yet, and refused values into a CommandError."""
    try:
        yield
    except ValidationError as exc:
        raise CommandError(" ".join(exc.messages), returncode=returncode) from exc
    except DatabaseError as exc:
        reason = " ".join(str(exc).split())
        remedy = "`make run` makes it ready, and so does `manage.py migrate`."
        raise CommandError(f"The database cannot be used ({reason}). {remedy}", returncode=returncode) from exc
