"""What killed processes left of uploads: temporary files that nobody holds any more."""

import fcntl
import os
import time
from pathlib import Path

from django.conf import settings

# A file is locked a moment after it is made, and some shared file systems do not lock at all.
MIN_AGE_SECONDS = 600


def remove_upload_leftovers(*, now: float | None = None) -> int:
    """Delete the temporary files of uploads whose process is gone; returns how many. Safe at any time, in any process.

    `now` is in seconds since the epoch.
    """
    removed = 0
    oldest = (time.time() if now is None else now) - MIN_AGE_SECONDS
    for path in Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*.upload"):
        try:
            if path.stat().st_mtime <= oldest and _is_abandoned(path):
                path.unlink()
                removed += 1
        except FileNotFoundError:
            continue
    return removed


def _is_abandoned(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
