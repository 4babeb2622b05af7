"""Recognition over processes: one decodes and segments, the others listen to the stretches of speech."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from sandbox.speech import child
from sandbox.speech.decode import Decoded, DecodeRequest, Segment
from sandbox.speech.engine import (
    AudioRejected,
    AudioRequest,
    Progress,
    RecogniserFailed,
    Recognition,
    SpokenWord,
    Utterance,
)
from sandbox.speech.engines import check_engine

# Decoding is quick beside recognising; its share of the progress shown.
DECODED_PERCENT = 5
STOP_SECONDS = 2


class PooledRecogniser:
    """Two pools, so that users' bytes meet FFmpeg in other processes than those that hear everyone's speech."""

    def __init__(
        self,
        *,
        engine: str,
        model_dir: Path | None,
        processes: int,
        spool_dir: Path,
        longest_ms: int,
        decode_timeout: float,
        segment_timeout: float,
    ) -> None:
        check_engine(engine, model_dir)
        self._engine = (engine, model_dir)
        self._processes = processes
        self._spool_dir = spool_dir
        self._longest_ms = longest_ms
        self._decode_timeout = decode_timeout
        self._segment_timeout = segment_timeout
        self._decoders: Any = None
        self._listeners: Any = None

    def start(self) -> None:
        # A fork of this process would inherit its keys, its sockets and its threads' locks.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["sandbox.speech.fork_server"])
        self._decoders = ProcessPool(
            max_workers=max(1, self._processes // 2), max_tasks=20, initializer=child.prepare_decoder, context=context
        )
        self._listeners = ProcessPool(
            max_workers=self._processes, initializer=child.prepare_engine, initargs=self._engine, context=context
        )
        # A pool starts with its first task: the models are loaded now, not while the first caller waits.
        self._decoders.schedule(child.warm_up)
        self._listeners.schedule(child.warm_up)

    def stop(self) -> None:
        for pool in (self._decoders, self._listeners):
            if pool is not None:
                pool.stop()
        for pool in (self._decoders, self._listeners):
            if pool is not None:
                with suppress(FutureTimeoutError):
                    pool.join(STOP_SECONDS)

    def recognise(self, request: AudioRequest, progress: Progress) -> Recognition:
        with tempfile.TemporaryDirectory(dir=self._spool_dir) as folder:
            spool = Path(folder) / "speech.pcm"
            decoded = self._decode(request, spool)
            progress(DECODED_PERCENT)
            utterances = list(self._listen(spool, decoded, progress))
        return Recognition(
            duration_ms=decoded.duration_ms,
            channels=decoded.channels,
            speech_ms=sum(segment.duration_ms for segment in decoded.segments),
            utterances=utterances,
        )

    def _decode(self, request: AudioRequest, spool: Path) -> Decoded:
        wanted = DecodeRequest(
            source=request.path,
            spool=spool,
            multichannel=request.multichannel,
            start_ms=request.start_ms,
            end_ms=request.end_ms,
            longest_ms=self._longest_ms,
        )
        future = self._decoders.schedule(child.decode_audio, args=(wanted,), timeout=self._decode_timeout)
        decoded: Decoded = _result(future)
        return decoded

    def _listen(self, spool: Path, decoded: Decoded, progress: Progress) -> Iterator[Utterance]:
        """Keep a few stretches in the pool at a time, so that a long recording leaves room for others."""
        total = sum(segment.length for segment in decoded.segments)
        done = 0
        waiting = iter(decoded.segments)
        in_hand = [self._schedule(spool, segment) for segment in islice(waiting, self._processes * 2)]
        try:
            while in_hand:
                segment, future = in_hand.pop(0)
                words = _result(future)
                in_hand += [self._schedule(spool, following) for following in islice(waiting, 1)]
                done += segment.length
                progress(DECODED_PERCENT + done * (99 - DECODED_PERCENT) // total)
                yield Utterance(segment.channel, _shifted(words, segment.start_ms), segment.ends_speech)
        finally:
            for _segment, future in in_hand:
                future.cancel()

    def _schedule(self, spool: Path, segment: Segment) -> tuple[Segment, Future[list[SpokenWord]]]:
        arguments = (spool, segment.offset, segment.length)
        return segment, self._listeners.schedule(child.recognise_segment, args=arguments, timeout=self._segment_timeout)


def _result(future: Future[Any]) -> Any:
    try:
        return future.result()
    except AudioRejected:
        raise
    except FutureTimeoutError as exc:
        raise RecogniserFailed("took too long") from exc
    except (ProcessExpired, MemoryError) as exc:
        raise RecogniserFailed("the process died") from exc
    except Exception as exc:
        raise RecogniserFailed(f"{type(exc).__name__}: {exc}") from exc


def _shifted(words: list[SpokenWord], start_ms: int) -> list[SpokenWord]:
    return [SpokenWord(word.text, word.start + start_ms, word.end + start_ms, word.confidence) for word in words]
