"""Secrets that are made once, on first use, and kept in the data folder."""

import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

SECRET_BYTES = 48


def new_secret() -> str:
    """Return a random secret that fits anywhere."""
    return secrets.token_urlsafe(SECRET_BYTES)


def read_or_make(folder: Path, name: str, *, make: Callable[[], str] = new_secret) -> str:
    """Return the kept secret of this name; make it when there is none.

    Processes that start at once all get the same one: each writes a file of its own and links it to the name, which
    succeeds for exactly one, and then all read what the name holds. A reader never sees half a secret.
    """
    path = folder / name
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    put_once(path, make())
    return _read(path)


def put_once(path: Path, value: str) -> bool:
    """Write a file that only its owner may read, unless it is there already; tell whether it was written."""
    # mkstemp makes the file 0600 from the start, so it is never readable to others, not even for a moment.
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(value + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
        _fsync_folder(path.parent)
        return True
    finally:
        os.unlink(draft)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
