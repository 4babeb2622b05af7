"""The queue of transcripts: threads that take one after the other from it to its end."""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
from contextlib import suppress
from typing import Any

from sandbox.assemblyai import options
from sandbox.assemblyai.results import build_result
from sandbox.assemblyai.sources import Sources
from sandbox.assemblyai.store import Store, Transcript
from sandbox.assemblyai.webhooks import Deliverer
from sandbox.speech.engine import AudioRejected, AudioRequest, Recogniser, RecogniserFailed, Recognition

logger = logging.getLogger("sandbox.assemblyai")

# A job that was in hand this often when the process died is taken to be what it died of.
MOST_DEATHS = 5
PAUSE_SECONDS = 5
SERVER_ERROR = "Internal server error: the transcription {reason}. Please resubmit the file."


class JobRunner:
    def __init__(
        self, store: Store, sources: Sources, recogniser: Recogniser, deliverer: Deliverer, *, at_once: int
    ) -> None:
        self._store = store
        self._sources = sources
        self._recogniser = recogniser
        self._deliverer = deliverer
        self._at_once = at_once
        self._queue: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._progress: dict[str, int] = {}
        self._stopping = threading.Event()
        self._taking = threading.Lock()

    def start(self) -> None:
        """Take up what an earlier process left unfinished, then what is added."""
        for transcript_id in self._store.unfinished():
            self.add(transcript_id)
        for number in range(self._at_once):
            threading.Thread(target=self._work, name=f"job-{number}", daemon=True).start()

    def stop(self) -> None:
        """Put what is in hand back into the queue, for the next start; the threads end with the process."""
        with self._taking:
            self._stopping.set()
            self._store.requeue_all()

    def add(self, transcript_id: str) -> None:
        self._queue.put(transcript_id)

    def progress(self, transcript: Transcript) -> int:
        if transcript.status in ("completed", "error"):
            return 100
        return self._progress.get(transcript.id, 0)

    def _work(self) -> None:
        while not self._stopping.is_set():
            transcript_id = self._queue.get()
            try:
                self.run(transcript_id)
            except Exception:
                logger.exception("A job ended in an error of our own.", extra={"action": "job.crashed"})
                self._try_again(transcript_id)

    def _try_again(self, transcript_id: str) -> None:
        """Queue a job again whose end could not be written, as on a full disk."""
        while not self._stopping.wait(PAUSE_SECONDS):
            with suppress(sqlite3.Error):
                self._store.requeue(transcript_id)
                self.add(transcript_id)
                return

    def run(self, transcript_id: str) -> None:
        """Bring one queued transcript to its end, unless the process is being stopped."""
        if not self._take(transcript_id):
            return
        try:
            result = self._transcribe(self._store.get(transcript_id))
        except AudioRejected as exc:
            self._finish(transcript_id, error=str(exc))
        except Exception as exc:
            if self._stopping.is_set():
                return
            logger.warning("Recognition failed: %s", exc, extra={"action": "job.failed"}, exc_info=_unless_known(exc))
            reason = str(exc) if isinstance(exc, RecogniserFailed) else "failed"
            self._finish(transcript_id, error=SERVER_ERROR.format(reason=reason))
        else:
            self._finish(transcript_id, result=result)

    def _take(self, transcript_id: str) -> bool:
        # A job taken while stop() puts them back would look like one that the process died of.
        with self._taking:
            return not self._stopping.is_set() and self._store.start(transcript_id)

    def _finish(self, transcript_id: str, *, result: dict[str, Any] | None = None, error: str | None = None) -> None:
        self._store.finish(transcript_id, result=result, error=error)
        self._progress.pop(transcript_id, None)
        self._deliverer.wake()

    def _transcribe(self, transcript: Transcript) -> dict[str, Any]:
        request = transcript.request
        if transcript.attempts >= MOST_DEATHS:
            raise RecogniserFailed("was given up after several attempts")
        if refusal := options.unsupported(request):
            raise AudioRejected(refusal)
        with self._sources.open(transcript) as path:
            asked = AudioRequest(
                path=path,
                multichannel=options.is_multichannel(request),
                start_ms=request.get("audio_start_from", 0),
                end_ms=request.get("audio_end_at"),
            )
            heard = self._recogniser.recognise(asked, lambda percent: self._report(transcript.id, percent))
        _check_length(heard, asked)
        _check_speech(heard, request.get("speech_threshold", 0))
        return build_result(
            heard,
            multichannel=asked.multichannel,
            punctuate=request.get("punctuate", True),
            format_text=request.get("format_text", True),
            spelling=request.get("custom_spelling", ()),
        )

    def _report(self, transcript_id: str, percent: int) -> None:
        self._progress[transcript_id] = max(percent, self._progress.get(transcript_id, 0))


def _unless_known(exc: Exception) -> bool:
    return not isinstance(exc, RecogniserFailed)


def _check_length(heard: Recognition, asked: AudioRequest) -> None:
    if asked.start_ms and asked.start_ms >= heard.duration_ms:
        raise AudioRejected("audio_start_from is beyond the end of the audio.")


def _check_speech(heard: Recognition, threshold: float) -> None:
    share = heard.speech_ms / (heard.duration_ms * heard.channels)
    if share < threshold:
        raise AudioRejected(
            f"Audio speech threshold {share:.2f} is below the requested speech threshold value {threshold}"
        )
