"""The points, each a function of the product that is wrapped, never replaced.

A point is armed by the file `<point>.armed` in PAUSES_DIR. Who arrives first takes that file away, leaves its process
id in `<point>.reached` and stands still until it is killed or `<point>.released` appears; all others pass.
"""

import os
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

# Longer than any test waits; no process is to stand still for ever when its test is gone.
LONGEST_SECONDS = 150.0
LOOK_SECONDS = 0.02


def pause(point: str) -> None:
    """Stand still at `point` if it is armed and nobody was here before."""
    folder = Path(os.environ["PAUSES_DIR"])
    try:
        # One rename decides who is first.
        (folder / f"{point}.armed").rename(folder / f"{point}.taken")
    except FileNotFoundError:
        return
    note = folder / f"{point}.note"
    note.write_text(str(os.getpid()))
    note.rename(folder / f"{point}.reached")
    deadline = time.monotonic() + LONGEST_SECONDS
    while not (folder / f"{point}.released").exists() and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
    # Tells that nobody stands here any more.
    (folder / f"{point}.reached").unlink(missing_ok=True)


def _before(owner: Any, name: str, point: str) -> None:
    original = getattr(owner, name)

    @wraps(original)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        pause(point)
        return original(*args, **kwargs)

    setattr(owner, name, wrapper)


def _after(owner: Any, name: str, point: str | Callable[..., str]) -> None:
    original = getattr(owner, name)

    @wraps(original)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        pause(point if isinstance(point, str) else point(*args, **kwargs))
        return result

    setattr(owner, name, wrapper)


def watch() -> None:
    """Wrap the functions. All are looked up by name when they are called, so a wrapper is found in their place."""
    from api_project.rest.erasing import services as erasing_users
    from api_project.rest.idempotency import once
    from api_project.rest.uploads import FileReception
    from api_project.rest.waiting import WaitingPlaces
    from api_project.work import worker
    from transcripts import applying, assemblyai, discarding, erasing, reconciling, services, submitting, user_erasing
    from transcripts.listening import fetching
    from webhooks.outbound import delivering
    from webhooks.receivers import assemblyai as receiver
    from webhooks.receivers import steps

    _after(once, "key_reserve", "key-reserved")
    _after(FileReception, "write", "body-half-read")
    _after(services, "_keep", "file-moved")
    _after(once, "key_finish", "row-not-committed")
    _after(services, "transcript_create", "row-not-answered")
    _before(WaitingPlaces, "_look_for_all", "waiting")
    _before(submitting, "_current_submission", "row-not-submitted")
    _after(submitting.LeasedFile, "read", "upload-half-sent")
    _after(assemblyai, "upload_audio", "uploaded")
    _before(submitting, "_start", "about-to-start")
    _before(assemblyai, "submit_transcript", "about-to-submit")
    _after(assemblyai, "submit_transcript", "submitted")
    _after(receiver, "event_store", "webhook-stored")
    _before(steps, "apply_callback", "webhook-not-applied")
    _before(applying, "store_answer", "result-fetched")
    _before(reconciling, "store_answer", "result-fetched-by-asking")
    _before(applying, "_pages", "result-half-stored")
    _after(erasing, "_erase_here", "erased-here")
    _before(discarding, "delete_at_provider", "not-erased-at-provider")
    _after(discarding, "delete_at_provider", "erased-at-provider")
    _before(fetching, "_ask_where", "redacted-not-asked")
    _after(fetching._LeasedReception, "write", "redacted-half-fetched")
    _before(fetching, "_keep", "redacted-not-kept")
    _after(fetching, "_move", "redacted-not-noted")
    _after(erasing_users, "_close", "account-closed")
    _after(user_erasing, "transcript_delete", "one-of-user-deleted")
    _before(user_erasing, "run_step", "one-of-user-claimed")
    _after(user_erasing, "run_step", "one-of-user-erased")
    _before(user_erasing, "search_purge", "search-not-purged")
    _before(erasing_users, "_take_name", "name-not-taken")
    _before(delivering, "_post", "callback-not-posted")
    _before(delivering, "record", "callback-not-recorded")
    _after(delivering, "record", "callback-recorded")
    _before(worker, "renew", "heartbeat")
    _after(worker, "run_step", lambda step, row, lease, **_: f"{step.name}-ended")
