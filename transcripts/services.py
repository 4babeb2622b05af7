"""What clients may do to transcripts. No provider is called here: the row is written, the worker does the rest."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from django.contrib.auth.models import User
from django.db import Error as DatabaseFailure
from django.db import transaction
from django.utils import timezone

from api_project.rest.services import user_require_active
from api_project.room import is_out_of_room
from api_project.work.leases import FRESH, RELEASED
from transcripts.discarding import submissions_discard_later
from transcripts.exceptions import StorageFull, WrongStatus
from transcripts.finding.writing import search_entry_remove, search_entry_write
from transcripts.listening.services import redacted_audio_stop
from transcripts.locking import transcript_lock
from transcripts.models import Source, Status, Transcript, audio_storage
from transcripts.moves import log_move, move
from transcripts.signals import transcript_deleted
from transcripts.usage.counting import usage_count_deleted, usage_count_new
from transcripts.usage.selectors import require_budget

logger = logging.getLogger(__name__)

Check = Callable[[Transcript], None]
Note = Callable[[UUID], None]
# The columns that belong to whoever made the transcript; all others are the worker's.
OWNERS_OWN = {"title", "metadata"}


class ReceivedAudio(Protocol):
    """A received file, whole and checked, in the upload folder. Keeping it moves it away from there."""

    sha256: str

    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    @property
    def content_type(self) -> str | None: ...

    def temporary_file_path(self) -> str: ...


def transcript_create(
    *,
    owner: User,
    file: ReceivedAudio | None = None,
    audio_url: str = "",
    options: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    title: str = "",
    webhook_endpoints: Sequence[UUID] | None = None,
    webhook_url: str = "",
    note: Note | None = None,
) -> Transcript:
    """Accept audio: when this returns, file and folder are on the disk and the row is committed.

    Args:
        file: the audio itself; or
        audio_url: where the provider is to fetch it.
        options: as validated by `OptionsSerializer`.
        webhook_endpoints: those to tell of it instead of all that want to know; none when empty.
        webhook_url: an address to tell as well.
        note: is given the id in the transaction of the row, so that what it writes is there if and only if the row is.

    Raises `StorageFull` without room, `OverBudget` when the owner has used up a budget, and `AccountClosed` when
    the owner is none any more; no row and no file remain then.
    """
    if (file is None) == (not audio_url):
        raise ValueError("Give a file or an audio_url, and not both.")
    now = timezone.now()
    transcript = Transcript(
        owner=owner,
        source=Source.UPLOAD if file else Source.URL,
        title=title,
        options=options or {},
        metadata=metadata or {},
        audio_url=audio_url,
        webhook_endpoints=None if webhook_endpoints is None else [str(endpoint) for endpoint in webhook_endpoints],
        webhook_url=webhook_url,
        created_at=now,
        next_attempt_at=now,
    )
    if file:
        _keep(transcript, file)
    _write_or_take_back(transcript, note)
    _log(transcript, "accepted")
    return transcript


def _keep(transcript: Transcript, file: ReceivedAudio) -> None:
    """Move the received file to the audio storage under the transcript's id."""
    name = f"{transcript.created_at:%Y/%m/%d}/{transcript.id}"
    try:
        transcript.audio.name = audio_storage().save(name, file)  # type: ignore[arg-type]
    except OSError as exc:
        if is_out_of_room(exc):
            raise StorageFull from exc
        raise
    transcript.file_name = Path(file.name or "").name
    transcript.file_size = file.size
    transcript.stored_bytes = file.size or 0
    transcript.file_content_type = file.content_type or ""
    transcript.file_sha256 = file.sha256


def _write_or_take_back(transcript: Transcript, note: Note | None) -> None:
    """Write the row of a new transcript with all that comes with it, or leave nothing of it, its file neither."""
    try:
        with transaction.atomic():
            user_require_active(user_id=transcript.owner_id)
            transcript.save(force_insert=True)
            log_move(transcript.id, None, Status.QUEUED, reason="accepted", at=transcript.created_at)
            if transcript.title:
                search_entry_write(transcript)
            if note:
                note(transcript.id)
            usage_count_new(transcript=transcript)
    except BaseException as exc:
        _take_back(transcript)
        if is_out_of_room(exc):
            raise StorageFull from exc
        raise


def _take_back(transcript: Transcript) -> None:
    """Delete the file of a row that was not written. What cannot be known is left to the sweep of stray files."""
    with suppress(DatabaseFailure, OSError):
        if transcript.audio and not Transcript.objects.filter(pk=transcript.pk).exists():
            transcript.audio.delete(save=False)


def transcript_retry(*, transcript: Transcript, check: Check | None = None) -> Transcript:
    """Queue a failed transcript again, under a new submission. `check` is as for `transcript_update`.

    Raises `WrongStatus` unless its status is `error`, and `OverBudget` when the owner has used up the minutes.
    """
    now = timezone.now()
    with transaction.atomic():
        current = transcript_lock(transcript.pk)
        if check:
            check(current)
        require_budget(owner_id=transcript.owner_id, now=now)
        submissions_discard_later(transcript.submissions.exclude(provider_id=None), now=now)
        if not move(
            transcript.id,
            Status.QUEUED,
            reason="retried by the owner",
            next_attempt_at=now,
            provider_id="",
            submitted_at=None,
            error_code="",
            error_message="",
        ):
            transaction.set_rollback(True)
            raise WrongStatus
    _log(transcript, "retried")
    transcript.refresh_from_db()
    return transcript


def transcript_update(*, transcript: Transcript, check: Check | None = None, changes: Mapping[str, Any]) -> Transcript:
    """Change what is the owner's own: `title` and `metadata`. Nothing else is touched, whatever the worker does.

    Args:
        check: is given the row as it is, locked, and raises what stands against changing it.

    Raises `Transcript.DoesNotExist` when it was deleted meanwhile.
    """
    if unknown := changes.keys() - OWNERS_OWN:
        raise ValueError(f"Not the owner's to change: {', '.join(unknown)}.")
    with transaction.atomic():
        _check_locked(transcript, check)
        if changes:
            Transcript.objects.filter(pk=transcript.pk).update(**changes)
        if "title" in changes:
            search_entry_write(transcript)
    transcript.refresh_from_db()
    return transcript


def _check_locked(transcript: Transcript, check: Check | None) -> None:
    current = transcript_lock(transcript.pk)
    if current.deleted_at:
        raise Transcript.DoesNotExist
    if check:
        check(current)


def transcript_delete(*, transcript: Transcript, check: Check | None = None) -> None:
    """Delete a transcript: gone for every reader when this returns; the worker erases what it left behind.

    Ends any lease on the row, so that a step at work on it stops. `check` is as for `transcript_update`.
    """
    now = timezone.now()
    gone = {"deleted_at": now, "next_attempt_at": now, **FRESH, **RELEASED}
    with transaction.atomic():
        if check:
            _check_locked(transcript, check)
        if not Transcript.objects.filter(pk=transcript.pk, deleted_at=None).update(**gone):
            return
        submissions_discard_later(transcript.submissions.exclude(provider_id=None, started_at=None), now=now)
        redacted_audio_stop(transcript)
        search_entry_remove(transcript)
        transcript_deleted.send(Transcript, transcript_id=transcript.pk)
        usage_count_deleted(transcript=transcript)
    _log(transcript, "deleted")


def _log(transcript: Transcript, what: str) -> None:
    # Of a request's id this line alone leads to the transcript, and so to what the worker logs about it.
    logger.info("Transcript %s is %s.", transcript.pk, what, extra={"action": f"transcript.{what}"})
