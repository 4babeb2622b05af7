"""The step that fetches redacted audio: ask AssemblyAI where it is, download it, keep it, until it is gone there.

It is asked for again and again from the transcript's completion on; the callback that tells of it only hurries that on.
https://www.assemblyai.com/docs/api-reference/transcripts/get-redacted-audio
"""

import logging
from datetime import timedelta
from typing import BinaryIO, NoReturn, cast

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from uuid6 import uuid7

from api_project.http import LOOPBACK, BodyTooLarge, OutboundError, Policy, fetch
from api_project.rest.exceptions import RestProblem
from api_project.rest.uploads import FileReception, ReceivedFile
from api_project.work.exceptions import LeaseLost, TransientFailure
from api_project.work.leases import Lease
from api_project.work.steps import Cause
from transcripts import assemblyai
from transcripts.exceptions import ProviderNotFound
from transcripts.locking import transcript_lock
from transcripts.models import RedactedAudio, Transcript, audio_storage
from transcripts.provider_health import Operation, provider_work
from transcripts.storage import DurableFileSystemStorage
from transcripts.usage.counting import usage_charge_bytes

logger = logging.getLogger(__name__)

# How long AssemblyAI keeps it.
KEPT_FOR = timedelta(hours=24)
# How long after the transcript "there is none" may still mean "not yet".
MADE_WITHIN = timedelta(hours=1)
# The largest file within this is 5 Mbit/s. One that comes to nothing begins anew: its address is good for minutes only.
DOWNLOAD_SECONDS = 3600.0


class _Failed(Exception):
    """There will be no redacted audio."""

    def __init__(self, code: RedactedAudio.ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code


def fetch_redacted_audio(redacted: RedactedAudio, lease: Lease) -> None:
    """Take a pending redacted audio to `stored`, or to `failed` when there is none to be had."""
    try:
        _remove_leftover(redacted)
        url = _ask_where(redacted.transcript)
        with FileReception(field="", name="redacted", limit=settings.MAX_UPLOAD_BYTES) as reception:
            file = _download(url, reception, lease)
        with file:
            _keep(redacted, lease, file)
    except _Failed as exc:
        _fail(redacted, lease, exc.code, str(exc))
    except OSError as exc:
        raise TransientFailure(f"The redacted audio cannot be stored: {exc.strerror}.") from exc


def _remove_leftover(redacted: RedactedAudio) -> None:
    """Delete the file of an earlier try that did not come to its end."""
    if redacted.audio:
        redacted.audio.delete(save=False)


def _ask_where(transcript: Transcript) -> str:
    """Return the address that it can be fetched from now."""
    age = timezone.now() - (transcript.completed_at or timezone.now())
    try:
        with provider_work(Operation.REDACTED_AUDIO, transcript.pk):
            url = assemblyai.fetch_redacted_audio_url(transcript.provider_id)
    except ProviderNotFound as exc:
        if age > MADE_WITHIN:
            raise _Failed(RedactedAudio.ErrorCode.MISSING_AT_PROVIDER, str(exc)) from exc
        raise TransientFailure(f"AssemblyAI has no redacted audio yet: {exc}") from exc
    if url is None:
        if age > KEPT_FOR:
            raise _Failed(RedactedAudio.ErrorCode.GAVE_UP, f"AssemblyAI has not made it within {KEPT_FOR}.")
        raise TransientFailure("AssemblyAI is still making the redacted audio.")
    return url


class _LeasedReception:
    """Takes bytes as long as the lease is ours."""

    def __init__(self, reception: FileReception, lease: Lease) -> None:
        self._reception = reception
        self._lease = lease

    def write(self, chunk: bytes) -> int:
        self._lease.check()
        self._reception.write(chunk)
        return len(chunk)


def _download(url: str, reception: FileReception, lease: Lease) -> ReceivedFile:
    try:
        fetch(url, into=cast(BinaryIO, _LeasedReception(reception, lease)), policy=_policy())
        return reception.finish()
    except OutboundError as exc:
        _raise_ours(exc)
    except RestProblem as exc:
        # Such as a page of somebody in between, in words for whoever uploads.
        raise TransientFailure("What came is no redacted audio.") from exc


def _policy() -> Policy:
    """Return what a download may do. It carries no credentials; the sandbox alone is on this machine."""
    return Policy(
        read_timeout=settings.ASSEMBLYAI_HTTP_TIMEOUT,
        total_timeout=DOWNLOAD_SECONDS,
        max_bytes=settings.MAX_UPLOAD_BYTES,
        allowed_networks=LOOPBACK if settings.SANDBOX else (),
        schemes=frozenset({"https", "http"} if settings.SANDBOX else {"https"}),
    )


def _raise_ours(exc: OutboundError) -> NoReturn:
    if isinstance(exc, BodyTooLarge):
        message = f"It has more than {settings.MAX_UPLOAD_BYTES} bytes."
        raise _Failed(RedactedAudio.ErrorCode.TOO_LARGE, message) from exc
    if exc.permanent:
        raise _Failed(RedactedAudio.ErrorCode.REFUSED_ADDRESS, str(exc)) from exc
    raise TransientFailure(f"The redacted audio could not be downloaded: {exc}") from exc


def _keep(redacted: RedactedAudio, lease: Lease, file: ReceivedFile) -> None:
    """Move the file to the audio storage and note it, or leave nothing when the row is not ours any more.

    The name is new with each try, so that two never write one file, and on the row before the file is there, so that
    erasing, or the next try, finds it after this process was killed.
    """
    now = timezone.now()
    name = f"{now:%Y/%m/%d}/{uuid7()}"
    storage = cast(DurableFileSystemStorage, audio_storage())
    storage.make_folder(name)
    lease.update(audio=name)
    size, content_type, sha256 = file.size or 0, file.content_type or "", file.sha256
    _move(file, name)
    try:
        with transaction.atomic():
            transcript_lock(redacted.pk)
            lease.finish(
                status=RedactedAudio.Status.STORED, size=size, content_type=content_type, sha256=sha256, ended_at=now
            )
            if not usage_charge_bytes(transcript=redacted.transcript, size=size):
                raise LeaseLost
    except LeaseLost:
        lease.finished = False
        storage.delete(name)
        raise
    extra = {"action": "redacted_audio.stored"}
    logger.info("The redacted audio of transcript %s is stored.", redacted.pk, extra=extra)


def _move(file: ReceivedFile, name: str) -> None:
    audio_storage().save(name, file)


def _fail(redacted: RedactedAudio, lease: Lease, code: RedactedAudio.ErrorCode, message: str) -> None:
    extra = {"action": "redacted_audio.failed"}
    logger.warning("Transcript %s stays without redacted audio: %s.", redacted.pk, code, extra=extra)
    lease.finish(
        status=RedactedAudio.Status.FAILED, error_code=code, error_message=message, ended_at=timezone.now(), audio=""
    )


def give_up(redacted: RedactedAudio, lease: Lease, cause: Cause, message: str) -> None:
    """End a redacted audio that could not be fetched for as long as there is one, or that crashed too often."""
    code = RedactedAudio.ErrorCode.CRASHED if cause is Cause.CRASHES else RedactedAudio.ErrorCode.GAVE_UP
    _fail(redacted, lease, code, message)
